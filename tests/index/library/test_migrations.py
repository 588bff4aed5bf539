"""The migrations make of every earlier format the tables that a new library has."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from index.library.engines.sqlite import SqliteDatabase
from index.library.library import LIBRARY_NAME, Library
from index.library.migrating import configured, migrate
from index.library.queries import read_meta
from index.library.tables import OLDEST_VERSION, SCHEMA_VERSION, tables

pytest_plugins = ["tests.helpers.fixtures_postgres"]

DATA = Path(__file__).parents[2] / "data"
FORMATS = range(OLDEST_VERSION, SCHEMA_VERSION)


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection)
    found = compare_metadata(context, tables)
    # Alembic's own table is no part of the library.
    return [
        each
        for each in found
        if not (isinstance(each, tuple) and each[0] == "remove_table" and "alembic" in each[1].name)
    ]


def rowless(connection: Connection) -> set[str]:
    """The tables without a number for each row, which Alembic does not compare."""
    query = "SELECT name FROM pragma_table_list WHERE wr AND type = 'table'"
    return set(connection.execute(text(query)).scalars())


def test_the_last_revision_is_the_present_format(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "any")
    with database.reading() as connection:
        script = ScriptDirectory.from_config(configured(connection))
    database.close()
    known = [revision.revision for revision in script.walk_revisions()]
    assert known == [str(n) for n in range(SCHEMA_VERSION, OLDEST_VERSION - 1, -1)]


@pytest.mark.parametrize("version", FORMATS)
def test_every_earlier_format_becomes_the_present_one(tmp_path: Path, version: int) -> None:
    (tmp_path / "old.sqlite3").write_bytes(
        gzip.decompress((DATA / f"library_format_{version}.sqlite3.gz").read_bytes())
    )
    Library.open(tmp_path).close()
    new = SqliteDatabase(tmp_path / LIBRARY_NAME)
    old = SqliteDatabase(tmp_path / "old.sqlite3")
    with new.reading() as connection:
        expected = rowless(connection)
        assert differences(connection) == []
    with old.writing() as connection:
        assert read_meta(connection)["schema_version"] == str(version)
        assert differences(connection) != []
        migrate(connection, version)
    with old.reading() as connection:
        assert differences(connection) == []
        assert rowless(connection) == expected
        assert int(read_meta(connection)["log_from"]) >= 0
    new.close()
    old.close()


def test_a_migration_that_fails_leaves_the_old_format(tmp_path: Path) -> None:
    path = tmp_path / LIBRARY_NAME
    path.write_bytes(gzip.decompress((DATA / "library_format_2.sqlite3.gz").read_bytes()))
    database = SqliteDatabase(path)
    with database.reading() as connection:
        before = connection.execute(text("SELECT name, sql FROM sqlite_master")).all()

    def fail() -> None:
        with database.writing() as connection:
            migrate(connection, 2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with database.reading() as connection:
        assert connection.execute(text("SELECT name, sql FROM sqlite_master")).all() == before
        assert connection.execute(text("SELECT count(*) FROM vectors")).scalar() == 48
    database.close()


def test_a_library_on_postgres_has_the_tables_that_are_declared(
    tmp_path: Path, postgres_url: str
) -> None:
    with Library.open(tmp_path, postgres_url) as library, library.database.reading() as connection:
        assert differences(connection) == []


def test_a_library_on_postgres_migrates(tmp_path: Path, postgres_url: str) -> None:
    with Library.open(tmp_path, postgres_url) as library:
        with library.writing() as writer:
            writer._set("schema_version", "4")
            for statement in (
                "DROP TABLE changes",
                "DROP TABLE claims",
                "DELETE FROM meta WHERE key = 'log_from'",
            ):
                writer._connection.execute(text(statement))
        with library.database.writing() as connection:
            migrate(connection, 4)
        # A reader that was there before goes on.
        assert library.counts().articles == 0
        assert library.changes_since(library.index_version) is not None
