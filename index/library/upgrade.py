"""Bring an older library over to this format and encoder, from its own texts.

This makes the new vectors beside the old ones and keeps each batch, so that the next process goes
on where a killed one stopped. Readers see the old library meanwhile; one transaction migrates the
tables (`index.library.migrations`) and switches to the new vectors when they are whole.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from llama_index.core.base.embeddings.base import BaseEmbedding
from sqlalchemy import (
    Column,
    Connection,
    LargeBinary,
    MetaData,
    Table,
    delete,
    inspect,
    select,
    text,
)

from index.embedding.local import embed_texts, model_fingerprint, passage_text
from index.errors import EmbeddingMismatchError
from index.library.engines.base import Database
from index.library.engines.opening import open_database
from index.library.portable import Words, insert
from index.library.queries import read_meta
from index.library.rows import text_key, to_blob
from index.library.seal import Seal
from index.library.tables import OLDEST_VERSION, SCHEMA_VERSION, articles, embeddings, meta
from index.library.tables import passages as pieces
from index.library.tables import vectors as kept

SAME_VECTORS: Final = 3
"""The first format that lacks nothing but tables which the next run of indexing fills."""
OWN_MODELS: Final = ("all-MiniLM-L6-v2@", "multilingual-e5-small@")
"""Beginnings of the fingerprints of local encoders: the present one replaces any of them.
The vectors of an embedding that the user chose by name are the user's business."""
BATCH: Final = 512

Progress = Callable[[int, int], None]
"""Hears how many passages are done, and of how many."""

