"""Save what is whole of a damaged library into a new one; the damaged file stays, under a new name.

A row is taken if SQLite can still read it. An article is taken if all of it is there: its source,
every passage with the text that stands at its place, a vector of the right length for each. What
cannot be proved whole by that (a title, a date) is made again from its file: every file of the
folders counts as unread, so that the next run reads it. Vectors of texts that are the same stay.
"""

import os
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import LibraryFormatError
from index.library.backup import ARTICLE_FOLDERS, scratch_beside, set_aside
from index.library.library import LIBRARY_NAME, Library
from index.library.lock import WriteLock
from index.library.seal import Seal
from index.library.tables import SCHEMA_VERSION

_UNIT = 1e-3  # how far the length of a vector may be from 1
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair saved.

    Attributes:
        articles: how many are in the library now; if nothing could be read, none.
        lost: names of the sources of which not everything could be saved.
        folders: those to read again.
        former: where the damaged file lies; None if nothing was wrong.
    """

    articles: int
    lost: tuple[str, ...]
    folders: tuple[str, ...]
    former: Path | None


def repair(home: Path) -> Repaired:
    """Save what is whole.

    Args:
        home: of the library; its former file is kept beside the new one.

    Raises:
        LibraryBusyError: another process is writing.
        LibraryFormatError: it is of another format; it is as it was.
        LibraryError: the folder is not writable, or the disk is full; the library is as it was.
    """
    with ExitStack() as stack:
        stack.callback(WriteLock.acquire(home, "repairing the library").release)
        scratch = stack.enter_context(scratch_beside(home / LIBRARY_NAME))
        with Library.open(scratch):
            pass
        lost = _save(home / LIBRARY_NAME, scratch / LIBRARY_NAME)
        with Library.open(scratch) as library:
            articles = library.counts().articles
            known = [root.path for root in library.roots()]
        own = [str(home / name) for name in ARTICLE_FOLDERS if (home / name).is_dir()]
        folders = tuple(dict.fromkeys([*known, *own]))
        former = set_aside(home, "damaged")
        os.replace(scratch / LIBRARY_NAME, home / LIBRARY_NAME)
        Seal(home).put()
    return Repaired(articles, lost, folders, former)


def _save(damaged: Path, new: Path) -> tuple[str, ...]:
    """Save what is whole of one file into another, which is an empty library.

    Returns:
        the names of the sources that are lost; none if nothing can be read at all.
    """
    address = f"{damaged.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True)) as source,
        closing(sqlite3.connect(new)) as target,
    ):
        source.text_factory = lambda data: data.decode("utf-8", "replace")
        lost: tuple[str, ...] = ()
        if _is_readable(source, damaged):
            names = _save_all(source, target)
            lost = _leave_out_what_is_not_whole(target, names)
        target.execute("PRAGMA journal_mode=DELETE").close()
        return lost


def _is_readable(raw: sqlite3.Connection, path: Path) -> bool:
    """Whether at least the library's own account of itself can be read.

    Raises:
        LibraryFormatError: it is whole, but of another format.
    """
    try:
        found = dict(raw.execute("SELECT key, value FROM meta"))
        known = int(found["schema_version"])
    except (sqlite3.DatabaseError, KeyError, ValueError):
        return False
    if known != SCHEMA_VERSION:
        raise LibraryFormatError(
            f"{path} is of format {known}; this Pressmark repairs format {SCHEMA_VERSION}."
        )
    return True


def _save_all(damaged: sqlite3.Connection, new: sqlite3.Connection) -> dict[str, str]:
    """Copy every row that can be read.

    Returns:
        the names of the sources that are known by name, by id.
    """
    with new:
        for table, made in _tables(damaged):
            if not _has(new, table):
                new.execute(made)  # tables that are made when they are first used
            columns = _columns(new, table)
            shared = [name for name in _columns(damaged, table) if name in columns]
            holes = ", ".join("?" * len(shared))
            named = ", ".join(f'"{name}"' for name in shared)
            put = f'INSERT OR REPLACE INTO "{table}" ({named}) VALUES ({holes})'  # noqa: S608
            for row in _rows(damaged, table, named):
                with suppress(sqlite3.DatabaseError):  # a row that breaks a rule of its table
                    new.execute(put, row)
    return dict(new.execute("SELECT source_id, name FROM sources"))


def _tables(raw: sqlite3.Connection) -> list[tuple[str, str]]:
    """Name and statement of each table; those of SQLite and of others have no place here."""
    found = raw.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return [(name, sql) for name, sql in found if name.isidentifier()]


def _has(raw: sqlite3.Connection, table: str) -> bool:
    found = raw.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,))
    return found.fetchone() is not None


def _columns(raw: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in raw.execute(f'PRAGMA table_info("{table}")')]


def _rows(raw: sqlite3.Connection, table: str, named: str) -> Iterator[Row]:
    """Every row that can be read, from both ends of the table and around what cannot be."""
    has_numbers = "WITHOUT ROWID" not in str(
        raw.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    )
    if not has_numbers:
        for order in ("ASC", "DESC"):
            key = ", ".join(f'"{name}" {order}' for name in _key(raw, table))
            found = f'SELECT {named} FROM "{table}" ORDER BY {key}'  # noqa: S608
            if (yield from _until_it_fails(raw, found)):
                return
        return
    span = f'SELECT {named} FROM "{table}" WHERE rowid BETWEEN ? AND ?'  # noqa: S608
    first, last = _ends(raw, table)
    waiting = [(first, last)]
    while waiting:
        low, high = waiting.pop()
        if (yield from _until_it_fails(raw, span, (low, high))) or low >= high:
            continue
        middle = (low + high) // 2
        waiting += [(middle + 1, high), (low, middle)]


def _key(raw: sqlite3.Connection, table: str) -> list[str]:
    rows = raw.execute(f'PRAGMA table_info("{table}")').fetchall()
    return [row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5]]


def _ends(raw: sqlite3.Connection, table: str) -> tuple[int, int]:
    """The first and last number that a row may have; a table that is all lost has none."""
    ends = []
    for order in ("ASC", "DESC"):
        try:
            found = raw.execute(
                f'SELECT rowid FROM "{table}" ORDER BY rowid {order} LIMIT 1'  # noqa: S608
            ).fetchone()
        except sqlite3.DatabaseError:
            found = None
        ends.append(None if found is None else int(found[0]))
    first, last = ends
    if first is None and last is None:
        return 0, -1
    return (1 if first is None else first), (max(first or 0, 1 << 20) if last is None else last)


def _until_it_fails(
    raw: sqlite3.Connection, statement: str, values: Sequence[int] = ()
) -> Generator[Row, None, bool]:
    """Give rows; the value of the generator says whether that were all of them."""
    try:
        yield from raw.execute(statement, values)
    except (sqlite3.DatabaseError, UnicodeError):
        return False
    return True


def _leave_out_what_is_not_whole(new: sqlite3.Connection, names: dict[str, str]) -> tuple[str, ...]:
    """Take out each source of which something is missing or altered.

    Returns:
        their names.
    """
    said = dict(new.execute("SELECT key, value FROM meta"))
    with new:
        broken = set(_broken_sources(new, int(said.get("dimension", "0"))))
        for source_id in broken:
            new.execute("DELETE FROM sources WHERE source_id = ?", (source_id,))
        for _ in range(4):  # rows that hang on rows that are gone, down the tree
            _drop_dangling(new)
        # The next run reads every file again.
        new.execute("UPDATE files SET size = -1, mtime_ns = -1, pipeline = ''")
        new.execute("UPDATE sources SET pipeline = ''")
        # What the search indexes were built from is no longer what is here.
        later = str(int(said.get("generation", "0")) + 1)
        new.execute("UPDATE meta SET value = ? WHERE key = 'generation'", (later,))
    return tuple(sorted(names.get(source_id, source_id) for source_id in broken))


def _broken_sources(new: sqlite3.Connection, dimension: int) -> Iterator[str]:
    yield from (row[0] for row in new.execute(_WITHOUT_SOURCE))
    yield from (row[0] for row in new.execute(_WITHOUT_VECTOR, (4 * dimension,)))
    yield from (row[0] for row in new.execute(_WITH_A_GAP))
    yield from (row[0] for row in new.execute(_WITHOUT_PASSAGES))
    texts = new.execute("SELECT source_id, text FROM sources").fetchall()
    for source_id, text in texts:
        held = new.execute(
            'SELECT start, "end", text FROM passages WHERE source_id = ?', (source_id,)
        )
        if any(text[start:end] != passage for start, end, passage in held):
            yield source_id
    yield from _with_odd_vectors(new)


def _with_odd_vectors(new: sqlite3.Connection) -> Iterator[str]:
    """Sources with a vector whose length is not 1."""
    for vector_id, blob in new.execute("SELECT vector_id, vector FROM vectors").fetchall():
        values = np.frombuffer(blob[: len(blob) // 4 * 4], dtype="<f4").astype(np.float64)
        with np.errstate(all="ignore"):
            length = float(np.sqrt(np.sum(values * values)))
        if not abs(length - 1.0) < _UNIT:
            for (source_id,) in new.execute(_OF_VECTOR, (vector_id,)).fetchall():
                yield source_id
            new.execute("DELETE FROM embeddings WHERE vector_id = ?", (vector_id,))
            new.execute("DELETE FROM vectors WHERE vector_id = ?", (vector_id,))


def _drop_dangling(new: sqlite3.Connection) -> None:
    for table, rowid, parent, _ in new.execute("PRAGMA foreign_key_check").fetchall():
        if rowid is not None:
            new.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (rowid,))  # noqa: S608
            continue
        for own, other in _references(new, table, parent):
            new.execute(
                f'DELETE FROM "{table}" WHERE "{own}" IS NOT NULL AND "{own}" NOT IN '  # noqa: S608
                f'(SELECT "{other}" FROM "{parent}")'
            )


def _references(new: sqlite3.Connection, table: str, parent: str) -> list[tuple[str, str]]:
    rows = new.execute(f'PRAGMA foreign_key_list("{table}")').fetchall()
    return [(row[3], row[4]) for row in rows if row[2] == parent]


_WITHOUT_SOURCE = """
    SELECT DISTINCT source_id FROM articles WHERE source_id NOT IN (SELECT source_id FROM sources)
    UNION SELECT DISTINCT source_id FROM passages
    WHERE article_id NOT IN (SELECT article_id FROM articles)
"""
_WITHOUT_VECTOR = """
    SELECT DISTINCT passages.source_id FROM passages
    LEFT JOIN embeddings ON embeddings.passage_id = passages.passage_id
    LEFT JOIN vectors ON vectors.vector_id = embeddings.vector_id
    WHERE vectors.vector IS NULL OR length(vectors.vector) != ?
"""
_WITH_A_GAP = """
    SELECT source_id FROM passages GROUP BY article_id
    HAVING count(*) != max(ordinal) - min(ordinal) + 1 OR min(ordinal) NOT IN (0, 1)
"""
_WITHOUT_PASSAGES = """
    SELECT source_id FROM sources
    WHERE source_id NOT IN (SELECT source_id FROM articles)
    UNION SELECT source_id FROM articles
    WHERE article_id NOT IN (SELECT article_id FROM passages)
"""
_OF_VECTOR = """
    SELECT DISTINCT passages.source_id FROM passages
    JOIN embeddings ON embeddings.passage_id = passages.passage_id WHERE embeddings.vector_id = ?
"""
