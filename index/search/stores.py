"""The library with its two search indexes: opened, kept in step and searched together."""

import logging
import threading
from collections.abc import Callable, Set
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

from index.article import PassageHit
from index.errors import IndexStoreError, LibraryError
from index.library.library import Library
from index.library.lock import WriteLock
from index.library.seal import Seal
from index.library.tables import Vector
from index.search.cache import DerivedStore
from index.search.chroma import VectorIndex
from index.search.mending import Mender
from index.search.tantivy import LexicalIndex

CHROMA_FOLDER = "chroma"
TANTIVY_FOLDER = "tantivy"

# BM25 counts words of deleted passages until Tantivy happens to merge them away. Up to this many
# passages, rebuilding takes no time and makes the scores independent of what was there before.
_LEXICAL_ANEW = 2_000

# A search waits this long for an index that is being rebuilt; then whoever asked is told so.
_PATIENCE_S = 10.0

_log = logging.getLogger(__name__)


class SearchIndex:
    """A library and its search indexes; close it, or use it as a context manager.

    Several threads may search it and bring it up to date at once.

    Attributes:
        home: the folder.
        library: the system of record.
        writable: whether this process holds the right to write, and keeps the search indexes
            in folders; otherwise they are in memory.
    """

    def __init__(
        self,
        home: Path,
        library: Library,
        dimension: int,
        lock: WriteLock | None,
        seal: Seal,
    ) -> None:
        """Use `open_stores` instead."""
        self.home = home
        self._seal = seal
        self.library = library
        self.writable = lock is not None
        self._lock = lock
        self._vectors = VectorIndex(home / CHROMA_FOLDER if lock else None, dimension)
        self._lexical = LexicalIndex(home / TANTIVY_FOLDER if lock else None)
        self._mutex = threading.RLock()
        self._rebuilds = self._updates = 0
        self._closed = False
        self._menders = {
            id(store): Mender(name, _PATIENCE_S)
            for store, name in ((self._vectors, "index of meanings"), (self._lexical, "word index"))
        }

    def search_vectors(
        self, vector: Vector, k: int, allowed: frozenset[str] | None = None
    ) -> list[PassageHit]:
        """Find the k passages nearest in meaning; see `VectorIndex.search`."""
        return self._search(self._vectors, lambda: self._vectors.search(vector, k, allowed))

    def search_words(
        self, text: str, k: int, allowed: frozenset[str] | None = None
    ) -> list[PassageHit]:
        """Find the k passages nearest in words; see `LexicalIndex.search`."""
        return self._search(self._lexical, lambda: self._lexical.search(text, k, allowed))

    def find_words(self, text: str, allowed: frozenset[str] | None = None) -> list[PassageHit]:
        """The passages of the articles that have all the words; see `LexicalIndex.find`."""
        return self._search(self._lexical, lambda: self._lexical.find(text, allowed))

    def holders(self, text: str) -> frozenset[str]:
        """Ids of the articles that have all the words of a text; see `LexicalIndex.find`."""
        return frozenset(hit.article_id for hit in self.find_words(text))

    def ensure(self) -> None:
        """Bring both indexes to the library's version, without embedding anything.

        A reader beside a writer calls it to see what is new.

        Raises:
            IndexStoreError: building an index fails; the disk may be full.
        """
        with self._mutex:
            version = self.library.index_version
            for store in self._stores():
                self._bring(store, version)

    def differences(self) -> list[str]:
        """Say in words how the indexes differ from the library; nothing if all three agree.

        Raises:
            IndexStoreError: an index is not usable.
        """
        with self._mutex:
            here = {row.passage_id for row in self.library.all_passage_rows()}
            found = []
            for name, store in (("Chroma", self._vectors), ("Tantivy", self._lexical)):
                if store.version != self.library.index_version:
                    found.append(f"{name} is of version {store.version}.")
                ids = store.ids()
                if lacking := here - ids:
                    found.append(f"{name} lacks passages: {len(lacking)}.")
                if surplus := ids - here:
                    found.append(
                        f"{name} has passages that are not in the library: {len(surplus)}."
                    )
            return found

    def catch_up(self, before: str, touched: Set[str], disturbed: Set[str]) -> None:
        """Bring both indexes to the library's version after a change of known extent.

        Args:
            before: the library's version before the change.
            touched: ids of all passages that came, changed or went.
            disturbed: those of them that were there before.
        """
        with self._mutex:
            version = self.library.index_version
            total = self.library.counts().passages
            for store in self._stores():
                exact = store is not self._lexical or not disturbed or total > _LEXICAL_ANEW
                if store.version != before or not exact or len(touched) > total // 2:
                    self._bring(store, version)
                    continue
                try:
                    store.update(self.library.passage_rows(touched), touched, version)
                    self._updates += 1
                except IndexStoreError as error:
                    _log.warning("%s", error)
                    self._rebuild(store, version)

    def close(self) -> None:
        """Free files, memory and the lock."""
        with self._mutex, ExitStack() as stack:
            self._closed = True
            if self._lock is not None:
                stack.callback(self._lock.release)
                stack.callback(self._seal.put)
            stack.callback(self.library.close)
            for store in self._stores():
                stack.callback(store.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _stores(self) -> tuple[DerivedStore, DerivedStore]:
        return self._vectors, self._lexical

    def _search(
        self, store: DerivedStore, search: Callable[[], list[PassageHit]]
    ) -> list[PassageHit]:
        """Search; if the index fails, rebuild it once and search again.

        Raises:
            IndexStoreError: the rebuild takes longer than a reader waits, or fails.
        """
        before = self._rebuilds, self._updates
        try:
            return search()
        except IndexStoreError as error:
            if self._closed:
                raise
            _log.warning("%s", error)
            self._menders[id(store)].mend(lambda: self._mend(store, before))
        # Nobody changes it meanwhile.
        if not self._mutex.acquire(timeout=_PATIENCE_S):
            raise IndexStoreError("The library is being indexed just now; ask again shortly.")
        try:
            return search()
        finally:
            self._mutex.release()

    def _mend(self, store: DerivedStore, before: tuple[int, int]) -> None:
        """Rebuild an index, unless another thread was changing it or has mended it already."""
        with self._mutex:
            if not self._closed and before == (self._rebuilds, self._updates):
                self._rebuild(store, self.library.index_version)

    def _bring(self, store: DerivedStore, version: str) -> None:
        if store.version == version:
            try:
                store.open()
                return
            except IndexStoreError as error:
                _log.warning("%s", error)
        self._rebuild(store, version)

    def _rebuild(self, store: DerivedStore, version: str) -> None:
        # If the library moves on meanwhile, the index is newer than it says, and the next `ensure`
        # brings it up to date again.
        try:
            store.rebuild(self.library.all_passage_rows(), version)
        except IndexStoreError as error:
            # A full disk is no reason not to answer.
            if not store.move_to_memory():
                raise
            _log.warning("%s Until the next start, it is held in memory.", error)
            store.rebuild(self.library.all_passage_rows(), version)
        self._rebuilds += 1


def open_stores(
    home: Path, *, write: bool, fingerprint: str, dimension: int, activity: str | None = None
) -> SearchIndex:
    """Open the library of a home folder with its search indexes, up to date.

    A process that can get the right to write takes it, and uses the indexes in their folders. A
    reader that cannot builds both in memory from the library and touches no folder, so that it
    answers questions beside a running server or an indexing run.

    Args:
        home: the folder; this makes it if it is not there.
        write: whether the caller will index or remove articles.
        fingerprint: of the embedding model, see `index.embedding.local.model_fingerprint`.
        dimension: of the embedding model.
        activity: the purpose, for the message to another process.

    Raises:
        LibraryBusyError: the caller wants to write and another process has the right.
        LibraryFormatError: the library is damaged or of another version.
        EmbeddingMismatchError: the library's vectors are of another model.
        IndexStoreError: building the indexes fails.
    """
    activity = activity or ("indexing articles" if write else "answering questions")
    with suppress(OSError):  # opening the library says why it cannot be made
        home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        lock = _lock(home, write, activity)
        if lock is not None:
            stack.callback(lock.release)
        seal = Seal(home)
        seal.check()
        if lock is not None:
            seal.remove()
            stack.callback(seal.put)
        library = Library.open(home)
        stack.callback(library.close)
        library.bind_model(fingerprint, dimension)
        stores = SearchIndex(home, library, dimension, lock, seal)
        stores.ensure()
        stack.pop_all()
    return stores


def _lock(home: Path, write: bool, activity: str) -> WriteLock | None:
    try:
        return WriteLock.acquire(home, activity)
    except LibraryError:
        # Another process has the lock, or the folder is read-only: we can still search.
        if write:
            raise
    return None
