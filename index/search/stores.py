"""The library with its two search indexes: opened, kept in step and searched together."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from index.article import PassageHit
from index.errors import IndexStoreError, InputError, LibraryError
from index.library.library import Library
from index.library.lock import WriteLock
from index.library.seal import Seal
from index.library.tables import Vector
from index.library.workers import worker_folder
from index.saying import phrase
from index.search.chroma import VectorIndex
from index.search.chroma_server import ServedVectorIndex
from index.search.mending import Mender
from index.search.places import AT_HOME, Places
from index.search.postgres import PostgresWords
from index.search.store import SearchStore, WordStore
from index.search.tantivy import LexicalIndex

CHROMA_FOLDER = "chroma"
TANTIVY_FOLDER = "tantivy"

# BM25 counts words of deleted passages until Tantivy happens to merge them away. Up to this many
# passages, rebuilding takes no time and makes the scores independent of what was there before.
_LEXICAL_ANEW = 2_000

# A search waits this long for an index that is being rebuilt; then whoever asked is told so.
_PATIENCE_S = 10.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lag:
    """How far an index is behind the library.

    Attributes:
        changes: passages that came, changed or went since its version.
        seconds: since it was last known to be in step.
    """

    changes: int
    seconds: float


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
        lexical: WordStore,
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
        self._lexical = lexical
        self._mutex = threading.RLock()
        self._rebuilds = self._updates = 0
        # By the id of the index: the version that it had, and when it was last known to be in step.
        self._found: dict[int, str | None] = {}
        self._in_step = dict.fromkeys(map(id, self._stores()), time.monotonic())
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
                had = store.version
                self._found.setdefault(id(store), had)
                if store.is_shared and had != version:
                    self._bring_shared(store, version)
                elif not store.is_shared:
                    self._bring(store, had, version)
                if self.writable or not store.is_shared:
                    self._in_step[id(store)] = time.monotonic()

    def lags(self) -> dict[str, Lag]:
        """How far each index is behind the library, by the name of what it finds by.

        Raises:
            LibraryError: the library cannot be read.
        """
        now = self.library.index_version
        return {name: self._lag(store, store.version, now) for name, store in self._by_name()}

    def caught_up(self) -> dict[str, int]:
        """How many changes there were since the version that an index had when it was opened."""
        return {
            name: self._changes(self._found[id(store)])
            for name, store in self._by_name()
            if id(store) in self._found
        }

    def differences(self) -> list[str]:
        """Say in words how the indexes differ from the library; nothing if all three agree.

        Raises:
            IndexStoreError: an index is not usable.
        """
        with self._mutex:
            here = {row.passage_id for row in self.library.all_passage_rows()}
            found = []
            words = "PostgreSQL" if self._lexical.is_shared else "Tantivy"
            for name, store in (("Chroma", self._vectors), (words, self._lexical)):
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

    def _stores(self) -> tuple[SearchStore, SearchStore]:
        return self._vectors, self._lexical

    def _by_name(self) -> tuple[tuple[str, SearchStore], ...]:
        return ("meanings", self._vectors), ("words", self._lexical)

    def _lag(self, store: SearchStore, version: str | None, now: str) -> Lag:
        moment = time.monotonic()
        if version == now:
            self._in_step[id(store)] = moment
            return Lag(0, 0.0)
        return Lag(self._changes(version), moment - self._in_step[id(store)])

    def _changes(self, version: str | None) -> int:
        """How many passages have changed since a version; all, if nobody knows."""
        changes = None if version is None else self.library.changes_since(version)
        return self.library.counts().passages if changes is None else len(changes.touched)

    def _search(
        self, store: SearchStore, search: Callable[[], list[PassageHit]]
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

    def _mend(self, store: SearchStore, before: tuple[int, int]) -> None:
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

    def _bring_shared(self, store: SearchStore, version: str) -> None:
        """Bring a store that others use to a version, unless one of them does."""
        if not self.writable:
            store.open()  # whoever writes brings it to the version
            return
        with self.library.database.in_turn(f"{type(store).__name__} of this library"):
            self._bring(store, store.version, version)

    def _bring(self, store: SearchStore, had: str | None, version: str) -> None:
        try:
            if had == version:
                store.open()
                return
            if had is not None and self._catch_up(store, had, version):
                return
        except IndexStoreError as error:
            _log.warning("%s", error)
        self._rebuild(store, version)

    def _catch_up(self, store: SearchStore, before: str, version: str) -> bool:
        """Take in what has changed; False if rebuilding is better."""
        changes = self.library.changes_since(before)
        total = self.library.counts().passages
        if changes is None or len(changes.touched) > total // 2:
            return False
        counts_the_gone = store is self._lexical and not store.is_shared
        if counts_the_gone and changes.disturbed and total <= _LEXICAL_ANEW:
            return False
        store.open()
        # The rows may be newer than the version says; then the next call takes them in again.
        rows = self.library.passage_rows(changes.touched)
        store.update(rows, changes.touched, version)
        self._updates += 1
        return True

    def _rebuild(self, store: SearchStore, version: str) -> None:
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
    home: Path,
    *,
    write: bool,
    fingerprint: str,
    dimension: int,
    activity: str | None = None,
    places: Places = AT_HOME,
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
        places: where the library and its indexes are, if not in the home.

    Raises:
        LibraryBusyError: the caller wants to write and another process has the right.
        LibraryFormatError: the library is damaged or of another version.
        EmbeddingMismatchError: the library's vectors are of another model.
        IndexStoreError: building the indexes fails.
    """
    activity = activity or ("indexing articles" if write else "answering questions")
    with ExitStack() as stack:
        is_worker = places.worker is not None
        folder = home if places.worker is None else worker_folder(home, places.worker)
        lock = _lock(folder, write and places.url is None and not is_worker, activity)
        if lock is not None:
            stack.callback(lock.release)
        # A server looks after its own, and the parent of workers after theirs.
        seal = Seal(home) if places.url is None and not is_worker else None
        if seal is not None:
            seal.check()
            if lock is not None:
                seal.remove()
                stack.callback(seal.put)
        library = Library.open(home, places.url, shared=is_worker)
        stack.callback(library.close)
        library.bind_model(fingerprint, dimension)
        if places.chroma_url is None:
            vectors = VectorIndex(folder / CHROMA_FOLDER if lock else None, dimension)
        else:
            known = library.index_version.partition("-")[2]
            vectors = ServedVectorIndex(places.chroma_url, known, fingerprint, dimension)
        lexical = _word_store(places, library, folder if lock else None)
        stores = SearchIndex(home, library, fingerprint, vectors, lexical, lock, seal)
        stack.callback(stores.close)
        stores.ensure()
        stack.pop_all()
    return stores


def _word_store(places: Places, library: Library, folder: Path | None) -> WordStore:
    """What finds by words.

    Args:
        places: say which it is.
        library: whose words it finds.
        folder: for a copy of its own; None for one in memory.

    Raises:
        InputError: the library is not on the server that is to find.
    """
    if places.lexical == "tantivy":
        return LexicalIndex(folder / TANTIVY_FOLDER if folder else None)
    if places.url is None:
        raise InputError(
            "PRESSMARK_LEXICAL=postgres finds by words on the library's own PostgreSQL server, and "
            "this library is a file. Set PRESSMARK_LIBRARY_URL too, or leave PRESSMARK_LEXICAL out."
        )
    return PostgresWords(library.database)


def _lock(folder: Path, write: bool, activity: str) -> WriteLock | None:
    with suppress(OSError):  # opening the library says why it cannot be made
        folder.mkdir(parents=True, exist_ok=True)
    try:
        return WriteLock.acquire(folder, activity)
    except LibraryError:
        # Another process has the lock, or the folder is read-only: we can still search.
        if write:
            raise
    return None
