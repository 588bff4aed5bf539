"""Asking from the page: what its script sends, and a turn in progress."""

import logging
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from index.errors import PressmarkError
from rag.contract import (
    AnswerRequest,
    AnswerResponse,
    answer_response,
    citation_model,
    streamed_claim,
)
from rag.pressmark import Pressmark
from rag.streaming import AnswerStream
from rag.types import Answer, AnswerEvent, Task, Withdrawn
from ui.page.html.answers import SoFar, TurnView
from ui.page.wishes import Wishes, what_is_wrong
from ui.page.wording.catalogues import _, later
from ui.page.wording.from_elsewhere import told

STOPPED = later("Stopped before the answer was whole.")
_OURS = later("Something went wrong inside Pressmark; its log has the details. Please ask again.")

log = logging.getLogger(__name__)


class PageRequest(BaseModel):
    """A question as the page's script sends it.

    Attributes:
        turn: an id for the turn.
        history: what was said before.
        written: whether the model of the page's panel is to write.
        wishes: the restrictions of the search.
        wrong: why the question cannot be asked, if the filters hold no usable date.
        task: the kind of answer that is wanted.
    """

    turn: Annotated[str, Field(max_length=64)] = ""
    question: str = ""
    history: list[dict[str, Any]] = []
    written: bool = False
    wishes: Wishes = Wishes()
    wrong: Annotated[str, Field(max_length=300)] = ""
    task: Task = "auto"


def page_request(sent: object) -> PageRequest:
    """Read what the page's script sent; anything else becomes an empty request."""
    try:
        return PageRequest.model_validate(sent)
    except ValidationError:
        return PageRequest()


def respond(pressmark: Pressmark, body: dict[str, Any]) -> AnswerResponse | str:
    """Answer a request, or say why there is no answer.

    Args:
        pressmark: what answers.
        body: in the form of ``POST /v1/answer``.
    """
    try:
        request = AnswerRequest.model_validate(body)
        return answer_response(pressmark.answer(request.to_question()))
    except Exception as error:
        return _in_words(error)


def _in_words(error: Exception) -> str:
    """Say why there is no answer; our own faults go to the log."""
    if isinstance(error, ValidationError):
        return what_is_wrong(error)
    if isinstance(error, PressmarkError):
        return told(error.user_message)
    log.error("A question could not be answered", exc_info=error)
    return _(_OURS)


class Answering:
    """A turn of a conversation in progress, sentence by sentence.

    Attributes:
        turn: its present state.
    """

    def __init__(self, pressmark: Pressmark, request: PageRequest) -> None:
        """Prepare, and begin nothing yet.

        Args:
            pressmark: what answers.
            request: the question, the exchanges before, and the restrictions of the search.
        """
        wishes = request.wishes
        asked = {**wishes.body(), "task": request.task}
        self.turn = TurnView(
            id=request.turn,
            question=request.question,
            within=wishes.parts(),
            as_of=wishes.as_of or None,
            asked=asked,
        )
        self._pressmark = pressmark
        self._body = {"question": request.question, "history": request.history, **asked}
        self._events: AnswerStream | None = None
        self._stopped = False

    def __iter__(self) -> Iterator[TurnView]:
        """Give the turn with each sentence as soon as it is verified, and at last its answer."""
        try:
            question = AnswerRequest.model_validate(self._body).to_question()
            with self._pressmark.stream(question) as self._events:
                for event in self._events if not self._stopped else ():
                    self.turn = self.turn.model_copy(update=self._change(event))
                    yield self.turn
        except Exception as error:
            self.turn = self.turn.model_copy(update={"problem": _in_words(error)})
            yield self.turn

    def stop(self) -> TurnView:
        """Stop, from any thread; the turn keeps the sentences that it has."""
        self._stopped = True
        if self._events is not None:
            self._events.close()
        if self.turn.pending:
            self.turn = self.turn.model_copy(update={"problem": _(STOPPED)})
        return self.turn

    def _change(self, event: AnswerEvent) -> dict[str, object]:
        if isinstance(event, Answer):
            return {"response": answer_response(event), "so_far": None}
        if isinstance(event, Withdrawn):
            return {"so_far": None}
        so_far = self.turn.so_far or SoFar(claims=[], citations=[])
        claim = streamed_claim(event)
        citations = [*so_far.citations, *map(citation_model, event.citations)]
        return {"so_far": SoFar(claims=[*so_far.claims, claim], citations=citations)}
