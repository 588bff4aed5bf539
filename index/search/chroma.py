"""Search by meaning: the passages' vectors in Chroma, in a folder or in memory."""

import itertools
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import unquote, urlsplit

import httpx
import numpy as np
from chromadb import HttpClient
from chromadb.api import ClientAPI
from chromadb.api.client import Client
from chromadb.api.collection_configuration import CreateCollectionConfiguration, HNSWConfiguration
from chromadb.config import Settings

from index.article import PassageHit
from index.errors import IndexStoreError
from index.library.rows import is_storable
from index.library.tables import PassageRow, Vector
from index.search.cache import DerivedStore, translated
from index.search.ranking import Row, best, best_allowed, ranked
from index.search.stamp import Stamp

RETRIEVER = "vectors"

_FORMAT = "chroma ip 1"
_NAME = "passages"
# Chroma refuses more than 5,461 rows in a write and more than 32,766 ids in a read.
_WRITE_ROWS = 5_000
_READ_IDS = 20_000
# With this many candidates, searching some ten thousand passages misses none of the best fifty.
_EF_SEARCH = 1_000
# Filtering by article inside Chroma takes 20 µs an article; beyond, filtering the best is quicker.
_FILTER_INSIDE = 500
_FILTER_OUTSIDE = 3_200
# The fewer articles are allowed, the more of their passages a walk through the graph misses. Up to
# this many, we score all their passages.
_SCORE_ALL = 50
# Chroma writes out its whole graph whenever this many rows wait. Opening takes waiting rows in
# again, at a fifth of a millisecond a row.
_SYNC_ROWS = 1_000

# How long a server may take to be reached, and to answer. Searching takes milliseconds; writing a
# thousand passages may take seconds.
_CONNECT_S = 5.0
_ANSWER_S = 60.0
_ALIVE = "/api/v2/heartbeat"

_Item = TypeVar("_Item")


class VectorIndex(DerivedStore[Any]):
    """The vectors of a library's passages; vectors have length 1."""

    _vendor = "Chroma"
    _name = "vector index"

    def __init__(self, path: Path | None, dimension: int) -> None:
        """Open nothing yet.

        Args:
            path: folder of its own; None keeps everything in memory.
            dimension: length of the vectors.
        """
        name = f"{_FORMAT} {installed('chromadb')} {dimension}"
        super().__init__(path, None if path is None else Stamp(path, name))
        self._dimension = dimension
        self._client: Client | None = None

    def ids(self) -> frozenset[str]:
        """As `DerivedStore.ids`."""
        collection = self._in_use()
        found: set[str] = set()
        for offset in itertools.count(step=_READ_IDS):
            with translated("Chroma", "listing its passages"):
                names = collection.get(limit=_READ_IDS, offset=offset, include=[])["ids"]
            found.update(names)
            if len(names) < _READ_IDS:
                return frozenset(found)
        raise AssertionError

    def search(self, vector: Vector, k: int, allowed: frozenset[str] | None) -> list[PassageHit]:
        """Find the k passages nearest to a vector.

        Args:
            vector: of length 1.
            k: how many at most.
            allowed: ids of the only articles to search; None searches all.

        Raises:
            IndexStoreError: it is not open or damaged.
        """
        if k < 1 or (allowed is not None and not allowed):
            return []
        collection = self._whole()
        query = np.asarray(vector, dtype=np.float32).reshape(1, -1)

        def fetch(n: int, where: dict[str, Any] | None = None) -> list[Row]:
            with translated("Chroma", "searching"):
                found = collection.query(
                    query_embeddings=query,
                    n_results=n,
                    where=where,
                    include=["distances", "metadatas"],
                )
                # Hundreds of equal vectors can fall out of each other's reach in the graph.
                names = found["ids"][0]
                if where is None and len(names) < n and len(names) < collection.count():
                    return self._score_all(collection, query[0], None)
            rows = zip(names, found["distances"][0], found["metadatas"][0], strict=True)
            # Chroma's inner product distance is one minus the product.
            return [(name, 1.0 - distance, data["article_id"]) for name, distance, data in rows]

        if allowed is None:
            return ranked(best(fetch, k, _READ_IDS), k, RETRIEVER)
        if len(allowed) > _SCORE_ALL:
            rows = _nearest_allowed(fetch, k, allowed)
            if len(rows) >= k:
                return ranked(rows, k, RETRIEVER)
        return ranked(self._score_all(collection, query[0], allowed), k, RETRIEVER)

    def _score_all(
        self, collection: Any, query: Vector, allowed: frozenset[str] | None
    ) -> list[Row]:
        """Score every passage of some articles, or all, best first."""
        wheres: list[dict[str, Any] | None] = [None]
        if allowed is not None:
            chunks = _chunks(sorted(filter(is_storable, allowed)), _SCORE_ALL)
            wheres = [{"article_id": {"$in": articles}} for articles in chunks]
        rows: list[Row] = []
        for where in wheres:
            for offset in itertools.count(step=_WRITE_ROWS):
                with translated("Chroma", "reading vectors"):
                    found = collection.get(
                        where=where,
                        limit=_WRITE_ROWS,
                        offset=offset,
                        include=["embeddings", "metadatas"],
                    )
                if found["ids"]:
                    vectors = np.asarray(found["embeddings"], dtype=np.float32)
                    # Not `@`: on narrow matrices some of OpenBLAS's kernels read beyond the edge
                    # and raise floating-point flags for numbers that are not ours.
                    scores = np.einsum("ij,j->i", vectors, query)
                    articles = [data["article_id"] for data in found["metadatas"]]
                    rows += zip(found["ids"], scores.tolist(), articles, strict=True)
                if len(found["ids"]) < _WRITE_ROWS:
                    break
        return sorted(rows, key=lambda row: -row[1])

    def _connect(self, anew: bool = False) -> Any:
        with translated("Chroma", "building its collection" if anew else "opening its folder"):
            self._client = _client_at(self._folder(anew))
            if not anew:
                return self._client.get_collection(_NAME, embedding_function=None)
            # Several collections in memory share one Chroma within a process.
            name = _NAME if self._path is not None else f"{_NAME}-{uuid.uuid4().hex}"
            return new_collection(self._client, name)

    def _folder(self, anew: bool) -> Path | None:
        if self._path is None:
            return None
        if anew:
            # Under a name of its own: Chroma remembers a client whose start failed for as long as
            # the process lives, and gives it to whoever opens the same path.
            return self._path / uuid.uuid4().hex
        (folder,) = (found for found in self._path.iterdir() if found.is_dir())
        return folder

    def _write(self, opened: Any, rows: Iterable[PassageRow], gone: Iterable[str]) -> None:
        with translated("Chroma", "changing its collection"):
            remove_from(opened, gone)
            write_to(opened, rows)

    def _probe(self, opened: Any) -> None:
        probe = np.full((1, self._dimension), self._dimension**-0.5, dtype=np.float32)
        with translated("Chroma", "looking through its collection"):
            found = opened.query(query_embeddings=probe, n_results=1, include=[])
            if len(found["ids"][0]) != min(1, opened.count()):
                raise IndexStoreError("Chroma lost its vectors. They come back from the library.")

    def _release(self, opened: Any) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        with translated("Chroma", "closing"):
            if self._path is None and opened is not None:
                client.delete_collection(opened.name)
            client.close()


