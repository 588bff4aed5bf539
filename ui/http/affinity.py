"""A visitor of the page stays with one of several processes, whichever takes the connection.

The page's events belong to the process that began them, and a kernel hands a connection to any. A
cookie names the process; another that takes the request passes it on, over a socket that only this
user's processes can open. Everything else is answered where it arrives.
"""

import hmac
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Final

import anyio
import httpx
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.http.problems import overloaded, problem_for

COOKIE: Final = "pressmark-worker"
INSIDE: Final = "x-pressmark-inside"
"""A header that proves that a process of this server passes a request on."""
VISITOR: Final = "x-pressmark-visitor"
"""Beside it, the address of whoever made the request."""
_STICKY: Final = "/gradio_api/"
_HOP: Final = frozenset({b"connection", b"keep-alive", b"transfer-encoding"})
_OURS: Final = _HOP | {INSIDE.encode(), VISITOR.encode()}


@dataclass(frozen=True, slots=True)
class Worker:
    """One of the processes that answer on one port.

    Attributes:
        number: from 0; the process that takes the place of a dead one has its number.
        count: how many there are.
        folder: holds the socket of each; only this user can open it.
        secret: known to these processes alone.
    """

    number: int
    count: int
    folder: Path
    secret: str

    def listen(self) -> socket.socket:
        """Take this process's own socket, in place of the one a dead process left."""
        path = self._path(self.number)
        path.unlink(missing_ok=True)
        taken = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        taken.bind(str(path))
        return taken

    def peers(self) -> dict[int, httpx.AsyncHTTPTransport]:
        """Ways to the other processes, by their numbers."""
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=8)
        return {
            number: httpx.AsyncHTTPTransport(uds=str(self._path(number)), limits=limits)
            for number in range(self.count)
            if number != self.number
        }

    def vouches(self, headers: Mapping[str, str]) -> bool:
        """Whether a process of this server has passed a request on."""
        return hmac.compare_digest(headers.get(INSIDE, "").encode(), self.secret.encode())

    def vouching(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """The headers of a request that is passed on: its own, and who passes on whose.

        Args:
            scope: of the request; what it says of itself in this place is left out.
        """
        client = scope.get("client")
        own = [(name, value) for name, value in scope["headers"] if name not in _OURS]
        inside = (INSIDE.encode(), self.secret.encode())
        return [*own, inside, (VISITOR.encode(), (client[0] if client else "").encode())]

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.sock"


class Affinity:
    """Passes a visitor's requests on to the process that the visitor is with.

    Args:
        app: answers what belongs here.
        worker: this process.
    """

    def __init__(self, app: ASGIApp, worker: Worker) -> None:
        self.app = app
        self._worker = worker
        self._peers = worker.peers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or have the right process answer it."""
        if scope["type"] != "http" or not _is_sticky(scope["path"]):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        chosen = _chosen(headers)
        peer = self._peers.get(chosen) if chosen is not None else None
        if self._worker.vouches(headers):
            visitor = headers.get(VISITOR, "")
            await self.app({**scope, "client": (visitor, 0)}, receive, send)
        elif peer is None:
            known = chosen == self._worker.number
            sending = send if known else _with_cookie(send, self._worker.number)
            await self.app(scope, receive, sending)
        elif not await _Passed(scope, receive, send, self._worker).through(peer):
            # It is just being replaced, and comes back under its number.
            await self.app(scope, receive, send)


class _Passed:
    """One request that another process answers."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, worker: Worker) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._worker = worker
        self._read = anyio.Event()

    async def through(self, peer: httpx.AsyncHTTPTransport) -> bool:
        """Pass it on, and its answer back; give up when the visitor has gone.

        Returns:
            False if the process is not there, and nothing has been read or sent yet.
        """
        try:
            response = await peer.handle_async_request(self._request())
        except httpx.ConnectError:
            return False
        except httpx.TransportError:
            lost = overloaded("The process that answers you is being replaced; try again.")
            answer = problem_for(lost, self._scope["path"])
            await answer(self._scope, self._receive, self._send)
            return True
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._watch, tasks.cancel_scope)
                await self._answer(response)
                tasks.cancel_scope.cancel()
        finally:
            with anyio.CancelScope(shield=True):
                await response.aclose()
        return True

    def _request(self) -> httpx.Request:
        scope = self._scope
        query = scope["query_string"]
        target = scope["raw_path"] + (b"?" + query if query else b"")
        headers = self._worker.vouching(scope)
        given = Headers(scope=scope)
        has_body = "content-length" in given or "transfer-encoding" in given
        if not has_body:
            self._read.set()
        return httpx.Request(
            scope["method"],
            httpx.URL("http://worker").copy_with(raw_path=target),
            headers=headers,
            content=self._body() if has_body else None,
        )

    async def _body(self) -> AsyncIterator[bytes]:
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise httpx.ReadError("the visitor has gone")
            yield message.get("body", b"")
            if not message.get("more_body", False):
                self._read.set()
                return

    async def _watch(self, scope: anyio.CancelScope) -> None:
        """End it all when the visitor goes."""
        await self._read.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async def _answer(self, response: httpx.Response) -> None:
        headers = [(n.lower(), v) for n, v in response.headers.raw if n.lower() not in _HOP]
        await self._send(
            {"type": "http.response.start", "status": response.status_code, "headers": headers}
        )
        try:
            async for part in response.aiter_raw():
                await self._send({"type": "http.response.body", "body": part, "more_body": True})
        except httpx.TransportError:
            return  # the process died: the connection ends where the answer does
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})


def _is_sticky(path: str) -> bool:
    return path == "/" or path.startswith(_STICKY)


def _chosen(headers: Headers) -> int | None:
    """The number of the process that a visitor is with."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return int(found.value) if found and found.value.isascii() and found.value.isdigit() else None


def _with_cookie(send: Send, number: int) -> Send:
    async def amended(message: Message) -> None:
        if message["type"] == "http.response.start":
            value = f"{COOKIE}={number}; Path=/; HttpOnly; SameSite=Strict"
            MutableHeaders(scope=message).append("set-cookie", value)
        await send(message)

    return amended
