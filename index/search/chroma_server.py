"""The passages' vectors on a Chroma server, which every answering process asks.

A collection belongs to a library and to the model that made its vectors; its name says both. Its
metadata say which version of the library it holds, and how many passages, so that a stale or
thinned one is known. A change leaves that stamp as it is until all rows are there: whoever finds it
after a crash takes the same changes in again, which changes nothing twice. A rebuilt collection
stands beside the former one until it is whole.
"""

import hashlib
import itertools
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from index.errors import IndexStoreError
from index.library.tables import PassageRow
from index.search.cache import translated
from index.search.chroma import (
    VectorIndex,
    connect_to,
    disconnect,
    new_collection,
    remove_from,
    write_to,
)

_FORMAT: Final = "served 1"
# A request of so many rows is some 2 MB; a server refuses those of more than 40.
_AT_ONCE: Final = 1_000
_PAGE: Final = 100


class ServedVectorIndex(VectorIndex):
    """The vectors of one library on a server; see `index.search.chroma.VectorIndex`."""

    is_shared = True

    def __init__(self, url: str, library: str, fingerprint: str, dimension: int) -> None:
        """Connect to nothing yet.

        Args:
            url: of the server, ``http://host:8000``; a user name or a token may be in it.
            library: what tells this library from others.
            fingerprint: of the model that makes the vectors.
            dimension: length of the vectors.
        """
        super().__init__(None, dimension)
        self._url = url
        made = hashlib.sha256(f"{_FORMAT} {fingerprint} {dimension}".encode()).hexdigest()[:16]
        self._family = f"pressmark-{library}-{made}"

    @property
    def version(self) -> str | None:
        """The library version that the server holds, or None if there is none to rely on."""
        try:
            return self._version if self._choose() else None
        except IndexStoreError:
            return None

    def open(self) -> None:
        """Connect, and choose the newest whole collection.

        Raises:
            IndexStoreError: the server does not answer, or has none.
        """
        if not self._choose():
            raise IndexStoreError("The Chroma server has no index of this library yet.")

    def rebuild(self, rows: Iterable[PassageRow], version: str) -> None:
        """Build a collection of all passages beside the former one, then take its place.

        Raises:
            IndexStoreError: the server does not answer, or has no room.
        """
        client = self._connected()
        with _told("building a collection"):
            former = [found.name for found in self._all()]
            made = new_collection(client, f"{self._family}-{uuid.uuid4().hex[:8]}")
            write_to(made, rows, _AT_ONCE)
            _stamp(made, version)
            # Who still asks one of these fails once, and finds the new one.
            for name in former:
                client.delete_collection(name)
        self._opened, self._version = made, version

    def update(self, add: Iterable[PassageRow], remove: Iterable[str], version: str) -> None:
        """Bring it to a later version: first remove, then add or replace.

        Raises:
            IndexStoreError: the server does not answer, or refuses; the stamp is as it was.
        """
        collection = self._in_use()
        with _told("updating a collection"):
            remove_from(collection, remove)
            write_to(collection, add, _AT_ONCE)
            _stamp(collection, version)
        self._version = version

    def close(self) -> None:
        """Forget the connection; the collection stays."""
        client = self._client
        self._client = self._opened = self._version = None
        if client is not None:
            with _told("closing the connection"):
                disconnect(client)

    def _connected(self) -> Any:
        if self._client is None:
            with _told(f"connecting to {_without_secret(self._url)}"):
                self._client = connect_to(self._url)
        return self._client

    def _all(self) -> list[Any]:
        """The library's collections of this model, the newest first."""
        client, found = self._connected(), []
        for offset in itertools.count(step=_PAGE):
            with _told("listing its collections"):
                page = client.list_collections(limit=_PAGE, offset=offset)
            found += [each for each in page if each.name.startswith(f"{self._family}-")]
            if len(page) < _PAGE:
                break
        return sorted(found, key=lambda each: -int(_said(each)[0].partition("-")[0] or "0"))

    def _choose(self) -> bool:
        """Use the newest collection that holds what its stamp says.

        Returns:
            whether there is one; if not, whoever is searching goes on with the former one.
        """
        for found in self._all():
            version, count = _said(found)
            with _told("counting passages"):
                if version and found.count() == count:
                    self._opened, self._version = found, version
                    return True
        return False


@contextmanager
def _told(action: str) -> Iterator[None]:
    """Turn the client's errors into ours."""
    try:
        with translated("Chroma's server", action):
            yield
    except IndexStoreError as error:
        cause = error.__cause__
        raise IndexStoreError(
            f"The Chroma server failed while {action} ({cause or error}). Is it running?"
        ) from cause


def _said(collection: Any) -> tuple[str, int]:
    """The version and the number of passages that a collection was left with."""
    known = collection.metadata or {}
    return str(known.get("version", "")), int(known.get("passages", -1))


def _stamp(collection: Any, version: str) -> None:
    collection.modify(metadata={"version": version, "passages": collection.count()})


def _without_secret(url: str) -> str:
    scheme, found, rest = url.partition("://")
    return scheme + found + rest.rpartition("@")[2]
