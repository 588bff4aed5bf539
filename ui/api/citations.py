"""Citations found again through the API."""

from fastapi import FastAPI

from rag.pressmark import Pressmark
from rag.refinding import refind
from ui.exports.selectors import CheckRequest, CheckResponse, refound_model
from ui.http.problems import problem_docs


def add_citations(app: FastAPI, pressmark: Pressmark) -> None:
    """Add the route.

    Args:
        app: where to.
        pressmark: whose library is searched.
    """
    library = pressmark.library

    @app.post(
        "/v1/citations/check", responses=problem_docs(400, 401, 413, 415, 422), tags=["answers"]
    )
    def check(sent: CheckRequest) -> CheckResponse:
        """Find cited words again after articles were indexed again, edited or removed.

        A citation may be sent as an answer had it. Only its quote is needed; what stood around
        it and where it stood tell places apart.
        """
        return CheckResponse(
            citations=[
                refound_model(hint, refind(hint.selector(), library)) for hint in sent.citations
            ],
            index_version=library.index_version,
        )
