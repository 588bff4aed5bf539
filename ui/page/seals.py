"""The page's secret and what derives from it: a key for the browser, and seals on answers.

The browser keeps conversations, encrypted with a key derived from a secret in the library, so that
whichever process a visitor comes to opens them. A seal proves that one of these processes gave an
answer that a browser sends back to share.
"""

import hmac
import secrets
from contextlib import suppress
from pathlib import Path

from index.errors import LibraryError
from index.library.library import Library
from rag.contract import AnswerResponse
from ui.page.html.answers import TurnView

SECRET_NAME = "page-secret"  # noqa: S105  the name of a secret


def page_secret(library: Library, home: Path) -> str | None:
    """Get the secret of a library, made once. Return None if the library cannot keep it.

    Args:
        library: keeps it.
        home: may hold the file of a former version, which is brought over.
    """
    path, former = home / SECRET_NAME, ""
    with suppress(OSError, UnicodeDecodeError):
        former = path.read_text(encoding="ascii").strip()
    try:
        found = library.shared.secret(SECRET_NAME, former or secrets.token_urlsafe(32))
    except LibraryError:
        return former or None
    if former == found:
        with suppress(OSError):
            path.unlink()
    return found


class Seals:
    """Signs answers, and recognises its own signature.

    Attributes:
        browser_key: encrypts the conversations that browsers keep; empty if no secret would
            survive a restart.
    """

    def __init__(self, library: Library, home: Path) -> None:
        secret = page_secret(library, home)
        self.browser_key = _derived(secret, "conversations") if secret else ""
        self._key = _derived(secret or secrets.token_urlsafe(32), "answers")

    def of(self, question: str, response: AnswerResponse) -> str:
        """Make the seal on a response to a question."""
        return _derived(self._key, f"{question}\0{response.model_dump_json()}")

    def sealed(self, turn: TurnView) -> TurnView:
        """Seal the turn, if it has a response."""
        if turn.response is None:
            return turn
        return turn.model_copy(update={"seal": self.of(turn.question, turn.response)})

    def fits(self, turn: TurnView) -> bool:
        """Whether this server gave this response to this question."""
        if turn.response is None:
            return False
        return hmac.compare_digest(
            turn.seal.encode("utf-8", "replace"), self.of(turn.question, turn.response).encode()
        )


def _derived(key: str, message: str) -> str:
    return hmac.new(key.encode(), message.encode("utf-8", "replace"), "sha256").hexdigest()
