"""Writing to the library, within one transaction; see `Library.writing`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select

from index.article import Article, Passage, Source
from index.library import links
from index.library.portable import insert
from index.library.queries import read_meta
from index.library.rows import article_row, passage_row, to_blob
from index.library.tables import (
    CHUNK,
    SCHEMA_VERSION,
    FileRecord,
    Link,
    Vector,
    articles,
    changes,
    embeddings,
    files,
    meta,
    passages,
    roots,
    sources,
    tables,
    vectors,
)

# However small the library, the change log keeps this many rows.
_LOG_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class CutArticle:
    """An article with its passages, and the text key of each.

    Attributes:
        article: the article.
        passages: its passages, in order.
        keys: for each passage the key of its embedded text.
    """

    article: Article
    passages: tuple[Passage, ...]
    keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that gives a source its name and metadata."""

    source_id: str
    root: str
    relpath: str
    metadata_sha: str
    pipeline: str


class LibraryWriter:
    """Write to a library within one transaction.

    Attributes:
        touched: ids of the passages that came, went, or now answer to other words; the derived
            stores must look at them.
        disturbed: those of them that were there before.
        changed: whether anything that can be found or shown is different.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._insert = partial(insert, connection)
        self.touched: set[str] = set()
        self.disturbed: set[str] = set()
        self.changed = False

    def create_tables(self, library_uuid: str) -> None:
        """Make an empty library."""
        tables.create_all(self._connection)
        if read_meta(self._connection):
            return  # Another process was quicker.
        self._set("schema_version", str(SCHEMA_VERSION))
        self._set("library_uuid", library_uuid)
        self._set("generation", "0")
        self._set("log_from", "0")

    def bind(self, fingerprint: str, dimension: int) -> None:
        """Record the model that makes the vectors from now on."""
        self._set("model_fingerprint", fingerprint)
        self._set("dimension", str(dimension))

    # Roots and files

    def put_root(self, path: str) -> int:
        """Get the id of a root, and add it if it is new."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        new = self._insert(roots).values(path=path, added_at=now).on_conflict_do_nothing()
        self._connection.execute(new)
        query = select(roots.c.root_id).where(roots.c.path == path)
        return int(self._connection.execute(query).scalar_one())

    def drop_root(self, root_id: int) -> None:
        """Forget a root and its files; their sources stay until `drop_orphans`."""
        self._connection.execute(delete(roots).where(roots.c.root_id == root_id))

    def put_file(self, root_id: int, record: FileRecord) -> None:
        """Record a file; its source must be there already."""
        self._upsert(files, {"root_id": root_id, **asdict(record)})

    def drop_files(self, root_id: int, relpaths: Iterable[str]) -> None:
        """Forget files; their sources stay until `drop_orphans`."""
        for relpath in relpaths:
            here = (files.c.root_id == root_id) & (files.c.relpath == relpath)
            self._connection.execute(delete(files).where(here))

    # Sources

    def put_vectors(self, found: Mapping[bytes, Vector]) -> None:
        """Keep the vectors of texts, by text key."""
        rows = [{"key": key, "vector": to_blob(vector)} for key, vector in found.items()]
        if rows:
            self._connection.execute(self._insert(vectors).on_conflict_do_nothing(), rows)

    def lacking(self, keys: Iterable[bytes]) -> set[bytes]:
        """The text keys that have no vector; another process may have collected it meanwhile."""
        wanted = set(keys)
        return wanted - self._vector_ids(wanted).keys()

    def put_source(
        self, source: Source, origin: Origin, cut_articles: Sequence[CutArticle]
    ) -> None:
        """Write a source with its articles, in place of its former state.

        The vector of every key must be there already.
        """
        before = self._shown(source.source_id)
        self._upsert(
            sources,
            asdict(source) | {"metadata_sha": origin.metadata_sha, "pipeline": origin.pipeline},
        )
        self._connection.execute(delete(articles).where(articles.c.source_id == source.source_id))
        for ordinal, cut in enumerate(cut_articles):
            self._connection.execute(self._insert(articles), article_row(cut.article, ordinal))
            self._put_passages(cut)
        self._note(before, self._shown(source.source_id))

    def drop_orphans(self, source_ids: Iterable[str] | None = None) -> set[str]:
        """Drop sources, of those given or of all, that no file refers to any longer.

        Returns:
            the ids of those dropped.
        """
        unused = ~select(files.c.source_id).where(files.c.source_id == sources.c.source_id).exists()
        query = select(sources.c.source_id).where(unused)
        found = set(self._connection.execute(query).scalars())
        if source_ids is not None:
            found &= set(source_ids)
        for source_id in sorted(found):
            before = self._shown(source_id)
            self._connection.execute(delete(sources).where(sources.c.source_id == source_id))
            self._note(before, {})
        return found

    def origins(self) -> dict[str, Origin]:
        """Find the file that gives each source name and metadata: the first by root and path."""
        query = (
            select(
                files.c.source_id,
                roots.c.path,
                files.c.relpath,
                files.c.metadata_sha,
                files.c.pipeline,
            )
            .join_from(files, roots)
            .where(files.c.source_id.is_not(None))
            .order_by(roots.c.path.desc(), files.c.relpath.desc())
        )
        return {row.source_id: Origin(*row) for row in self._connection.execute(query)}

    def made_from(self) -> dict[str, Origin]:
        """Find the file and metadata behind the articles of each source."""
        query = select(
            sources.c.source_id, sources.c.name, sources.c.metadata_sha, sources.c.pipeline
        )
        return {
            row.source_id: Origin(row.source_id, "", row.name, row.metadata_sha, row.pipeline)
            for row in self._connection.execute(query)
        }

    def put_stories(self, sketches: Mapping[str, bytes], found: Sequence[Link]) -> None:
        """Keep that articles have been compared, and which tell one story."""
        links.put_sketches(self._connection, sketches)
        links.put_links(self._connection, found)
        self.changed = self.changed or bool(found)

    def collect_garbage(self) -> None:
        """Drop the vectors that no passage uses, and what of the change log nobody needs."""
        if read_meta(self._connection).get("garbage") != "1":
            return
        used = select(embeddings.c.vector_id).where(embeddings.c.vector_id == vectors.c.vector_id)
        self._connection.execute(delete(vectors).where(~used.exists()))
        self._cut_log()
        self._set("garbage", "0")

    def finish(self) -> None:
        """Move the library to its next version if anything changed."""
        if self.changed:
            generation = int(read_meta(self._connection)["generation"]) + 1
            self._set("generation", str(generation))
            log = [
                {"generation": generation, "passage_id": name, "disturbed": name in self.disturbed}
                for name in sorted(self.touched)
            ]
            if log:
                self._connection.execute(self._insert(changes), log)
            # The library keeps it, since a process may die before it collects.
            self._set("garbage", "1")

    def _cut_log(self) -> None:
        """Forget changes so far back that an index is rebuilt rather than told of them."""
        total = self._connection.scalar(select(func.count()).select_from(passages)) or 0
        room = max(total // 2, _LOG_ROWS)
        query = select(changes.c.generation, func.count()).group_by(changes.c.generation)
        sizes = self._connection.execute(query.order_by(-changes.c.generation)).all()
        for generation, rows in sizes:
            room -= rows
            if room < 0:
                gone = changes.c.generation <= generation
                self._connection.execute(delete(changes).where(gone))
                self._set("log_from", str(generation))
                return

    def _put_passages(self, cut: CutArticle) -> None:
        if not cut.passages:
            return
        self._connection.execute(
            self._insert(passages), [passage_row(p, n) for n, p in enumerate(cut.passages)]
        )
        ids = self._vector_ids(set(cut.keys))
        rows = [
            {"passage_id": passage.passage_id, "vector_id": ids[key]}
            for passage, key in zip(cut.passages, cut.keys, strict=True)
        ]
        self._connection.execute(self._insert(embeddings), rows)

    def _vector_ids(self, keys: set[bytes]) -> dict[bytes, int]:
        found: dict[bytes, int] = {}
        wanted = sorted(keys)
        for start in range(0, len(wanted), CHUNK):
            query = select(vectors.c.key, vectors.c.vector_id)
            chunk = query.where(vectors.c.key.in_(wanted[start : start + CHUNK]))
            found.update((row.key, row.vector_id) for row in self._connection.execute(chunk))
        return found

    def _shown(self, source_id: str) -> dict[str, tuple[Any, ...]]:
        """Get, by passage, everything that the derived stores hold."""
        query = (
            select(
                passages.c.passage_id,
                passages.c.article_id,
                passages.c.text,
                articles.c.title,
                embeddings.c.vector_id,
            )
            .join_from(passages, articles)
            .join(embeddings, embeddings.c.passage_id == passages.c.passage_id)
            .where(passages.c.source_id == source_id)
        )
        return {row.passage_id: tuple(row) for row in self._connection.execute(query)}

    def _note(self, before: dict[str, tuple[Any, ...]], after: dict[str, tuple[Any, ...]]) -> None:
        self.changed = True
        differing = {
            passage_id
            for passage_id in before.keys() | after.keys()
            if before.get(passage_id) != after.get(passage_id)
        }
        self.touched |= differing
        self.disturbed |= differing & before.keys()

    def _set(self, key: str, value: str) -> None:
        self._upsert(meta, {"key": key, "value": value})

    def _upsert(self, table: Table, row: dict[str, Any]) -> None:
        keys = [column.name for column in table.primary_key]
        others = {name: value for name, value in row.items() if name not in keys}
        statement = self._insert(table).values(row)
        self._connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others))
