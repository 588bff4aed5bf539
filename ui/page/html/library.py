"""The sources as HTML: what the library holds, what it can be narrowed down to, the list."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.article import Span
from index.library.catalogue import CatalogueEntry
from index.library.holdings import Holdings
from index.search.finding import FoundArticle
from ui.page.html.answers import date_doubt
from ui.page.html.markup import rendered, shortened
from ui.page.wording.days import day_words

_OPENING_CHARS = 90
_AT_FIRST = 6


class Choice(NamedTuple):
    """A value that the list can be narrowed down to."""

    value: str
    words: str
    articles: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of one kind, those that are shown at first and the rest."""

    key: str
    name: str
    first: tuple[Choice, ...]
    rest: tuple[Choice, ...]

    @classmethod
    def of(
        cls,
        key: str,
        name: str,
        counted: Mapping[str, int],
        chosen: Collection[str] | None,
        words: Callable[[str], str] = str,
        least: int = 2,
    ) -> "Facet":
        """Make one of counts, in their order.

        Args:
            key: of the filter.
            name: of the kind, in English; marked with `later`.
            counted: articles by value.
            chosen: values that are chosen; they are shown whatever their count.
            words: say a value.
            least: with fewer values there is nothing to choose.
        """
        picked = dict.fromkeys(chosen or ())
        every = {**counted, **{value: counted.get(value, 0) for value in picked}}
        if len(every) < least and not picked:
            every = {}
        found = [Choice(v, words(v), number, v in picked) for v, number in every.items()]
        first = [c for place, c in enumerate(found) if place < _AT_FIRST or c.chosen]
        return cls(key, name, tuple(first), tuple(c for c in found if c not in first))


@dataclass(frozen=True, slots=True)
class Row:
    """One article of the list.

    Attributes:
        opening: the first words of its body, where it has no headline.
        notices: what it says about itself.
        copies: how many articles carry the same story.
        superseded: whether a later version is in the library.
        found: where the words are, if words are looked for and its text has them.
    """

    entry: CatalogueEntry
    opening: str
    notices: tuple[str, ...] = ()
    copies: int = 0
    superseded: bool = False
    removable: bool = False
    found: FoundArticle | None = None


class _Piece(NamedTuple):
    text: str
    marked: bool


def head_html(holdings: Holdings) -> str:
    """Say what the library holds."""
    days = sorted(holdings.published.values())
    unknown = sum(entry.publisher is None for entry in holdings.entries.values())
    return rendered(
        "library_head",
        articles=len(holdings.entries),
        publishers=len(holdings.publishers),
        unknown=unknown,
        languages=len({e.language for e in holdings.entries.values() if e.language}),
        first=day_words(days[0]) if days else "",
        last=day_words(days[-1]) if days and days[-1] != days[0] else "",
        undated=len(holdings.entries) - len(days),
    )


def facets_html(facets: Sequence[Facet]) -> str:
    """Render what the list can be narrowed down to."""
    return rendered("facets", facets=[facet for facet in facets if facet.first])


def found_html(rows: Sequence[Row], found: int, total: int, chosen: Collection[str]) -> str:
    """Render a part of the list.

    Args:
        rows: the articles to show.
        found: how many there are.
        total: how many the library holds.
        chosen: ids of those that are ticked.
    """
    shown = [
        {
            "entry": row.entry,
            "row": row,
            "title": _title(row),
            "said": "".join(piece.text for piece in _title(row)),
            "excerpts": _excerpts(row),
            "doubt": date_doubt(row.entry.published, row.entry.date_warning),
            "ticked": row.entry.article_id in chosen,
        }
        for row in rows
    ]
    return rendered("found", rows=shown, found=found, total=total)


def _title(row: Row) -> list[_Piece]:
    title, found = row.entry.title, row.found
    if title:
        return _pieces(title, found.title_highlights if found else (), Span(0, len(title)))
    return [_Piece(shortened(row.opening, _OPENING_CHARS) or row.entry.name, False)]


def _excerpts(row: Row) -> list[list[_Piece]]:
    if row.found is None:
        return []
    text = row.found.source.text
    return [_pieces(text, one.highlights, one.span) for one in row.found.excerpts]


def _pieces(text: str, marks: Sequence[Span], within: Span) -> list[_Piece]:
    """Cut a stretch of a text around the words that are marked in it."""
    pieces, at = [], within.start
    for mark in sorted(marks):
        start, end = max(mark.start, at), min(mark.end, within.end)
        if start < end:
            pieces += [_Piece(text[at:start], False), _Piece(text[start:end], True)]
            at = end
    return [piece for piece in (*pieces, _Piece(text[at : within.end], False)) if piece.text]
