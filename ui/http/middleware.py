"""What every request passes through, whatever answers it: pure ASGI, from the outside in.

SecurityHeaders → ErrorsOfTheDoor → ErrorBoundary → HostCheck → SameOrigin → KeyCheck → BodyLimit
→ routes and page
"""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.http.chat_errors import ErrorsOfTheDoor
from ui.http.keys import ROLE, KeyCheck, Role
from ui.http.problems import problem_response, unexpected

MIB = 1024 * 1024
API_BODY_LIMIT = 1 * MIB
PAGE_BODY_LIMIT = 8 * MIB  # the page sends its whole conversation along
UPLOAD_BODY_LIMIT = 64 * MIB
PASSED_OVER = 256 * MIB  # so much of a body that is refused is read to its end, and kept nowhere
_LIMITS = {
    "/v1/articles": UPLOAD_BODY_LIMIT,
    "/v1/answers/batch": PAGE_BODY_LIMIT,
    "/v1/chat/completions": PAGE_BODY_LIMIT,  # so do chat clients
}

# Gradio's page needs inline scripts and evaluates its templates. Everything else is closed, so that
# nothing an article or a model writes can make a browser fetch from elsewhere. Gradio's page also
# sets its own address as the base of links; any other base stays refused.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'self'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# The page shows the pages of a PDF in a frame; a browser reads it in a viewer apart from this site.
_IN_OUR_PAGE = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}
_UPLOAD = "/gradio_api/upload"
_EXPORT = "/v1/export"  # takes a whole conversation, as the page does
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def guard(app: FastAPI, host: str, keys: Mapping[str, Role]) -> None:
    """Put all of this module around an app.

    Args:
        app: the app, with all its routes and mounts in place.
        host: the address to serve it on; a loopback address turns the host check on.
        keys: those that open the server, with their roles; none asks nobody for one.
    """
    app.add_middleware(BodyLimit)
    if keys:
        app.add_middleware(KeyCheck, keys=keys)
    app.add_middleware(SameOrigin)
    if is_loopback(host):
        app.add_middleware(HostCheck, allowed=frozenset({"localhost", "127.0.0.1", "::1", host}))
    app.add_middleware(ErrorBoundary)
    app.add_middleware(ErrorsOfTheDoor)
    app.add_middleware(SecurityHeaders)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def may_write(scope: Scope, host: str, has_keys: bool) -> bool:
    """Whether a request may add and remove articles.

    Args:
        scope: of the request, which has passed the key check.
        host: the address it was served on.
        has_keys: whether keys are set; without, whoever works at this machine may.
    """
    return scope.get(ROLE) is Role.WRITE if has_keys else is_loopback(host)


class SecurityHeaders:
    """Adds the headers to every response, including errors, and removes CORS grants."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; amend the start of the response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        private = scope["path"].startswith("/v1/")

        async def amended(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # Gradio lets any page on this machine's other ports read its answers.
                for name in [n for n in headers if n.startswith("access-control-")]:
                    del headers[name]
                headers.update(SECURITY_HEADERS)
                if headers.get("content-type") == "application/pdf":
                    headers.update(_IN_OUR_PAGE)
                if private:
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self.app(scope, receive, amended)


class ErrorBoundary:
    """Turns an exception that nobody caught into a problem document with an id."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer for it if it raises."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if scope["type"] != "http":
                raise
            response = unexpected(error, scope["path"])
            if not started:
                await response(scope, receive, send)


class HostCheck:
    """Refuses names that a hostile page has pointed at this machine (DNS rebinding)."""

    def __init__(self, app: ASGIApp, allowed: frozenset[str]) -> None:
        self.app = app
        self.allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it names this machine as its host."""
        if scope["type"] in ("http", "websocket"):
            name = _host_name(Headers(scope=scope).get("host", ""))
            if name not in self.allowed:
                await _refuse(scope, receive, send, 403, "This server answers to localhost only.")
                return
        await self.app(scope, receive, send)


class SameOrigin:
    """Refuses requests from another site's page that change or cost something."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on unless a browser says that another origin made it."""
        if scope["type"] == "websocket" or scope.get("method", "GET") not in _SAFE_METHODS:
            headers = Headers(scope=scope)
            if _from_elsewhere(headers):
                await _refuse(
                    scope, receive, send, 403, "Pages of other sites may not use this server."
                )
                return
        await self.app(scope, receive, send)


class BodyLimit:
    """Refuses bodies that are too large, with or without a Content-Length."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count what is read of its body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = _body_limit(scope["path"])
        refusal = _too_large(scope["path"], limit)
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length[:20]) > limit:
            if int(length[:20]) <= PASSED_OVER:
                await _pass_over(receive, PASSED_OVER)
            await refusal(scope, receive, send)
            return
        await self._counted(scope, receive, send, limit, refusal)

    async def _counted(
        self, scope: Scope, receive: Receive, send: Send, limit: int, refusal: ASGIApp
    ) -> None:
        seen = 0
        started, goes_on = False, True

        async def counting() -> Message:
            nonlocal seen, goes_on
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                goes_on = message.get("more_body", False)
                if seen > limit:
                    raise _BodyTooLargeError
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            # Inner code may answer our exception with an error of its own: drop that one.
            if seen > limit and not started:
                raise _BodyTooLargeError
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, counting, watched)
        except _BodyTooLargeError:
            if not started:
                if goes_on:
                    await _pass_over(receive, PASSED_OVER - seen)
                await refusal(scope, receive, send)


async def _pass_over(receive: Receive, most: int) -> None:
    """Let a caller finish who sends a little too much, or the refusal never reaches it.

    Most clients read no answer before they have sent everything, and lose one that comes together
    with the end of the connection.

    Args:
        receive: gives the rest of the body.
        most: bytes to read.
    """
    while most > 0:
        message = await receive()
        most -= len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return


class _BodyTooLargeError(Exception):
    """Ends the reading of a body from inside ``receive``."""


def _too_large(path: str, limit: int) -> ASGIApp:
    # We cut off a caller who sends far too much, so that we need not read the rest.
    headers = {"Connection": "close"}
    if path.startswith(_UPLOAD):  # Gradio's page shows the body as it is
        words = f"These files have more than {limit // MIB} MB together. Send fewer at once."
        return PlainTextResponse(words, 413, headers)
    return problem_response(413, f"The body is larger than {limit // MIB} MiB.", headers=headers)


def _body_limit(path: str) -> int:
    if path == _EXPORT:
        return PAGE_BODY_LIMIT
    if not path.startswith("/gradio_api/"):
        return _LIMITS.get(path, API_BODY_LIMIT)
    return UPLOAD_BODY_LIMIT if path.startswith(_UPLOAD) else PAGE_BODY_LIMIT


def _host_name(host: str) -> str:
    """``Host`` without its port; an empty string for anything else."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _from_elsewhere(headers: Headers) -> bool:
    """An origin is elsewhere unless it names this host and port; ``null`` is nobody's."""
    origin = headers.get("origin")
    host = headers.get("host", "").lower()
    if origin is not None and origin.lower() not in (f"http://{host}", f"https://{host}"):
        return True
    return headers.get("sec-fetch-site") == "cross-site"


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, detail: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": detail})
        return
    await problem_response(status, detail)(scope, receive, send)
