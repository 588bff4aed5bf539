"""SQL beyond fetching by id: filters, counts, the check-up."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, func, or_, select

from index.library.engines.base import Database
from index.library.holdings import Holding, Holdings
from index.library.links import read_links
from index.library.portable import holds
from index.library.rows import from_blob, published_of
from index.library.tables import (
    Changes,
    LibraryCounts,
    PassageRow,
    articles,
    changes,
    embeddings,
    files,
    meta,
    passages,
    roots,
    sources,
    vectors,
)

PASSAGE_ROWS: Select[Any] = (
    select(
        passages.c.passage_id,
        passages.c.article_id,
        articles.c.title,
        passages.c.text,
        vectors.c.vector,
    )
    .join_from(passages, articles)
    .join(embeddings, embeddings.c.passage_id == passages.c.passage_id)
    .join(vectors, vectors.c.vector_id == embeddings.c.vector_id)
)

FOLLOWING = passages.alias("following")

PRECEDING: Select[Any] = select(FOLLOWING.c.passage_id.label("following"), passages).join_from(
    FOLLOWING,
    passages,
    and_(
        passages.c.article_id == FOLLOWING.c.article_id,
        passages.c.ordinal == FOLLOWING.c.ordinal - 1,
    ),
)

CATALOGUE: Select[Any] = select(
    articles.c.article_id,
    articles.c.source_id,
    sources.c.name,
    articles.c.title,
    articles.c.publisher,
    articles.c.published_at,
    articles.c.date_basis,
    articles.c.dates,
    articles.c.date_warning,
).join_from(articles, sources)


def like(name: str | None, url: str | None) -> Select[Any]:
    """The sources of a file's name, or whose address or an article's of theirs is the given one."""
    wanted = []
    if name:
        wanted.append(sources.c.name == name)
    if url:
        of_articles = select(articles.c.source_id).where(articles.c.url == url)
        wanted += [sources.c.url == url, sources.c.source_id.in_(of_articles)]
    return select(sources).where(or_(*wanted)).order_by(sources.c.source_id)


def holding(words: str) -> Select[Any]:
    """The sources whose text holds words, letter for letter."""
    return (
        select(sources)
        .where(holds(sources.c.text, words))
        .order_by(sources.c.name, sources.c.source_id)
    )


def row_of(row: Any) -> PassageRow:
    """Make a value of a row of `PASSAGE_ROWS`."""
    passage_id, article_id, title, text, vector = row
    return PassageRow(passage_id, article_id, title, text, from_blob(vector))


def read_meta(connection: Connection) -> dict[str, str]:
    """What the library says about itself."""
    return {row.key: row.value for row in connection.execute(select(meta))}


def version_of(known: Mapping[str, str]) -> str:
    """The library's version, of what it says about itself."""
    return f"{known['generation']}-{known['library_uuid'][:8]}"


def read_changes(connection: Connection, version: str) -> Changes | None:
    """What has changed since a version; None if the change log does not reach back to it."""
    known = read_meta(connection)
    number, _, library = version.partition("-")
    if not number.isdecimal() or not known["library_uuid"].startswith(library or "?"):
        return None
    if not int(known["log_from"]) <= int(number) <= int(known["generation"]):
        return None
    query = select(changes.c.passage_id, changes.c.disturbed).where(
        changes.c.generation > int(number)
    )
    rows = connection.execute(query).all()
    return Changes(
        frozenset(row.passage_id for row in rows),
        frozenset(row.passage_id for row in rows if row.disturbed),
    )


def count_rows(connection: Connection) -> LibraryCounts:
    """Count what the library holds."""

    def count(table: Table) -> int:
        return connection.scalar(select(func.count()).select_from(table)) or 0

    refused = select(func.count()).where(files.c.status == "refused")
    return LibraryCounts(
        roots=count(roots),
        files=count(files),
        refused=connection.scalar(refused) or 0,
        sources=count(sources),
        articles=count(articles),
        passages=count(passages),
        vectors=count(vectors),
    )


def read_holdings(connection: Connection) -> Holdings:
    """Get what the library knows about every article."""
    query = select(
        articles.c.article_id, articles.c.publisher, articles.c.published_at, articles.c.language
    )
    rows = connection.execute(query)
    entries = {
        row.article_id: Holding(row.publisher, published_of(row), row.language) for row in rows
    }
    return Holdings(entries, *read_links(connection))


def find_problems(database: Database, connection: Connection) -> list[str]:
    """Say in words everything that is wrong with the library."""
    checks = (database.damage, _dangling, _altered_passages, _vector_problems)
    return [problem for check in checks for problem in check(connection)]


def _dangling(connection: Connection) -> Iterator[str]:
    unused = select(sources.c.name).where(
        ~select(files.c.source_id).where(files.c.source_id == sources.c.source_id).exists()
    )
    for name in connection.execute(unused).scalars():
        yield f"No file refers to the source {name} any longer; index its folder again."


def _altered_passages(connection: Connection) -> Iterator[str]:
    # A source's text is read once: joined to its passages, a long one would be sorted with each.
    for source_id in connection.execute(select(sources.c.source_id)).scalars().all():
        source = connection.execute(
            select(sources.c.name, sources.c.text).where(sources.c.source_id == source_id)
        ).one()
        held = select(passages).where(passages.c.source_id == source_id)
        for row in connection.execute(held):
            if source.text[row.start : row.end] != row.text:
                yield f"Passage {row.passage_id} of {source.name} is not the text at its place."


def _vector_problems(connection: Connection) -> Iterator[str]:
    dimension = int(read_meta(connection).get("dimension", "0"))
    lacking = ~select(embeddings).where(embeddings.c.passage_id == passages.c.passage_id).exists()
    for name in connection.execute(select(passages.c.passage_id).where(lacking)).scalars():
        yield f"Passage {name} has no vector."
    wrong = select(func.count()).where(func.length(vectors.c.vector) != 4 * dimension)
    if number := connection.scalar(wrong):
        yield f"{number} vectors do not have {dimension} dimensions."
