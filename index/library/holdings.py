"""What a library knows about its articles at one moment, small enough to keep in memory."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from index.article import SearchFilters


@dataclass(frozen=True, slots=True)
class Holding:
    """One article; fields as in `Article`."""

    publisher: str | None
    published: date | None
    language: str | None


@dataclass(frozen=True)
class Holdings:
    """The articles of a library at one version, by id."""

    entries: Mapping[str, Holding]

    def matching(self, filters: SearchFilters) -> frozenset[str] | None:
        """The ids of the articles that the filters allow, or None for all of them."""
        if filters == SearchFilters():
            return None
        wanted = {name.casefold() for name in filters.publishers}
        found = frozenset(
            name
            for name, entry in self.entries.items()
            if (not wanted or (entry.publisher or "").casefold() in wanted)
            and (filters.article_ids is None or name in filters.article_ids)
            and _date_allowed(entry.published, filters)
        )
        return None if len(found) == len(self.entries) else found

    @cached_property
    def published(self) -> Mapping[str, date]:
        """The days of publication, of the articles with a known one."""
        return {name: entry.published for name, entry in self.entries.items() if entry.published}

    @cached_property
    def publishers(self) -> Mapping[str, int]:
        """Count the articles of each publisher, ordered by name."""
        count = Counter(entry.publisher for entry in self.entries.values() if entry.publisher)
        return dict(sorted(count.items()))


def _date_allowed(day: date | None, filters: SearchFilters) -> bool:
    if day is None:
        return filters.published_from is None and filters.published_to is None
    return (
        (filters.published_from is None or day >= filters.published_from)
        and (filters.published_to is None or day <= filters.published_to)
        and (filters.not_after is None or day <= filters.not_after)
    )
