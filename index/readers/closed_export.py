"""Stories each of which a line such as ``End of Document`` closes, as LexisNexis delivers them now.

Above the text stand the headline, the paper, the date and the copyright, one a line, then fields
such as ``Length: 523 words`` and the line ``Body``. Fields and headings of them follow the text. A
cover with the list of the documents may stand above the first.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from index.article import Span
from index.language.printed_dates import read_date
from index.readers.metadata import Entry, SourceMetadata, said
from index.readers.values import one_line

_CLOSES: Final = re.compile(
    r"^[ \t]*(?:end of document|fin (?:du|del?) documento?|ende des dokuments|fine del documento"
    r"|fim do documento)[ \t]*\r?$",
    re.IGNORECASE | re.MULTILINE,
)
_LINE: Final = re.compile(r"[^\r\n]*\S[^\r\n]*")
_RIGHTS: Final = re.compile(r"\s*(?:\(c\)|©|copyright\b)", re.IGNORECASE)
_FIELD: Final = re.compile(r"[^\W\d_][^\W\d_/-]*(?:[ /-][^\W\d_]+){0,2}:(?:\s|$)")
_BASIS: Final = "file"
_DATE_WORDS: Final = 8
_EDITION: Final = 4
"""So many lines may stand between the date and the copyright: the edition, an address."""
_HEADING_WORDS: Final = 3


def closed_export_of(text: str) -> SourceMetadata | None:
    """Find the stories, and what stands above each; None if the text is none of the kind."""
    closes = list(_CLOSES.finditer(text))
    begins = [0, *(match.end() for match in closes)]
    entries: list[Entry] = []
    furniture: list[Span] = []
    for begin, close in zip(begins, closes, strict=False):
        found = _story(text, Span(begin, close.end()), close.start())
        if found is None:
            return None
        entries.append(found[0])
        furniture.extend(found[1])
    if not entries:
        return None
    if text[begins[-1] :].strip():
        furniture.append(Span(begins[-1], len(text)))
    return SourceMetadata(entries=tuple(entries), furniture=tuple(furniture))


def _story(text: str, span: Span, close: int) -> tuple[Entry, list[Span]] | None:
    lines = [Span(m.start(), m.end()) for m in _LINE.finditer(text, span.start, close)]
    said_by = [text[line.start : line.end].strip() for line in lines]
    rights = next((n for n, line in enumerate(said_by) if _RIGHTS.match(line)), None)
    dated = _dated_above(said_by, rights)
    if rights is None or dated is None or dated < 2:
        return None
    day = read_date(said_by[dated])
    if not isinstance(day, date):
        return None
    title = dated - 2
    begin, end = _text_within(said_by, rights + 1)
    facts = said(
        _BASIS,
        title=one_line(said_by[title]),
        publisher=one_line(said_by[dated - 1]),
        published=day,
    )
    frame = [line for n, line in enumerate(lines) if n != title and not begin <= n < end]
    return Entry(span, facts), [*frame, Span(close, span.end)]


def _dated_above(lines: Sequence[str], rights: int | None) -> int | None:
    """The line with the date, which stands above the copyright."""
    if rights is None:
        return None
    for n in range(rights - 1, max(rights - 2 - _EDITION, -1), -1):
        if len(lines[n].split()) <= _DATE_WORDS and read_date(lines[n]) is not None:
            return n
    return None


def _text_within(lines: Sequence[str], begin: int) -> tuple[int, int]:
    """Where the text begins and ends: between fields, and headings of fields, above and below."""
    while begin < len(lines) and _FIELD.match(lines[begin]):
        begin += 1
    if begin < len(lines) and _is_heading(lines[begin]):
        begin += 1
    end = len(lines)
    while end > begin and (_FIELD.match(lines[end - 1]) or _is_heading(lines[end - 1])):
        end -= 1
    has_fields = any(_FIELD.match(line) for line in lines[end:])
    return begin, end if has_fields else len(lines)


def _is_heading(line: str) -> bool:
    return len(line.split()) <= _HEADING_WORDS and line[-1].isalnum()
