"""Keys of the server: who may use it, decided before anything else is read.

Programs send ``Authorization: Bearer KEY``. A browser asks for a password in its own dialog (HTTP
Basic, any user name, a key as the password) and then sends it with everything the page does, so
that the page works as it does without keys.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256

from pydantic import SecretStr
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


class Role(StrEnum):
    """What a key lets its owner do."""

    READ = "read"
    """Ask, search and read."""
    WRITE = "write"
    """Add and remove articles, too."""


NO_WRITE_KEY = (
    "This key may ask and read. Articles are added and removed with a key of "
    "PRESSMARK_API_WRITE_KEYS."
)
ROLE = "pressmark.role"
"""Under this name a request's scope says what its key lets it do."""


def accepted_keys(settings: Settings) -> dict[str, Role]:
    """The keys that are set, and what each lets its owner do.

    Raises:
        InputError: one is too short to be a secret, or does not fit into a header.
    """
    readers = _listed(settings.api_keys, "PRESSMARK_API_KEYS")
    writers = _listed(settings.api_write_keys, "PRESSMARK_API_WRITE_KEYS")
    return dict.fromkeys(readers, Role.READ) | dict.fromkeys(writers, Role.WRITE)


def _listed(secret: SecretStr | None, variable: str) -> tuple[str, ...]:
    value = secret.get_secret_value() if secret else ""
    keys = tuple(dict.fromkeys(value.replace(",", " ").split()))
    for place, key in enumerate(keys, start=1):
        if len(key) < MIN_LENGTH or not key.isascii() or not key.isprintable():
            raise InputError(
                f"Key {place} of {variable} must have at least {MIN_LENGTH} characters, "
                "all of them ASCII. A good one: openssl rand -hex 24"
            )
    return keys


class KeyCheck:
    """Refuses requests without a key.

    Args:
        app: what lies behind.
        keys: those that open it, with their roles.
    """

    def __init__(self, app: ASGIApp, keys: Mapping[str, Role]) -> None:
        self.app = app
        self._roles = [(sha256(key.encode()).digest(), role) for key, role in keys.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it has a key, or needs none."""
        if scope["type"] in ("http", "websocket") and scope["path"] not in _OPEN:
            given = _given(Headers(scope=scope).getlist("authorization"))
            role = None if given is None else self._role(given)
            if role is None:
                await _refuse(given is not None, scope, receive, send)
                return
            scope[ROLE] = role
        await self.app(scope, receive, send)

    def _role(self, given: bytes) -> Role | None:
        """What a key is for; takes as long whichever it is, and where it differs."""
        digest = sha256(given).digest()
        found = [role for known, role in self._roles if hmac.compare_digest(digest, known)]
        return found[0] if found else None


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
