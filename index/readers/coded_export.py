"""Stories whose fields bear codes of two or three letters, as Factiva sets them with its indexing.

``HD`` is the headline, ``PD`` the date, ``SN`` the paper, ``LP`` and ``TD`` the text, and ``AN``,
the number of the document, comes last. In a table a code and its value are two cells.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Final

from index.article import Span
from index.language.printed_dates import read_date
from index.readers.metadata import Entry, SourceMetadata, said
from index.readers.values import one_line

_CODES: Final = (
    "SE HD BY CR WC PD ET SN SC ED PG VOL LA CY LP TD CT ART RF CLM CX CO IN NS RE IPC IPD PUB AN"
)
_CODE: Final = re.compile(
    rf"^[ \t|]*(?P<code>{'|'.join(_CODES.split())})"
    r"(?:(?:[ \t]*\|[ \t]*|\t[ \t]*|[ ]{2,})(?P<value>[^\r\n]*))?[ \t|]*\r?$",
    re.MULTILINE,
)
_LINE: Final = re.compile(r"[^\r\n]*[^\s|][^\r\n]*")
_TEXT: Final = ("LP", "TD")
_LAST: Final = "AN"
_NEEDED: Final = frozenset({"HD", "PD", _LAST})
_BASIS: Final = "file"


@dataclass(frozen=True, slots=True)
class _Field:
    """A field: its code, where the line of the code begins, where its value begins and ends."""

    code: str
    start: int
    value: Span


def coded_export_of(text: str) -> SourceMetadata | None:
    """Find the stories, and what their fields say; None if the text is none of the kind."""
    entries: list[Entry] = []
    furniture: list[Span] = []
    story: list[_Field] = []
    begin = 0
    for field in _fields(text):
        story.append(field)
        if field.code == _LAST:
            found = _story(text, begin, story)
            if found is None:
                return None
            entries.append(found[0])
            furniture.extend(found[1])
            begin, story = found[0].span.end, []
    if not entries:
        return None
    if text[begin:].strip():
        furniture.append(Span(begin, len(text)))
    return SourceMetadata(entries=tuple(entries), furniture=tuple(furniture))


def _fields(text: str) -> list[_Field]:
    matches = list(_CODE.finditer(text))
    found: list[_Field] = []
    for match, after in zip_longest(matches, matches[1:]):
        end = after.start() if after else len(text)
        if match["code"] == _LAST:
            # The number of a document is one line; what comes then is of the next one.
            line = _LINE.search(text, match.end("code"), end)
            end = line.end() if line else match.end()
        at = match.start("value") if match["value"] else match.end()
        found.append(_Field(match["code"], match.start(), Span(at, max(at, end))))
    return found


def _story(text: str, begin: int, fields: Sequence[_Field]) -> tuple[Entry, list[Span]] | None:
    values = {field.code: text[field.value.start : field.value.end] for field in fields}
    parts = [field for field in fields if field.code in _TEXT]
    if not parts or not values.keys() >= _NEEDED:
        return None
    day = read_date(one_line(values["PD"]) or "")
    if not isinstance(day, date):
        return None
    facts = said(
        _BASIS,
        title=(one_line(values["HD"]) or "").strip(" |"),
        publisher=(one_line(values.get("SN")) or "").strip(" |"),
        published=day,
    )
    shown = [field for field in fields if field.code in ("HD", *_TEXT)]
    frame: list[Span] = []
    at = begin
    for field in shown:
        frame.append(Span(at, field.value.start))
        at = field.value.end
    end = fields[-1].value.end
    frame.append(Span(at, end))
    return Entry(Span(begin, end), facts), frame
