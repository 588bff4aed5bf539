"""The HTTP API, and the page beside it.

- ``POST /v1/answer``: a question in, the answer contract out
- ``GET /v1/articles``: what is in the library, and what was refused
- ``GET /v1/sources/{id}``: the text that citations point into
- ``GET /healthz``, ``/readyz``, ``/docs``, ``/openapi.json``
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse, Response

from index.errors import PressmarkError
from rag.contract import AnswerRequest, AnswerResponse, answer_response
from rag.pressmark import Pressmark
from ui.http.admission import AnswerGate
from ui.http.events import MEDIA_TYPE, EventStream
from ui.http.fallback import answer_for_api_addresses
from ui.http.inbound import MalformedJsonError, parse_json
from ui.http.keys import accepted_keys
from ui.http.middleware import guard
from ui.http.models import (
    ArticlesResponse,
    HealthResponse,
    ReadyResponse,
    SourceResponse,
    article_model,
    refused_model,
    source_response,
)
from ui.http.problems import Problem, ProblemError, handle_problems, overloaded, problem_docs
from ui.page.html.docs import docs_html
from ui.version import version

DESCRIPTION = (
    "Answers about news articles in which every sentence is tied to the exact characters that "
    "support it: in every citation, `text[start:end]` of its source is its `quote`."
)
_MAX_LISTED = 1_000

_STREAM_DOCS: dict[str, Any] = {
    "description": "The answer; with `stream`, events `citation`, `claim`, `withdrawn`, `done`.",
    "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
}

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def create_app(
    pressmark: Pressmark, *, page: bool = True, gate: AnswerGate | None = None
) -> FastAPI:
    """The API over an open Pressmark, guarded, with the page at ``/`` unless told otherwise.

    Args:
        pressmark: stays open for as long as the app serves; closing it is the caller's task.
        page: whether to serve the page too.
        gate: limits how many questions are answered at once.
    """
    keys = accepted_keys(pressmark.settings)
    app = _Api(
        title="Pressmark",
        version=version(),
        description=DESCRIPTION,
        docs_url=None,  # FastAPI's own load scripts from another host
        redoc_url=None,
        redirect_slashes=False,
    )
    app.needs_key = bool(keys)
    app.router.route_class = _StrictRoute
    handle_problems(app)
    _add_answering(app, pressmark, gate or AnswerGate())
    _add_reading(app, pressmark)
    _add_status(app, pressmark)
    answer_for_api_addresses(app)
    if page:
        from ui.page.mount import mount_page  # Gradio takes a second to import

        mount_page(app, pressmark)
    guard(app, pressmark.settings.host, keys)
    return app


def _add_answering(app: FastAPI, pressmark: Pressmark, gate: AnswerGate) -> None:
    @app.post(
        "/v1/answer",
        response_model=AnswerResponse,
        responses={**problem_docs(400, 401, 403, 413, 415, 422, 503), 200: _STREAM_DOCS},
        tags=["answers"],
    )
    async def answer(request: AnswerRequest) -> Response | AnswerResponse:
        """Answer a question about the indexed articles.

        Abstaining is an answer too: `status` is then `abstained`, with the reason and the
        closest quotes. With `stream`, verified sentences come as server-sent events.
        """
        question = request.to_question()
        if request.stream:
            return EventStream(lambda: pressmark.stream(question), gate)
        return answer_response(await gate.run(lambda: pressmark.answer(question)))


def _add_reading(app: FastAPI, pressmark: Pressmark) -> None:
    library = pressmark.library

    @app.get("/v1/articles", responses=problem_docs(401, 422), tags=["articles"])
    def articles(
        limit: Annotated[int, Query(ge=1, le=_MAX_LISTED)] = 100,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> ArticlesResponse:
        """List the articles by file name, and every refused file with the reason."""
        every = list(library.articles().values())
        listed = every[offset : offset + limit]
        sources = library.sources(article.source_id for article in listed)
        return ArticlesResponse(
            index_version=library.index_version,
            total=len(every),
            articles=[
                article_model(
                    article,
                    sources[article.source_id],
                    len(library.article_passages(article.article_id)),
                )
                for article in listed
            ],
            refused=[refused_model(entry) for entry in library.ledger()],
        )

    @app.get("/v1/sources/{source_id}", responses=problem_docs(401, 404, 422), tags=["articles"])
    def source(source_id: Annotated[str, Path(max_length=200)]) -> SourceResponse:
        """Give the text of one source, and what each stretch of it is."""
        found = library.source(source_id)
        if found is None:
            raise ProblemError(404, "There is no source with this id; /v1/articles names them.")
        return source_response(found, library.source_articles(source_id))


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
        if "Problem" not in schemas:
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs", {}))
            schemas["Problem"] = problem
        if self.needs_key:
            schema["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
            schema["security"] = [{"key": []}]
        return schema


class _StrictRequest(Request):
    """A request that reads its JSON strictly."""

    async def json(self) -> Any:
        try:
            return parse_json(await self.body())
        except MalformedJsonError as error:
            raise ProblemError(400, f"The body is invalid: {error}.") from error


class _StrictRoute(APIRoute):
    """Takes JSON only and says so; a browser's form cannot send JSON across sites either."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            if request.method == "POST":
                _require_json(request)
            return await handle(_StrictRequest(request.scope, request.receive))

        return strictly


def _require_json(request: Request) -> None:
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if media_type.strip().lower() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise ProblemError(415, "Send JSON in UTF-8, with Content-Type: application/json.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError(415, "Send the body as it is, without Content-Encoding.")
