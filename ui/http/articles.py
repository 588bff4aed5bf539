"""The articles over HTTP: listed, searched, read, added and removed."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal

import anyio.to_thread
from fastapi import FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from index.article import SearchFilters
from index.library.catalogue import selected
from index.library.library import Library
from index.readers.disk import MAX_FILE_BYTES
from rag.contract import Text
from rag.pressmark import Pressmark
from ui.http.admission import AnswerGate
from ui.http.giving import Given, Giving, TextsModel
from ui.http.keys import NO_WRITE_KEY
from ui.http.middleware import may_write
from ui.http.models import (
    AddedResponse,
    ArticleModel,
    ArticlesResponse,
    RemovedResponse,
    SourceResponse,
    article_model,
    files_model,
    refused_model,
    source_response,
)
from ui.http.problems import ProblemError, problem_docs
from ui.http.strict import FORM, JSON, media_type_of
from ui.http.uploads import MAX_FILES

MAX_LISTED = 1_000
_NOT_HERE = "Without keys, articles are added and removed on the server's own machine only."
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": {"$ref": "#/components/schemas/TextsModel"}},
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "array", "items": {"type": "string", "format": "binary"}}
                    },
                }
            },
        },
    }
}

Publishers = Annotated[
    list[Text],
    Query(alias="publisher", description="Only theirs; may be repeated.", max_length=100),
]
Languages = Annotated[
    list[Text], Query(alias="language", description="Such as `en`; may be repeated.", max_length=50)
]
MAX_OFFSET = 10**9
Offset = Annotated[int, Query(ge=0, le=MAX_OFFSET)]
InCollections = Annotated[
    list[Text],
    Query(alias="collection", description="Name or id; may be repeated.", max_length=100),
]
From = Annotated[date | None, Query(alias="from", description="Published then or later.")]
To = Annotated[date | None, Query(alias="to", description="Published then or earlier.")]


def filters_of(
    publishers: Sequence[str],
    languages: Sequence[str],
    collections: Sequence[str],
    first: date | None,
    last: date | None,
) -> SearchFilters:
    """What is asked for, as filters.

    Raises:
        RequestValidationError: the days are the wrong way round.
    """
    if first and last and first > last:
        words = "is earlier than from; no article can be of such a day"
        found = {"type": "value_error", "loc": ("query", "to"), "ctx": {"error": words}}
        raise RequestValidationError([found])
    return SearchFilters(
        publishers=tuple(publishers),
        languages=tuple(languages),
        collections=tuple(collections),
        published_from=first,
        published_to=last,
    )


def add_articles(app: FastAPI, pressmark: Pressmark) -> None:
    """Add the addresses that read articles.

    Args:
        app: where to.
        pressmark: whose articles they are.
    """
    library = pressmark.library

    @app.get("/v1/articles", responses=problem_docs(401, 422), tags=["articles"])
    def articles(  # noqa: PLR0913, PLR0917 - each is a parameter of the address
        limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = 100,
        offset: Offset = 0,
        q: Annotated[
            Text, Query(max_length=200, description="Words of title, publisher, file or date.")
        ] = "",
        publishers: Publishers = [],  # noqa: B006 - FastAPI copies it
        languages: Languages = [],  # noqa: B006
        collections: InCollections = [],  # noqa: B006
        first: From = None,
        last: To = None,
        order: Literal["file", "newest", "oldest", "title", "publisher"] = "file",
    ) -> ArticlesResponse:
        """List articles, page by page, and every file that was refused with the reason."""
        wanted = library.resolved(filters_of(publishers, languages, collections, first, last))
        allowed = library.holdings().matching(wanted)
        found = [
            entry.article_id
            for entry in selected(library.catalogue(), q, order)
            if allowed is None or entry.article_id in allowed
        ]
        return ArticlesResponse(
            index_version=library.index_version,
            total=len(found),
            files=files_model(library.counts()),
            articles=article_models(library, found[offset : offset + limit]),
            refused=[refused_model(entry) for entry in library.ledger()],
        )

    @app.get("/v1/articles/{article_id}", responses=problem_docs(401, 404, 422), tags=["articles"])
    def article(article_id: Annotated[str, Path(max_length=200)]) -> ArticleModel:
        """One article; its text is at `/v1/sources/{id}`."""
        found = article_models(library, [article_id])
        if not found:
            raise ProblemError(404, "There is no article of this id; /v1/articles names them.")
        return found[0]

    @app.get("/v1/sources/{source_id}", responses=problem_docs(401, 404, 422), tags=["articles"])
    def source(source_id: Annotated[str, Path(max_length=200)]) -> SourceResponse:
        """The text of one source, and what each stretch of it is."""
        found = library.source(source_id)
        if found is None:
            raise ProblemError(404, "There is no source of this id; /v1/articles names them.")
        return source_response(found, library.source_articles(source_id))


def article_models(library: Library, ids: Sequence[str]) -> list[ArticleModel]:
    """Articles in the API's form, in the order of their ids; unknown ids are left out."""
    articles = library.articles(ids)
    sources = library.sources(article.source_id for article in articles.values())
    return [
        article_model(
            articles[name],
            sources[articles[name].source_id],
            len(library.article_passages(name)),
        )
        for name in ids
        if name in articles and articles[name].source_id in sources
    ]


