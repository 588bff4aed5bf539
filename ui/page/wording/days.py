"""Dates, languages and origins as the page words them, in the reader's language.

`rag.attribution` words them for answers and copies, which are in English.
"""

from datetime import date

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from index.days import Day, MonthDay
from rag.attribution import Dated, Named, Published, publisher_phrase
from ui.page.wording.catalogues import ENGLISH, _, language

_LEAP_YEAR = 2000  # it has every day


def number(value: int) -> str:
    """A number with its digits in groups."""
    return str(format_decimal(value, locale=_locale()))


def day_words(day: Day) -> str:
    """A day in words: ``6 August 2020``, ``22 August, year not stated``."""
    if isinstance(day, date):
        return str(format_date(day, "long", locale=_locale()))
    named = format_skeleton("MMMMd", date(_LEAP_YEAR, day.month, day.day), locale=_locale())
    return _("%(day)s, year not stated") % {"day": named}


def language_words(code: str) -> str:
    """A language's name in the reader's own; its code where nobody named it."""
    return str(Locale.parse(_locale()).languages.get(code, code))


def month_words(day: date) -> str:
    """The month of a day, with its year: ``August 2020``."""
    return str(format_skeleton("yMMMM", day, locale=_locale()))


def date_phrase(article: Dated) -> str:
    """The date of an article: ``undated`` rather than one that is not certain."""
    if article.published:
        return day_words(article.published)
    for candidate in article.dates:
        if isinstance(candidate.value, MonthDay) and candidate.role == "published":
            return day_words(candidate.value)
    return _("undated")


def quoted_phrase(article: Published) -> str:
    """Say how somebody's words got there: a publisher quotes them, or they stand in an article."""
    return _("quoted by") if article.publisher else _("quoted in")


def page_phrase(page: int) -> str:
    """A page as a reader cites it."""
    return _("p. %(page)s") % {"page": page}


def attribution(
    article: Published, source: Named, speaker: str | None = None, page: int | None = None
) -> str:
    """``TASS, 6 August 2020, p. 3``: where a quote is from, and who says it if that is known."""
    said = f"{' '.join(speaker.split())}, {quoted_phrase(article)} " if speaker else ""
    place = "" if page is None else f", {page_phrase(page)}"
    return f"{said}{publisher_phrase(article, source)}, {date_phrase(article)}{place}"


def _locale() -> str:
    return "en_GB" if language() == ENGLISH else language()
