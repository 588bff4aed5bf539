"""Keys of the server: who may use it, decided before anything else is read.

Programs send ``Authorization: Bearer KEY``. A browser asks for a password in its own dialog (HTTP
Basic, any user name, a key as the password) and then sends it with everything the page does, so
that the page works as it does without keys.
"""

import base64
import binascii
import hmac
from collections.abc import Sequence
from hashlib import sha256

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from index.errors import InputError
from rag.settings import Settings
from ui.http.problems import problem_response

MIN_LENGTH = 16
_OPEN = frozenset({"/healthz", "/readyz"})
"""Addresses that say nothing about the articles; programs that watch over servers ask them."""
_BEARER = 'Bearer realm="Pressmark"'
_BASIC = 'Basic realm="Pressmark", charset="UTF-8"'


def accepted_keys(settings: Settings) -> tuple[str, ...]:
    """Read the keys from the settings.

    Raises:
        InputError: one is too short to be a secret, or does not fit into a header.
    """
    value = settings.api_keys.get_secret_value() if settings.api_keys else ""
    keys = tuple(dict.fromkeys(value.replace(",", " ").split()))
    for place, key in enumerate(keys, start=1):
        if len(key) < MIN_LENGTH or not key.isascii() or not key.isprintable():
            raise InputError(
                f"Key {place} of PRESSMARK_API_KEYS must have at least {MIN_LENGTH} characters, "
                "all of them ASCII. A good one: openssl rand -hex 24"
            )
    return keys


class KeyCheck:
    """Refuses requests without a key.

    Args:
        app: what lies behind.
        keys: those that open it.
    """

    def __init__(self, app: ASGIApp, keys: Sequence[str]) -> None:
        self.app = app
        self._digests = [sha256(key.encode()).digest() for key in keys]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it has a key, or needs none."""
        if scope["type"] in ("http", "websocket") and scope["path"] not in _OPEN:
            given = _given(Headers(scope=scope).getlist("authorization"))
            if given is None or not self._accepts(given):
                await _refuse(given is not None, scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _accepts(self, given: bytes) -> bool:
        """Whether it is one of the keys; the time says nothing about which, or where it differs."""
        digest = sha256(given).digest()
        return sum([hmac.compare_digest(digest, known) for known in self._digests]) > 0


def _given(headers: Sequence[str]) -> bytes | None:
    """Get the key that a request brings."""
    if len(headers) != 1:
        return None
    scheme, _, value = headers[0].partition(" ")
    if scheme.lower() == "bearer":
        return value.strip().encode("latin-1", "replace")
    if scheme.lower() == "basic":
        try:
            decoded = base64.b64decode(value.strip(), validate=True)
        except (binascii.Error, ValueError):
            return None
        return decoded.partition(b":")[2]
    return None


async def _refuse(wrong: bool, scope: Scope, receive: Receive, send: Send) -> None:
    detail = "This key is not accepted here." if wrong else "This server asks for a key."
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": detail})
        return
    api = scope["path"].startswith("/v1/")
    how = "Send it as: Authorization: Bearer KEY." if api else "Give it as the password."
    challenge = {"WWW-Authenticate": _BEARER if api else _BASIC}
    await problem_response(401, f"{detail} {how}", headers=challenge)(scope, receive, send)
