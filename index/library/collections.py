"""Collections: named sets of articles, among which a question can be asked.

They lie in the library, in tables of their own that are made when the first collection is,
as those of `index.library.notes` are. A collection names articles by their ids; one that has left
the library stays named and is counted as gone, for it comes back under the same id with its file.
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    delete,
    func,
    inspect,
    select,
)

from index.article import SearchFilters
from index.errors import InputError, LibraryError
from index.library.engines.base import Database
from index.library.portable import Words, insert
from index.library.tables import CHUNK
from index.saying import phrase

MAX_COLLECTIONS: Final = 1_000
MAX_NAME: Final = 100
_ROWS: Final = CHUNK // 2

_tables = MetaData()
_collections = Table(
    "collections",
    _tables,
    Column("number", Integer, primary_key=True),
    Column("collection_id", Words, nullable=False, unique=True),
    Column("name", Words, nullable=False),
    # Of two names that differ in case only, or in blanks, nobody would know which is which.
    Column("key", Words, nullable=False, unique=True),
    Column("made_at", Words, nullable=False),
)
_members = Table(
    "collection_articles",
    _tables,
    Column(
        "number",
        Integer,
        ForeignKey("collections.number", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("article_id", Words, primary_key=True),
    sqlite_with_rowid=False,
)


@dataclass(frozen=True, slots=True)
class ArticleCollection:
    """A named set of articles.

    Attributes:
        collection_id: made once; it stays when the articles change.
        name: as its maker wrote it.
        made_at: when, in UTC.
        article_ids: of its articles, also of those that have left the library.
    """

    collection_id: str
    name: str
    made_at: str
    article_ids: frozenset[str]


class Collections:
    """The collections of one library; see `index.library.library.Library.collections`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[ArticleCollection]:
        """Every collection, ordered by name."""
        with self._database.reading() as connection:
            if not inspect(connection).has_table(_collections.name):
                return []
            return _read(connection)

    def named(self, wanted: Iterable[str]) -> frozenset[str]:
        """The ids of the articles of some collections, together.

        Args:
            wanted: ids of collections, or their names in any case.

        Raises:
            InputError: one of them is no collection.
        """
        every = self.all()
        return frozenset().union(*(_one_of(every, name).article_ids for name in wanted))

    def names(self) -> dict[str, str]:
        """The names of the collections by their ids, ordered by name."""
        with self._database.reading() as connection:
            if not inspect(connection).has_table(_collections.name):
                return {}
            query = select(_collections.c.collection_id, _collections.c.name)
            rows = connection.execute(query.order_by(_collections.c.key))
            return {row.collection_id: row.name for row in rows}

    def one(self, wanted: str) -> ArticleCollection:
        """The collection of an id, or of a name in any case.

        Raises:
            InputError: there is none.
        """
        return _one_of(self.all(), wanted)

    def resolved(self, filters: SearchFilters) -> SearchFilters:
        """The same filters, with the articles of their collections in place of the collections.

        Raises:
            InputError: there is no collection of a name.
        """
        if not filters.collections:
            return filters
        ids = self.named(filters.collections)
        both = ids if filters.article_ids is None else ids & filters.article_ids
        return replace(filters, collections=(), article_ids=both)

    def add(self, name: str, article_ids: Collection[str]) -> ArticleCollection:
        """Add articles to the collection of a name, which is made if there is none.

        Raises:
            InputError: the name has no letters, or too many.
            LibraryError: there is no room for more collections.
        """
        shown = " ".join(name.split())
        if not shown:
            raise InputError(phrase("A collection needs a name."))
        if len(shown) > MAX_NAME:
            raise InputError(
                phrase("The name of a collection has at most %(count)s characters.", count=MAX_NAME)
            )
        with self._database.writing() as connection:
            _tables.create_all(connection)
            number = connection.scalar(_number_of(_collections.c.key == _key(shown)))
            if number is None:
                number = _make(connection, shown)
            rows = [{"number": number, "article_id": one} for one in sorted(set(article_ids))]
            for start in range(0, len(rows), _ROWS):
                some = insert(connection, _members).values(rows[start : start + _ROWS])
                connection.execute(some.on_conflict_do_nothing())
            return _read(connection, _collections.c.number == number)[0]

    def take_out(self, collection_id: str, article_ids: Sequence[str]) -> ArticleCollection | None:
        """Take articles out of a collection; None if there is no such collection."""
        with self._database.writing() as connection:
            number = _known(connection, collection_id)
            if number is None:
                return None
            for start in range(0, len(article_ids), _ROWS):
                some = _members.c.article_id.in_(article_ids[start : start + _ROWS])
                connection.execute(delete(_members).where(_members.c.number == number, some))
            return _read(connection, _collections.c.number == number)[0]

    def remove(self, collection_id: str) -> bool:
        """Forget a collection, and no article; False if there is no such collection."""
        with self._database.writing() as connection:
            number = _known(connection, collection_id)
            if number is None:
                return False
            connection.execute(delete(_members).where(_members.c.number == number))
            connection.execute(delete(_collections).where(_collections.c.number == number))
            return True


def _one_of(every: Sequence[ArticleCollection], wanted: str) -> ArticleCollection:
    known = {_key(one.name): one for one in every} | {one.collection_id: one for one in every}
    found = known.get(wanted) or known.get(_key(wanted))
    if found is None:
        raise InputError(phrase("There is no collection “%(name)s”.", name=wanted))
    return found


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _number_of(which: Any) -> Any:
    return select(_collections.c.number).where(which)


def _known(connection: Connection, collection_id: str) -> int | None:
    if not collection_id.isascii() or not inspect(connection).has_table(_collections.name):
        return None
    number: int | None = connection.scalar(
        _number_of(_collections.c.collection_id == collection_id)
    )
    return number


def _make(connection: Connection, name: str) -> int:
    if (connection.scalar(select(func.count()).select_from(_collections)) or 0) >= MAX_COLLECTIONS:
        raise LibraryError(
            phrase(
                "There are %(count)s collections already; forget one first.", count=MAX_COLLECTIONS
            )
        )
    made = insert(connection, _collections).values(
        collection_id=secrets.token_urlsafe(9),
        name=name,
        key=_key(name),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    number: int = connection.execute(made.returning(_collections.c.number)).scalar_one()
    return number


def _read(connection: Connection, which: Any = True) -> list[ArticleCollection]:
    rows = connection.execute(select(_collections).where(which).order_by(_collections.c.key)).all()
    members: dict[int, set[str]] = {}
    theirs = select(_members).where(_members.c.number.in_([row.number for row in rows]))
    for number, article_id in connection.execute(theirs):
        members.setdefault(number, set()).add(article_id)
    return [
        ArticleCollection(
            row.collection_id, row.name, row.made_at, frozenset(members.get(row.number, ()))
        )
        for row in rows
    ]