_own = MetaData()
_arriving = Table(
    "arriving",
    _own,
    Column("key", LargeBinary, primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Column("made_by", Words, nullable=False),
    sqlite_with_rowid=False,
)


@dataclass(frozen=True, slots=True)
class _State:
    """What a library says about itself."""

    version: int
    made_by: str
    is_empty: bool


def is_older(home: Path, embedding: BaseEmbedding, url: str | None = None) -> bool:
    """Whether the library of a home folder is of an earlier format or local encoder.

    Args:
        home: the folder.
        embedding: the one that is set now.
        url: see `index.library.library.Library.open`.

    Raises:
        LibraryFormatError: it is damaged.
    """
    database = open_database(home, url)
    try:
        return _older_state(database, embedding) is not None
    finally:
        database.close()


def bring_over(
    home: Path,
    embedding: BaseEmbedding,
    dimension: int,
    progress: Progress | None = None,
    url: str | None = None,
    shared: bool = False,
) -> None:
    """Rebuild the vectors of every passage, then switch to them; do nothing if it is not older.

    Args:
        home: the folder.
        embedding: the new one.
        dimension: of its vectors.
        progress: hears of the beginning and of each batch.
        url: see `index.library.library.Library.open`.
        shared: see `index.library.engines.opening.open_database`.

    Raises:
        LibraryBusyError: another process writes to the library.
        LibraryError: it is not writable.
        EmbeddingMismatchError: its vectors are of another embedding, which the user chose by name.
        EmbeddingModelError: the embedding fails; the library is as it was.
    """
    database = open_database(home, url, shared)
    with ExitStack() as stack:
        stack.callback(database.close)
        if _older_state(database, embedding) is None:
            return
        stack.enter_context(database.alone("bringing the library over to a new format"))
        if url is None and not shared:
            seal = Seal(home)
            seal.check()
            seal.remove()
            stack.callback(seal.put)
        stack.callback(database.close)  # before it is sealed
        # Another process may have brought it over between the look and the lock.
        state = _older_state(database, embedding)
        if state is not None:
            _Move(database, embedding, dimension).run(state, progress)


class _Move:
    """One library on its way."""

    def __init__(self, database: Database, embedding: BaseEmbedding, dimension: int) -> None:
        self._database = database
        self._embedding, self._dimension = embedding, dimension
        self._made_by = model_fingerprint(embedding)

    def run(self, state: _State, progress: Progress | None) -> None:
        """Make what is missing, switch, and give the old vectors' room back to the disk."""
        keeps = state.made_by == self._made_by
        if keeps and state.version >= SAME_VECTORS:
            with self._database.writing() as connection:
                _migrate(connection, state.version)
                _say(connection, {"schema_version": str(SCHEMA_VERSION)})
            return
        if not (keeps or state.is_empty or _are_own(state.made_by, self._made_by)):
            raise EmbeddingMismatchError(
                f"The vectors in {self._database.place} were made by the embedding model "
                f"{state.made_by}, but {self._made_by} is set now. Set the former model again, or "
                "use another home folder and index the articles there."
            )
        with self._database.writing() as connection:
            _own.create_all(connection)
            connection.execute(delete(_arriving).where(_arriving.c.made_by != self._made_by))
            if keeps:
                self._take_old(connection)
        self._embed_all(progress)
        with self._database.writing() as connection:
            self._switch(connection, state.version)
        # Leftovers cost room and nothing else: a full disk is no reason to fail here.
        self._database.shrink()

    def _take_old(self, connection: Connection) -> None:
        """Keep the vectors that this very embedding made for format 2: new ones may cost money."""
        query = (
            "SELECT a.title, p.text, v.vector FROM passages p JOIN articles a USING (article_id) "
            "JOIN embeddings e USING (passage_id) JOIN vectors v USING (vector_id) "
            "WHERE e.position = 0"
        )
        rows = connection.execute(text(query)).all()
        self._put(connection, [(text_key(passage_text(t, body)), v) for t, body, v in rows])

    def _embed_all(self, progress: Progress | None) -> None:
        done = 0
        with self._database.reading() as connection:
            names = _passages(connection)
        if progress is not None and names:
            progress(0, len(names))
        for batch in _batches(names):
            with self._database.reading() as connection:
                texts = dict(_texts(connection, batch).values())
                there = select(_arriving.c.key).where(_arriving.c.key.in_(texts))
                known = set(connection.execute(there).scalars())
            missing = {key: body for key, body in texts.items() if key not in known}
            if missing:
                vectors = embed_texts(self._embedding, list(missing.values()))
                made = [(k, to_blob(v)) for k, v in zip(missing, vectors, strict=True)]
                with self._database.writing() as connection:
                    self._put(connection, made)
            done += len(batch)
            if progress is not None:
                progress(done, len(names))

    def _put(self, connection: Connection, made: Sequence[tuple[bytes, bytes]]) -> None:
        rows = [{"key": key, "vector": vector, "made_by": self._made_by} for key, vector in made]
        if rows:
            connection.execute(insert(connection, _arriving).on_conflict_do_nothing(), rows)

    def _switch(self, connection: Connection, version: int) -> None:
        """Migrate, and put the vectors that have arrived in place of the old ones."""
        if version < SCHEMA_VERSION:
            _migrate(connection, version)
        connection.execute(delete(embeddings))
        connection.execute(delete(kept))
        made = select(_arriving.c.key, _arriving.c.vector).order_by(_arriving.c.key)
        connection.execute(insert(connection, kept).from_select(["key", "vector"], made))
        for batch in _batches(_passages(connection)):
            keys = {name: key for name, (key, _) in _texts(connection, batch).items()}
            query = select(kept.c.key, kept.c.vector_id).where(kept.c.key.in_(set(keys.values())))
            ids = {row.key: row.vector_id for row in connection.execute(query)}
            rows = [{"passage_id": name, "vector_id": ids[key]} for name, key in keys.items()]
            connection.execute(insert(connection, embeddings), rows)
        _own.drop_all(connection)
        generation = str(int(read_meta(connection)["generation"]) + 1)
        known = {
            "schema_version": str(SCHEMA_VERSION),
            "model_fingerprint": self._made_by,
            "dimension": str(self._dimension),
            "generation": generation,
            # No index may go on from the former vectors.
            "log_from": generation,
            # Texts that no passage holds any longer may have arrived before an interruption.
            "garbage": "1",
        }
        _say(connection, known)


def _migrate(connection: Connection, version: int) -> None:
    # Alembic takes a tenth of a second to load, which nobody else need wait for.
    from index.library.migrating import migrate

    migrate(connection, version)


def _say(connection: Connection, known: dict[str, str]) -> None:
    """Write what the library says about itself."""
    row = insert(connection, meta)
    said = row.on_conflict_do_update(index_elements=["key"], set_={"value": row.excluded.value})
    connection.execute(said, [{"key": key, "value": value} for key, value in known.items()])


def _older_state(database: Database, embedding: BaseEmbedding) -> _State | None:
    """The state of a library that this brings over; None if it need not or cannot be."""
    state = _state(database)
    if state is None or not OLDEST_VERSION <= state.version <= SCHEMA_VERSION:
        return None
    wanted = model_fingerprint(embedding)
    other = state.made_by != wanted and _are_own(state.made_by, wanted)
    return state if state.version < SCHEMA_VERSION or other else None


def _state(database: Database) -> _State | None:
    """Read the state of a library. Return None if there is none."""
    if not database.may_hold():
        return None
    with database.reading() as connection:
        if not {"meta", "passages", "vectors"} <= set(inspect(connection).get_table_names()):
            return None
        known = read_meta(connection)
        is_empty = connection.execute(select(pieces.c.passage_id).limit(1)).first() is None
    version = known.get("schema_version", "")
    if not version.isdecimal():
        return None
    return _State(int(version), known.get("model_fingerprint", ""), is_empty)


def _are_own(made_by: str, wanted: str) -> bool:
    return made_by.startswith(OWN_MODELS) and wanted.startswith(OWN_MODELS)


def _passages(connection: Connection) -> list[str]:
    query = select(pieces.c.passage_id).order_by(pieces.c.passage_id)
    return list(connection.execute(query).scalars())


def _texts(connection: Connection, names: Sequence[str]) -> dict[str, tuple[bytes, str]]:
    """Get, by passage, the text to embed and its key."""
    query = (
        select(pieces.c.passage_id, articles.c.title, pieces.c.text)
        .join_from(pieces, articles)
        .where(pieces.c.passage_id.in_(names))
    )
    rows = connection.execute(query)
    embedded = ((row.passage_id, passage_text(row.title, row.text)) for row in rows)
    return {name: (text_key(body), body) for name, body in embedded}


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), BATCH):
        yield names[start : start + BATCH]
