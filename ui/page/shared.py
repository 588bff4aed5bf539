"""Answers that somebody made a link to: stored only on request, in the library.

Whoever has the link can read the answer on this server. Only the browser that made the link has
the key that takes it back; deleting the conversation there takes it back too.
"""

import hmac
import re
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ValidationError

from index.errors import LibraryError
from index.library.library import Library
from rag.contract import AnswerResponse
from ui.page.html.answers import Link, TurnView
from ui.page.wording.catalogues import _, later
from ui.page.wording.days import number

FOLDER = "shared"
"""Where former versions kept them, in the home folder."""
MAX_SHARED = 10_000
_TOO_MANY = later("There are %(count)s links already; remove some first.")
_NO_LINK = later("Pressmark cannot make the link: %(why)s.")
_ID = re.compile(r"[A-Za-z0-9_-]{22}")


class _Stored(BaseModel):
    key_sha256: str
    question: str
    response: AnswerResponse


class SharedAnswers:
    """The answers of one library that a link opens.

    Args:
        library: keeps them.
    """

    def __init__(self, library: Library) -> None:
        self._kept = library.shared

    def take_over(self, home: Path) -> None:
        """Bring over what a former version kept in files of a home folder.

        Args:
            home: the folder; what cannot be brought over stays there.
        """
        folder = home / FOLDER
        for path in sorted(folder.glob("*.json")):
            if _ID.fullmatch(path.stem) and self._kept.get(path.stem) is None:
                self._kept.put(path.stem, path.read_text(encoding="utf-8"))
            path.unlink()
        with suppress(OSError):
            folder.rmdir()

    def add(self, turn: TurnView) -> Link:
        """Store an answer under an id that nobody can guess.

        Args:
            turn: with a response whose seal is checked.

        Raises:
            LibraryError: the library cannot store it.
        """
        if turn.response is None:
            raise ValueError("there is no answer to share")
        link = Link(id=secrets.token_urlsafe(16), key=secrets.token_urlsafe(16))
        stored = _Stored(
            key_sha256=_digest(link.key), question=turn.question, response=turn.response
        )
        if self._kept.count() >= MAX_SHARED:
            raise LibraryError(_(_TOO_MANY) % {"count": number(MAX_SHARED)})
        try:
            self._kept.put(link.id, stored.model_dump_json())
        except LibraryError as error:
            why = error.user_message.rstrip(".")
            raise LibraryError(_(_NO_LINK) % {"why": why}) from error
        return link

    def turn(self, ident: object) -> TurnView | None:
        """Find the answer under an id. Return None if there is none, or no longer."""
        stored = self._read(ident)
        return TurnView(question=stored.question, response=stored.response) if stored else None

    def remove(self, sent: object) -> bool:
        """Take a link back. Return False if this key opens none."""
        try:
            link = Link.model_validate(sent)
        except ValidationError:
            return False
        stored = self._read(link.id)
        if stored is None or not hmac.compare_digest(stored.key_sha256, _digest(link.key)):
            return False
        self._kept.remove(link.id)
        return True

    def _read(self, ident: object) -> _Stored | None:
        if not isinstance(ident, str) or not _ID.fullmatch(ident):
            return None
        content = self._kept.get(ident)
        try:
            return None if content is None else _Stored.model_validate_json(content)
        except ValidationError:
            return None


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "replace")).hexdigest()
