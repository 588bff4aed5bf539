"""Search over HTTP: every article that has the words, counted, with each word at its place."""

from typing import Annotated, Literal

from fastapi import FastAPI, Query
from pydantic import BaseModel, Field

from index.article import Span
from index.search.finding import Found, FoundArticle, Wanted
from rag.contract import Text
from rag.pressmark import Pressmark
from ui.http.admission import AnswerGate
from ui.http.articles import (
    From,
    InCollections,
    Languages,
    Offset,
    Publishers,
    To,
    filters_of,
)
from ui.http.models import ArticleModel, article_model
from ui.http.problems import problem_docs

MAX_FOUND = 100
MAX_WORDS = 400


class PlaceModel(BaseModel):
    """From `start` up to `end`, in Unicode code points."""

    start: int
    end: int


class ExcerptModel(BaseModel):
    """A place in the text of a source; `text[start:end]` of the source is `text`."""

    text: str
    start: int
    end: int
    highlights: list[PlaceModel] = Field(description="The words, in the text of the source.")


class FoundModel(BaseModel):
    """An article that has all the words."""

    article: ArticleModel
    score: float
    passages: int = Field(description="How many passages have any of the words.")
    title_highlights: list[PlaceModel] = Field(description="The words, in the title itself.")
    excerpts: list[ExcerptModel] = Field(description="The best places in the body.")


class CountModel(BaseModel):
    """How many of the articles found have a value."""

    value: str
    articles: int


class CountsModel(BaseModel):
    """The articles found, by what they have in common."""

    publishers: list[CountModel]
    languages: list[CountModel]
    years: list[CountModel]


class SearchResponse(BaseModel):
    """A page of what was found."""

    index_version: str
    query: str
    total: int = Field(description="How many articles have all the words.")
    offset: int
    limit: int
    counts: CountsModel
    results: list[FoundModel]


def add_search(app: FastAPI, pressmark: Pressmark, gate: AnswerGate) -> None:
    """Add the address.

    Args:
        app: where to.
        pressmark: whose articles are searched.
        gate: how many searches and answers are made at once.
    """

    @app.get("/v1/search", responses=problem_docs(401, 422, 503), tags=["articles"])
    async def search(  # noqa: PLR0913, PLR0917 - each is a parameter of the address
        q: Annotated[
            Text,
            Query(
                min_length=1,
                max_length=MAX_WORDS,
                description="An article must have all of the words, in any form; what stands in "
                "quotation marks, side by side.",
            ),
        ],
        publishers: Publishers = [],  # noqa: B006 - FastAPI copies it
        languages: Languages = [],  # noqa: B006
        collections: InCollections = [],  # noqa: B006
        first: From = None,
        last: To = None,
        order: Literal["relevance", "newest", "oldest"] = "relevance",
        limit: Annotated[int, Query(ge=1, le=MAX_FOUND)] = 20,
        offset: Offset = 0,
    ) -> SearchResponse:
        """Find every article that has the words in its title or its body."""
        filters = filters_of(publishers, languages, collections, first, last)
        wanted = Wanted(q, filters, order, offset, limit)
        return await gate.run(lambda: search_response(pressmark, wanted))


def search_response(pressmark: Pressmark, wanted: Wanted) -> SearchResponse:
    """What is found, in the API's form."""
    found = pressmark.find(wanted)
    return SearchResponse(
        index_version=pressmark.library.index_version,
        query=wanted.text,
        total=found.total,
        offset=wanted.offset,
        limit=wanted.limit,
        counts=_counts(found),
        results=[_found_model(pressmark, article) for article in found.articles],
    )


def _counts(found: Found) -> CountsModel:
    return CountsModel(
        publishers=[CountModel(value=v, articles=n) for v, n in found.publishers.items()],
        languages=[CountModel(value=v, articles=n) for v, n in found.languages.items()],
        years=[CountModel(value=v, articles=n) for v, n in found.years.items()],
    )


def _found_model(pressmark: Pressmark, found: FoundArticle) -> FoundModel:
    passages = len(pressmark.library.article_passages(found.article.article_id))
    text = found.source.text
    return FoundModel(
        article=article_model(found.article, found.source, passages),
        score=round(found.score, 4),
        passages=found.passages,
        title_highlights=list(map(_place, found.title_highlights)),
        excerpts=[
            ExcerptModel(
                text=text[excerpt.span.start : excerpt.span.end],
                start=excerpt.span.start,
                end=excerpt.span.end,
                highlights=list(map(_place, excerpt.highlights)),
            )
            for excerpt in found.excerpts
        ],
    )


def _place(span: Span) -> PlaceModel:
    return PlaceModel(start=span.start, end=span.end)
