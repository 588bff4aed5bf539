"""The page's secret and what derives from it: a key for the browser, and seals on answers.

The browser keeps conversations, encrypted with a key derived from a secret in the home folder. A
seal proves that this server gave an answer that a browser sends back to share.
"""

import hmac
import os
import secrets
from pathlib import Path

from rag.contract import AnswerResponse
from ui.page.html.answers import TurnView

SECRET_NAME = "page-secret"  # noqa: S105  a file's name


def page_secret(home: Path) -> str | None:
    """Get the secret of a home folder, made once. Return None if the folder cannot keep it."""
    path = home / SECRET_NAME
    try:
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(32))
        return path.read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


class Seals:
    """Signs answers, and recognises its own signature.

    Attributes:
        browser_key: encrypts the conversations that browsers keep; empty if no secret would
            survive a restart.
    """

    def __init__(self, home: Path) -> None:
        secret = page_secret(home)
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
