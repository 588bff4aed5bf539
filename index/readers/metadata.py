"""What a file says about its articles outside their text, and what others say about the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from index.article import DateCandidate, Span
from index.readers.values import language_code, one_line, stated_day, web_address

FIELDS = ("title", "text", "published_at", "publisher", "language", "url")
_FACTS = ("title", "publisher", "published", "language", "url")


@dataclass(frozen=True, slots=True)
class SourceMetadata:
    """Facts about a source from outside its running text.

    Attributes:
        basis: for each fact that is not None, its basis in words.
        date_note: what a person must know about the dates; None if nothing.
        other_dates: dates stated elsewhere that differ from `published`, or lack its year.
        entries: the articles in order, if the format itself tells them apart; empty if the text
            alone must show where an article begins.
        furniture: stretches that the format marks as not part of an article.
        pages: where each page of a paginated file begins; empty if it has none.
        fields: for `FIELDS` the names that a person gives them in a file of records; a dot leads
            into a record within a record.
    """

    title: str | None = None
    publisher: str | None = None
    published: date | None = None
    language: str | None = None
    url: str | None = None
    basis: Mapping[str, str] = field(default_factory=dict)
    date_note: str | None = None
    other_dates: tuple[DateCandidate, ...] = ()
    entries: tuple["Entry", ...] = ()
    furniture: tuple[Span, ...] = ()
    pages: tuple[int, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One article of a file, told apart by the format.

    Attributes:
        span: its share of the text.
        metadata: what the file says about this article alone.
    """

    span: Span
    metadata: SourceMetadata


def merge_metadata(preferred: SourceMetadata, other: SourceMetadata) -> SourceMetadata:
    """Combine two statements about one source, fact by fact.

    A date that the preferred statement overrules goes to `other_dates`.
    """
    overruled = preferred.other_dates + other.other_dates
    if other.published and preferred.published:
        word = other.basis.get("published", "file")
        overruled += (DateCandidate(other.published, word),)
    notes = [note for note in (preferred.date_note, other.date_note) if note]
    return SourceMetadata(
        title=preferred.title or other.title,
        publisher=preferred.publisher or other.publisher,
        published=preferred.published or other.published,
        language=preferred.language or other.language,
        url=preferred.url or other.url,
        basis={**other.basis, **preferred.basis},
        date_note=" ".join(notes) or None,
        other_dates=overruled,
        entries=preferred.entries or other.entries,
        furniture=preferred.furniture or other.furniture,
        pages=preferred.pages or other.pages,
        fields=preferred.fields or other.fields,
    )


def said_of_entry(metadata: SourceMetadata, entry: Entry) -> SourceMetadata:
    """Gather everything said about one article of a file.

    If the file holds a single article, statements about the file come first. If it holds several,
    each article's own part of the file comes first, and the file's title and address belong to none
    of them.
    """
    if len(metadata.entries) == 1:
        return merge_metadata(metadata, entry.metadata)
    return merge_metadata(entry.metadata, replace(metadata, title=None, url=None))


def said(
    basis: str,
    *,
    title: object = None,
    publisher: object = None,
    published: object = None,
    language: object = None,
    url: object = None,
) -> SourceMetadata:
    """Gather the facts that one place states, all with the same basis.

    Each is read as what it should be, see `index.readers.values`; what says nothing is left out.
    """
    facts = SourceMetadata(
        one_line(title),
        one_line(publisher),
        stated_day(published),
        language_code(language),
        web_address(url),
    )
    known = (name for name in _FACTS if getattr(facts, name))
    return replace(facts, basis=dict.fromkeys(known, basis))


def with_version(facts: SourceMetadata, version: date | None) -> SourceMetadata:
    """The facts of an article of which a later version was made on a day of its own."""
    if not facts.published or version is None or version == facts.published:
        return facts
    word = facts.basis["published"]
    return replace(facts, other_dates=(DateCandidate(version, word, "modified"),))
