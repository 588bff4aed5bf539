"""Files and texts that the page's script sends: stored one by one, read together in one run."""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from index.errors import InputError, PressmarkError
from index.readers.disk import MAX_FILE_BYTES
from rag.pressmark import Pressmark
from ui.http.giving import TextModel
from ui.http.uploads import MAX_FILES, Refused, TakenIn, Uploads, safe_name
from ui.page.html.articles import report_html
from ui.page.indexing import Indexing, Report
from ui.page.wishes import what_is_wrong
from ui.page.worded import page_words
from ui.page.wording.catalogues import _, later
from ui.page.wording.from_elsewhere import told

_KEPT = 50
_GONE = later("The server has started again since these files were sent. Send them again.")
_NOT_SENT = later("These are no files that were just sent here.")

Function = Callable[[Any], Any]


class _Sent(BaseModel):
    """Files that the browser has sent, by the paths that they were received under.

    Attributes:
        token: of the sending that they belong to; empty for its first ones.
        too_large: names of files that the browser did not send.
        failed: names of files that could not be sent.
    """

    token: str = ""
    paths: Annotated[list[str], Field(max_length=MAX_FILES)] = []
    too_large: list[str] = []
    failed: list[str] = []


@dataclass(slots=True)
class _Sending:
    taken: TakenIn = field(default_factory=TakenIn)
    outcome: Report | str | None = None


class Adding:
    """What a reader adds through the page."""

    def __init__(
        self, pressmark: Pressmark, indexing: Indexing, check_allowed: Callable[[], None]
    ) -> None:
        """Store nothing yet.

        Args:
            pressmark: opened for writing.
            indexing: runs, one at a time.
            check_allowed: raises an error if the caller may not add articles.
        """
        self._pressmark = pressmark
        self._indexing = indexing
        self._check_allowed = check_allowed
        self._uploads = Uploads(pressmark.settings.home)
        self._sendings: OrderedDict[str, _Sending] = OrderedDict()

    def functions(self) -> list[Function]:
        """What the script may ask for, each by its name."""

        def receive(sent: Any) -> dict[str, Any]:
            return self._told(lambda: self._receive(_Sent.model_validate(sent)))

        def paste(sent: Any) -> dict[str, Any]:
            return self._told(lambda: self._paste(TextModel.model_validate(sent)))

        def read_in(token: Any) -> dict[str, Any]:
            return self._told(lambda: self._read_in(str(token)))

        def run_state(token: Any) -> dict[str, Any]:
            return self._told(lambda: self._state(str(token)))

        return [receive, paste, read_in, run_state, page_words]

    def _told(self, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        try:
            self._check_allowed()
            return act()
        except ValidationError as error:
            return {"problem": what_is_wrong(error)}
        except PressmarkError as error:
            return {"problem": told(error.user_message)}

    def _receive(self, sent: _Sent) -> dict[str, Any]:
        token, sending = self._sending(sent.token)
        transit = self._uploads.in_transit.resolve()
        for path in sent.paths:
            if not Path(path).resolve().is_relative_to(transit):
                raise InputError(_(_NOT_SENT))
        limit = _("larger than %(size)s MiB, the most that one file may have")
        limit %= {"size": MAX_FILE_BYTES // 2**20}
        taken = self._uploads.take_in(sent.paths)
        sending.taken.stored += taken.stored
        sending.taken.same += taken.same
        sending.taken.refused += [
            *taken.refused,
            *(Refused(safe_name(name), limit) for name in sent.too_large),
            *(
                Refused(safe_name(name), _("it could not be sent; try again"))
                for name in sent.failed
            ),
        ]
        return {"token": token}

    def _paste(self, text: TextModel) -> dict[str, Any]:
        name, content = text.as_file()
        folder = self._uploads.in_transit / secrets.token_hex(16)
        folder.mkdir(mode=0o700, parents=True)
        path = folder / safe_name(name)
        path.write_bytes(content)
        try:
            found = self._receive(_Sent(paths=[str(path)]))
        finally:
            folder.rmdir()
        return self._read_in(found["token"]) | found

    def _read_in(self, token: str) -> dict[str, Any]:
        sending = self._known(token)
        threading.Thread(target=self._run, args=(sending,), name="adding", daemon=True).start()
        return {"token": token}

    def _run(self, sending: _Sending) -> None:
        folder = [self._uploads.folder]
        for outcome in self._indexing.follow(
            lambda progress: self._pressmark.index(folder, progress)
        ):
            sending.outcome = outcome

    def _state(self, token: str) -> dict[str, Any]:
        sending = self._known(token)
        if sending.outcome is None:
            return {"words": self._indexing.words()}
        return {"html": report_html(sending.outcome, sending.taken)}

    def _sending(self, token: str) -> tuple[str, _Sending]:
        if token:
            return token, self._known(token)
        token = secrets.token_urlsafe(12)
        self._sendings[token] = _Sending()
        while len(self._sendings) > _KEPT:
            self._sendings.popitem(last=False)
        return token, self._sendings[token]

    def _known(self, token: str) -> _Sending:
        if token not in self._sendings:
            raise InputError(_(_GONE))
        return self._sendings[token]
