"""Errors over HTTP: RFC 9457 problem documents, for everything that can go wrong."""

import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from math import ceil
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response

from index.errors import InputError, PressmarkError, TooOftenError
from ui.http.inbound import FieldError, field_errors

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 2
_KINDS = {
    400: "malformed-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid-request",
    429: "too-often",
    500: "internal-error",
    503: "unavailable",
}


class FieldProblem(BaseModel):
    """One unusable field of the request."""

    field: str
    detail: str


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(examples=["urn:pressmark:problem:invalid-request"])
    title: str = Field(examples=["Unprocessable Entity"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["question: is empty; ask about the articles in words"])
    errors: list[FieldProblem] | None = Field(default=None, description="Fields, if known.")
    error_id: str | None = Field(default=None, description="Finds the error in the server's log.")


class ProblemError(HTTPException):
    """A route raises it to answer with a problem document."""


def overloaded(detail: str) -> ProblemError:
    """The server cannot do this now and can do it later."""
    return ProblemError(503, detail, {"Retry-After": str(RETRY_AFTER_S)})


def problem_response(
    status: int,
    detail: str,
    *,
    errors: Sequence[FieldError] = (),
    error_id: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Make a problem document.

    Args:
        status: the HTTP status.
        detail: what happened and what to do, in words.
        errors: the fields at fault.
        error_id: names the log entry of an unexpected error.
        headers: further response headers.
    """
    body = Problem(
        type=f"urn:pressmark:problem:{_KINDS.get(status, 'error')}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=[FieldProblem(field=e.field, detail=e.detail) for e in errors] or None,
        error_id=error_id,
    )
    # ASCII, because the caller's names may hold what UTF-8 cannot write.
    content = json.dumps(body.model_dump(exclude_none=True)).encode("ascii")
    return Response(content, status, dict(headers or {}), media_type=MEDIA_TYPE)


def unexpected(error: Exception, where: str) -> Response:
    """Make a 500 for an unplanned error: the log has it in full, the caller only its id."""
    error_id = uuid.uuid4().hex[:12]
    log.error("error %s at %s", error_id, where, exc_info=error)
    detail = f"Something went wrong here, not in the request. The log has it as {error_id}."
    return problem_response(500, detail, error_id=error_id)


def handle_problems(app: FastAPI) -> None:
    """Make every error that reaches this app a problem document."""
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(PressmarkError, _pressmark_error)


def problem_for(error: Exception, where: str) -> Response:
    """Make a problem document for anything raised while answering a question."""
    if isinstance(error, HTTPException):
        return problem_response(error.status_code, str(error.detail), headers=error.headers)
    if isinstance(error, PressmarkError):
        return _for_pressmark_error(error, where)
    return unexpected(error, where)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Make a problem document for an HTTP error of a route, of Starlette or of Gradio."""
    raised = cast(HTTPException, error)
    detail = str(raised.detail)
    if raised.status_code == 404 and not isinstance(raised, ProblemError):
        detail = "There is nothing at this address; /docs lists what there is."
    return problem_response(raised.status_code, detail, headers=raised.headers)


async def _validation_error(request: Request, error: Exception) -> Response:
    fields = field_errors(cast(RequestValidationError, error).errors())
    return problem_response(422, "; ".join(map(str, fields)), errors=fields)


async def _pressmark_error(request: Request, error: Exception) -> Response:
    return _for_pressmark_error(cast(PressmarkError, error), request.url.path)


def _for_pressmark_error(error: PressmarkError, where: str) -> Response:
    """Find the status of an error, which follows from its policy."""
    if isinstance(error, InputError):
        return problem_response(422, error.user_message)
    if isinstance(error, TooOftenError):
        headers = {"Retry-After": str(ceil(error.wait_s))}
        return problem_response(429, error.user_message, headers=headers)
    if error.retryable:
        headers = {"Retry-After": str(RETRY_AFTER_S)}
        return problem_response(503, error.user_message, headers=headers)
    log.error("%s: %s", where, error.user_message)
    return problem_response(500, error.user_message)


def problem_docs(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the given statuses for OpenAPI."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }
