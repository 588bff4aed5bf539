"""Routes that say what they take, and read JSON strictly."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from ui.http.chat_errors import is_chat_address
from ui.http.inbound import MalformedJsonError, parse_json
from ui.http.problems import ProblemError

JSON = "application/json"
FORM = "multipart/form-data"
JSON_LINES = "application/x-ndjson"
TAKEN = {
    "/v1/articles": (JSON, FORM),
    "/v1/answers/batch": (JSON_LINES, "application/jsonl", "application/json-lines"),
}
"""What is taken where it is not JSON alone."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class StrictRequest(Request):
    """A request whose JSON is read strictly."""

    async def json(self) -> Any:
        """The body.

        Raises:
            ProblemError: 400, it is no JSON that any two readers understand alike.
        """
        try:
            return parse_json(await self.body())
        except MalformedJsonError as error:
            raise ProblemError(400, f"The body cannot be used: {error}.") from error


class StrictRoute(APIRoute):
    """Takes what it says it takes; a browser's form cannot send JSON across sites."""

    def get_route_handler(self) -> Handler:
        """The route's handler, behind these checks."""
        handle = super().get_route_handler()
        taken = TAKEN.get(self.path, (JSON,))
        known = {parameter.alias for parameter in self.dependant.query_params}

        async def strictly(request: Request) -> Response:
            _require_known(request, known)
            if request.method == "POST":
                _require(request, taken)
            return await handle(StrictRequest(request.scope, request.receive))

        return strictly


def media_type_of(request: Request) -> str:
    """The body's media type without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _require_known(request: Request, known: set[str]) -> None:
    """Refuse a parameter that nothing would heed: a filter with a typo is no filter.

    OpenAI's clients add parameters of their own to any address.
    """
    path = request.url.path
    unknown = sorted(set(request.query_params) - known)
    if unknown and path.startswith("/v1/") and not is_chat_address(path):
        takes = f"; it takes {', '.join(sorted(known))}" if known else ""
        context = {"error": f"is not a parameter of this address{takes}"}
        raise RequestValidationError(
            [{"type": "value_error", "loc": ("query", name), "ctx": context} for name in unknown]
        )


def _require(request: Request, taken: tuple[str, ...]) -> None:
    _, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower()
    charset = charset.removeprefix("charset=").strip('"') if "charset" in charset else ""
    if media_type_of(request) not in taken or charset not in ("", "utf-8", "utf8"):
        if taken == (JSON,):
            raise ProblemError(415, "Send JSON in UTF-8, with Content-Type: application/json.")
        raise ProblemError(415, f"Send it in UTF-8, with Content-Type: {' or '.join(taken[:2])}.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ProblemError(415, "Send the body as it is, without Content-Encoding.")
