"""The library with its two search indexes: opened, kept in step and searched together."""

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

from index.article import PassageHit
from index.errors import IndexStoreError, LibraryError
from index.library.library import Library
from index.library.lock import WriteLock
from index.library.seal import Seal
from index.library.tables import Vector
from index.saying import phrase
from index.search.cache import DerivedStore
from index.search.chroma import VectorIndex
from index.search.chroma_server import ServedVectorIndex
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
        writable: whether this process may write: it holds the home's lock, or the library is on
            a server. Who holds the lock keeps the search indexes in folders; others have them in
            memory.
    """

    def __init__(
        self,
        home: Path,
        library: Library,
        fingerprint: str,
        vectors: VectorIndex,
        lock: WriteLock | None,
        seal: Seal | None,
    ) -> None:
        """Use `open_stores` instead."""
        self.home = home
        self._seal = seal
        self.library = library
        self.writable = lock is not None or library.database.is_shared
        self._fingerprint = fingerprint
        self._lock = lock
        self._vectors = vectors
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

        Whoever changes the library calls it at the end; a reader beside a writer, to see what is
        new. An index that is not far behind takes in what the library's change log says.

        Raises:
            EmbeddingMismatchError: the library has been brought over to another model meanwhile.
            IndexStoreError: building an index fails; the disk may be full.
        """
        with self._mutex:
            # Questions and passages must be embedded by the same model.
            self.library.check_model(self._fingerprint)
            version = self.library.index_version
            for store in self._stores():
                (self._bring_shared if store.is_shared else self._bring)(store, version)

    def lag(self) -> int:
        """How many versions of the library the index that is furthest behind has yet to take in."""
        now = _number(self.library.index_version)
        return max(now - _number(store.version or "0-") for store in self._stores())

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

    def close(self) -> None:
        """Free files, memory and the lock."""
        with self._mutex, ExitStack() as stack:
            self._closed = True
            if self._lock is not None:
                stack.callback(self._lock.release)
                if self._seal is not None:
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
            raise IndexStoreError(
                phrase("The library is being indexed just now; ask again shortly.")
            )
        try:
            return search()
        finally:
            self._mutex.release()

    def _mend(self, store: DerivedStore, before: tuple[int, int]) -> None:
        """Rebuild an index, unless another thread was changing it or has mended it already."""
        with self._mutex:
            if self._closed or before != (self._rebuilds, self._updates):
                return
            if store.is_shared:
                # The server may have been away, or another process may have built a new index.
                self._updates += 1
                store.open()
            else:
                self._rebuild(store, self.library.index_version)

    def _bring_shared(self, store: DerivedStore, version: str) -> None:
        """Bring a store that others use to a version, unless one of them does."""
        if store.version == version:
            return
        if not self.writable:
            store.open()  # whoever writes brings it to the version
            return
        with self.library.database.in_turn("index of meanings"):
            self._bring(store, version)

    def _bring(self, store: DerivedStore, version: str) -> None:
        try:
            if store.version == version:
                store.open()
                return
            if store.version is not None and self._catch_up(store, store.version, version):
                return
        except IndexStoreError as error:
            _log.warning("%s", error)
        self._rebuild(store, version)

    def _catch_up(self, store: DerivedStore, before: str, version: str) -> bool:
        """Take in what has changed; False if rebuilding is better."""
        changes = self.library.changes_since(before)
        total = self.library.counts().passages
        if changes is None or len(changes.touched) > total // 2:
            return False
        if store is self._lexical and changes.disturbed and total <= _LEXICAL_ANEW:
            return False
        store.open()
        # The rows may be newer than the version says; then the next call takes them in again.
        rows = self.library.passage_rows(changes.touched)
        store.update(rows, changes.touched, version)
        self._updates += 1
        return True

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


def _number(version: str) -> int:
    return int(version.partition("-")[0])


def open_stores(
    home: Path,
    *,
    write: bool,
    fingerprint: str,
    dimension: int,
    activity: str | None = None,
    url: str | None = None,
    chroma_url: str | None = None,
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
        url: see `index.library.library.Library.open`.
        chroma_url: of the Chroma server that holds the vectors; None keeps them in the home.

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
        lock = _lock(home, write and url is None, activity)
        if lock is not None:
            stack.callback(lock.release)
        seal = Seal(home) if url is None else None  # a server looks after its own
        if seal is not None:
            seal.check()
            if lock is not None:
                seal.remove()
                stack.callback(seal.put)
        library = Library.open(home, url)
        stack.callback(library.close)
        library.bind_model(fingerprint, dimension)
        if chroma_url is None:
            vectors = VectorIndex(home / CHROMA_FOLDER if lock else None, dimension)
        else:
            known = library.index_version.partition("-")[2]
            vectors = ServedVectorIndex(chroma_url, known, fingerprint, dimension)
        stores = SearchIndex(home, library, fingerprint, vectors, lock, seal)
        stack.callback(stores.close)
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
