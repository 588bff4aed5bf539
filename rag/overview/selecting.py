"""Which articles an overview is made of: those on the topic, of the period or the newest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from index.article import Article, SearchFilters
from index.language.tokens import all_keys
from index.library.holdings import Holdings
from index.search.stores import SearchIndex
from rag.evidence.search import fuse, search
from rag.overview.leads import Told, tell
from rag.question.asked import Asked
from rag.question.kinds import Kind
from rag.question.topic import Topic

LOOKED_AT: Final = 24
"""Articles whose leads are read, at most, of each order: the nearest and the newest."""
LATELY: Final = timedelta(days=92)
"""An overview that names no period leaves out what is so much older than its newest article."""
SHOWN: Final = {"overview": 6, "timeline": 12, "count": 8}
"""Articles that are quoted, at most."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    Attributes:
        filters: of the question, with nothing later than the day it is asked.
    """

    topic: Topic
    asked: Asked
    filters: SearchFilters

    @property
    def kind(self) -> Kind:
        """Of answer that is wanted."""
        return self.asked.kind


@dataclass(frozen=True, slots=True)
class Selected:
    """The articles of an overview.

    Attributes:
        told: those that are quoted, in the order in which they are shown.
        found: ids of all that fit.
    """

    told: tuple[Told, ...]
    found: frozenset[str]


def fitting(wanted: Wanted, stores: SearchIndex) -> frozenset[str]:
    """Ids of the articles on the topic, of the period, that the filters allow.

    Those that hold every word of the topic; where none does, those that hold all its names. A
    number of articles is exact: every word counts for it.
    """
    holdings, topic = stores.library.holdings(), wanted.topic
    allowed = in_period(wanted, holdings)
    if not topic.words or not allowed:
        return allowed
    found = stores.holders(topic.text) & allowed
    if not found and topic.names and wanted.kind != "count":
        found = stores.holders(" ".join(name.text for name in topic.names)) & allowed
    return found


def in_period(wanted: Wanted, holdings: Holdings) -> frozenset[str]:
    """Ids of the articles that the filters allow and that were published in the period."""
    matching = holdings.matching(wanted.filters)
    allowed = frozenset(holdings.entries) if matching is None else matching
    period = wanted.topic.period
    if period is None:
        return allowed
    days = holdings.published
    return frozenset(name for name in allowed if name in days and period.distance(days[name]) == 0)


def select(wanted: Wanted, stores: SearchIndex, found: frozenset[str]) -> Selected:
    """Choose the articles to quote among those that fit, and what to quote of each.

    Articles that mention the topic only are left out where the headlines or leads of several
    speak of it.
    """
    holdings = stores.library.holdings()
    newest = sorted(found, key=lambda name: (holdings.entries[name].published or date.min, name))[
        ::-1
    ]
    near = _nearest(wanted, stores, found)
    looked_at = list(dict.fromkeys([*near[:LOOKED_AT], *newest[:LOOKED_AT]]))
    told = _without_copies(tell(looked_at, wanted.topic, stores.library, wanted.kind == "count"))
    if wanted.kind != "count" and wanted.topic.words:
        about = [item for item in told if _is_about(item, wanted.topic)]
        told = about if len(about) > 1 else told
    by_date = sorted(told, key=lambda item: _day(item.article), reverse=True)
    if wanted.kind == "overview" and wanted.topic.period is None:
        by_date = _lately(by_date)
    chosen = _fewest(by_date, near, wanted)
    if wanted.kind == "timeline" or (wanted.kind == "overview" and wanted.topic.period):
        chosen.sort(key=lambda item: item.day or date.max)
    return Selected(tuple(chosen), found)


def _nearest(wanted: Wanted, stores: SearchIndex, found: frozenset[str]) -> list[str]:
    """The articles as the search ranks them, best first."""
    hits = fuse(*search(wanted.asked, stores, found))
    return list(dict.fromkeys(hit.article_id for hit in hits))


def _without_copies(told: Iterable[Told]) -> list[Told]:
    """One of each story: those that open with the same words are one."""
    return list({" ".join(item.quote.casefold().split()): item for item in told}.values())


def _is_about(item: Told, topic: Topic) -> bool:
    words = all_keys(f"{item.article.title or ''}\n{item.lead}")
    return all(word.keys & words for word in topic.words)


def _lately(by_date: Sequence[Told]) -> list[Told]:
    """Without what is much older than the newest; undated articles stay, last."""
    days = [item.day for item in by_date if item.day]
    first = max(days) - LATELY if days else None
    return [item for item in by_date if not item.day or first is None or item.day >= first]


def _fewest(by_date: Sequence[Told], near: Sequence[str], wanted: Wanted) -> list[Told]:
    """As many as are shown: the newest of a number of articles, else the nearest to the topic."""
    limit = SHOWN[wanted.kind]
    if wanted.kind == "count" or len(by_date) <= limit or not wanted.topic.words:
        return list(by_date[:limit])
    rank = {name: place for place, name in enumerate(near)}
    best = sorted(by_date, key=lambda item: rank.get(item.article.article_id, len(rank)))[:limit]
    return [item for item in by_date if item in best]


def _day(article: Article) -> date:
    return article.published or date.min
