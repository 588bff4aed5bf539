"""Turn the library's rows into values, and values into rows."""

import hashlib
import json
import re
from datetime import date
from typing import Any

import numpy as np

from index.article import (
    Article,
    DateCandidate,
    MarkedSpan,
    Notice,
    Page,
    Passage,
    Source,
    Span,
    SpanKind,
)
from index.days import MonthDay, day_of_iso
from index.library.catalogue import CatalogueEntry
from index.library.tables import Vector

# Notices and pages lie among the spans, so that libraries of one format have or lack them.
_NOTICE = "notice:"
_PAGE = "page:"
_SURROGATE = re.compile("[\ud800-\udfff]")


def text_key(text: str) -> bytes:
    """Make the key for the vector of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def is_storable(value: str | bytes) -> bool:
    """Whether the stores take a value; a question's lone surrogate equals nothing in them."""
    return isinstance(value, bytes) or value.isascii() or not _SURROGATE.search(value)


def to_blob(vector: Vector) -> bytes:
    """Pack a vector for the file: float32, little-endian."""
    return np.ascontiguousarray(vector, dtype="<f4").tobytes()


def from_blob(blob: bytes) -> Vector:
    """Unpack a vector; a copy, so that it outlives the row and is writable."""
    return np.frombuffer(blob, dtype="<f4").astype(np.float32)


def source_of(row: Any) -> Source:
    """Make a source of a row of `sources`."""
    return Source(
        row.source_id, row.name, row.text, row.sha256, row.media_type, row.url, row.encoding
    )


def published_of(row: Any) -> date | None:
    """The day of a row of `articles`; one without its year, which older libraries hold, is none."""
    day = None if row.published_at is None else day_of_iso(row.published_at)
    return None if isinstance(day, MonthDay) else day


def _dates_of(row: Any) -> tuple[DateCandidate, ...]:
    found = json.loads(row.dates)
    return tuple(DateCandidate(day_of_iso(value), basis, role) for value, basis, role in found)


def article_of(row: Any) -> Article:
    """Make an article of a row of `articles`."""
    marked = json.loads(row.spans)
    return Article(
        article_id=row.article_id,
        source_id=row.source_id,
        title=row.title,
        publisher=row.publisher,
        published=published_of(row),
        date_basis=row.date_basis,
        language=row.language,
        spans=tuple(
            MarkedSpan(SpanKind(kind), Span(start, end))
            for kind, start, end in marked
            if not kind.startswith((_NOTICE, _PAGE))
        ),
        dates=_dates_of(row),
        date_warning=row.date_warning,
        url=row.url,
        notices=tuple(
            Notice(kind.removeprefix(_NOTICE), Span(start, end))
            for kind, start, end in marked
            if kind.startswith(_NOTICE)
        ),
        pages=tuple(
            Page(int(kind.removeprefix(_PAGE)), start)
            for kind, start, _ in marked
            if kind.startswith(_PAGE)
        ),
    )


def article_row(article: Article, ordinal: int) -> dict[str, Any]:
    """Make a row of `articles` of an article."""
    spans = [(str(marked.kind), marked.span) for marked in article.spans]
    spans += [(_NOTICE + notice.kind, notice.span) for notice in article.notices]
    spans += [(f"{_PAGE}{page.number}", Span(page.start, page.start)) for page in article.pages]
    return {
        "article_id": article.article_id,
        "source_id": article.source_id,
        "ordinal": ordinal,
        "title": article.title,
        "publisher": article.publisher,
        "published_at": article.published and article.published.isoformat(),
        "date_basis": article.date_basis,
        "language": article.language,
        "spans": json.dumps([[kind, span.start, span.end] for kind, span in spans]),
        "dates": json.dumps([[d.value.isoformat(), d.basis, d.role] for d in article.dates]),
        "date_warning": article.date_warning,
        "url": article.url,
    }


def entry_of(row: Any) -> CatalogueEntry:
    """Make an entry of a row of `queries.CATALOGUE`."""
    return CatalogueEntry(
        row.article_id,
        row.source_id,
        row.name,
        row.title,
        row.publisher,
        published_of(row),
        row.date_basis,
        _dates_of(row),
        row.date_warning,
    )


def passage_of(row: Any) -> Passage:
    """Make a passage of a row of `passages`."""
    return Passage(
        row.passage_id,
        row.article_id,
        row.source_id,
        row.start,
        row.end,
        row.text,
        tuple(Span(start, end) for start, end in json.loads(row.sentences)),
    )


def passage_row(passage: Passage, ordinal: int) -> dict[str, Any]:
    """Make a row of `passages` of a passage."""
    return {
        "passage_id": passage.passage_id,
        "article_id": passage.article_id,
        "source_id": passage.source_id,
        "ordinal": ordinal,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "sentences": json.dumps([[s.start, s.end] for s in passage.sentences]),
    }
