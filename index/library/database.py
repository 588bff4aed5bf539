"""How to open the library's SQLite file, and which errors come of it.

Write-ahead logging lets any number of processes read beside one writer. We begin transactions
ourselves (the driver would begin them late, after the first read), and a writing one at once as a
writer, so that SQLite never refuses it half-way.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError

from index.errors import LibraryBusyError, LibraryError, LibraryFormatError

_BUSY_SECONDS = 30.0


def open_engine(path: Path) -> Engine:
    """Make a pool of connections to the file; it opens nothing before its first use."""

    def connect() -> sqlite3.Connection:
        fixed = _is_fixed(path)
        connection = sqlite3.connect(
            _address(path, fixed),
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            if not fixed:
                _switch_to_wal(connection)
            for setting in ("synchronous=NORMAL", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {setting}").close()
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://", creator=connect, poolclass=QueuePool, pool_size=8, max_overflow=-1
    )
    event.listen(engine, "begin", _begin)
    return engine


def _is_fixed(path: Path) -> bool:
    """Whether nobody can change the file: it is all there, in a folder that is read-only.

    The write-ahead log needs a file of its own even for reading, unless SQLite is told this.
    """
    if os.access(path.parent, os.W_OK) or not path.exists():
        return False
    log = path.with_name(f"{path.name}-wal")
    return not (log.exists() and log.stat().st_size)


def _address(path: Path, fixed: bool) -> str:
    # From bytes, because the name of a folder need not be text.
    name = quote(os.fsencode(path.absolute()))
    return f"file:{name}?mode=ro&immutable=1" if fixed else f"file:{name}"


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Wait for the lock that the switch needs once, because SQLite itself does not."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _begin(connection: Connection) -> None:
    how = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {how}")


@contextmanager
def reading(engine: Engine, path: Path) -> Iterator[Connection]:
    """A connection whose statements all see the same state of the library."""
    with translated(path), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine, path: Path) -> Iterator[Connection]:
    """A connection whose statements take effect together, or not at all."""
    with translated(path), engine.connect() as connection:
        writer = connection.execution_options(begin="IMMEDIATE")
        with writer.begin():
            yield writer


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours; nothing else does.

    Args:
        path: the file, for the message.

    Raises:
        LibraryBusyError: another process holds the file for too long.
        LibraryFormatError: the file is damaged or not a SQLite file.
        LibraryError: anything else that SQLite refuses, such as a full disk.
    """
    try:
        yield
    except DBAPIError as error:
        cause = str(error.orig)
        if "locked" in cause or "busy" in cause:
            raise LibraryBusyError(
                f"The library {path} is in use by another process ({cause}). Try again shortly."
            ) from error
        if "not a database" in cause or "malformed" in cause:
            raise LibraryFormatError(
                f"The library {path} is damaged or is not a Pressmark library ({cause}). "
                "Restore it from a backup, or move it away and index the folders again."
            ) from error
        raise LibraryError(f"The library {path} is not usable: {cause}.") from error
