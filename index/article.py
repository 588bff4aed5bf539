"""The values of the index: sources, articles, passages.

Values are pure and immutable; `index.library.library` stores them. Every offset counts Unicode code
points in the decoded text of the source, so that ``source.text[span.start:span.end]`` gives exactly
the characters of a span.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from index.days import Day
from index.saying import phrase


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range ``[start, end)`` of code points in a source's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def contains(self, other: "Span") -> bool:
        """Whether the other span lies wholly inside this one."""
        return self.start <= other.start and other.end <= self.end

    def overlap(self, other: "Span") -> int:
        """How many code points the two spans share."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


GUESSED = "(guessed)"
DAMAGED = "(damaged)"
SEEN = "ocr"


class SpanKind(StrEnum):
    """What a stretch of a source's text is. Only `BODY` is ever evidence."""

    TITLE = "title"
    HEADING = "heading"
    DATELINE = "dateline"
    BODY = "body"
    STAMP = "stamp"
    REPEAT = "repeat"
    CREDIT = "credit"
    APPEAL = "appeal"
    COMMENTS = "comments"
    NAVIGATION = "navigation"


BOILERPLATE_KINDS = frozenset(
    {
        SpanKind.STAMP,
        SpanKind.REPEAT,
        SpanKind.CREDIT,
        SpanKind.APPEAL,
        SpanKind.COMMENTS,
        SpanKind.NAVIGATION,
    }
)


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """A span, and what cleaning takes it for."""

    kind: SpanKind
    span: Span


@dataclass(frozen=True, slots=True)
class Notice:
    """What an article says about itself.

    Attributes:
        kind: ``withdrawn``, ``killed``, ``corrected``, ``embargoed`` or ``updated``.
        span: its place in the text.
    """

    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a paginated file: its number, from 1, and where it begins in the text."""

    number: int
    start: int


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """One date found for an article.

    Attributes:
        value: the day, without its year if the text names none.
        basis: its origin (``sidecar``, ``dateline``, ``page stamp``, ``markup``, …).
        role: what happened on it: ``published``, ``modified``, or ``page`` if the page does not
            say.
    """

    value: Day
    basis: str
    role: str = "published"


@dataclass(frozen=True, slots=True)
class Source:
    """One decoded file.

    Attributes:
        source_id: derived from the bytes, so a renamed or copied file is the same source.
        name: the file's name as the user knows it.
        text: the decoded text, which nobody edits.
        sha256: of the file's bytes, hexadecimal.
        media_type: for example ``text/plain``.
        url: the address of publication, if known.
        encoding: the encoding that the bytes were decoded from; `GUESSED` or `DAMAGED` follows
            its name where that is so. `SEEN` and languages where the text was read from pictures.
    """

    source_id: str
    name: str
    text: str
    sha256: str
    media_type: str
    url: str | None = None
    encoding: str = "utf-8"

    @property
    def caution(self) -> str | None:
        """What a reader must know of how its text was obtained, in words; None if it is certain."""
        name, _, doubt = self.encoding.partition(" ")
        if name == SEEN:
            return phrase(
                "its text was read from pictures of its pages by OCR, which may misread letters"
            )
        if doubt == GUESSED:
            return phrase(
                "the file does not say how its letters are encoded; %(encoding)s was guessed",
                encoding=name,
            )
        if doubt == DAMAGED:
            return phrase("some of its bytes are damaged; each of them is shown as \ufffd")
        return None


@dataclass(frozen=True, slots=True)
class Article:
    """One article within a source.

    The marked spans are in order, do not overlap, and together with white space cover the
    article's part of the source.

    Attributes:
        published: the day; None if it is not certain.
        date_basis: the origin of `published`, or ``none`` without a date.
        dates: every candidate, including the chosen one.
        date_warning: what is wrong with the dates, in words; None if nothing is.
        language: ISO 639-1 code, or None if it is unclear.
        notices: what it says about itself, the gravest first.
        pages: those that it stands on, in order; none if its file has no pages.
    """

    article_id: str
    source_id: str
    title: str | None
    publisher: str | None
    published: date | None
    date_basis: str
    language: str | None
    spans: tuple[MarkedSpan, ...]
    dates: tuple[DateCandidate, ...] = ()
    date_warning: str | None = None
    url: str | None = None
    notices: tuple[Notice, ...] = ()
    pages: tuple[Page, ...] = ()

    @property
    def reference(self) -> dict[str, str | None]:
        """What names it, for the metadata of other programs."""
        return {
            "article_id": self.article_id,
            "source_id": self.source_id,
            "title": self.title,
            "publisher": self.publisher,
            "published_at": self.published.isoformat() if self.published else None,
        }

    def page_at(self, offset: int) -> int | None:
        """The number of the page that a place in the source stands on."""
        at = bisect_right(self.pages, offset, key=lambda page: page.start)
        return self.pages[at - 1].number if at else None

    def of_kind(self, *kinds: SpanKind) -> tuple[Span, ...]:
        """The spans of the given kinds, in order."""
        return tuple(marked.span for marked in self.spans if marked.kind in kinds)

    @property
    def body(self) -> tuple[Span, ...]:
        """The spans that an answer may quote as evidence."""
        return self.of_kind(SpanKind.BODY)

    @property
    def boilerplate(self) -> tuple[Span, ...]:
        """Page furniture: shown dimmed, never evidence."""
        return self.of_kind(*BOILERPLATE_KINDS)


@dataclass(frozen=True, slots=True)
class Passage:
    """Consecutive whole sentences of one article's body; the unit of retrieval.

    Attributes:
        text: ``source.text[start:end]``.
        sentences: spans in the source that tile ``[start, end)`` but for white space.
    """

    passage_id: str
    article_id: str
    source_id: str
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]

    @property
    def span(self) -> Span:
        """The passage's place in its source."""
        return Span(self.start, self.end)

    def sentence_texts(self) -> Iterator[str]:
        """The text of each sentence, in order."""
        for sentence in self.sentences:
            yield self.text[sentence.start - self.start : sentence.end - self.start]


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage ranked by a retriever; rank starts at 1, and a higher score is better."""

    passage: Passage
    score: float
    rank: int
    retriever: str


@dataclass(frozen=True, slots=True)
class PassageHit:
    """A passage's id, ranked by a derived store; rank starts at 1, and a higher score is better."""

    passage_id: str
    article_id: str
    score: float
    rank: int
    retriever: str


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """The restrictions of a search; an empty field restricts nothing.

    Attributes:
        publishers: publisher names, in any case.
        published_from: the first day; articles without a date are left out.
        published_to: the last day; articles without a date are left out.
        not_after: articles dated later are left out, undated ones stay.
        article_ids: the only articles allowed; None allows all.
        languages: ISO 639-1 codes; articles whose language is not known are left out.
        collections: names or ids of collections; `Library.resolved` puts their articles in place
            of them before anything is looked for.
    """

    publishers: tuple[str, ...] = ()
    published_from: date | None = None
    published_to: date | None = None
    not_after: date | None = None
    article_ids: frozenset[str] | None = None
    languages: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
