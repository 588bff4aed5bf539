"""Turn pieces of HTML into paragraphs; for whole pages see `index.readers.html`."""

import re
from collections.abc import Iterator

from lxml import etree, html

_TAG = re.compile(r"</?(?:p|br|div|h[1-6]|ul|ol|li|a|b|i|em|strong|span|blockquote)\b[^<>]*>", re.I)
_SILENT = frozenset({
    "script", "style", "template", "noscript", "head", "title", "svg", "math", "iframe", "object",
    "form", "button", "select", "textarea", "nav", "video", "audio", "canvas",
})  # fmt: skip
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})


def looks_like_html(text: str) -> bool:
    """Whether a value holds HTML rather than plain text."""
    return _TAG.search(text) is not None


def html_paragraphs(text: str) -> tuple[str, ...]:
    """Extract the paragraphs of a piece of HTML."""
    try:
        parser = html.HTMLParser(huge_tree=False, no_network=True, encoding="utf-8")
        page = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return ()
    return tuple(blocks(page))


def blocks(page: html.HtmlElement) -> list[str]:
    """Extract the text of a page, a line for each block, without recursion, however deep.

    A row of a table is a line, with a tab between its cells.
    """
    lines = "".join(_pieces(page)).split("\n")
    rows = ("\t".join(" ".join(cell.split()) for cell in line.split("\t")) for line in lines)
    return [row for row in map(str.strip, rows) if row]


def _pieces(page: html.HtmlElement) -> Iterator[str]:
    silent = 0
    for event, element in etree.iterwalk(page, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        tag = tag.rpartition("}")[2].lower()
        if event == "start":
            silent += tag in _SILENT
            if tag not in _INLINE and tag not in _CELLS:
                yield "\n"
            if not silent and element.text:
                yield _flat(element.text)
            continue
        if event == "end":
            silent -= tag in _SILENT
            if tag in _CELLS:
                yield "\t"
            elif tag not in _INLINE:
                yield "\n"
        if not silent and element.tail:
            yield _flat(element.tail)


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)
