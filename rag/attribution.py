"""Fixed words around quotes: who published it, and when. Templates, never claims."""

from calendar import month_name
from datetime import date

from index.article import Article, Source


def date_phrase(article: Article) -> str:
    """The article's date as a reader wants it: ``6 August 2020``, ``22 August, year not stated``.

    Says ``undated`` rather than offer a date that is not certain.
    """
    if article.published_at:
        day = date.fromisoformat(article.published_at[:10])
        return f"{day.day} {month_name[day.month]} {day.year}"
    for candidate in article.dates:
        if candidate.value.startswith("--") and candidate.role == "published":
            month, day_of_month = candidate.value[2:].split("-")
            return f"{int(day_of_month)} {month_name[int(month)]}, year not stated"
    return "undated"


def publisher_phrase(article: Article, source: Source) -> str:
    """The publisher; where it is not known, the headline, else the file's name."""
    if article.publisher:
        return article.publisher
    return f"“{article.title}”" if article.title else source.name


def attribution(article: Article, source: Source) -> str:
    """``TASS, 6 August 2020``: what a quote is introduced with."""
    return f"{publisher_phrase(article, source)}, {date_phrase(article)}"


def quoted(words: str) -> str:
    """Words in quotation marks of a kind that they do not use themselves."""
    if any(mark in words for mark in '“”"') and not any(mark in words for mark in "«»"):
        return f"«{words}»"
    return f"“{words}”"
