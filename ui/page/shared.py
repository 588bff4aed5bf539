"""Answers that somebody made a link to: stored only on request, in the home folder.

Whoever has the link can read the answer on this server. Only the browser that made the link has
the key that takes it back; deleting the conversation there takes it back too.
"""

import hmac
import os
import re
import secrets
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ValidationError

from index.errors import LibraryError
from rag.contract import AnswerResponse
from ui.page.html.answers import Link, TurnView
from ui.page.wording.catalogues import _, later
from ui.page.wording.days import number

FOLDER = "shared"
MAX_SHARED = 10_000
_TOO_MANY = later("There are %(count)s links already; remove some first.")
_NO_LINK = later("Pressmark cannot make the link: %(why)s.")
_ID = re.compile(r"[A-Za-z0-9_-]{22}")


class _Stored(BaseModel):
    key_sha256: str
    question: str
    response: AnswerResponse


class SharedAnswers:
    """The answers of one home folder that a link opens."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def add(self, turn: TurnView) -> Link:
        """Store an answer under an id that nobody can guess.

        Args:
            turn: with a response whose seal is checked.

        Raises:
            LibraryError: the folder cannot store it.
        """
        if turn.response is None:
            raise ValueError("there is no answer to share")
        link = Link(id=secrets.token_urlsafe(16), key=secrets.token_urlsafe(16))
        stored = _Stored(
            key_sha256=_digest(link.key), question=turn.question, response=turn.response
        )
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            if sum(1 for _ in self._folder.iterdir()) >= MAX_SHARED:
                raise LibraryError(_(_TOO_MANY) % {"count": number(MAX_SHARED)})
            handle = os.open(self._path(link.id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(stored.model_dump_json())
        except OSError as error:
            raise LibraryError(_(_NO_LINK) % {"why": error.strerror}) from error
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
        self._path(link.id).unlink(missing_ok=True)
        return True

    def _read(self, ident: object) -> _Stored | None:
        if not isinstance(ident, str) or not _ID.fullmatch(ident):
            return None
        try:
            return _Stored.model_validate_json(self._path(ident).read_bytes())
        except (OSError, ValidationError):
            return None

    def _path(self, ident: str) -> Path:
        return self._folder / f"{ident}.json"


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "replace")).hexdigest()
