"""``pressmark search``: the articles that have certain words, and where."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import InputError
from ui.cli.support import From, Publishers, To, shared_of
from ui.cli.upgrading import tell_upgrade

if TYPE_CHECKING:
    from ui.http.search import CountModel, ExcerptModel, FoundModel, PlaceModel, SearchResponse

_INDENT = "    "
_SHOWN_COUNTS = 8


class FoundOrder(StrEnum):
    """What comes first."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


def search(  # noqa: PLR0913, PLR0917 - each option of the command line is one
    ctx: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="WORD", help="Words, or '\"words side by side\"'.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print what the API gives.")] = False,
    publisher: Publishers = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Only in this language (en); may be repeated.")
    ] = None,
    date_from: From = None,
    date_to: To = None,
    order: Annotated[FoundOrder, typer.Option(help="What comes first.")] = FoundOrder.RELEVANCE,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Articles at most.")] = 10,
    offset: Annotated[int, typer.Option(min=0, help="Articles to pass over.")] = 0,
) -> None:
    """Find the articles that have all of the words, in any form."""
    from index.article import SearchFilters
    from index.search.finding import Wanted
    from rag.pressmark import Pressmark
    from ui.http.search import MAX_WORDS, search_response

    text = " ".join(words).strip()
    if not 0 < len(text) <= MAX_WORDS:
        raise InputError(f"Search for 1 to {MAX_WORDS} characters.")
    first, last = _day("--from", date_from), _day("--to", date_to)
    if first and last and first > last:
        raise InputError("--to is earlier than --from; no article can be of such a day.")
    filters = SearchFilters(
        publishers=tuple(publisher or ()),
        languages=tuple(language or ()),
        published_from=first,
        published_to=last,
    )
    wanted = Wanted(text, filters, order.value, offset, limit)
    with Pressmark.open(
        shared_of(ctx).settings(), purpose="searching", upgrading=tell_upgrade
    ) as pressmark:
        found = search_response(pressmark, wanted)
    if as_json:
        typer.echo(found.model_dump_json(indent=2).encode("utf-8"))
        return
    for line in found_lines(found):
        typer.echo(line)


def _day(option: str, typed: str | None) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise InputError(f"{option}: must be a date, such as 2020-08-10") from error


def found_lines(found: "SearchResponse") -> Iterator[str]:
    """What was found, for a terminal.

    Args:
        found: as the API gives it.
    """
    for result in found.results:
        yield from _article_lines(result)
    if not found.total:
        yield "No article has all of these words."
        return
    counted = "1 article" if found.total == 1 else f"{found.total} articles"
    last = found.offset + len(found.results)
    part = f", {found.offset + 1} to {last} shown" if len(found.results) < found.total else ""
    yield f"{counted}{part if found.results else ', none of them this far down'}"
    for name, counts in (
        ("Publishers", found.counts.publishers),
        ("Languages", found.counts.languages),
        ("Years", found.counts.years),
    ):
        if counts:
            yield f"{_INDENT}{name}: {_counted(counts)}"


def _article_lines(result: "FoundModel") -> Iterator[str]:
    from rag.attribution import attribution
    from ui.cli.format import plain

    article = result.article
    if article.title:
        yield _marked(article.title, 0, result.title_highlights)
    where = plain(f"{attribution(article, article.source)} · {article.source.name}")
    yield f"{_INDENT if article.title else ''}{where} · {article.article_id}"
    for excerpt in result.excerpts:
        yield f"{_INDENT}{_excerpt(excerpt)}"
    yield ""


def _excerpt(excerpt: "ExcerptModel") -> str:
    return _marked(excerpt.text, excerpt.start, excerpt.highlights)


def _marked(text: str, offset: int, places: "Sequence[PlaceModel]") -> str:
    """The text on one line, the words found in bold where the terminal shows it."""
    pieces, at = [], 0
    for place in places:
        start, end = place.start - offset, place.end - offset
        pieces += [_plain(text[at:start]), typer.style(_plain(text[start:end]), bold=True)]
        at = end
    return "".join([*pieces, _plain(text[at:])]).strip()


def _plain(text: str) -> str:
    """Nothing that a terminal would obey, and blanks at the ends stay."""
    from ui.cli.format import plain

    lead, tail = re.match(r"\s", text), re.search(r"\s\Z", text)
    shown = plain(text)
    return f"{' ' if lead else ''}{shown}{' ' if tail and shown else ''}"


def _counted(counts: "Sequence[CountModel]") -> str:
    from ui.cli.format import plain

    named = ", ".join(f"{plain(c.value)} {c.articles}" for c in counts[:_SHOWN_COUNTS])
    more = len(counts) - _SHOWN_COUNTS
    return f"{named} and {more} more" if more > 0 else named
