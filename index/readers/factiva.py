"""Several stories in the frame of Factiva, saved as one text.

A line such as ``Document KESSGZ0020220314ei3e0000a`` closes each. Above the text stand, one a line
and without labels: a section, the headline, the author, the number of words, the date, the paper,
codes, and the copyright.
"""

import re
from datetime import date

from index.article import Span
from index.language.printed_dates import read_date
from index.readers.metadata import Entry, SourceMetadata, said
from index.readers.values import one_line

_CLOSES = re.compile(
    r"^[ \t]*[^\W\d_]+[ \t]+[A-Z][A-Z0-9]{3,13}(?:19|20)\d{6}[a-z0-9]{6,12}[ \t]*\r?$", re.MULTILINE
)
_LINE = re.compile(r"[^\r\n]*\S[^\r\n]*")
_WORDS = re.compile(r"\s*\d[\d,. \xa0]*[^\W\d_]+\s*$")
_TIME = re.compile(r"\s*\d{1,2}[:.]\d\d(?:\s*[A-Z]{2,4})?\s*$")
_RIGHTS = re.compile(r"\s*(?:\(c\)|©|copyright\b)", re.IGNORECASE)
_ABOVE, _FRAME, _CODE_WORDS = 6, 12, 4
_BASIS = "file"


def factiva_of(text: str) -> SourceMetadata | None:
    """Find the stories, and what stands above each; None if the text is none of the kind."""
    closes = list(_CLOSES.finditer(text))
    if not closes:
        return None
    begins = [0, *(match.end() for match in closes[:-1])]
    entries: list[Entry] = []
    furniture: list[Span] = []
    for begin, close in zip(begins, closes, strict=True):
        found = _story(text, Span(begin, close.end()), close.start())
        if found is None:
            return None
        entries.append(found[0])
        furniture.extend(found[1])
    if text[closes[-1].end() :].strip():
        furniture.append(Span(closes[-1].end(), len(text)))
    return SourceMetadata(entries=tuple(entries), furniture=tuple(furniture))


def _story(text: str, span: Span, close: int) -> tuple[Entry, list[Span]] | None:
    lines = [Span(m.start(), m.end()) for m in _LINE.finditer(text, span.start, close)]
    said_by = [text[line.start : line.end].strip() for line in lines]
    counted = next((n for n, line in enumerate(said_by[:_ABOVE]) if _WORDS.match(line)), 0)
    if not counted or counted + 2 >= len(lines):
        return None
    day = read_date(said_by[counted + 1])
    if not isinstance(day, date):
        return None
    # The headline is longer than a section and than an author's name.
    title = max(range(counted), key=lambda n: len(said_by[n]))
    paper = counted + 2 + bool(_TIME.match(said_by[counted + 2]))
    begin = _text_begins(said_by, paper)
    facts = said(
        _BASIS, title=one_line(said_by[title]), publisher=one_line(said_by[paper]), published=day
    )
    frame = [line for n, line in enumerate(lines[:begin]) if n != title]
    return Entry(span, facts), [*frame, Span(close, span.end)]


def _text_begins(lines: list[str], paper: int) -> int:
    """The first line of the text: below the copyright, or below the codes."""
    for n, line in enumerate(lines[paper : paper + _FRAME], start=paper):
        if _RIGHTS.match(line):
            return n + 1
    short = paper
    while short < len(lines) and len(lines[short].split()) <= _CODE_WORDS:
        short += 1
    return max(short, paper + 1)
