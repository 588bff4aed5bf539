"""A library in one SQLite file: any number of readers beside one writer, on one machine.

Write-ahead logging lets them. We begin transactions ourselves (the driver would begin them late,
after the first read), and a writing one at once as a writer, so that SQLite never refuses it
half-way. The right to write is the lock of the file's folder. Its holder may let processes that it
has started write in its place; they take turns at locks of their own.
"""

import os
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from filelock import FileLock
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event
from sqlalchemy.exc import DBAPIError

from index.errors import LibraryBusyError, LibraryError, LibraryFormatError
from index.library.lock import WriteLock

_BUSY_SECONDS = 30.0


class SqliteDatabase:
    """One file; see `index.library.engines.base.Database`."""

    def __init__(self, path: Path, is_shared: bool = False) -> None:
        """Open nothing before the first use.

        Args:
            path: of the file.
            is_shared: whether this process is one of several whose parent holds the folder's lock.
        """
        self.path = path
        self.is_shared = is_shared
        self._engine = open_engine(path)

    @property
    def place(self) -> str:
        """The file: for messages."""
        return str(self.path)

    def may_hold(self) -> bool:
        """Whether there may be a library already; looking makes nothing."""
        return self.path.is_file() and self.path.stat().st_size > 0

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose statements all see the same state of the library."""
        with translated(self.place), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose statements take effect together, or not at all."""
        with translated(self.place), self._engine.connect() as connection:
            writer = connection.execution_options(begin="IMMEDIATE")
            with writer.begin():
                yield writer

    def damage(self, connection: Connection) -> Iterator[str]:
        """Say in words what SQLite finds wrong with the file."""
        for row in connection.exec_driver_sql("PRAGMA integrity_check"):
            if row[0] != "ok":
                yield f"The file is damaged: {row[0]}"
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield f"A row of {row[0]} refers to a row of {row[2]} that is not there."

    def shrink(self) -> None:
        """Give the room of what was dropped back to the disk, if there is room to do it in."""
        with suppress(sqlite3.Error), closing(sqlite3.connect(os.fsencode(self.path))) as raw:
            raw.execute("VACUUM")

    def counting(self) -> AbstractContextManager[Connection]:
        """As `writing`: SQLite's transactions are short, and one at a time."""
        return self.writing()

    def taking_part(self) -> AbstractContextManager[None]:
        """Have the file to itself for a run, if several processes may write; they take turns."""
        return self.in_turn("run")

    @contextmanager
    def alone(self, activity: str) -> Iterator[None]:
        """Take the lock of the folder; see `index.library.lock.WriteLock`."""
        if self.is_shared:
            with self.taking_part():
                yield
            return
        lock = WriteLock.acquire(self.path.parent, activity)
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def in_turn(self, task: str) -> Iterator[None]:
        """Wait for the others of this server; without any, whoever writes has the folder's lock."""
        if not self.is_shared:
            yield
            return
        name = f"turn-{zlib.crc32(task.encode()):08x}.lock"
        with FileLock(self.path.parent / name, thread_local=False):
            yield

    @contextmanager
    def claiming(self, root_id: int, relpaths: Iterable[str]) -> Iterator[set[str]]:
        """Claim them all: whoever takes files in has the file to itself."""
        yield set(relpaths)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


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
def translated(place: str) -> Iterator[None]:
    """Turn SQLite's errors into ours; nothing else does.

    Args:
        place: the file, for the message.

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
                f"The library {place} is in use by another process ({cause}). Try again shortly."
            ) from error
        if "not a database" in cause or "malformed" in cause:
            raise LibraryFormatError(
                f"The library {place} is damaged or is not a Pressmark library ({cause}). "
                "Restore it from a backup, or move it away and index the folders again."
            ) from error
        raise LibraryError(f"The library {place} is not usable: {cause}.") from error
