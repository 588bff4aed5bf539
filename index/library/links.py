"""Which articles tell one story: what is kept of it, and how it is read back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from index.library.tables import Link, articles, links, sketches

Ids = tuple[str, ...]


def uncompared(connection: Connection) -> list[str]:
    """The articles that have not been compared with the others yet, in order."""
    done = select(sketches.c.article_id).where(sketches.c.article_id == articles.c.article_id)
    query = select(articles.c.article_id).where(~done.exists()).order_by(articles.c.article_id)
    return list(connection.execute(query).scalars())


def read_sketches(connection: Connection) -> dict[str, bytes]:
    """What is kept of each article that has been compared, in order."""
    query = select(sketches.c.article_id, sketches.c.sketch).order_by(sketches.c.article_id)
    return {row.article_id: row.sketch for row in connection.execute(query)}


def put_sketches(connection: Connection, made: Mapping[str, bytes]) -> None:
    """Keep the sketches of articles, which have been compared with it."""
    rows = [{"article_id": name, "sketch": kept} for name, kept in made.items()]
    if rows:
        connection.execute(insert(sketches).on_conflict_do_nothing(), rows)


def put_links(connection: Connection, found: Iterable[Link]) -> None:
    """Keep which articles tell one story."""
    rows = [
        {"article_id": link.article_id, "other_id": link.other_id, "relation": link.relation}
        for link in found
    ]
    if rows:
        connection.execute(insert(links).on_conflict_do_nothing(), rows)


def read_links(connection: Connection) -> tuple[dict[str, Ids], dict[str, Ids]]:
    """By article, its copies, and the versions that supersede it, each in order of ids."""
    copies: dict[str, list[str]] = defaultdict(list)
    later: dict[str, list[str]] = defaultdict(list)
    query = select(links).order_by(links.c.article_id, links.c.other_id)
    for row in connection.execute(query):
        if row.relation == "copy":
            copies[row.article_id].append(row.other_id)
            copies[row.other_id].append(row.article_id)
        else:
            later[row.article_id].append(row.other_id)
    return _sorted(copies), _sorted(later)


def _sorted(found: Mapping[str, list[str]]) -> dict[str, Ids]:
    return {name: tuple(sorted(others)) for name, others in found.items()}
