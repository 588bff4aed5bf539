"""Which language a reader gets: the one chosen in the page, else the browser's, else English."""

from http.cookies import CookieError, SimpleCookie
from typing import Final

from babel import negotiate_locale
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.page.wording.catalogues import ENGLISH, LANGUAGES, speaking

COOKIE: Final = "pressmark-language"
_MAX_ACCEPTED = 20


def wanted_language(chosen: str, accepted: str) -> str:
    """Decide on a language.

    Args:
        chosen: in the page, by an earlier visit; empty if none is.
        accepted: the browser's header ``Accept-Language``.
    """
    if chosen in LANGUAGES:
        return chosen
    ranges = [_weighed(part) for part in accepted.split(",")[:_MAX_ACCEPTED]]
    liked = [tag for weight, tag in sorted(ranges, key=lambda found: -found[0]) if weight > 0]
    return negotiate_locale(liked, list(LANGUAGES), sep="-") or ENGLISH


def language_of(headers: Headers) -> str:
    """Decide on the language of a request."""
    try:
        chosen = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        chosen = None
    return wanted_language(chosen.value if chosen else "", headers.get("accept-language", ""))


class Speaking:
    """Answers each request in the language of whoever makes it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with speaking(language_of(Headers(scope=scope))):
            await self.app(scope, receive, send)


def _weighed(part: str) -> tuple[float, str]:
    """A range of ``Accept-Language`` and how well it is liked."""
    tag, _, rest = part.partition(";")
    weight = rest.strip().removeprefix("q=")
    try:
        return (float(weight) if weight else 1.0), tag.strip()
    except ValueError:
        return 0.0, tag.strip()
