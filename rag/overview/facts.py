"""What the library holds, in fixed words: how many articles, whose, of which days."""

from collections.abc import Collection
from typing import Final

from index.library.holdings import Holdings
from rag.attribution import day_words

PUBLISHERS_NAMED: Final = 4


def articles_counted(count: int) -> str:
    """``1 article``, ``1,204 articles``."""
    return "1 article" if count == 1 else f"{count:,} articles"


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
    return first if first == last else f"{first} to {last}"


def coverage(holdings: Holdings) -> str:
    """What days the library covers, as a sentence."""
    if not holdings.entries:
        return "The library holds no articles yet."
    days = days_covered(holdings)
    if not days:
        return "None of the library's articles has a date that is certain."
    undated = len(holdings.entries) - len(holdings.published)
    rest = f", and {articles_counted(undated)} without a date" if undated else ""
    return f"The library covers {days}{rest}."


def library_facts(holdings: Holdings) -> str:
    """How many articles there are, by whom, in which languages, of which days, as a sentence."""
    if not holdings.entries:
        return "The library holds no articles yet."
    said = f"The library holds {articles_counted(len(holdings.entries))}"
    publishers = sorted(holdings.publishers, key=lambda name: (-holdings.publishers[name], name))
    if publishers:
        named = ", ".join(publishers[:PUBLISHERS_NAMED])
        more = len(publishers) - PUBLISHERS_NAMED
        said += f" by {named}{f' and {more} more' if more > 0 else ''}"
    languages = sorted({entry.language for entry in holdings.entries.values() if entry.language})
    if languages:
        said += f" ({', '.join(languages)})"
    days = days_covered(holdings)
    return f"{said}, dated {days}." if days else f"{said}."
