"""What the library holds, in fixed words: how many articles, whose, of which days."""

from collections.abc import Collection
from typing import Final

from index.library.holdings import Holdings
from index.saying import Said, counted_phrase, phrase
from rag.attribution import day_words

PUBLISHERS_NAMED: Final = 4


def articles_counted(count: int) -> Said:
    """``1 article``, ``1,204 articles``."""
    return counted_phrase("%(count)s article", "%(count)s articles", count)


def days_covered(holdings: Holdings, names: Collection[str] | None = None) -> str:
    """``8 November 2024 to 5 March 2025``; empty if no article has a date.

    Args:
        holdings: of the library.
        names: ids of the only articles that count; None for all.
    """
    days = [day for name, day in holdings.published.items() if names is None or name in names]
    if not days:
        return ""
    first, last = (day_words(day) for day in (min(days), max(days)))
    return first if first == last else phrase("%(first)s to %(last)s", first=first, last=last)


def coverage(holdings: Holdings) -> Said:
    """What days the library covers, as a sentence."""
    if not holdings.entries:
        return phrase("The library holds no articles yet.")
    days = days_covered(holdings)
    if not days:
        return phrase("None of the library's articles has a date that is certain.")
    undated = len(holdings.entries) - len(holdings.published)
    if not undated:
        return phrase("The library covers %(days)s.", days=days)
    articles = articles_counted(undated)
    return phrase(
        "The library covers %(days)s, and %(articles)s without a date.",
        days=days,
        articles=articles,
    )


def library_facts(holdings: Holdings) -> Said:
    """How many articles there are, by whom, in which languages, of which days, as a sentence."""
    if not holdings.entries:
        return phrase("The library holds no articles yet.")
    articles = articles_counted(len(holdings.entries))
    said = phrase("The library holds %(articles)s", articles=articles)
    publishers = sorted(holdings.publishers, key=lambda name: (-holdings.publishers[name], name))
    if publishers:
        named = ", ".join(publishers[:PUBLISHERS_NAMED])
        more = len(publishers) - PUBLISHERS_NAMED
        if more > 0:
            named = phrase("%(names)s and %(more)s more", names=named, more=more)
        said = phrase("%(said)s by %(names)s", said=said, names=named)
    languages = sorted({entry.language for entry in holdings.entries.values() if entry.language})
    if languages:
        said = phrase("%(said)s (%(languages)s)", said=said, languages=", ".join(languages))
    return full_stop(with_days(said, days_covered(holdings)))


def with_days(said: Said, days: str) -> Said:
    """The same, and of which days; unchanged without any."""
    return phrase("%(said)s, dated %(days)s", said=said, days=days) if days else said


def full_stop(said: Said) -> Said:
    """The same as a sentence."""
    return phrase("%(said)s.", said=said)
