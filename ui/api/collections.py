"""Collections through the API: named sets of articles, among which one can ask."""

from typing import Annotated

from fastapi import FastAPI, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from index.library.collections import MAX_NAME, ArticleCollection
from index.library.library import Library
from rag.contract import MAX_CHOSEN, Text
from rag.pressmark import Pressmark
from ui.http.problems import ProblemError, problem_docs

_GONE = "There is no such collection (any more)."

Ident = Annotated[str, Path(max_length=100)]


class CollectionRequest(BaseModel):
    """A collection to be made, or to be added to if there is one of this name."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Text, Field(min_length=1, max_length=MAX_NAME)]
    articles: Annotated[list[Text], Field(max_length=MAX_CHOSEN)] = []


class CollectionModel(BaseModel):
    """A named set of articles."""

    id: str
    name: str
    made_at: str
    articles: list[str] = Field(description="Ids of the articles that are in the library.")
    gone: int = Field(description="How many of its articles have left the library.")


class CollectionsResponse(BaseModel):
    """Every collection, ordered by name."""

    collections: list[CollectionModel]


def add_collections(app: FastAPI, pressmark: Pressmark) -> None:
    """Add the routes.

    Args:
        app: where to.
        pressmark: whose library keeps the collections.
    """
    library = pressmark.library

    @app.get("/v1/collections", responses=problem_docs(401), tags=["collections"])
    def collections() -> CollectionsResponse:
        """List the collections with their articles."""
        return CollectionsResponse(
            collections=[collection_model(one, library) for one in library.collections.all()]
        )

    @app.post(
        "/v1/collections",
        status_code=201,
        responses=problem_docs(400, 401, 413, 415, 422, 503),
        tags=["collections"],
    )
    def make(sent: CollectionRequest) -> CollectionModel:
        """Make a collection, or add articles to the one of this name."""
        known = library.holdings().entries
        if unknown := next((name for name in sent.articles if name not in known), None):
            raise ProblemError(422, f"There is no article {unknown}; /v1/articles names them.")
        return collection_model(library.collections.add(sent.name, sent.articles), library)

    @app.delete(
        "/v1/collections/{ident}",
        status_code=204,
        responses=problem_docs(401, 404, 422),
        tags=["collections"],
    )
    def forget(ident: Ident) -> Response:
        """Forget a collection; its articles stay in the library."""
        if not library.collections.remove(ident):
            raise ProblemError(404, _GONE)
        return Response(status_code=204)

    @app.delete(
        "/v1/collections/{ident}/articles/{article_id}",
        responses=problem_docs(401, 404, 422),
        tags=["collections"],
    )
    def take_out(ident: Ident, article_id: Annotated[str, Path(max_length=200)]) -> CollectionModel:
        """Take an article out of a collection; it stays in the library."""
        left = library.collections.take_out(ident, [article_id])
        if left is None:
            raise ProblemError(404, _GONE)
        return collection_model(left, library)


def collection_model(one: ArticleCollection, library: Library) -> CollectionModel:
    """A collection in the API's form."""
    there = sorted(one.article_ids & library.holdings().entries.keys())
    return CollectionModel(
        id=one.collection_id,
        name=one.name,
        made_at=one.made_at,
        articles=there,
        gone=len(one.article_ids) - len(there),
    )