def new_collection(client: ClientAPI, name: str) -> Any:
    """Make an empty collection for vectors of length 1."""
    hnsw = HNSWConfiguration(space="ip", ef_search=_EF_SEARCH, sync_threshold=_SYNC_ROWS)
    return client.create_collection(
        name,
        embedding_function=None,
        configuration=CreateCollectionConfiguration(hnsw=hnsw),
    )


def write_to(collection: Any, rows: Iterable[PassageRow], at_once: int = _WRITE_ROWS) -> None:
    """Add passages to a collection, or replace them, so many at once."""
    for batch in _chunks(rows, at_once):
        collection.upsert(
            ids=[row.passage_id for row in batch],
            embeddings=np.stack([row.vector for row in batch]),
            metadatas=[{"article_id": row.article_id} for row in batch],
        )


def remove_from(collection: Any, passage_ids: Iterable[str]) -> None:
    """Remove passages from a collection; those that are not there do no harm."""
    for ids in _chunks(sorted(set(passage_ids)), _WRITE_ROWS):
        collection.delete(ids=ids)


def connect_to(url: str) -> Client:
    """Connect to a server.

    Args:
        url: ``http://host:8000`` or ``https://…``; a name and password in it are sent as HTTP Basic
            authentication.
    """
    parts = urlsplit(url)
    ssl = parts.scheme == "https"
    host, port = parts.hostname or "localhost", parts.port or (443 if ssl else 8000)
    headers = {}
    if parts.username is not None:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        headers["Authorization"] = f"Basic {b64encode(secret).decode()}"
    # A client whose server does not answer never closes what it has opened: ask before.
    alive = f"{'https' if ssl else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"
    httpx.get(f"{alive}{_ALIVE}", headers=headers, timeout=_CONNECT_S).raise_for_status()
    telemetry_off = Settings(anonymized_telemetry=False)
    made = HttpClient(host=host, port=port, ssl=ssl, headers=headers, settings=telemetry_off)
    client = cast(Client, made)
    # By itself Chroma's client waits for ever, and leaves its connections open.
    for session in sessions_of(client):
        session.timeout = httpx.Timeout(_ANSWER_S, connect=_CONNECT_S)
    return client


def disconnect(client: Client) -> None:
    """Close a client of a server, with its connections."""
    sessions = sessions_of(client)
    client.close()
    for session in sessions:
        session.close()


def sessions_of(client: Client) -> list[httpx.Client]:
    """The connections of a client of a server, which it does not show (chromadb 1.5)."""
    within: list[Any] = [client._server, getattr(client._admin_client, "_server", None)]
    return [server._session for server in within if server is not None]


def _client_at(folder: Path | None) -> Client:
    return Client(
        settings=Settings(
            anonymized_telemetry=False,
            chroma_api_impl="chromadb.api.rust.RustBindingsAPI",
            is_persistent=folder is not None,
            persist_directory="" if folder is None else str(folder),
        )
    )


def _nearest_allowed(
    fetch: Callable[..., list[Row]],
    k: int,
    allowed: frozenset[str],
) -> list[Row]:
    """Find at least the best k of some articles that the graph leads to."""
    if len(allowed) > _FILTER_INSIDE:
        found = best_allowed(fetch, k, allowed, _FILTER_OUTSIDE)
        if found is not None:
            return found
    rows: list[Row] = []
    for ids in _chunks(sorted(filter(is_storable, allowed)), _READ_IDS):
        where = {"article_id": {"$in": ids}}
        rows += best(partial(fetch, where=where), k, _READ_IDS)
    return rows


def _chunks(items: Iterable[_Item], size: int) -> Iterator[list[_Item]]:
    chunk: list[_Item] = []
    for item in items:
        chunk.append(item)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
