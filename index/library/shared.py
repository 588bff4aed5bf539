"""What the page of every answering process must agree on: its secret, and links to answers.

Both lie in the library's database, in tables of their own that are made when they are first needed,
so that a visitor may come to any process of any machine. What an answer is, is no business of the
library's.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Column, MetaData, Table, delete, func, inspect, select

from index.library.engines.base import Database
from index.library.portable import Words, insert

_tables = MetaData()
_secrets = Table(
    "secrets",
    _tables,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
)
_shared = Table(
    "shared_answers",
    _tables,
    Column("share_id", Words, primary_key=True),
    Column("shared_at", Words, nullable=False),
    Column("content", Words, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Shared:
    """What one library's processes share; see `index.library.library.Library.shared`."""

    database: Database

    def secret(self, name: str, fresh: str) -> str:
        """A secret that is made once.

        Args:
            name: of the secret.
            fresh: its value, if there is none yet.

        Raises:
            LibraryError: there is none, and the library cannot keep one.
        """
        with self.database.reading() as connection:
            query = select(_secrets.c.value).where(_secrets.c.name == name)
            if inspect(connection).has_table(_secrets.name):
                found = connection.scalar(query)
                if found is not None:
                    return str(found)
        with self.database.writing() as connection:
            _tables.create_all(connection)
            row = insert(connection, _secrets).values(name=name, value=fresh)
            connection.execute(row.on_conflict_do_nothing())
            return str(connection.execute(query).scalar_one())

    def put(self, share_id: str, content: str) -> None:
        """Keep an answer that a link opens."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self.database.writing() as connection:
            _tables.create_all(connection)
            row = insert(connection, _shared)
            connection.execute(row.values(share_id=share_id, shared_at=now, content=content))

    def count(self) -> int:
        """How many answers links open."""
        with self.database.reading() as connection:
            if not inspect(connection).has_table(_shared.name):
                return 0
            return connection.scalar(select(func.count()).select_from(_shared)) or 0

    def get(self, share_id: str) -> str | None:
        """The answer that a link opens; None if there is no such link."""
        with self.database.reading() as connection:
            if not inspect(connection).has_table(_shared.name):
                return None
            query = select(_shared.c.content).where(_shared.c.share_id == share_id)
            return connection.scalar(query)

    def remove(self, share_id: str) -> None:
        """Take a link back."""
        with self.database.writing() as connection:
            if inspect(connection).has_table(_shared.name):
                connection.execute(delete(_shared).where(_shared.c.share_id == share_id))
