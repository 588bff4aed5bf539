"""Structured logs: one line of JSON each, with the id of the request that it belongs to.

They tell who waited how long for what kind of thing. They never hold a question, an answer, the
name of a file, an address's query, a header or a key.
"""

import json
import logging
import re
import sys
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.http.metrics import route_of

HEADER = "X-Request-ID"
access = logging.getLogger("ui.http.access")
_OURS = frozenset({"evals", "index", "rag", "ui"})
_TAKEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_request: ContextVar[str | None] = ContextVar("request", default=None)


def request_id() -> str | None:
    """The id of the request that is being answered; None where there is none."""
    return _request.get()


class RequestIds:
    """Gives each request an id, says it in the response, and logs the request when it ends."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on under its id."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        name = given if _TAKEN.fullmatch(given) else uuid.uuid4().hex
        token, began, status = _request.set(name), perf_counter(), 0

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = name
            await send(message)

        try:
            await self.app(scope, receive, named)
        finally:
            milliseconds = round(1000 * (perf_counter() - began), 1)
            told = {"route": route_of(scope), "status": status, "ms": milliseconds}
            access.info("request", extra={"told": {"method": scope["method"], **told}})
            _request.reset(token)


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if name := request_id():
            line["request_id"] = name
        told = getattr(record, "told", None)
        if isinstance(told, dict):
            line.update(told)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line)


def log_in_json() -> None:
    """Let this process log its own records, from INFO up, as lines of JSON on stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(lambda record: record.name.partition(".")[0] in _OURS)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
