"""Saved answers on the page: kept with a collection, listed by it, exported with it."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from index.errors import PressmarkError
from index.library.collections import MAX_NAME
from index.library.library import Library
from index.library.notes import SavedAnswer
from rag.contract import AnswerResponse, Text
from ui.exports.exchange import MAX_EXCHANGES, Exchange
from ui.exports.formats import ExportFormat
from ui.http.noting import saved_model
from ui.page.conversation import file_for_script
from ui.page.html.answers import TurnView
from ui.page.seals import Seals
from ui.page.wording.catalogues import _, later
from ui.page.wording.from_elsewhere import told

FORGED = later("Only an answer that this server gave can be noted.")
NOT_KEPT = later("This could not be kept.")
_OTHER_VERSION = later("This answer cannot be shown any more: it was given by another version.")
_NONE = later("No answer is saved here yet.")


class _Change(BaseModel):
    """What is to change of a saved answer, as the page's script sends it.

    Attributes:
        comment: None leaves it as it is.
        collection: the name of the one to keep it with, which is made if there is none of that
            name; empty for none; None leaves it as it is.
    """

    id: Annotated[str, Field(max_length=64)]
    comment: Annotated[Text, Field(max_length=4_000)] | None = None
    collection: Annotated[Text, Field(max_length=MAX_NAME)] | None = None


class _Wanted(BaseModel):
    """Which saved answers are wanted, and as what."""

    collection: Annotated[Text, Field(max_length=MAX_NAME)] | None = None
    form: ExportFormat = ExportFormat.MARKDOWN


def saved_exchanges(kept: Iterable[SavedAnswer]) -> list[Exchange]:
    """Saved answers as they are taken along, with their comments.

    Answers of a version whose contract had other fields are left out.
    """
    found = []
    for one in kept:
        with suppress(ValidationError):
            response = AnswerResponse.model_validate_json(one.response)
            found.append(Exchange(question=one.question, response=response, note=one.comment))
    return found


def saving(
    library: Library, seals: Seals, turn_of: Callable[[Any], TurnView | None]
) -> list[Callable[[Any], Any]]:
    """The functions; the script calls each by its name.

    Args:
        library: that keeps the answers.
        seals: for the answers that are given back.
        turn_of: reads what the browser sends; None unless this server gave that answer.
    """
    return [_keeping(library, turn_of), *_changing(library), *_giving(library, seals)]


def _keeping(library: Library, turn_of: Callable[[Any], TurnView | None]) -> Callable[[Any], Any]:
    def save_answer(sent: Any) -> dict[str, str]:
        turn = turn_of(sent)
        if turn is None or turn.response is None:
            return {"problem": _(FORGED)}
        try:
            name = _asked_in(library, turn)
            collection = _id_of(library, name) if name else ""
            saved = SavedAnswer(
                turn.question, turn.response.model_dump_json(), collection=collection
            )
            return {"id": library.notes.save(saved), "collection": name}
        except PressmarkError as error:
            return {"problem": told(error.user_message)}

    return save_answer


def _changing(library: Library) -> list[Callable[[Any], Any]]:
    notes = library.notes

    def change_answer(sent: Any) -> dict[str, str]:
        try:
            change = _Change.model_validate(sent)
            if notes.saved_answer(change.id) is None:
                return {"problem": _(NOT_KEPT)}
            if change.comment is not None:
                notes.annotate(change.id, change.comment.strip())
            if change.collection is not None:
                name = change.collection.strip()
                notes.file(change.id, _id_of(library, name) if name else "")
        except ValidationError:
            return {"problem": _(NOT_KEPT)}
        except PressmarkError as error:
            return {"problem": told(error.user_message)}
        return {"id": change.id}

    def unsave_answer(ident: Any) -> bool:
        return notes.unsave(str(ident))

    return [change_answer, unsave_answer]


def _giving(library: Library, seals: Seals) -> list[Callable[[Any], Any]]:
    notes = library.notes

    def saved_answers(nothing: Any) -> dict[str, Any]:
        names = library.collections.names()
        saved = [saved_model(kept, names).model_dump() for kept in notes.saved()]
        return {"saved": saved, "collections": list(names.values())}

    def saved_turn(ident: Any) -> dict[str, Any]:
        kept = notes.saved_answer(str(ident))
        return _turn_of(kept, seals).model_dump(mode="json") if kept else {}

    def export_saved(sent: Any) -> dict[str, str]:
        try:
            wanted = _Wanted.model_validate(sent)
            name = wanted.collection
            only = library.collections.one(name).collection_id if name else None
        except ValidationError:
            return {"problem": _(_NONE)}
        except PressmarkError as error:
            return {"problem": told(error.user_message)}
        found = saved_exchanges(notes.saved(MAX_EXCHANGES, 0, only))
        return file_for_script(found, wanted.form) if found else {"problem": _(_NONE)}

    return [saved_answers, saved_turn, export_saved]


def _asked_in(library: Library, turn: TurnView) -> str:
    """The only collection that the question was asked in, if there is one and it still exists."""
    filters = turn.asked.get("filters")
    named = filters.get("collections") if isinstance(filters, dict) else None
    if not isinstance(named, list) or len(named) != 1:
        return ""
    return named[0] if named[0] in library.collections.names().values() else ""


def _id_of(library: Library, name: str) -> str:
    return library.collections.add(name, ()).collection_id


def _turn_of(kept: SavedAnswer, seals: Seals) -> TurnView:
    try:
        response = AnswerResponse.model_validate_json(kept.response)
    except ValidationError:
        return TurnView(question=kept.question, problem=_(_OTHER_VERSION))
    return seals.sealed(TurnView(question=kept.question, response=response))
