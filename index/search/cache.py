"""The life of a search index, the same for Chroma and for Tantivy.

Both are copies of the library for searching, never the truth: what fails or is damaged is rebuilt
from the library. `index.search.stamp` says how a copy is told to be whole.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from index.errors import IndexStoreError, PressmarkError
from index.library.tables import PassageRow
from index.search.stamp import Stamp, empty_folder

Opened = TypeVar("Opened")
"""What the vendor's library gives for an index that is open."""


class DerivedStore(ABC, Generic[Opened]):
    """A copy of the library for searching, in a folder of its own under a stamp, or in memory.

    A subclass says how its vendor connects, writes, answers and lets go. Its hooks turn the
    vendor's errors into ours, by `translated`.

    Attributes:
        is_shared: whether other processes use the very same, and bring it to later versions.
    """

    is_shared: ClassVar[bool] = False
    _vendor: ClassVar[str]
    _name: ClassVar[str]

    def __init__(self, path: Path | None, stamp: Stamp | None) -> None:
        """Open nothing yet.

        Args:
            path: folder of its own; None keeps everything in memory.
            stamp: of that folder.
        """
        self._path = path
        self._stamp = stamp
        self._opened: Opened | None = None
        self._version: str | None = None

    @property
    def version(self) -> str | None:
        """The library version it was built from, or None if it is unreliable."""
        if self._opened is not None or self._stamp is None:
            return self._version
        return self._stamp.read()

    @abstractmethod
    def ids(self) -> frozenset[str]:
        """The ids of the passages that it holds, to compare with the library's.

        Raises:
            IndexStoreError: it is not open or damaged.
        """

    def open(self) -> None:
        """Open what an earlier process left.

        Raises:
            IndexStoreError: there is nothing, or it is damaged.
        """
        if self._opened is not None:
            return
        version = self.version
        if self._stamp is None or version is None:
            raise IndexStoreError(f"There is no {self._name} yet. It is built from the library.")
        try:
            # No stamp until it has answered: if opening it ends the process, the next process
            # rebuilds it rather than die the same way.
            self._clear(self._stamp)
            self._opened = self._connect()
            self._settle(self._opened, version)
        except IndexStoreError:
            self.close()
            raise

    def rebuild(self, rows: Iterable[PassageRow], version: str) -> None:
        """Rebuild it from all passages of the library.

        Raises:
            IndexStoreError: it is not writable.
        """
        self.close()
        if self._path is not None:
            with translated(self._vendor, "clearing its folder"):
                empty_folder(self._path)
        self._opened = self._connect(anew=True)
        self._write(self._opened, rows, ())
        self._settle(self._opened, version)

    def update(self, add: Iterable[PassageRow], remove: Iterable[str], version: str) -> None:
        """Bring it to a later version: first remove, then add or replace.

        Raises:
            IndexStoreError: it is not writable, and its contents are unreliable.
        """
        opened = self._in_use()
        self._version = None
        if self._stamp is not None:
            self._clear(self._stamp)
        rows = list(add)
        gone = {*remove, *(row.passage_id for row in rows)}
        if gone:
            self._write(opened, rows, sorted(gone))
        self._settle(opened, version)

    def close(self) -> None:
        """Free files and memory; you may open or rebuild it again."""
        opened, self._opened, self._version = self._opened, None, None
        self._release(opened)

    def move_to_memory(self) -> bool:
        """Leave the folder alone from now on, and hold everything in memory once rebuilt.

        Returns:
            whether it was in a folder.
        """
        was_in_folder = self._path is not None
        with suppress(IndexStoreError):
            self.close()
        self._path = self._stamp = None
        return was_in_folder

    def _in_use(self) -> Opened:
        if self._opened is None:
            raise IndexStoreError(f"The {self._name} is not open.")
        return self._opened

    def _whole(self) -> Opened:
        """What may be searched: half built or half changed, it would answer with what it has."""
        opened = self._in_use()
        if self._version is None:
            raise IndexStoreError(f"The {self._name} is not open.")
        return opened

    def _clear(self, stamp: Stamp) -> None:
        with translated(self._vendor, "taking its stamp away"):
            stamp.clear()

    def _settle(self, opened: Opened, version: str) -> None:
        self._probe(opened)
        if self._stamp is not None:
            with translated(self._vendor, "putting its stamp on"):
                self._stamp.write(version)
        self._version = version

    @abstractmethod
    def _connect(self, anew: bool = False) -> Opened:
        """Connect to what is in the folder, or to an empty index there or in memory."""

    @abstractmethod
    def _write(self, opened: Opened, rows: Iterable[PassageRow], gone: Iterable[str]) -> None:
        """Remove passages by id, then add others."""

    @abstractmethod
    def _probe(self, opened: Opened) -> None:
        """Let it do the work that it leaves to the first query, so that failures happen here."""

    @abstractmethod
    def _release(self, opened: Opened | None) -> None:
        """Let go of what `_connect` gave, or of what it left if it failed."""


@contextmanager
def translated(store: str, action: str) -> Iterator[None]:
    """Turn a vendor's errors into ours; nothing else does.

    Both vendors raise anything from TypeError to RuntimeError, and their panics (a failed assertion
    in Rust) are not even an `Exception`.

    Raises:
        IndexStoreError: anything failed; the vendor's error is the cause.
    """
    try:
        yield
    except PressmarkError:
        raise
    except BaseException as error:
        panicked = type(error).__name__ == "PanicException"
        if not isinstance(error, Exception) and not panicked:
            raise
        raise IndexStoreError(
            f"{store} failed while {action} ({error}). It is rebuilt from the library."
        ) from error
