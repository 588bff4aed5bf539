"""Markdown: the text is the decoded file; its front matter is metadata."""

import re
from dataclasses import replace
from datetime import date

from index.article import DateCandidate
from index.days import Day
from index.language.calendar import parse_date
from index.language.layout import front_matter
from index.readers.base import Read
from index.readers.encodings import decode
from index.readers.metadata import SourceMetadata, said

_BASIS = "front matter"
_FRONT_LINE = re.compile(r"([A-Za-z_]+)\s*[:=]\s*(.*?)\s*$")
_FRONT_KEYS = {
    "title": "title", "date": "published", "published": "published",
    "author": "publisher", "publisher": "publisher", "lang": "language",
    "language": "language", "url": "url", "source": "url",
}  # fmt: skip


def read(data: bytes, name: str) -> Read:
    """Read Markdown, and take its front matter as metadata."""
    text, encoding = decode(data)
    return Read(text, _front_matter_metadata(text), encoding)


def _front_matter_metadata(text: str) -> SourceMetadata:
    block = front_matter(text)
    if block is None:
        return SourceMetadata()
    found: dict[str, str] = {}
    days: list[Day] = []
    for line in text[block.start : block.end].splitlines()[1:-1]:
        match = _FRONT_LINE.match(line)
        key = _FRONT_KEYS.get(match[1].lower()) if match else None
        value = match[2].strip("\"'").strip() if match else ""
        if key == "published":
            if (day := parse_date(value)) is not None:
                days.append(day)
            continue
        # "publisher" says more than "author", "url" more than "source".
        named_so = match is not None and match[1].lower() == key
        if key and value and (key not in found or named_so):
            found[key] = value
    facts = said(
        _BASIS,
        title=found.get("title"),
        publisher=found.get("publisher"),
        published=next((day for day in days if isinstance(day, date)), None),
        language=found.get("language"),
        url=found.get("url"),
    )
    if facts.published:
        return facts
    return replace(facts, other_dates=tuple(DateCandidate(day, _BASIS) for day in days))
