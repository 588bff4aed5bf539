"""What the page's script may ask for to take notes: verdicts on answers, and saved answers."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from index.errors import PressmarkError
from index.library.notes import Notes
from rag.pressmark import Pressmark
from ui.http.noting import FeedbackRequest
from ui.page.conversation import kept_turns
from ui.page.html.answers import TurnView
from ui.page.saved import FORGED, NOT_KEPT, saving
from ui.page.seals import Seals
from ui.page.wording.catalogues import _
from ui.page.wording.from_elsewhere import told


class _Verdict(BaseModel):
    """A verdict as the page's script sends it, with the turn that it is on."""

    turn: dict[str, Any]
    verdict: str
    expected: str = ""
    comment: str = ""
    history: list[dict[str, Any]] = []


def noting(pressmark: Pressmark, seals: Seals) -> list[Callable[[Any], Any]]:
    """The functions; the script calls each by its name.

    Args:
        pressmark: whose library keeps the notes.
        seals: that say whether an answer that comes back was given here.
    """
    library = pressmark.library

    def turn_of(sent: Any) -> TurnView | None:
        return _sealed_turn(sent, seals)

    return [_giving_verdicts(library.notes, seals), *saving(library, seals, turn_of)]


def _giving_verdicts(notes: Notes, seals: Seals) -> Callable[[Any], Any]:
    def give_verdict(sent: Any) -> dict[str, str]:
        try:
            verdict = _Verdict.model_validate(sent)
            turn = _sealed_turn(verdict.turn, seals)
            if turn is None:
                return {"problem": _(FORGED)}
            fields = verdict.model_dump(exclude={"turn"})
            request = FeedbackRequest.model_validate(
                {"question": turn.question, "response": turn.response, "as_of": turn.as_of} | fields
            )
            return {"id": notes.add_feedback(request.feedback())}
        except ValidationError:
            return {"problem": _(NOT_KEPT)}
        except PressmarkError as error:
            return {"problem": told(error.user_message)}

    return give_verdict


def _sealed_turn(sent: object, seals: Seals) -> TurnView | None:
    turns = kept_turns([sent])
    return turns[0] if turns and seals.fits(turns[0]) else None
