"""What a library knows about its articles at one moment, small enough to keep in memory."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
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
    """The articles of a library at one version, by id.

    Attributes:
        entries: what is known of each.
        copies: of those that ran elsewhere, the articles that tell the same story.
        later: of those that a later version supersedes, its ids.
    """

    entries: Mapping[str, Holding]
    copies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    later: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def matching(self, filters: SearchFilters) -> frozenset[str] | None:
        """The ids of the articles that the filters allow, or None for all of them."""
        if filters.collections:
            raise ValueError("Library.resolved has not seen these filters")
        if filters == SearchFilters():
            return None
        wanted = {name.casefold() for name in filters.publishers}
        found = frozenset(
            name
            for name, entry in self.entries.items()
            if (not wanted or (entry.publisher or "").casefold() in wanted)
            and (filters.article_ids is None or name in filters.article_ids)
            and (not filters.languages or entry.language in filters.languages)
            and _date_allowed(entry.published, filters)
        )
        return None if len(found) == len(self.entries) else found

    def undated_left_out(self, filters: SearchFilters) -> int:
        """How many articles a period leaves out for no other reason than that no date is known."""
        if filters.published_from is None and filters.published_to is None:
            return 0
        rest = replace(filters, published_from=None, published_to=None)
        allowed = self.matching(rest)
        return sum(
            entry.published is None and (allowed is None or name in allowed)
            for name, entry in self.entries.items()
        )

    def out_by(self, day: date, names: Iterable[str]) -> tuple[str, ...]:
        """Of some articles those that were out on a day; an undated one was."""
        return tuple(name for name in names if self.published.get(name, day) <= day)

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
