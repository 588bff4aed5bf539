"""Notes as they come in and go out: what people say of answers, and answers that they save."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from index.library.collections import MAX_NAME
from index.library.notes import Feedback, SavedAnswer, Verdict
from rag.contract import MAX_HISTORY_TURNS, AnswerResponse, Text, TurnModel

_Comment = Annotated[Text, Field(max_length=4_000)]
_Collection = Annotated[Text, Field(max_length=MAX_NAME)]


class FeedbackRequest(BaseModel):
    """What somebody says of an answer; the answer is sent along as it was given."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[Text, Field(min_length=1, max_length=4_000)]
    response: AnswerResponse
    verdict: Verdict
    marker: int | None = Field(default=None, description="The citation that is meant, if one is.")
    expected: _Comment = Field(default="", description="The right words, if they are known.")
    comment: _Comment = ""
    as_of: date | None = None
    history: Annotated[list[TurnModel], Field(max_length=MAX_HISTORY_TURNS)] = []

    @model_validator(mode="after")
    def _means_a_citation(self) -> Self:
        """Refuse a marker that the answer does not have."""
        if self.marker is not None and self.marker not in markers_of(self.response):
            raise ValueError("marker names no citation of the answer")
        return self

    def feedback(self) -> Feedback:
        """As the library keeps it."""
        return Feedback(
            verdict=self.verdict,
            question=self.question,
            response=self.response.model_dump_json(),
            history=json.dumps([turn.model_dump() for turn in self.history]),
            as_of=self.as_of.isoformat() if self.as_of else None,
            marker=self.marker,
            expected=self.expected.strip(),
            comment=self.comment.strip(),
        )


def markers_of(response: AnswerResponse) -> set[int]:
    """The markers of an answer's citations; of a refusal, those of the closest passages."""
    shown = response.abstention.closest if response.abstention else response.citations
    return {citation.marker for citation in shown}


class SaveRequest(BaseModel):
    """An answer to be saved, with a comment and the collection that it is kept with."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[Text, Field(min_length=1, max_length=4_000)]
    response: AnswerResponse
    comment: _Comment = ""
    collection: _Collection = Field(default="", description="By name or by id; empty for none.")

    def saved_answer(self, collection: str = "") -> SavedAnswer:
        """As the library keeps it.

        Args:
            collection: the id of the collection that the request names.
        """
        response = self.response.model_dump_json()
        return SavedAnswer(self.question, response, self.comment.strip(), collection)


class SavedChange(BaseModel):
    """What is to change of an answer that was saved; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    comment: _Comment | None = None
    collection: _Collection | None = Field(
        default=None, description="By name or by id; empty for none."
    )


class KeptModel(BaseModel):
    """The id under which a note is kept."""

    id: str


class FeedbackModel(BaseModel):
    """What was said of an answer."""

    id: str
    given_at: str
    verdict: Verdict
    question: str
    answer: str
    marker: int | None
    expected: str
    comment: str
    as_of: str | None


class FeedbackList(BaseModel):
    """What was said of answers, oldest first."""

    feedback: list[FeedbackModel]


class SavedModel(BaseModel):
    """An answer that was saved, in short; ``/v1/answers/{id}`` gives it whole."""

    id: str
    saved_at: str
    question: str
    answer: str
    comment: str
    collection: str | None = Field(default=None, description="The name of its collection.")


class SavedList(BaseModel):
    """The answers that were saved, oldest first."""

    saved: list[SavedModel]


def feedback_model(kept: Feedback) -> FeedbackModel:
    """A note in the API's form."""
    return FeedbackModel(
        id=kept.note_id,
        given_at=kept.given_at,
        verdict=kept.verdict,
        question=kept.question,
        answer=_answer(kept.response),
        marker=kept.marker,
        expected=kept.expected,
        comment=kept.comment,
        as_of=kept.as_of,
    )


def saved_model(kept: SavedAnswer, collections: Mapping[str, str]) -> SavedModel:
    """A saved answer in the API's form.

    Args:
        kept: the answer.
        collections: the names of the collections that there are, by id.
    """
    return SavedModel(
        id=kept.note_id,
        saved_at=kept.saved_at,
        question=kept.question,
        answer=_answer(kept.response),
        comment=kept.comment,
        collection=collections.get(kept.collection),
    )


def _answer(response: str) -> str:
    """The answer's text, also of a version whose contract had other fields."""
    answer = json.loads(response).get("answer")
    return answer if isinstance(answer, str) else ""
