"""Read what a model wrote as sentences with the passages that they cite: tolerant, plain text only.

Models wrap sentences in lists, tables, emphasis and formulas, think aloud, and may be tricked into
writing markup. Only words leave this module: no markup, no link, no control character.
"""

import html
import re
from collections.abc import Iterator

from index.language.sentences import split_sentences
from rag.llm.hidden import HiddenBlocks
from rag.llm.marks import LEADING, taken_out, untagged
from rag.types import DraftClaim, ProposedCitation

LINK = "[link]"
"""Stands in place of a link; a sentence that has one is no answer."""
MAX_SENTENCE_WINDOW = 6_000

_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?")
_LINKED = re.compile(
    r"(?:\[(?=\[))?(\[[^\[\]]*\])\]?\((?:[^()\s]|\([^()]*\))*(?:\s+[\"'(][^)]*)?\)"
)
_DEFINITION = re.compile(r"^\s*\[[^\]]+\]:\s*\S+.*$", re.MULTILINE)
_TAG = re.compile(r"<\|[^<>|]*\|>|</?[a-z!?][^<>]*(?:>|\Z)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}:/{1,2}[^\s\]】)>]+|\bwww\.[^\s\]】)>]+|\b(?:javascript|data|mailto|tel):"
    r"[^\s\]】)>]+|(?<![\w.])//[\w-]+\.[^\s\]】)>]+|\b[\w.+-]+@[\w-]+\.[\w.-]+",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_LINE_START = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+•‣][ \t]+|\d{1,2}[.)][ \t]+|\|)+", re.M
)
_EMPHASIS = re.compile(r"\*{1,3}|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|`+")
_RULE = r"^[ \t]*(?:\|[ \t]*)?:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)+(?:\|[ \t]*)?$"
_TABLE_HEAD = re.compile(rf"(?:^[ \t]*\|.*\|[ \t]*\n)?{_RULE}\n?", re.M)
_ROW = re.compile(r"^[ \t]*\|(?P<cells>.+)\|[ \t]*$", re.M)
_BEHIND_TABLE = re.compile(r"^(?![ \t]*(?:\||$))", re.M)
_ESCAPED_MARK = re.compile(r"\\\[(\s*\^?\d[\d,\s–-]*)\\\]")
_FORMULA = re.compile(r"\\[()\[\]]|\\(?:text|mathrm|mathbf|textbf)\{([^{}]*)\}")
_THIN_SPACE = re.compile(r"(?<=\d)(?:\\[,;:! ]|\{,\})(?=\d)")
_ESCAPED = re.compile(r"\\([%$&#_{}*.!,;:'\"~|<>+`-])")
# Not after an abbreviation: "at 5 p.m. [1] on Monday" goes on.
_MARKED_END = re.compile(r"(?<=\w\w\w)[.!?…]+[\"'”’»)]*\s*(?:\[\d{1,3}\])+(?=\s+\w)")
# "[1, " at the end of the text so far: the rest of a mark may follow.
_MARK_BEGINS = re.compile(r"(?:\s*\[[^\]]*\])*\s*\[[^\]]*\Z")
_WORD_BEGINS, _BLANK = re.compile(r"\w"), re.compile(r"\s")


def _plain(text: str) -> str:
    """Strip markup from words; a visible link leaves a trace."""
    text = _CONTROL.sub("", html.unescape(text))
    text = untagged(_unescaped(text))
    text = _TABLE_HEAD.sub("", text)
    text = _ROW.sub(_row, text)
    text = _DEFINITION.sub(" ", text)
    text = _IMAGE.sub(" ", text)
    text = _LINKED.sub(r"\1", text)
    text = _TAG.sub(" ", text)
    text = _ADDRESS.sub(LINK, text)
    text = _LINE_START.sub("", text)
    return _EMPHASIS.sub("", text)


def _unescaped(text: str) -> str:
    """Strip the marks of formulas, and backslashes that protect other marks."""
    text = _ESCAPED_MARK.sub(r"[\1]", text)
    text = _FORMULA.sub(r"\1", _THIN_SPACE.sub(" ", text))
    return _ESCAPED.sub(r"\1", text)


