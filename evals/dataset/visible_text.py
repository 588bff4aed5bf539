"""The visible text of an HTML page, about as it arrives when somebody copies it into a text file.

This is a measuring device for the suites of pages, not a reader. It follows what Chromium puts on
the clipboard, as far as the page's own markup tells: it runs no style sheets and no scripts. Pages
are hostile input: nothing here recurses, and no markup is an error.
"""

import re
from html.parser import HTMLParser

_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()
)  # fmt: skip
# ``head`` is not among them: its title is its only text, and pages often leave out its end.
_UNSEEN = frozenset(
    "audio canvas datalist iframe math noembed noframes noscript object rp script select style "
    "svg template textarea title video".split()
)
_APART = frozenset("blockquote h1 h2 h3 h4 h5 h6 p pre".split())
_BLOCKS = _APART | frozenset(
    "address article aside body br center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form header hgroup hr html legend li main menu nav ol option section summary "
    "table tbody tfoot thead tr ul".split()
)
_CELLS = frozenset({"td", "th"})
_NOT_DISPLAYED = re.compile(r"\b(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f\v\x00\xa0]+")
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,30})", re.IGNORECASE)
# Web encodings that Python has under the same name; we ignore any other declaration.
_LEGACY = re.compile(
    r"windows-125\d|windows-874|iso-8859-\d{1,2}|koi8-[ru]|gbk|gb2312|gb18030|big5|euc-jp|euc-kr"
    r"|shift_jis|macintosh"
)
_DECLARED_WITHIN = 4096

Attributes = list[tuple[str, str | None]]


def decode_html(data: bytes) -> str:
    """Decode a page as it declares, or else as UTF-8; replace what does not fit."""
    found = _DECLARED.search(data[:_DECLARED_WITHIN])
    name = found[1].decode("ascii", "replace").lower() if found else "utf-8"
    if name == "iso-8859-1":
        name = "windows-1252"  # as browsers do
    if data.startswith(b"\xef\xbb\xbf") or not _LEGACY.fullmatch(name):
        name = "utf-8-sig"
    try:
        return data.decode(name, "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def visible_text(html: str) -> str:
    """Extract the text of a page: a line for each block, an empty line around each paragraph."""
    page = _Page()
    page.feed(html)
    page.close()
    return page.text()


class _Page(HTMLParser):
    """Gathers lines; ``_unseen`` is the element whose content it skips, if any."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._unseen: str | None = None
        self._depth = 0
        self._pre = 0

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self._unseen == "p" and tag in _BLOCKS:
            self._unseen = None  # a paragraph ends where a block begins
        if self._unseen is not None:
            self._depth += tag == self._unseen
            return
        if tag in _UNSEEN or (tag not in _VOID and _is_hidden(tag, attrs)):
            self._unseen, self._depth = tag, 1
            self._break(tag)
            return
        self._pre += tag == "pre"
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen is not None:
            self._depth -= tag == self._unseen
            if not self._depth:
                self._unseen = None
            return
        self._pre = max(0, self._pre - (tag == "pre"))
        if tag != "br":
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if self._unseen is not None:
            return
        if not self._pre:
            self._line.append(data)
            return
        first, *others = data.split("\n")
        self._line.append(first)
        for line in others:
            self._end_line()
            self._line.append(line)

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """``<![...``: a comment to browsers, but an AssertionError to html.parser."""
        return self.parse_bogus_comment(i, report)

    def text(self) -> str:
        """The gathered text, with at most one empty line in a row."""
        self._end_line()
        while self._lines and not self._lines[-1]:
            self._lines.pop()
        return "".join(f"{line}\n" for line in self._lines)

    def _break(self, tag: str) -> None:
        if tag in _CELLS:
            self._line.append(" ")
        elif tag in _BLOCKS:
            self._end_line()
            if tag in _APART:
                self._leave_empty_line()

    def _end_line(self) -> None:
        line = _SPACE.sub(" ", "".join(self._line)).strip()
        self._line.clear()
        if line:
            self._lines.append(line)

    def _leave_empty_line(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")


def _is_hidden(tag: str, attrs: Attributes) -> bool:
    """Whether the element's own attributes hide it."""
    values = dict(attrs)
    if "hidden" in values or _NOT_DISPLAYED.search(values.get("style") or ""):
        return True
    return tag == "dialog" and "open" not in values
