"""The sources on the page: looked through, narrowed down, chosen from, kept as collections."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from index.article import Article, SearchFilters
from index.errors import PressmarkError
from index.ingest.scan import root_label
from index.library.catalogue import ORDERS, CatalogueEntry, selected
from index.library.holdings import Holdings
from index.search.finding import FoundArticle, Wanted
from rag.contract import MAX_CHOSEN
from rag.pressmark import Pressmark
from ui.http.uploads import Uploads
from ui.page.conversation import open_article
from ui.page.html.library import Facet, Row, facets_html, found_html, head_html
from ui.page.wishes import Wishes, what_is_wrong
from ui.page.worded import page_words
from ui.page.wording.catalogues import _, later
from ui.page.wording.days import language_words
from ui.page.wording.from_elsewhere import told

AT_A_TIME = 50
_MAX_SHOWN = 10_000
_OPENING = 300
_NOT_KEPT = later("The collection could not be kept.")

Function = Callable[[Any], Any]


class Looking(BaseModel):
    """What the page's script asks of the list of sources.

    Attributes:
        words: that text or headline must have, or the file's name.
        order: one of `ORDERS`, or ``relevance``.
        doubtful: only articles with a doubtful date, or none.
        shown: how many to list.
        wishes: the filters, which restrict questions as well.
    """

    words: Annotated[str, Field(max_length=400)] = ""
    order: str = ORDERS[0]
    doubtful: bool = False
    shown: Annotated[int, Field(ge=1, le=_MAX_SHOWN)] = AT_A_TIME
    wishes: Wishes = Wishes()


class _Keeping(BaseModel):
    name: str
    articles: Annotated[list[str], Field(max_length=MAX_CHOSEN)] = []


class LibraryPanel:
    """What the list of sources shows; reads the library again only after a change."""

    def __init__(self, pressmark: Pressmark, manage: bool) -> None:
        """Read nothing yet.

        Args:
            pressmark: whose sources they are.
            manage: whether readers may remove uploaded articles here.
        """
        self._pressmark = pressmark
        self._uploads = root_label(Uploads(pressmark.settings.home).folder) if manage else None
        self._read: tuple[str, list[CatalogueEntry], frozenset[str]] | None = None

    def functions(self) -> list[Function]:
        """What the script of the list may ask for, each by its name."""

        def look(sent: Any) -> dict[str, Any]:
            return self._looked(sent)

        def show_article(article_id: Any) -> str:
            return open_article(self._pressmark, article_id)

        def keep_collection(sent: Any) -> dict[str, str]:
            return self._kept(sent)

        def forget_collection(name: Any) -> bool:
            kept = self._pressmark.library.collections
            known = {one.name: one.collection_id for one in kept.all()}
            return name in known and kept.remove(known[name])

        def take_out(sent: Any) -> dict[str, str]:
            return self._taken_out(sent)

        return [look, show_article, keep_collection, forget_collection, take_out, page_words]

    def _looked(self, sent: Any) -> dict[str, Any]:
        try:
            asked = Looking.model_validate(sent)
            return self._view(asked)
        except ValidationError as error:
            return {"problem": what_is_wrong(error)}
        except PressmarkError as error:
            return {"problem": told(error.user_message)}

    def _view(self, asked: Looking) -> dict[str, Any]:
        library = self._pressmark.library
        holdings, (entries, removable) = library.holdings(), self._entries()
        wanted = asked.wishes.filters()
        allowed = _matching(holdings, library.resolved(replace(wanted, article_ids=None)))
        hits = having(self._pressmark, asked.words, entries)
        found = [entry for entry in entries if entry.article_id in allowed]
        if hits is not None:
            rank = {name: place for place, name in enumerate(hits)}
            found = [entry for entry in found if entry.article_id in rank]
        ordered = selected(found, "", asked.order, asked.doubtful)
        if hits is not None and asked.order == "relevance":
            ordered.sort(key=lambda entry: rank[entry.article_id])
        page = ordered[: asked.shown]
        chosen = frozenset(asked.wishes.articles or ()) & holdings.entries.keys()
        both = _matching(holdings, library.resolved(wanted)) if wanted.article_ids else allowed
        return {
            "head": head_html(holdings),
            "facets": facets_html(self._facets(asked.wishes, hits, holdings)),
            "found": found_html(
                self._rows(page, asked.words, removable), len(ordered), len(entries), chosen
            ),
            "ids": [entry.article_id for entry in ordered[:MAX_CHOSEN]],
            "total": len(entries),
            "asked": len(both),
            "version": library.index_version,
        }

    def _entries(self) -> tuple[list[CatalogueEntry], frozenset[str]]:
        """Every article, and the ids of the sources that can be removed one by one."""
        library = self._pressmark.library
        version = library.index_version
        if self._read is None or self._read[0] != version:
            known = {root.path for root in library.roots()}
            held = library.files(self._uploads) if self._uploads in known else {}
            mine = frozenset(file.source_id for file in held.values() if file.source_id)
            self._read = version, library.catalogue(), mine
        return self._read[1:]

    def _facets(
        self, wishes: Wishes, hits: Sequence[str] | None, holdings: Holdings
    ) -> list[Facet]:
        """How many of the articles each value has that the other filters and the words leave."""
        library = self._pressmark.library
        names = frozenset(holdings.entries if hits is None else hits)

        def left(**without: None) -> frozenset[str]:
            others = wishes.model_copy(update={"articles": None, **without}).filters()
            return _matching(holdings, library.resolved(others)) & names

        def counted(group: str, value_of: Callable[[str], str | None]) -> Counter[str]:
            return Counter(filter(None, map(value_of, left(**{group: None}))))

        entries = holdings.entries
        within = left(collections=None)
        kept = {c.name: len(c.article_ids & within) for c in library.collections.all()}
        publishers = counted("publishers", lambda name: entries[name].publisher)
        languages = counted("languages", lambda name: entries[name].language)
        dated = left(published_from=None, published_to=None)
        years = Counter(str(day.year) for name in dated if (day := holdings.published.get(name)))
        first, last = wishes.published_from or "", wishes.published_to or ""
        is_year = first == f"{first[:4]}-01-01" and last == f"{first[:4]}-12-31"
        return [
            Facet.of("collections", later("Collections"), kept, wishes.collections, least=1),
            Facet.of("publishers", later("Publishers"), _most_first(publishers), wishes.publishers),
            Facet.of(
                "languages", later("Languages"), _most_first(languages), wishes.languages,
                language_words,
            ),
            Facet.of(
                "years", later("Years"), dict(sorted(years.items(), reverse=True)),
                [first[:4]] if is_year else [],
            ),
        ]  # fmt: skip

    def _rows(
        self, page: Sequence[CatalogueEntry], words: str, removable: frozenset[str]
    ) -> list[Row]:
        ids = [entry.article_id for entry in page]
        library, holdings = self._pressmark.library, self._pressmark.library.holdings()
        articles = library.articles(ids)
        sources = library.sources(article.source_id for article in articles.values())
        excerpts = self._excerpts(ids, words)
        return [
            Row(
                entry=entry,
                opening=_opening(articles[entry.article_id], sources[entry.source_id].text),
                notices=tuple(notice.kind for notice in articles[entry.article_id].notices),
                copies=len(holdings.copies.get(entry.article_id, ())),
                superseded=entry.article_id in holdings.later,
                removable=entry.source_id in removable,
                found=excerpts.get(entry.article_id),
            )
            for entry in page
            if entry.article_id in articles and entry.source_id in sources
        ]

    def _excerpts(self, ids: Sequence[str], words: str) -> Mapping[str, FoundArticle]:
        if not words.strip() or not ids:
            return {}
        here = SearchFilters(article_ids=frozenset(ids))
        found = self._pressmark.find(Wanted(words, here, limit=len(ids))).articles
        return {one.article.article_id: one for one in found}

    def _kept(self, sent: Any) -> dict[str, str]:
        try:
            asked = _Keeping.model_validate(sent)
            known = self._pressmark.library.holdings().entries
            articles = [name for name in asked.articles if name in known]
            return {"name": self._pressmark.library.collections.add(asked.name, articles).name}
        except ValidationError:
            return {"problem": _(_NOT_KEPT)}
        except PressmarkError as error:
            return {"problem": told(error.user_message)}

    def _taken_out(self, sent: Any) -> dict[str, str]:
        try:
            asked, kept = _Keeping.model_validate(sent), self._pressmark.library.collections
            for one in kept.all():
                if one.name == asked.name:
                    kept.take_out(one.collection_id, asked.articles)
            return {"name": asked.name}
        except ValidationError:
            return {"problem": _(_NOT_KEPT)}
        except PressmarkError as error:
            return {"problem": told(error.user_message)}


def _matching(holdings: Holdings, filters: SearchFilters) -> frozenset[str]:
    allowed = holdings.matching(filters)
    return frozenset(holdings.entries) if allowed is None else allowed


def _most_first(counted: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def having(pressmark: Pressmark, words: str, entries: Sequence[CatalogueEntry]) -> list[str] | None:
    """Find the articles that have words in their text, title, publisher, file name or date.

    Returns:
        their ids, the best first; None if no words are asked for.
    """
    if not words.strip():
        return None
    found = pressmark.find(Wanted(words, limit=0)).article_ids
    named = (entry.article_id for entry in selected(entries, words[:200]))
    return list(dict.fromkeys((*found, *named)))


def _opening(article: Article, text: str) -> str:
    """The first words of an article's body."""
    first: Iterable[str] = (text[span.start :][:_OPENING] for span in islice(article.body, 1))
    return next(iter(first), "")
