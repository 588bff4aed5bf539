"""Bring an older library over to this format and encoder, from its own texts.

This makes the new vectors beside the old ones and keeps each batch, so that the next process goes
on where a killed one stopped. Readers see the old library meanwhile; one transaction switches to
the new one when it is whole.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from llama_index.core.base.embeddings.base import BaseEmbedding
from sqlalchemy import Connection, Engine, inspect

from index.embedding.local import embed_texts, model_fingerprint, passage_text
from index.errors import EmbeddingMismatchError
from index.library import tables as schema
from index.library.database import open_engine, reading, writing
from index.library.library import LIBRARY_NAME
from index.library.lock import WriteLock
from index.library.queries import read_meta
from index.library.rows import text_key, to_blob
from index.library.seal import Seal

OLDEST: Final = 2
"""The first format that this brings over."""
SAME_VECTORS: Final = 3
"""The first format that lacks nothing but tables which the next run of indexing fills."""
OWN_MODELS: Final = ("all-MiniLM-L6-v2@", "multilingual-e5-small@")
"""Beginnings of the fingerprints of local encoders: the present one replaces any of them.
The vectors of an embedding that the user chose by name are the user's business."""
BATCH: Final = 512

Progress = Callable[[int, int], None]
"""Hears how many passages are done, and of how many."""

