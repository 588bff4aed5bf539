"""Which articles tell one story: what is kept of it, and how it is read back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from index.library.portable import insert
from index.library.tables import CHUNK, Link, articles, links, sketches

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
    """Keep the sketches of articles, which have been compared with it.

    What another process has dropped meanwhile is left out, here and in `put_links`.
    """
    there = _there(connection, made)
    rows = [{"article_id": name, "sketch": kept} for name, kept in made.items() if name in there]
    if rows:
        connection.execute(insert(connection, sketches).on_conflict_do_nothing(), rows)


def put_links(connection: Connection, found: Iterable[Link]) -> None:
    """Keep which articles tell one story."""
    linked = list(found)
    there = _there(
        connection, {name for link in linked for name in (link.article_id, link.other_id)}
    )
    rows = [
        {"article_id": link.article_id, "other_id": link.other_id, "relation": link.relation}
        for link in linked
        if {link.article_id, link.other_id} <= there
    ]
    if rows:
        connection.execute(insert(connection, links).on_conflict_do_nothing(), rows)


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


def _there(connection: Connection, names: Iterable[str]) -> set[str]:
    wanted = sorted(names)
    found: set[str] = set()
    for start in range(0, len(wanted), CHUNK):
        chunk = articles.c.article_id.in_(wanted[start : start + CHUNK])
        found.update(connection.execute(select(articles.c.article_id).where(chunk)).scalars())
    return found


def _sorted(found: Mapping[str, list[str]]) -> dict[str, Ids]:
    return {name: tuple(sorted(others)) for name, others in found.items()}
