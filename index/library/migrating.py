"""Bring a library's tables from an earlier format to this one, with Alembic."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from index.library.tables import SCHEMA_VERSION

_REVISIONS: Final = Path(__file__).parent / "migrations"


def migrate(connection: Connection, version: int) -> None:
    """Bring the tables to this format, within the connection's transaction.

    Args:
        connection: in a transaction of `index.library.engines.base.Database.writing`.
        version: the format that the library says it has. Alembic keeps a table of its own, which
            is set to this first: what the library says is what holds.
    """
    config = configured(connection)
    command.stamp(config, str(version), purge=True)
    command.upgrade(config, str(SCHEMA_VERSION))


def configured(connection: Connection) -> Config:
    """Make what Alembic's commands want, for one connection."""
    config = Config()
    # A path may hold a percent sign, which Alembic's file of settings would read as its own.
    config.set_main_option("script_location", str(_REVISIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
