"""Where the library of a home folder lives: in its file, or where a setting says."""

from pathlib import Path
from typing import Final

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from index.errors import LibraryError
from index.library.engines.base import Database
from index.library.engines.postgres import PostgresDatabase
from index.library.engines.sqlite import SqliteDatabase

LIBRARY_NAME = "library.sqlite3"
_EXAMPLE: Final = (
    "A library lives in its home folder, where none is set, or on PostgreSQL: "
    "postgresql+psycopg://name:password@host/database"
)


def open_database(home: Path, url: str | None = None, shared: bool = False) -> Database:
    """Make the database of a library; it opens nothing before its first use.

    Args:
        home: the folder.
        url: the address of a database server; None for the folder's own file.
        shared: several processes of one server write to the file, see
            `index.library.workers`.

    Raises:
        LibraryError: there is no engine for the address.
    """
    if url is None:
        return SqliteDatabase(home / LIBRARY_NAME, shared)
    try:
        address = make_url(url)
        if address.get_backend_name() == "postgresql":
            return PostgresDatabase(address.set(drivername="postgresql+psycopg"))
    except SQLAlchemyError as error:
        raise LibraryError(f"PRESSMARK_LIBRARY_URL is no address. {_EXAMPLE}") from error
    raise LibraryError(
        f"PRESSMARK_LIBRARY_URL names {address.get_backend_name()}, for which there is no engine. "
        + _EXAMPLE
    )


def file_of(database: Database) -> Path:
    """The file that a library lives in.

    Raises:
        LibraryError: it lives on a server.
    """
    if isinstance(database, SqliteDatabase):
        return database.path
    raise LibraryError(
        f"The library {database.place} is on a database server, and no file of this machine. "
        "Use the server's own tools, such as pg_dump."
    )
