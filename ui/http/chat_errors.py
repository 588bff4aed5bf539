"""Errors in OpenAI's shape, under the addresses that OpenAI's clients use.

Whatever refuses a request there, a middleware, a route or the address itself, answers with a
problem document like everywhere else; on its way out it is put into the shape that these clients
read. So no place that refuses has to know who asks.
"""

import json
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ADDRESSES = ("/v1/chat", "/v1/models", "/v1/completions", "/v1/embeddings", "/v1/responses")
"""Those of OpenAI that are here, and those that its clients try and are not here."""
_MODELS = ("/v1/chat/completions", "/v1/models/")
_PROBLEM = "application/problem+json"
_CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded", 503: "overloaded"}


def is_chat_address(path: str) -> bool:
    """Whether OpenAI's clients use this address."""
    return any(path == start or path.startswith(f"{start}/") for start in _ADDRESSES)


def chat_error(problem: dict[str, Any], path: str = "") -> dict[str, Any]:
    """A problem document as OpenAI's error object.

    Args:
        problem: the document.
        path: of the request; only below some is what is not found a model.
    """
    status = int(problem["status"])
    code = "model_not_found" if status == 404 and path.startswith(_MODELS) else _CODES.get(status)
    fields = problem.get("errors") or [{}]
    return {
        "error": {
            "message": problem["detail"],
            "type": "server_error" if status >= 500 else "invalid_request_error",
            "param": fields[0].get("field"),
            "code": code,
        }
    }


def chat_status(status: int) -> int:
    """What cannot be used is 400 at OpenAI, whatever is wrong with it."""
    return 400 if status == 422 else status


class ErrorsOfTheDoor:
    """Puts problem documents under these addresses into OpenAI's shape."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; hold a problem back until it is whole, and translate it."""
        if scope["type"] != "http" or not is_chat_address(scope["path"]):
            await self.app(scope, receive, send)
            return
        held: list[Message] = []

        async def translated(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_problem(message):
                held.append(message)
            elif not held:
                await send(message)
            else:
                held.append(message)
                if not message.get("more_body", False):
                    for part in _in_their_shape(held, scope):
                        await send(part)

        await self.app(scope, receive, translated)


def _is_problem(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("content-type", "").startswith(_PROBLEM)


def _in_their_shape(held: list[Message], scope: Scope) -> list[Message]:
    start, *rest = held
    body = b"".join(part.get("body", b"") for part in rest)
    if scope["method"] != "HEAD" and body:
        body = json.dumps(chat_error(json.loads(body), scope["path"])).encode("ascii")
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["content-type"] = "application/json"
    headers["content-length"] = str(len(body))
    status = chat_status(start["status"])
    return [
        {**start, "status": status, "headers": headers.raw},
        {"type": "http.response.body", "body": body, "more_body": False},
    ]
