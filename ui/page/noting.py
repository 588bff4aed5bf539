"""What the page's script may ask for to take notes: verdicts on answers, and saved answers."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from index.errors import PressmarkError
from index.library.notes import Notes, SavedAnswer
from rag.contract import AnswerResponse, Text
from rag.pressmark import Pressmark
from ui.http.noting import FeedbackRequest, saved_model
from ui.page.conversation import kept_turns
from ui.page.html.answers import TurnView
from ui.page.seals import Seals
from ui.page.wording.catalogues import _, later

_FORGED = later("Only an answer that this server gave can be noted.")
_NOT_KEPT = later("This could not be kept.")
_OTHER_VERSION = later("This answer cannot be shown any more: it was given by another version.")


class _Verdict(BaseModel):
    """A verdict as the page's script sends it, with the turn that it is on."""

    turn: dict[str, Any]
    verdict: str
    expected: str = ""
    comment: str = ""
    history: list[dict[str, Any]] = []


class _Note(BaseModel):
    """A note on an answer that was saved, as the page's script sends it."""

    id: Annotated[str, Field(max_length=64)]
    comment: Annotated[Text, Field(max_length=4_000)]


def noting(pressmark: Pressmark, seals: Seals) -> list[Callable[[Any], Any]]:
    """The functions; the script calls each by its name.

    Args:
        pressmark: whose library keeps the notes.
        seals: that say whether an answer that comes back was given here.
    """
    notes = pressmark.library.notes
    return [_giving_verdicts(notes, seals), *_saving(notes, seals), _annotating(notes)]


def _giving_verdicts(notes: Notes, seals: Seals) -> Callable[[Any], Any]:
    def give_verdict(sent: Any) -> dict[str, str]:
        try:
            verdict = _Verdict.model_validate(sent)
            turn = _sealed_turn(verdict.turn, seals)
            if turn is None:
                return {"problem": _(_FORGED)}
            fields = verdict.model_dump(exclude={"turn"})
            request = FeedbackRequest.model_validate(
                {"question": turn.question, "response": turn.response, "as_of": turn.as_of} | fields
            )
            return {"id": notes.add_feedback(request.feedback())}
        except ValidationError:
            return {"problem": _(_NOT_KEPT)}
        except PressmarkError as error:
            return {"problem": error.user_message}

    return give_verdict


def _saving(notes: Notes, seals: Seals) -> list[Callable[[Any], Any]]:
    def save_answer(sent: Any) -> dict[str, str]:
        turn = _sealed_turn(sent, seals)
        if turn is None or turn.response is None:
            return {"problem": _(_FORGED)}
        try:
            saved = SavedAnswer(turn.question, turn.response.model_dump_json())
            return {"id": notes.save(saved)}
        except PressmarkError as error:
            return {"problem": error.user_message}

    def saved_answers(nothing: Any) -> list[dict[str, Any]]:
        return [saved_model(kept).model_dump() for kept in notes.saved()]

    def saved_turn(ident: Any) -> dict[str, Any]:
        kept = notes.saved_answer(str(ident))
        if kept is None:
            return {}
        return _turn_of(kept, seals).model_dump(mode="json")

    def unsave_answer(ident: Any) -> bool:
        return notes.unsave(str(ident))

    return [save_answer, saved_answers, saved_turn, unsave_answer]


def _annotating(notes: Notes) -> Callable[[Any], Any]:
    def note_answer(sent: Any) -> dict[str, str]:
        try:
            note = _Note.model_validate(sent)
            kept = notes.annotate(note.id, note.comment.strip())
        except ValidationError:
            return {"problem": _(_NOT_KEPT)}
        except PressmarkError as error:
            return {"problem": error.user_message}
        return {"id": note.id} if kept else {"problem": _(_NOT_KEPT)}

    return note_answer


def _sealed_turn(sent: object, seals: Seals) -> TurnView | None:
    turns = kept_turns([sent])
    return turns[0] if turns and seals.fits(turns[0]) else None


def _turn_of(kept: SavedAnswer, seals: Seals) -> TurnView:
    try:
        response = AnswerResponse.model_validate_json(kept.response)
    except ValidationError:
        return TurnView(question=kept.question, problem=_(_OTHER_VERSION))
    return seals.sealed(TurnView(question=kept.question, response=response))
