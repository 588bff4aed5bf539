"""The protocol over HTTP (streamable HTTP), at ``/mcp`` of the API's app."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import FastAPI
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette

from rag.pressmark import Pressmark
from ui.http.admission import AnswerGate
from ui.mcp.server import make_server

PATH = "/mcp"

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def mcp_app(pressmark: Pressmark, gate: AnswerGate) -> Starlette:
    """The protocol as an app of its own; `add_mcp` puts its route into another.

    Requests stand for themselves: no sessions are kept, so a restart ends nothing. Which hosts
    and pages may ask is decided in `ui.http.middleware`, for this path as for every other.

    Args:
        pressmark: that answers.
        gate: how many calls are answered at once, by all doors together.
    """
    return make_server(pressmark, gate).streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )


def lifespan_of(inner: Starlette) -> Lifespan:
    """What must run while the outer app does, or the inner one answers nothing."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        async with inner.router.lifespan_context(inner):
            yield

    return running


def add_mcp(app: FastAPI, inner: Starlette) -> None:
    """Add the route.

    Args:
        app: where to; its lifespan is `lifespan_of` the inner app.
        inner: of `mcp_app`.
    """
    app.router.routes.extend(inner.routes)
