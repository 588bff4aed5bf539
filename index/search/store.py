"""What the keeper of the search indexes (`index.search.stores`) needs of each of them."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from index.article import PassageHit
from index.library.tables import PassageRow


class SearchStore(Protocol):
    """A copy of the library for searching, wherever it is."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes use the very same, and bring it to later versions."""

    @property
    def version(self) -> str | None:
        """The library version it was built from, or None if it is unreliable."""

    def ids(self) -> frozenset[str]:
        """The ids of the passages that it holds, to compare with the library's."""

    def open(self) -> None:
        """Open what an earlier process left."""

    def rebuild(self, rows: Iterable[PassageRow], version: str) -> None:
        """Rebuild it."""

    def update(self, add: Sequence[PassageRow], remove: Iterable[str], version: str) -> None:
        """Bring it to a later version."""

    def move_to_memory(self) -> bool:
        """Leave the folder alone from now on; say whether it was in one."""

    def close(self) -> None:
        """Free what it holds."""


class WordStore(SearchStore, Protocol):
    """A store that finds by words."""

    def search(self, text: str, k: int, allowed: frozenset[str] | None) -> list[PassageHit]:
        """The k passages that hold the rarest words of a text most often, of some or all articles.

        Nothing in the text is an operator.
        """

    def find(self, text: str, allowed: frozenset[str] | None) -> list[PassageHit]:
        """The passages, with one of the words, of every article that has all of the words."""
