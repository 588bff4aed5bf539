"""The HTTP API, and the page beside it.

- ``POST /v1/answer``: a question in, the answer contract out; ``POST /v1/answers/batch``: many
- ``POST /v1/chat/completions``, ``GET /v1/models``: the same for OpenAI's clients
- ``GET /v1/search``: the articles that have certain words, and where
- ``GET``, ``POST``, ``DELETE /v1/articles``: what is in the library, and what was refused
- ``GET /v1/sources/{id}``: the text that citations point into
- ``POST /v1/export``, ``GET /v1/answers/{id}``: answers taken along, see `ui.api.exports`
- ``POST /v1/citations/check``: citations found again, see `ui.api.citations`
- ``/v1/collections``: named sets of articles, see `ui.api.collections`
- ``/v1/feedback``, ``/v1/saved``: what people say of answers and save, see `ui.api.notes`
- ``/mcp``: the door for assistants, see `ui.mcp`
- ``GET /healthz``, ``/readyz``, ``/metrics``, ``/docs``, ``/openapi.json``
"""

from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from starlette.responses import HTMLResponse, Response

from index.errors import PressmarkError
from rag.contract import AnswerRequest, AnswerResponse, answer_response
from rag.pressmark import Pressmark
from ui.api.citations import add_citations
from ui.api.collections import add_collections
from ui.api.exports import add_exports
from ui.api.notes import add_notes
from ui.http.admission import AnswerGate
from ui.http.affinity import Affinity, Worker
from ui.http.articles import add_articles, add_giving
from ui.http.batch import BatchAnswer, BatchQuestion, add_batch
from ui.http.chat import add_chat
from ui.http.events import MEDIA_TYPE, AnswerFeed, EventStream
from ui.http.fallback import answer_for_api_addresses
from ui.http.gathering import Gathering
from ui.http.giving import TextsModel
from ui.http.keys import accepted_keys
from ui.http.logs import RequestIds
from ui.http.metrics import Counting, Metrics, add_metrics
from ui.http.middleware import guard
from ui.http.models import HealthResponse, ReadyResponse
from ui.http.problems import Problem, handle_problems, overloaded, problem_docs
from ui.http.proxies import without_proxies
from ui.http.rates import Callers, limit_rates
from ui.http.search import add_search
from ui.http.strict import StrictRoute
from ui.mcp.door import add_mcp, lifespan_of, mcp_app
from ui.page.html.docs import docs_html
from ui.version import version

DESCRIPTION = (
    "Answers about news articles in which every sentence is tied to the exact characters that "
    "support it: in every citation, `text[start:end]` of its source is its `quote`."
)

_STREAM_DOCS: dict[str, Any] = {
    "description": "The answer; with `stream`, events `citation`, `claim`, `withdrawn`, `done`.",
    "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
}

_BESIDE = (Problem, TextsModel, BatchQuestion, BatchAnswer)
"""Models that the OpenAPI document names and FastAPI does not see."""


def create_app(
    pressmark: Pressmark,
    *,
    page: bool = True,
    gate: AnswerGate | None = None,
    worker: Worker | None = None,
) -> FastAPI:
    """The API over an open Pressmark, guarded, with the page at ``/`` unless told otherwise.

    Args:
        pressmark: stays open for as long as the app serves; closing it is the caller's task.
        page: whether to serve the page too.
        gate: limits how many questions are answered at once.
        worker: which of several processes on one port this is.
    """
    keys = accepted_keys(pressmark.settings)
    gate = gate or AnswerGate()
    assistants = mcp_app(pressmark, gate)
    app = _Api(
        title="Pressmark",
        version=version(),
        description=DESCRIPTION,
        docs_url=None,  # FastAPI's own load scripts from another host
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan_of(assistants),
    )
    app.needs_key = bool(keys)
    app.router.route_class = StrictRoute
    handle_problems(app)
    metrics = Metrics(pressmark, gate)
    add_metrics(app, metrics)
    _add_answering(app, pressmark, gate)
    add_batch(app, pressmark)
    add_chat(app, pressmark, gate)
    add_articles(app, pressmark)
    add_giving(app, pressmark, has_keys=bool(keys))
    add_search(app, pressmark, gate)
    _add_status(app, pressmark)
    add_exports(app, pressmark)
    add_citations(app, pressmark)
    add_notes(app, pressmark)
    add_collections(app, pressmark)
    answer_for_api_addresses(app)
    add_mcp(app, assistants)
    if page:
        with without_proxies():
            from ui.page.mount import mount_page  # Gradio takes a second to import

            mount_page(app, pressmark, worker.number if worker else None)
    limit_rates(pressmark)
    app.add_middleware(Callers)
    guard(app, pressmark.settings.host, keys)
    app.add_middleware(Counting, metrics=metrics)
    app.add_middleware(RequestIds)
    if worker is not None:
        app.add_middleware(Gathering, worker=worker)
        app.add_middleware(Affinity, worker=worker)
    return app


def _add_answering(app: FastAPI, pressmark: Pressmark, gate: AnswerGate) -> None:
    @app.post(
        "/v1/answer",
        response_model=AnswerResponse,
        responses={**problem_docs(400, 401, 403, 413, 415, 422, 429, 503), 200: _STREAM_DOCS},
        tags=["answers"],
    )
    async def answer(request: AnswerRequest) -> Response | AnswerResponse:
        """Answer a question about the indexed articles.

        Abstaining is an answer too: `status` is then `abstained`, with the reason and the
        closest quotes. With `stream`, verified sentences come as server-sent events.
        """
        question = request.to_question()
        if request.stream:
            return EventStream(AnswerFeed(pressmark.stream(question)), gate)
        return answer_response(await gate.run(lambda: pressmark.answer(question)))


def _add_status(app: FastAPI, pressmark: Pressmark) -> None:
    @app.get("/healthz", tags=["status"])
    def healthz() -> HealthResponse:
        """Whether the process is up."""
        return HealthResponse(version=version())

    @app.get("/readyz", responses=problem_docs(503), tags=["status"])
    def readyz() -> ReadyResponse:
        """Whether questions can be answered: the library opens and holds articles."""
        try:
            counts = pressmark.library.counts()
            index_version = pressmark.library.index_version
        except PressmarkError as error:
            raise overloaded(error.user_message) from error
        if not counts.passages:
            raise overloaded("No articles are indexed yet: pressmark index FOLDER")
        return ReadyResponse(
            index_version=index_version, articles=counts.articles, passages=counts.passages
        )

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(docs_html(app.openapi()))


class _Api(FastAPI):
    """FastAPI whose OpenAPI document knows the problem documents, and the key if there is one."""

    needs_key = False

    def openapi(self) -> dict[str, Any]:
        schema = super().openapi()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        for model in _BESIDE:
            if model.__name__ not in schemas:
                schemas.update(_schemas_of(model))
        if self.needs_key:
            schema["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
            schema["security"] = [{"key": []}]
        return schema


def _schemas_of(model: type[BaseModel]) -> dict[str, Any]:
    """A model's schema and those it refers to, by name."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), model.__name__: schema}