def add_giving(app: FastAPI, pressmark: Pressmark, *, has_keys: bool) -> None:
    """Add the addresses that change the library.

    Args:
        app: where to.
        pressmark: opened for writing.
        has_keys: whether the server asks for keys.
    """
    giving = Giving(pressmark)
    gate = AnswerGate(1, 8, "requests that change the library are waiting; try again shortly")

    def check(request: Request) -> None:
        if not may_write(request.scope, pressmark.settings.host, has_keys):
            raise ProblemError(403, NO_WRITE_KEY if has_keys else _NOT_HERE)

    @app.post(
        "/v1/articles",
        status_code=201,
        responses=problem_docs(400, 401, 403, 413, 415, 422, 503),
        openapi_extra=_BODY,
        tags=["articles"],
    )
    async def add(request: Request) -> AddedResponse:
        """Add articles: files as `multipart/form-data`, or texts as JSON.

        Status 201 says that the request was carried out; each file has a `status` of its own.
        """
        check(request)
        is_form = media_type_of(request) == FORM
        files = await (_files_of(request) if is_form else _texts_of(request))
        return await gate.run(lambda: giving.add(files))

    @app.delete(
        "/v1/articles/{article_id}",
        responses=problem_docs(401, 403, 404, 409, 422, 503),
        tags=["articles"],
    )
    async def remove(
        request: Request,
        article_id: Annotated[str, Path(max_length=200)],
        whole_file: Annotated[bool, Query(description="Its file's other articles, too.")] = False,
    ) -> RemovedResponse:
        """Remove an article that was added here or through the page."""
        check(request)
        return await gate.run(lambda: giving.remove(article_id, whole_file=whole_file))


async def _texts_of(request: Request) -> list[Given]:
    try:
        sent = TextsModel.model_validate(await request.json())
    except ValidationError as error:
        errors = [{**found, "loc": ("body", *found["loc"])} for found in error.errors()]
        raise RequestValidationError(errors) from error
    return [Given(*article.as_file()) for article in sent.articles]


async def _files_of(request: Request) -> list[Given]:
    try:
        async with request.form(max_files=MAX_FILES, max_fields=MAX_FILES) as form:
            files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
            return [Given(file.filename or "article", await _content(file)) for file in files]
    except HTTPException as error:
        raise ProblemError(error.status_code, f"The form cannot be read: {error.detail}") from error


async def _content(file: UploadFile) -> bytes:
    """So much of a file as says whether it is too large; that is decided where all files are."""
    return await anyio.to_thread.run_sync(file.file.read, MAX_FILE_BYTES + 1)
