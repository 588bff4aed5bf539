"""Feedback and saved answers through the API; both are kept in the library."""

from functools import partial
from typing import Annotated

from fastapi import FastAPI, Path, Query
from starlette.responses import Response

from index.library.collections import MAX_NAME
from rag.pressmark import Pressmark
from ui.http.articles import Offset
from ui.http.noting import (
    FeedbackList,
    FeedbackRequest,
    KeptModel,
    SavedChange,
    SavedList,
    SaveRequest,
    feedback_model,
    saved_model,
)
from ui.http.problems import ProblemError, problem_docs

_GONE = "There is no such note (any more)."
_WRITING = problem_docs(400, 401, 413, 415, 422, 503)
_CHANGING = problem_docs(400, 401, 404, 413, 415, 422, 503)

Ident = Annotated[str, Path(max_length=100)]
Limit = Annotated[int, Query(ge=1, le=1_000)]
InCollection = Annotated[
    str | None,
    Query(max_length=MAX_NAME, description="Only those kept with this collection; name or id."),
]


def add_notes(app: FastAPI, pressmark: Pressmark) -> None:
    """Add the routes.

    Args:
        app: where to.
        pressmark: whose library keeps the notes.
    """
    _add_feedback(app, pressmark)
    _add_saved(app, pressmark)


def _add_feedback(app: FastAPI, pressmark: Pressmark) -> None:
    library = pressmark.library

    @app.post("/v1/feedback", status_code=201, responses=_WRITING, tags=["notes"])
    def give_feedback(sent: FeedbackRequest) -> KeptModel:
        """Say of an answer whether it was right; `pressmark eval from-feedback` asks it again."""
        return KeptModel(id=library.notes.add_feedback(sent.feedback()))

    @app.get("/v1/feedback", responses=problem_docs(401, 422), tags=["notes"])
    def feedback(limit: Limit = 100, offset: Offset = 0) -> FeedbackList:
        """List what was said of answers, oldest first."""
        return FeedbackList(
            feedback=[feedback_model(kept) for kept in library.notes.feedback(limit, offset)]
        )

    @app.delete(
        "/v1/feedback/{ident}",
        status_code=204,
        responses=problem_docs(401, 404, 422),
        tags=["notes"],
    )
    def remove_feedback(ident: Ident) -> Response:
        """Forget what was said of an answer."""
        if not library.notes.remove_feedback(ident):
            raise ProblemError(404, _GONE)
        return Response(status_code=204)


def _add_saved(app: FastAPI, pressmark: Pressmark) -> None:
    notes, id_of = pressmark.library.notes, partial(_id_of, pressmark)

    @app.post("/v1/saved", status_code=201, responses=_WRITING, tags=["notes"])
    def save(sent: SaveRequest) -> KeptModel:
        """Save an answer; `/v1/answers/{id}` gives it back, and exports it."""
        return KeptModel(id=notes.save(sent.saved_answer(id_of(sent.collection))))

    @app.get("/v1/saved", responses=problem_docs(401, 422), tags=["notes"])
    def saved(limit: Limit = 100, offset: Offset = 0, collection: InCollection = None) -> SavedList:
        """List the answers that were saved, oldest first."""
        only = id_of(collection) if collection else None
        names = pressmark.library.collections.names()
        return SavedList(
            saved=[saved_model(kept, names) for kept in notes.saved(limit, offset, only)]
        )

    @app.patch("/v1/saved/{ident}", status_code=204, responses=_CHANGING, tags=["notes"])
    def change(ident: Ident, sent: SavedChange) -> Response:
        """Change the comment on a saved answer, or the collection that it is kept with."""
        collection = None if sent.collection is None else id_of(sent.collection)
        if notes.saved_answer(ident) is None:
            raise ProblemError(404, _GONE)
        if sent.comment is not None:
            notes.annotate(ident, sent.comment.strip())
        if collection is not None:
            notes.file(ident, collection)
        return Response(status_code=204)

    @app.delete(
        "/v1/saved/{ident}", status_code=204, responses=problem_docs(401, 404, 422), tags=["notes"]
    )
    def unsave(ident: Ident) -> Response:
        """Forget an answer that was saved."""
        if not notes.unsave(ident):
            raise ProblemError(404, _GONE)
        return Response(status_code=204)


def _id_of(pressmark: Pressmark, collection: str | None) -> str:
    """The id of a collection that is named by name or id; empty if none is named."""
    if not collection:
        return ""
    return pressmark.library.collections.one(collection).collection_id