_ARRIVING: Final = (
    "CREATE TABLE IF NOT EXISTS arriving "
    "(key BLOB PRIMARY KEY, vector BLOB NOT NULL, made_by TEXT NOT NULL) WITHOUT ROWID"
)
_SAY: Final = (
    "INSERT INTO meta (key, value) VALUES (?, ?) "
    "ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)


@dataclass(frozen=True, slots=True)
class _State:
    """What a library says about itself."""

    version: int
    made_by: str
    is_empty: bool


def is_older(home: Path, embedding: BaseEmbedding) -> bool:
    """Whether the library of a home folder is of an earlier format or local encoder.

    Raises:
        LibraryFormatError: the file is damaged.
    """
    state = _state(home / LIBRARY_NAME)
    if state is None or not OLDEST <= state.version <= schema.SCHEMA_VERSION:
        return False
    wanted = model_fingerprint(embedding)
    return state.version < schema.SCHEMA_VERSION or (
        state.made_by != wanted and _are_own(state.made_by, wanted)
    )


def bring_over(
    home: Path, embedding: BaseEmbedding, dimension: int, progress: Progress | None = None
) -> None:
    """Rebuild the vectors of every passage, then switch to them; do nothing if it is not older.

    Args:
        home: the folder.
        embedding: the new one.
        dimension: of its vectors.
        progress: hears of the beginning and of each batch.

    Raises:
        LibraryBusyError: another process writes to the library.
        LibraryError: it is not writable.
        EmbeddingMismatchError: its vectors are of another embedding, which the user chose by name.
        EmbeddingModelError: the embedding fails; the library is as it was.
    """
    if not is_older(home, embedding):
        return
    path = home / LIBRARY_NAME
    lock = WriteLock.acquire(home, "bringing the library over to a new format")
    with ExitStack() as stack:
        stack.callback(lock.release)
        seal = Seal(home)
        seal.check()
        seal.remove()
        stack.callback(seal.put)
        engine = open_engine(path)
        stack.callback(engine.dispose)
        # Another process may have brought it over between the look and the lock.
        state = _state(path) if is_older(home, embedding) else None
        if state is not None:
            _Move(engine, path, embedding, dimension).run(state, progress)


class _Move:
    """One library on its way."""

    def __init__(
        self, engine: Engine, path: Path, embedding: BaseEmbedding, dimension: int
    ) -> None:
        self._engine, self._path = engine, path
        self._embedding, self._dimension = embedding, dimension
        self._made_by = model_fingerprint(embedding)

    def run(self, state: _State, progress: Progress | None) -> None:
        """Make what is missing, switch, and give the old vectors' room back to the disk."""
        keeps = state.made_by == self._made_by
        if keeps and state.version >= SAME_VECTORS:
            with writing(self._engine, self._path) as connection:
                schema.tables.create_all(connection)
                known = {"schema_version": str(schema.SCHEMA_VERSION)}
                connection.exec_driver_sql(_SAY, list(known.items()))
            return
        if not (keeps or state.is_empty or _are_own(state.made_by, self._made_by)):
            raise EmbeddingMismatchError(
                f"The vectors in {self._path} were made by the embedding model {state.made_by}, "
                f"but {self._made_by} is set now. Set the former model again, or use another home "
                "folder and index the articles there."
            )
        with writing(self._engine, self._path) as connection:
            connection.exec_driver_sql(_ARRIVING)
            connection.exec_driver_sql("DELETE FROM arriving WHERE made_by != ?", (self._made_by,))
            if keeps and state.version < schema.SCHEMA_VERSION:
                self._take_old(connection)
        self._embed_all(progress)
        with writing(self._engine, self._path) as connection:
            self._switch(connection)
        # Leftovers cost room and nothing else: a full disk is no reason to fail here.
        with suppress(sqlite3.Error), closing(sqlite3.connect(os.fsencode(self._path))) as raw:
            raw.execute("VACUUM")

    def _take_old(self, connection: Connection) -> None:
        """Keep the vectors that this very embedding made: new ones may cost money."""
        query = (
            "SELECT a.title, p.text, v.vector FROM passages p JOIN articles a USING (article_id) "
            "JOIN embeddings e USING (passage_id) JOIN vectors v USING (vector_id) "
            "WHERE e.position = 0"
        )
        rows = connection.exec_driver_sql(query).all()
        self._put(connection, [(text_key(passage_text(t, text)), v) for t, text, v in rows])

    def _embed_all(self, progress: Progress | None) -> None:
        done = 0
        with reading(self._engine, self._path) as connection:
            names = _passages(connection)
        if progress is not None and names:
            progress(0, len(names))
        for batch in _batches(names):
            with reading(self._engine, self._path) as connection:
                texts = dict(_texts(connection, batch).values())
                marks = ",".join("?" * len(texts))
                query = f"SELECT key FROM arriving WHERE key IN ({marks})"  # noqa: S608
                there = set(connection.exec_driver_sql(query, tuple(texts)).scalars())
            missing = {key: text for key, text in texts.items() if key not in there}
            if missing:
                vectors = embed_texts(self._embedding, list(missing.values()))
                made = [(k, to_blob(v)) for k, v in zip(missing, vectors, strict=True)]
                with writing(self._engine, self._path) as connection:
                    self._put(connection, made)
            done += len(batch)
            if progress is not None:
                progress(done, len(names))

    def _put(self, connection: Connection, made: Sequence[tuple[bytes, bytes]]) -> None:
        rows = [(key, vector, self._made_by) for key, vector in made]
        if rows:
            connection.exec_driver_sql("INSERT OR IGNORE INTO arriving VALUES (?, ?, ?)", rows)

    def _switch(self, connection: Connection) -> None:
        """Put the vectors that have arrived in place of the old ones."""
        for table in ("embeddings", "token_vectors"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
        connection.exec_driver_sql("DELETE FROM vectors")
        schema.tables.create_all(connection)
        connection.exec_driver_sql(
            "INSERT INTO vectors (key, vector) SELECT key, vector FROM arriving ORDER BY key"
        )
        for batch in _batches(_passages(connection)):
            rows = [(name, key) for name, (key, _) in _texts(connection, batch).items()]
            connection.exec_driver_sql(
                "INSERT INTO embeddings (passage_id, vector_id) "
                "VALUES (?, (SELECT vector_id FROM vectors WHERE key = ?))",
                rows,
            )
        connection.exec_driver_sql("DROP TABLE arriving")
        known = {
            "schema_version": str(schema.SCHEMA_VERSION),
            "model_fingerprint": self._made_by,
            "dimension": str(self._dimension),
            "generation": str(int(read_meta(connection)["generation"]) + 1),
            # Texts that no passage holds any longer may have arrived before an interruption.
            "garbage": "1",
        }
        connection.exec_driver_sql(_SAY, list(known.items()))


def _state(path: Path) -> _State | None:
    """Read the state of a library's file. Return None if there is no library."""
    if not path.is_file() or not path.stat().st_size:
        return None
    engine = open_engine(path)
    try:
        with reading(engine, path) as connection:
            if not {"meta", "passages", "vectors"} <= set(inspect(connection).get_table_names()):
                return None
            known = read_meta(connection)
            is_empty = not connection.exec_driver_sql("SELECT 1 FROM passages LIMIT 1").all()
    finally:
        engine.dispose()
    version = known.get("schema_version", "")
    if not version.isdecimal():
        return None
    return _State(int(version), known.get("model_fingerprint", ""), is_empty)


def _are_own(made_by: str, wanted: str) -> bool:
    return made_by.startswith(OWN_MODELS) and wanted.startswith(OWN_MODELS)


def _passages(connection: Connection) -> list[str]:
    query = "SELECT passage_id FROM passages ORDER BY passage_id"
    return list(connection.exec_driver_sql(query).scalars())


def _texts(connection: Connection, names: Sequence[str]) -> dict[str, tuple[bytes, str]]:
    """Get, by passage, the text to embed and its key."""
    marks = ",".join("?" * len(names))
    query = (
        "SELECT p.passage_id, a.title, p.text FROM passages p JOIN articles a "  # noqa: S608
        f"USING (article_id) WHERE p.passage_id IN ({marks})"
    )
    rows = connection.exec_driver_sql(query, tuple(names))
    embedded = ((name, passage_text(title, text)) for name, title, text in rows)
    return {name: (text_key(text), text) for name, text in embedded}


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), BATCH):
        yield names[start : start + BATCH]
