"""Several stories that a press database exported into one text, each in a fixed frame.

A line ``2 of 3 DOCUMENTS`` opens each; the paper, the date and the headline follow, then fields
such as ``LENGTH:`` before and after the text.
"""

import re
from dataclasses import replace
from datetime import date

from index.article import Span
from index.language.calendar import DATE_RE, parse_date
from index.readers.metadata import Entry, SourceMetadata, said
from index.readers.values import one_line

_OPENS = re.compile(r"^[ \t]*(\d{1,5}) of (\d{1,5}) DOCUMENTS?[ \t]*\r?$", re.MULTILINE)
_LINE = re.compile(r"[^\r\n]*\S[^\r\n]*")
_FIELD = re.compile(r"\s*[A-Z][A-Z]+(?:[- ][A-Z]+)*:(?:\s|$)")
_RIGHTS = re.compile(r"\s*(?:Copyright\b|©|All Rights Reserved)", re.IGNORECASE)
_BASIS = "file"


def export_of(text: str) -> SourceMetadata | None:
    """Find the stories of an export, and what it says about each; None if it is not one."""
    opens = list(_OPENS.finditer(text))
    totals = {match[2] for match in opens}
    if (
        not opens
        or len(totals) != 1
        or [int(m[1]) for m in opens] != sorted({int(m[1]) for m in opens})
    ):
        return None
    ends = [match.start() for match in opens[1:]] + [len(text)]
    entries: list[Entry] = []
    furniture: list[Span] = []
    if text[: opens[0].start()].strip():
        furniture.append(Span(0, opens[0].start()))
    for match, end in zip(opens, ends, strict=True):
        entry, frame = _story(text, Span(match.start(), end))
        entries.append(entry)
        furniture.extend(frame)
    return replace(SourceMetadata(), entries=tuple(entries), furniture=tuple(furniture))


def _story(text: str, span: Span) -> tuple[Entry, list[Span]]:
    """Read a story and the lines of its frame."""
    lines = [Span(m.start(), m.end()) for m in _LINE.finditer(text, span.start, span.end)]
    facts = SourceMetadata()
    dated = next(
        (n for n, line in enumerate(lines[1:5], start=1) if _date(text[line.start : line.end])), 0
    )
    if dated:
        following = lines[dated + 1 : dated + 2]
        if following and _FIELD.match(text, following[0].start, following[0].end):
            following = []
        facts = said(
            _BASIS,
            title=one_line(text[following[0].start : following[0].end]) if following else None,
            publisher=one_line(text[lines[1].start : lines[1].end]) if dated > 1 else None,
            published=_date(text[lines[dated].start : lines[dated].end]),
        )
    frame = lines[: dated + 1]
    frame += [
        line
        for line in lines[dated + 1 :]
        if _FIELD.match(text, line.start, line.end) or _RIGHTS.match(text, line.start, line.end)
    ]
    return Entry(span, facts), frame


def _date(line: str) -> date | None:
    """Read a line of the frame as a date. Return None if it is more than that."""
    match = DATE_RE.search(line)
    if match is None or len(line.split()) > 8:
        return None
    day = parse_date(match[0])
    return day if isinstance(day, date) else None
