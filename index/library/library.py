"""The system of record: sources, articles, passages and vectors in one database.

Chroma and Tantivy derive from it, and you may delete them at any moment. Many processes may read
while one writes. Writing goes through `Library.writing`, in one transaction each; see
`index.library.writes`. The database is a SQLite file as a rule; see `index.library.engines`.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Column, Connection, Select, func, inspect, select

from index.article import Article, Passage, SearchFilters, Source, Span
from index.errors import EmbeddingMismatchError, LibraryError, LibraryFormatError, RootError
from index.library import links, queries
from index.library import rows as records
from index.library import tables as schema
from index.library.catalogue import CatalogueEntry
from index.library.collections import Collections
from index.library.engines.base import Database
from index.library.engines.opening import LIBRARY_NAME, file_of, open_database
from index.library.formats import check_format
from index.library.holdings import Holdings
from index.library.notes import Notes
from index.library.rates import Rates
from index.library.shared import Shared
from index.library.tables import Changes, FileRecord, LedgerEntry, LibraryCounts, PassageRow, Root
from index.library.writes import LibraryWriter

__all__ = ["LIBRARY_NAME", "Library"]


class Library:
    """An open library; close it, or use it as a context manager.

    Attributes:
        database: where it lives.
        notes: what people said of answers, and the answers that they saved.
        collections: the named sets of articles.
        shared: what the pages of all processes have in common.
        rates: how often each caller has asked in the last minutes.
    """

    def __init__(self, database: Database) -> None:
        """Use `open` instead, which checks and creates what is in it."""
        self.database = database
        self.notes, self.collections = Notes(database), Collections(database)
        self.shared, self.rates = Shared(database), Rates(database)
        self._holdings: tuple[str, Holdings] | None = None

    @classmethod
    def open(cls, home: Path, url: str | None = None, shared: bool = False) -> Self:
        """Open the library of a home folder, or make an empty one.

        Args:
            home: the folder.
            url: of the database server that holds it; None for the folder's own file.
            shared: see `index.library.engines.opening.open_database`.

        Raises:
            LibraryFormatError: it is damaged, not a library, or of another version.
            LibraryError: the folder or the server is not usable.
        """
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(f"The folder {home} cannot be made: {error.strerror}.") from error
        library = cls(open_database(home, url, shared))
        try:
            library._prepare()
        except BaseException:
            library.close()
            raise
        return library

    @property
    def path(self) -> Path:
        """The SQLite file.

        Raises:
            LibraryError: the library is on a database server.
        """
        return file_of(self.database)

    def close(self) -> None:
        """Close every connection; do not use the library afterwards."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def bind_model(self, fingerprint: str, dimension: int) -> None:
        """Record which model makes this library's vectors, or check that it is the same.

        Raises:
            EmbeddingMismatchError: the library holds vectors of another model.
        """
        with self._reading() as connection:
            known = queries.read_meta(connection)
            empty = queries.count_rows(connection).vectors == 0
        bound = (known.get("model_fingerprint"), known.get("dimension"))
        if bound == (fingerprint, str(dimension)):
            return
        if bound[0] is not None and not empty:
            raise EmbeddingMismatchError(
                f"The vectors in {self.database.place} were made by the embedding model {bound[0]} "
                f"({bound[1]} dimensions), but {fingerprint} ({dimension}) is set now. Set the "
                "former model again, or use another home folder and index the articles there."
            )
        with self.writing() as writer:
            writer.bind(fingerprint, dimension)

    def check_format(self) -> None:
        """Check that no newer Pressmark has brought the library over meanwhile."""
        with self._reading() as connection:
            version = queries.read_meta(connection).get("schema_version", "unknown")
        check_format(self.database.place, version)

    def check_model(self, fingerprint: str) -> None:
        """Check that the library's vectors are of a model.

        Raises:
            EmbeddingMismatchError: they are of another.
        """
        with self._reading() as connection:
            made_by = queries.read_meta(connection).get("model_fingerprint")
        if made_by != fingerprint:
            raise EmbeddingMismatchError(
                f"The library {self.database.place} has been brought over to the embedding model "
                f"{made_by}, and this process has {fingerprint}. Start it again."
            )

    @property
    def index_version(self) -> str:
        """Changes whenever what can be found or shown changes."""
        with self._reading() as connection:
            known = queries.read_meta(connection)
        return queries.version_of(known)

    @property
    def dimension(self) -> int | None:
        """The length of the vectors; None before the first model."""
        with self._reading() as connection:
            known = queries.read_meta(connection).get("dimension")
        return None if known is None else int(known)

    def counts(self) -> LibraryCounts:
        """How much the library holds."""
        with self._reading() as connection:
            return queries.count_rows(connection)

    def verify(self) -> list[str]:
        """Check the whole library and say in words what is wrong; nothing if all is well."""
        with self._reading() as connection:
            return queries.find_problems(self.database, connection)

    # Roots and files

    def roots(self) -> list[Root]:
        """Everything that users gave to index, ordered by path."""
        with self._reading() as connection:
            rows = connection.execute(select(schema.roots).order_by(schema.roots.c.path))
            return [Root(row.root_id, row.path, row.added_at) for row in rows]

    def files(self, root: str, relpaths: Iterable[str] | None = None) -> dict[str, FileRecord]:
        """Get what the library knows about the files of a root, by relative path.

        Args:
            root: the root's path.
            relpaths: of the only files to look at; None for all.

        Raises:
            RootError: the root is not in the library.
        """
        known = {found.path: found.root_id for found in self.roots()}
        if root not in known:
            raise RootError(f"{root} is not indexed.")
        columns = [c for c in schema.files.c if c.name != "root_id"]
        query = select(*columns).where(schema.files.c.root_id == known[root])
        if relpaths is not None:
            rows = self._by_id(schema.files.c.relpath, relpaths, query)
        else:
            with self._reading() as connection:
                rows = list(connection.execute(query.order_by(schema.files.c.relpath)))
        return {row.relpath: FileRecord(*row) for row in rows}

    def ledger(self) -> list[LedgerEntry]:
        """Every refused file with the reason, ordered by root and path."""
        query = (
            select(schema.roots.c.path, schema.files.c.relpath, schema.files.c.reason)
            .join_from(schema.files, schema.roots)
            .where(schema.files.c.status == "refused")
            .order_by(schema.roots.c.path, schema.files.c.relpath)
        )
        with self._reading() as connection:
            return [LedgerEntry(*row) for row in connection.execute(query)]

    # Sources and articles

    def source(self, source_id: str) -> Source | None:
        """Get a source, or None if there is none with that id."""
        return self.sources([source_id]).get(source_id)

    def sources(self, ids: Iterable[str]) -> dict[str, Source]:
        """Get the sources of the given ids, without unknown ones."""
        rows = self._by_id(schema.sources.c.source_id, ids)
        return {row.source_id: records.source_of(row) for row in rows}

    def sources_like(self, name: str | None, url: str | None) -> list[Source]:
        """The sources of a file's name or an article's address; none if neither is given."""
        return self._found_sources(queries.like(name, url)) if name or url else []

    def sources_holding(self, words: str) -> list[Source]:
        """The sources whose text holds words, letter for letter."""
        return self._found_sources(queries.holding(words)) if records.is_storable(words) else []

    def article(self, article_id: str) -> Article | None:
        """Get an article, or None if there is none with that id."""
        return self.articles([article_id]).get(article_id)

    def articles(self, ids: Iterable[str] | None = None) -> dict[str, Article]:
        """Get the articles of the given ids, or all of them, ordered by source name."""
        if ids is not None:
            rows = self._by_id(schema.articles.c.article_id, ids)
            return {row.article_id: records.article_of(row) for row in rows}
        query = (
            select(schema.articles)
            .join(schema.sources)
            .order_by(schema.sources.c.name, schema.articles.c.source_id, "ordinal")
        )
        with self._reading() as connection:
            return {row.article_id: records.article_of(row) for row in connection.execute(query)}

    def catalogue(self) -> list[CatalogueEntry]:
        """Every article, without its text and spans."""
        with self._reading() as connection:
            return [records.entry_of(row) for row in connection.execute(queries.CATALOGUE)]

    def places(self, source_id: str) -> list[tuple[str, str]]:
        """Root and relative path of every file that holds a source, ordered."""
        query = (
            select(schema.roots.c.path, schema.files.c.relpath)
            .join_from(schema.files, schema.roots)
            .where(schema.files.c.source_id == source_id)
            .order_by(schema.roots.c.path, schema.files.c.relpath)
        )
        with self._reading() as connection:
            return [(row.path, row.relpath) for row in connection.execute(query)]

    def file_places(self) -> dict[tuple[str, str], str]:
        """By root and relative path, the source that each indexed file holds."""
        query = (
            select(schema.roots.c.path, schema.files.c.relpath, schema.files.c.source_id)
            .join_from(schema.files, schema.roots)
            .where(schema.files.c.source_id.is_not(None))
        )
        with self._reading() as connection:
            return {(row.path, row.relpath): row.source_id for row in connection.execute(query)}

    def article_counts(self) -> dict[str, int]:
        """How many articles each source holds."""
        query = select(schema.articles.c.source_id, func.count()).group_by("source_id")
        with self._reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def source_articles(self, source_id: str) -> list[Article]:
        """Get the articles of one source, in its order."""
        rows = self._by_id(schema.articles.c.source_id, [source_id])
        articles = [records.article_of(row) for row in rows]
        return sorted(articles, key=lambda a: min((m.span for m in a.spans), default=Span(0, 0)))

    def holdings(self) -> Holdings:
        """Publisher, date and language of every article; read again only after a change."""
        with self._reading() as connection:
            version = queries.version_of(queries.read_meta(connection))
            if self._holdings is None or self._holdings[0] != version:
                self._holdings = version, queries.read_holdings(connection)
            return self._holdings[1]

    def _found_sources(self, query: Select[Any]) -> list[Source]:
        with self._reading() as connection:
            return [records.source_of(row) for row in connection.execute(query)]

    # Passages and vectors

    def passages(self, ids: Iterable[str]) -> dict[str, Passage]:
        """Get the passages of the given ids, without unknown ones."""
        rows = self._by_id(schema.passages.c.passage_id, ids)
        return {row.passage_id: records.passage_of(row) for row in rows}

    def article_passages(self, article_id: str) -> list[Passage]:
        """Get the passages of an article in reading order."""
        return self.passages_of([article_id]).get(article_id, [])

    def passages_of(self, ids: Iterable[str]) -> dict[str, list[Passage]]:
        """The passages of some articles by article id, each in reading order."""
        found: dict[str, list[Passage]] = {}
        rows = self._by_id(schema.passages.c.article_id, ids)
        for row in sorted(rows, key=lambda row: int(row.ordinal)):
            found.setdefault(row.article_id, []).append(records.passage_of(row))
        return found

    def passages_before(self, ids: Iterable[str]) -> dict[str, Passage]:
        """The passage before each of the given ones in its article; the first ones have none."""
        rows = self._by_id(queries.FOLLOWING.c.passage_id, ids, queries.PRECEDING)
        return {row.following: records.passage_of(row) for row in rows}

    def all_passage_rows(self) -> Iterator[PassageRow]:
        """Every passage with its vector, ordered by article; one consistent snapshot."""
        passages = schema.passages.c
        query = queries.PASSAGE_ROWS.order_by(passages.article_id, passages.ordinal)
        with self._reading() as connection:
            streamed = connection.execution_options(yield_per=1_000)
            for row in streamed.execute(query):
                yield queries.row_of(row)

    def passage_rows(self, ids: Iterable[str]) -> list[PassageRow]:
        """As `all_passage_rows`, of the given ids only; unknown ids are left out."""
        rows = self._by_id(schema.passages.c.passage_id, ids, queries.PASSAGE_ROWS)
        return sorted(map(queries.row_of, rows), key=lambda row: row.passage_id)

    # Stories

    def uncompared(self) -> list[str]:
        """The ids of the articles that have not been compared with the others yet."""
        with self._reading() as connection:
            return links.uncompared(connection)

    def sketches(self) -> dict[str, bytes]:
        """What is kept of each article that has been compared, by id."""
        with self._reading() as connection:
            return links.read_sketches(connection)

    def known_vectors(self, keys: Iterable[bytes]) -> set[bytes]:
        """Find the text keys that have a vector already."""
        key = schema.vectors.c.key
        return {row.key for row in self._by_id(key, keys, select(key))}

    def changes_since(self, version: str) -> Changes | None:
        """What has changed since an `index_version`; None if the change log does not say."""
        with self._reading() as connection:
            return queries.read_changes(connection, version)

    def resolved(self, filters: SearchFilters) -> SearchFilters:
        """The same filters, with the articles of their collections in place of the collections.

        Raises:
            InputError: there is no collection of a name.
        """
        return self.collections.resolved(filters)

    # Writing, and what lies beneath

    @contextmanager
    def writing(self) -> Iterator[LibraryWriter]:
        """Open a transaction: all of it happens or nothing; it waits for another writer to end."""
        with self.database.writing() as connection:
            writer = LibraryWriter(connection)
            yield writer
            writer.finish()

    def _reading(self) -> AbstractContextManager[Connection]:
        return self.database.reading()

    def _by_id(
        self,
        column: Column[Any],
        ids: Iterable[str] | Iterable[bytes],
        query: Select[Any] | None = None,
    ) -> list[Any]:
        """Select rows whose column is among the ids, in chunks that every engine accepts."""
        unique: dict[str | bytes, None] = dict.fromkeys(ids)
        wanted = [found for found in unique if records.is_storable(found)]
        base = select(column.table) if query is None else query
        rows: list[Any] = []
        with self._reading() as connection:
            for start in range(0, len(wanted), schema.CHUNK):
                chunk = base.where(column.in_(wanted[start : start + schema.CHUNK]))
                rows.extend(connection.execute(chunk).all())
        return rows

    def _prepare(self) -> None:
        """Make the tables in a new file, or check the version of an old one."""
        with self._reading() as connection:
            found = inspect(connection).get_table_names()
        if not found:
            with self.writing() as writer:
                writer.create_tables(str(uuid.uuid4()))
        elif "meta" not in found or "passages" not in found:
            raise LibraryFormatError(
                f"{self.database.place} is a database, but not a Pressmark library."
            )
        self.check_format()
