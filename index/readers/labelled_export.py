"""Stories that a database exported into one text, each with fields that bear their names.

A line such as ``Document 2 of 9`` opens each (ProQuest, Integrum and their like). Fields stand
above the text, below it, or both: ``Publication title: …``, «Источник: …».
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from index.article import Span
from index.language.printed_dates import read_date
from index.readers.head_fields import FACT_OF
from index.readers.metadata import Entry, SourceMetadata, said
from index.readers.values import one_line, web_address

_OPENS: Final = re.compile(
    r"^[ \t]*[^\W\d_]+[ \t]+(\d{1,5})[ \t]+[^\W\d_]{1,4}[ \t]+(\d{1,5})[ \t]*\r?$", re.MULTILINE
)
_LINE: Final = re.compile(r"[^\r\n]*\S[^\r\n]*")
_FIELD: Final = re.compile(
    r"\s*(?P<name>[^\W\d_]+(?:[ -][^\W\d_]+){0,3})\s?:(?:\s+(?P<value>.*))?$"
)
_RULE: Final = re.compile(r"[\W_]+$")
_MANY: Final[Mapping[str, str]] = {
    "publication title": "publisher", "publication info": "issue", "publication date": "published",
    "publication year": "", "full text": "text", "document title": "title", "источник": "publisher",
    "дата выпуска": "published", "дата публикации": "published", "заглавие": "title",
    "заголовок": "title", "текст": "text", "полный текст": "text", "volltext": "text",
    "texte intégral": "text", "texto completo": "text",
}  # fmt: skip
_BASIS: Final = "file"
_LEAST: Final = 2


@dataclass(frozen=True, slots=True)
class _Field:
    span: Span
    fact: str | None
    value: str
    value_at: int


def labelled_export_of(text: str) -> SourceMetadata | None:
    """Find the stories, and what the fields say of each; None if the text is none of the kind."""
    opens = list(_OPENS.finditer(text))
    if not opens or len({match[2] for match in opens}) > 1:
        return None
    if len(opens) < _LEAST and int(opens[0][2]) >= _LEAST:
        return None
    numbers = [int(match[1]) for match in opens]
    if numbers != list(range(numbers[0], numbers[0] + len(opens))) or numbers[-1] > int(
        opens[0][2]
    ):
        return None
    entries: list[Entry] = []
    furniture = [Span(0, opens[0].start())] if text[: opens[0].start()].strip() else []
    ends = [match.start() for match in opens[1:]] + [len(text)]
    for match, end in zip(opens, ends, strict=True):
        found = _story(text, match, end)
        if found is None:
            return None
        entries.append(found[0])
        furniture.extend(found[1])
    return SourceMetadata(entries=tuple(entries), furniture=tuple(furniture))


def _story(text: str, opens: re.Match[str], end: int) -> tuple[Entry, list[Span]] | None:
    """Read the fields of a story; None where they do not say when it was published."""
    lines = [Span(m.start(), m.end()) for m in _LINE.finditer(text, opens.end(), end)]
    fields = [_field(text, line) for line in lines]
    begin = _text_begins(fields)
    last = _text_ends(text, lines, fields, begin)
    stated = [field for field in (*fields[:begin], *fields[last:]) if field]
    facts = _facts(stated)
    if facts.published is None:
        return None
    frame = [Span(opens.start(), opens.end())]
    title = next((n for n, field in enumerate(fields[:begin]) if field is None), None)
    for n, (line, field) in enumerate(zip(lines, fields, strict=True)):
        if field and field.fact == "text" and n < begin:
            # The label alone is of the frame; the story goes on behind it.
            frame.append(Span(line.start, field.value_at if field.value else line.end))
        elif (n < begin and n != title) or n >= last:
            frame.append(line)
    if facts.title is None and title is not None:
        facts = _facts(stated, one_line(text[lines[title].start : lines[title].end]))
    return Entry(Span(opens.start(), end), facts), frame


def _field(text: str, line: Span) -> _Field | None:
    match = _FIELD.match(text[line.start : line.end])
    if match is None:
        return None
    name, value = " ".join(match["name"].casefold().split()), (match["value"] or "").strip()
    fact = _MANY.get(name, FACT_OF.get(name))
    return _Field(line, fact, value, line.start + (match.start("value") if value else 0))


def _text_begins(fields: list[_Field | None]) -> int:
    """The first line of the text, or the one behind the field that holds its beginning."""
    for n, field in enumerate(fields):
        if field and field.fact == "text":
            return n + 1
    first = next((n for n, field in enumerate(fields) if field), len(fields))
    while first < len(fields) and fields[first]:
        first += 1
    return first


def _text_ends(text: str, lines: list[Span], fields: list[_Field | None], begin: int) -> int:
    """Where the fields below a text begin; one alone there must be known by its name."""
    last = len(lines)
    while last > begin and (
        fields[last - 1] or _RULE.match(text[lines[last - 1].start : lines[last - 1].end])
    ):
        last -= 1
    below = [field for field in fields[last:] if field]
    known = any(field.fact is not None for field in below)
    return last if known or not below else len(lines)


def _facts(fields: list[_Field], title: str | None = None) -> SourceMetadata:
    values: dict[str, str] = {}
    days: list[date] = []
    for field in fields:
        fact, value = field.fact, field.value
        if fact == "source":
            fact = "url" if web_address(value) else "publisher"
        if fact in ("published", "issue") and isinstance(day := read_date(value), date):
            days.append(day)
        if fact == "issue":
            fact, value = "publisher", value.partition(";")[0]
        if fact in ("title", "publisher", "url") and (known := one_line(value)):
            values.setdefault(fact, known)
    return said(
        _BASIS,
        title=title or values.get("title"),
        publisher=values.get("publisher"),
        published=next(iter(days), None),
        url=web_address(values.get("url")),
    )
