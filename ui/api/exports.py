"""Answers taken along through the API: sent, saved, or those that a link was made to."""

from typing import Annotated

from fastapi import FastAPI, Path, Query
from starlette.responses import Response

from rag.pressmark import Pressmark
from ui.api.notes import InCollection
from ui.exports.exchange import MAX_EXCHANGES, Exchange, Exchanges
from ui.exports.formats import ExportFormat
from ui.http.downloads import attachment
from ui.http.problems import ProblemError, problem_docs
from ui.page.exporting import exported
from ui.page.saved import saved_exchanges
from ui.page.shared import SharedAnswers

_NONE_SAVED = "No answer is saved here yet."
_GONE = "There is no answer of this id (any more)."
_OTHER_VERSION = "This answer was given by another version, and cannot be read any more."

Ident = Annotated[
    str, Path(max_length=100, description="Of a link to an answer, or of a saved one.")
]
Format = Annotated[ExportFormat, Query(alias="format", description="What to make of it.")]


def add_exports(app: FastAPI, pressmark: Pressmark) -> None:
    """Add the routes.

    Args:
        app: where to.
        pressmark: whose library holds the answers that were linked to.
    """

    def exchange_of(ident: str) -> Exchange:
        turn = SharedAnswers(pressmark.library).turn(ident)
        if turn and turn.response:
            return Exchange(question=turn.question, response=turn.response)
        saved = pressmark.library.notes.saved_answer(ident)
        if saved is None:
            raise ProblemError(404, _GONE)
        if found := saved_exchanges([saved]):
            return found[0]
        raise ProblemError(404, _OTHER_VERSION)

    @app.post(
        "/v1/export",
        responses=problem_docs(400, 401, 403, 413, 415, 422),
        response_class=Response,
        tags=["answers"],
    )
    def export(sent: Exchanges, form: Format = ExportFormat.MARKDOWN) -> Response:
        """Questions with their answers, as `/v1/answer` gave them, in another format."""
        return _download(sent.exchanges, form)

    @app.get(
        "/v1/saved/export",
        responses=problem_docs(401, 404, 422),
        response_class=Response,
        tags=["notes"],
    )
    def export_saved(
        form: Format = ExportFormat.MARKDOWN, collection: InCollection = None
    ) -> Response:
        """The answers that were saved, with their comments, in one file of a format."""
        library = pressmark.library
        only = library.collections.one(collection).collection_id if collection else None
        if not (found := saved_exchanges(library.notes.saved(MAX_EXCHANGES, 0, only))):
            raise ProblemError(404, _NONE_SAVED)
        return _download(found, form)

    @app.get("/v1/answers/{ident}", responses=problem_docs(401, 404, 422), tags=["answers"])
    def answer_of_link(ident: Ident) -> Exchange:
        """The question and the answer of a link, or that were saved."""
        return exchange_of(ident)

    @app.get(
        "/v1/answers/{ident}/export",
        responses=problem_docs(401, 404, 422),
        response_class=Response,
        tags=["answers"],
    )
    def export_of_link(ident: Ident, form: Format = ExportFormat.MARKDOWN) -> Response:
        """The answer of a link, or one that was saved, in another format."""
        return _download([exchange_of(ident)], form)


def _download(exchanges: list[Exchange], form: ExportFormat) -> Response:
    made = exported(exchanges, form)
    headers = {"Content-Disposition": attachment(made.name)}
    return Response(made.data, media_type=made.media_type, headers=headers)
