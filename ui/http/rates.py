"""How often one caller may ask: counted in the library, for all processes that answer from it.

A caller is a key, where keys are set, or else an address. Every door is counted alike, because the
count is taken where a question is answered (`rag.pressmark.Pressmark.admissions`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from math import ceil
from time import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from index.errors import TooOftenError
from rag.pressmark import Pressmark
from rag.types import Question

_caller: ContextVar[str | None] = ContextVar("caller", default=None)


class Callers:
    """Says who makes a request, for as long as it is answered.

    Args:
        app: what lies behind.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with calling(caller_of(scope)):
            await self.app(scope, receive, send)


def caller_of(scope: Scope) -> str:
    """Who makes a request, in a form that gives no key away.

    Args:
        scope: of the request, whose key has been checked if keys are set.
    """
    given = Headers(scope=scope).get("authorization")
    if given is not None:
        return sha256(given.encode("utf-8", "replace")).hexdigest()[:32]
    client = scope.get("client")
    return client[0] if client else ""


@contextmanager
def calling(caller: str) -> Iterator[None]:
    """Say who asks, inside."""
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)


def limit_rates(pressmark: Pressmark) -> None:
    """Refuse the questions of whoever asks too often, if a limit is set.

    What this program asks of itself, such as the examples on the page, is nobody's question.

    Args:
        pressmark: whose questions are counted.
    """
    most = pressmark.settings.questions_per_minute
    if most is None:
        return
    rates = pressmark.library.rates
    rates.prepare()

    def admit(_: Question) -> None:
        caller = _caller.get()
        if caller is None:
            return
        wait_s = rates.take(caller, most, time())
        if wait_s:
            raise TooOftenError(
                f"You may ask {most} questions a minute here. Ask again in {ceil(wait_s)} seconds.",
                wait_s,
            )

    pressmark.admissions.append(admit)
