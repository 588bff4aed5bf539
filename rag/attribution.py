"""Fixed words around quotes: who said and published it, and when. Templates, never claims.

An article, its line in a list and a citation in an answer are worded by the same functions.
"""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from index.days import Day, MonthDay
from index.language.english import MONTH_NAMES
from index.saying import Said, ToldDay, counted_phrase


class FoundDate(Protocol):
    """A date found for an article: a `DateCandidate`, or its form in the contract."""

    @property
    def value(self) -> Day:
        """The day, without its year if none is named."""

    @property
    def role(self) -> str:
        """What happened on the date."""


class Dated(Protocol):
    """Anything with a date of publication, or dates that may be it."""

    @property
    def published(self) -> date | None:
        """The day; None if no date is certain."""

    @property
    def dates(self) -> Sequence[FoundDate]:
        """Every date found."""


class Published(Dated, Protocol):
    """Anything published under a headline."""

    @property
    def title(self) -> str | None:
        """The headline."""

    @property
    def publisher(self) -> str | None:
        """Who published it."""


class Named(Protocol):
    """A file as the user knows it."""

    @property
    def name(self) -> str:
        """The file's name."""


def day_words(day: Day) -> ToldDay:
    """Put a day into words: ``6 August 2020``, ``22 August, year not stated``."""
    words = f"{day.day} {MONTH_NAMES[day.month - 1]}"
    if isinstance(day, date):
        return ToldDay(f"{words} {day.year}", day)
    return ToldDay(f"{words}, year not stated", day)


def date_phrase(article: Dated) -> str:
    """Word the article's date for readers: ``6 August 2020``, ``22 August, year not stated``.

    Says ``undated`` rather than offer a date that is not certain.
    """
    if article.published:
        return day_words(article.published)
    for candidate in article.dates:
        if isinstance(candidate.value, MonthDay) and candidate.role == "published":
            return day_words(candidate.value)
    return "undated"


def publisher_phrase(article: Published, source: Named) -> str:
    """The publisher; if it is not known, the headline, or else the file's name."""
    if article.publisher:
        return article.publisher
    return f"“{article.title}”" if article.title else source.name


def attribution(
    article: Published, source: Named, speaker: str | None = None, page: int | None = None
) -> str:
    """``TASS, 6 August 2020, p. 3``: what a quote is introduced with.

    With a speaker, ``Dmitry Peskov, quoted by TASS, 6 August 2020``: words that are somebody's are
    not the publisher's own.

    Args:
        article: that it is from.
        source: the article's file.
        speaker: who says the words, where it is not the article itself.
        page: of the file, where it has pages.
    """
    said = f"{' '.join(speaker.split())}, {quoted_phrase(article)} " if speaker else ""
    place = "" if page is None else f", {page_phrase(page)}"
    return f"{said}{publisher_phrase(article, source)}, {date_phrase(article)}{place}"


def quoted_phrase(article: Published) -> str:
    """Say how somebody's words got there: a publisher quotes them, or they stand in an article."""
    return "quoted by" if article.publisher else "quoted in"


def page_phrase(page: int) -> str:
    """A page as a reader cites it: ``p. 3``."""
    return f"p. {page}"


def quoted(words: str) -> str:
    """Put words in quotation marks of a kind that they do not use themselves."""
    if any(mark in words for mark in '“”"') and not any(mark in words for mark in "«»"):
        return f"«{words}»"
    return f"“{words}”"


def undated_words(undated: int) -> Said:
    """That a period leaves out articles of which no date is known."""
    return counted_phrase(
        "The period leaves out %(count)s article whose date is not known.",
        "The period leaves out %(count)s articles whose date is not known.",
        undated,
    )