def _row(match: re.Match[str]) -> str:
    """Make a row of a table a sentence of its own."""
    cells = [cell.strip() for cell in match["cells"].split("|") if cell.strip()]
    said = (": " if len(cells) == 2 else ", ").join(cells)
    return f"{said}\n" if said.endswith((".", "!", "?")) else f"{said}.\n"


def _claim(sentence: str, passages: int) -> DraftClaim:
    text, markers = taken_out(sentence, passages)
    # Brackets of a link whose words stay, and around markers.
    text = re.sub(r"\[(?!link\])([^\[\]]*)\]", r"\1", text)
    text = re.sub(r"\s+", " ", re.sub(r"[(（]\s*[)）]", "", text)).strip()
    text = re.sub(r"\s+([.,;:!?…。])", r"\1", text)
    return DraftClaim(text, tuple(ProposedCitation(marker) for marker in markers))


def _sentences(text: str) -> list[tuple[str, int]]:
    """Split text into sentences, each with the markers right after its full stop, and its end."""
    found: list[tuple[str, int]] = []
    for start, stop in _spans(text):
        sentence = text[start:stop]
        leading = LEADING.match(sentence)
        if leading and found:
            found[-1] = (f"{found[-1][0]} {leading[0].strip()}", start + leading.end())
            sentence = sentence[leading.end() :]
        if sentence.strip():
            found.append((sentence.strip(), stop))
    return found


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Find sentences; a marker after a full stop ends one, whatever comes next."""
    for span in split_sentences(text, 0, len(text)):
        start = span.start
        for end in _MARKED_END.finditer(text, span.start, span.end):
            yield start, end.end()
            start = end.end()
        yield start, span.end


class SentenceReader:
    """Turns pieces of a model's text into claims, each as soon as its sentence is complete.

    A sentence is complete once the first word of the next one is: until then markers may still
    come.

    Args:
        passages: how many there are; a higher number in round brackets is not a marker.
    """

    def __init__(self, passages: int) -> None:
        self._passages = passages
        self._hidden = HiddenBlocks()
        self._text = ""
        self._cites = False
        self._took_back = False

    def feed(self, piece: str) -> Iterator[DraftClaim]:
        """Take a piece of text; give the claims that are now complete."""
        visible = self._hidden.feed(piece)
        if self._hidden.took_back():
            self._text, self._cites, self._took_back = "", False, True
        self._text += visible
        if not any(char.isspace() for char in visible):
            return
        while (cut := self._first_end()) is not None:
            ready, self._text = self._text[:cut], self._text[cut:]
            yield from self._claims(ready)

    def finish(self) -> Iterator[DraftClaim]:
        """Give the rest, at the end of the text."""
        ready, self._text = self._text + self._hidden.finish(), ""
        yield from self._claims(ready)
        if not self._cites:  # a whole answer in a code fence is an answer
            yield from self._claims(self._hidden.fenced)

    def took_back(self) -> bool:
        """Whether the claims given so far turned out to be thoughts, since the last call."""
        taken, self._took_back = self._took_back, False
        return taken

    def unread(self) -> str:
        """After the end: words hidden by a block that nothing closed, else nothing."""
        return re.sub(r"\s+", " ", _plain(self._hidden.unclosed)).strip()

    def _claims(self, text: str) -> Iterator[DraftClaim]:
        for sentence, _ in _sentences(_plain(text)):
            claim = _claim(sentence, self._passages)
            if any(char.isalnum() for char in claim.text):
                self._cites = self._cites or bool(claim.citations)
                yield claim

    def _first_end(self) -> int | None:
        """Find the end of the first sentence, if it is certain; a table counts as a whole."""
        if self._text.lstrip().startswith("|"):
            behind = _BEHIND_TABLE.search(self._text)
            return behind.start() if behind else None
        sentences = _sentences(self._text[:MAX_SENTENCE_WINDOW])
        if len(sentences) < 2:
            return None
        end = sentences[0][1]
        if _MARK_BEGINS.match(self._text, end):
            return None
        word = _WORD_BEGINS.search(self._text, end)
        return end if word and _BLANK.search(self._text, word.end()) else None


def parse_draft(text: str, passages: int = 99) -> tuple[DraftClaim, ...]:
    """Split a whole reply into sentences with the passages that each cites."""
    reader = SentenceReader(passages)
    return (*reader.feed(text), *reader.finish())
