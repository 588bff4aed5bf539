"""A library on a PostgreSQL server: any number of processes read it, and several write.

A writing transaction waits for its turn at an advisory lock, as SQLite's writers wait for the file:
so versions and the change log are in the order of their commits. What takes long, reading and
embedding, happens outside, and each file is claimed by the process that does it. Locks and claims
belong to a connection and end with its process, however it ends.
"""

import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL, ColumnElement, Connection, create_engine, delete, func, select, text
from sqlalchemy.exc import DBAPIError

from index.errors import LibraryBusyError, LibraryError, LibraryUnreachableError
from index.library.portable import insert
from index.library.tables import CHUNK, claims

_BUSY: Final = "30s"
_CONNECT_SECONDS: Final = 10
# Waits for a lock that somebody else holds, a deadlock, a conflict of transactions.
_LATER: Final = frozenset({"55P03", "40P01", "40001"})
# The server is shutting down or starting up, or has no room for another connection.
_AWAY: Final = ("08", "57P", "53300")


class PostgresDatabase:
    """One database of a server; see `index.library.engines.base.Database`."""

    is_shared = True

    def __init__(self, url: URL) -> None:
        """Connect to nothing before the first use."""
        self._place = url.render_as_string(hide_password=True)
        # A server that was started again has forgotten the connections of before.
        patience = {} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT_SECONDS}
        self._engine = create_engine(
            url, connect_args=patience, pool_size=8, max_overflow=24, pool_pre_ping=True
        )

    @property
    def place(self) -> str:
        """The address without its password: for messages."""
        return self._place

    def may_hold(self) -> bool:
        """Whether there may be a library already."""
        return True

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose statements all see the same state of the library."""
        with translated(self._place), self._engine.connect() as connection:
            yield connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection whose statements take effect together, or not at all, each in its turn."""
        with translated(self._place), self._engine.connect() as connection, connection.begin():
            connection.execute(text(f"SET LOCAL lock_timeout = '{_BUSY}'"))
            _lock(connection, "pg_advisory_xact_lock", "writing")
            yield connection

    @contextmanager
    def counting(self) -> Iterator[Connection]:
        """As `writing`, but in nobody's turn: rows that two processes change wait by themselves."""
        with translated(self._place), self._engine.connect() as connection, connection.begin():
            connection.execute(text(f"SET LOCAL lock_timeout = '{_BUSY}'"))
            yield connection

    def damage(self, connection: Connection) -> Iterator[str]:
        """Find nothing: the server itself watches over its files, and holds to the keys."""
        yield from ()

    def shrink(self) -> None:
        """Do nothing: the server's autovacuum does."""

    @contextmanager
    def taking_part(self) -> Iterator[None]:
        """Hold off, for one run of writing, whatever must have the library alone."""
        with self._session() as connection:
            if not _lock(connection, "pg_try_advisory_lock_shared", "run"):
                raise LibraryBusyError(
                    f"The library {self._place} is being brought over to another format or model. "
                    "Wait until that has finished, and try again."
                )
            yield

    @contextmanager
    def alone(self, activity: str) -> Iterator[None]:
        """Hold off every other run of writing."""
        with self._session() as connection:
            if not _lock(connection, "pg_try_advisory_lock", "run"):
                raise LibraryBusyError(
                    f"Other processes are writing to the library {self._place}, and {activity} "
                    "needs it alone. Wait until they have finished, and try again."
                )
            yield

    @contextmanager
    def in_turn(self, task: str) -> Iterator[None]:
        """Do a task after the others who are doing the same, not at once."""
        with self._session() as connection:
            _lock(connection, "pg_advisory_lock", task)
            yield

    @contextmanager
    def claiming(self, root_id: int, relpaths: Iterable[str]) -> Iterator[set[str]]:
        """Claim files, by locking a row for each; see `index.library.engines.base.Database`."""
        wanted = sorted(relpaths)
        rows = [{"root_id": root_id, "relpath": relpath} for relpath in wanted]
        with translated(self._place), self._engine.connect() as connection:
            if rows:
                connection.execute(insert(connection, claims).on_conflict_do_nothing(), rows)
                connection.commit()
            mine: set[str] = set()
            for here in _in_chunks(root_id, wanted):
                query = select(claims.c.relpath).where(here).with_for_update(skip_locked=True)
                mine.update(connection.execute(query).scalars())
            yield mine
            # Where this is not reached, the rows stay without their locks: anybody may claim them.
            for here in _in_chunks(root_id, sorted(mine)):
                connection.execute(delete(claims).where(here))
            connection.commit()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    @contextmanager
    def _session(self) -> Iterator[Connection]:
        """A connection whose locks last until its end, and no longer."""
        with translated(self._place), self._engine.connect() as pooled:
            connection = pooled.execution_options(isolation_level="AUTOCOMMIT")
            try:
                yield connection
            finally:
                # The server takes the locks with it; another user of the connection must not.
                connection.invalidate()


def _in_chunks(root_id: int, relpaths: list[str]) -> Iterator[ColumnElement[bool]]:
    for start in range(0, len(relpaths), CHUNK):
        chunk = relpaths[start : start + CHUNK]
        yield (claims.c.root_id == root_id) & claims.c.relpath.in_(chunk)


def _lock(connection: Connection, function: str, task: str) -> bool:
    """Call one of the functions of advisory locks, for a task in this library.

    Returns:
        whether it has the lock; one that waits has it in any case.
    """
    # A database holds several libraries if each has a schema of its own.
    schema = connection.dialect.default_schema_name or ""
    keys = [_key(f"pressmark {task}"), _key(schema)]
    taken = connection.scalar(select(getattr(func, function)(*keys)))
    return taken is not False


def _key(name: str) -> int:
    return zlib.crc32(name.encode()) - 2**31


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn PostgreSQL's errors into ours; nothing else does.

    Args:
        place: the address, for the message.

    Raises:
        LibraryBusyError: a lock does not come free in time.
        LibraryUnreachableError: the server does not answer, or ends the connection.
        LibraryError: anything else that it refuses.
    """
    try:
        yield
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        cause = (str(error.orig).strip() or type(error.orig).__name__).splitlines()[0]
        if state in _LATER:
            raise LibraryBusyError(
                f"The library {place} is in use by another process ({cause}). Try again shortly."
            ) from error
        if error.connection_invalidated or state.startswith(_AWAY) or not state:
            raise LibraryUnreachableError(
                f"The library {place} cannot be reached ({cause}). Is the server running?"
            ) from error
        raise LibraryError(f"The library {place} is not usable: {cause}.") from error
