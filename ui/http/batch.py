"""Many questions at once: JSON Lines in, JSON Lines out, one line for each question.

A line that cannot be asked or answered has an error of its own and stops no other. Each line
has an id, so that whoever was cut off can go on behind the last one that came.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError
from starlette.responses import Response

from rag.contract import AnswerRequest, AnswerResponse, Text, answer_response
from rag.llm.retrying import CancelledByReaderError
from rag.pressmark import Pressmark
from rag.streaming import AnswerStream
from rag.types import Question
from ui.http.admission import AnswerGate
from ui.http.events import EventStream
from ui.http.inbound import MalformedJsonError, field_errors, parse_json
from ui.http.problems import Problem, problem_docs, problem_for, problem_response
from ui.http.strict import JSON_LINES

MAX_LINES = 10_000
MAX_ID_CHARS = 200


class BatchQuestion(AnswerRequest):
    """One line: the body of ``POST /v1/answer``, with an id."""

    id: Annotated[Text, Field(min_length=1, max_length=MAX_ID_CHARS)] | None = Field(
        default=None, description="Chosen by you; the line's number where it is left out."
    )


class BatchAnswer(BaseModel):
    """One line that comes back: an answer, or an error."""

    id: str
    line: int = Field(description="The number of the question's line, from 1.")
    question: str | None = None
    answer: AnswerResponse | None = None
    error: Problem | None = None

    def as_line(self) -> bytes:
        """The line, with its end."""
        return self.model_dump_json(exclude_unset=True).encode("utf-8") + b"\n"


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One line as it was read.

    Attributes:
        number: from 1.
        id: the client's, or the number.
        asked: what is asked; None if the line cannot be used.
        error: why it cannot.
    """

    number: int
    id: str
    asked: Question | None = None
    error: Problem | None = None

    def failed(self, error: Problem) -> BatchAnswer:
        """What comes back for a line that was not answered."""
        text = self.asked.text if self.asked else None
        return BatchAnswer(id=self.id, line=self.number, question=text, error=error)

    def answered(self, answer: AnswerResponse) -> BatchAnswer:
        """What comes back for a line that was."""
        text = self.asked.text if self.asked else None
        return BatchAnswer(id=self.id, line=self.number, question=text, answer=answer)


def batch_lines(body: bytes) -> Iterator[BatchLine]:
    """The lines of a body that are not empty."""
    seen: set[str] = set()
    for number, raw in enumerate(body.split(b"\n"), start=1):
        if raw.strip():
            line = _line(number, raw)
            if line.id in seen:
                words = f"id: {line.id!r} is the id of an earlier line, too"
                line = BatchLine(number, line.id, error=_problem(422, words))
            seen.add(line.id)
            yield line


def _line(number: int, raw: bytes) -> BatchLine:
    ident = str(number)
    try:
        value = parse_json(raw)
        if isinstance(value, dict) and isinstance(given := value.get("id"), str) and given:
            ident = given[:MAX_ID_CHARS]
        asked = BatchQuestion.model_validate(value)
    except MalformedJsonError as error:
        return BatchLine(number, ident, error=_problem(400, f"The line cannot be used: {error}."))
    except ValidationError as error:
        words = "; ".join(map(str, field_errors(error.errors())))
        return BatchLine(number, ident, error=_problem(422, words))
    return BatchLine(number, ident, asked.to_question())


def _problem(status: int, detail: str) -> Problem:
    return Problem.model_validate_json(bytes(problem_response(status, detail).body))


class Asking:
    """Answers lines one by one; may be given up from another thread.

    Args:
        pressmark: that answers.
    """

    def __init__(self, pressmark: Pressmark) -> None:
        self._pressmark = pressmark
        self._lock = Lock()
        self._stream: AnswerStream | None = None
        self._given_up = False

    def answer(self, line: BatchLine) -> BatchAnswer | None:
        """What comes back for a line; None once it was given up."""
        if line.asked is None:
            error = line.error or _problem(422, "The line cannot be used.")
            return None if self._given_up else line.failed(error)
        with self._lock:
            if self._given_up:
                return None
            self._stream = self._pressmark.stream(line.asked)
        try:
            return line.answered(answer_response(self._stream.answer()))
        except CancelledByReaderError:
            return None
        except Exception as error:
            problem = bytes(problem_for(error, "a batch").body)
            return line.failed(Problem.model_validate_json(problem))

    def close(self) -> None:
        """Give up, from any thread."""
        with self._lock:
            self._given_up = True
            if self._stream is not None:
                self._stream.close()


class BatchFeed:
    """The lines that come back, each as soon as it is there.

    Args:
        pressmark: that answers.
        lines: the questions.
    """

    media_type = JSON_LINES
    keep_alive = b""

    def __init__(self, pressmark: Pressmark, lines: Sequence[BatchLine]) -> None:
        self._asking = Asking(pressmark)
        self._lines = lines

    def messages(self) -> Iterator[bytes]:
        """Each line."""
        for line in self._lines:
            answer = self._asking.answer(line)
            if answer is None:
                return
            yield answer.as_line()

    def failed(self, problem: bytes) -> bytes:
        """A last line that belongs to no question."""
        return json.dumps({"id": None, "line": None, "error": json.loads(problem)}).encode() + b"\n"

    def close(self) -> None:
        """End the call to a model, too."""
        self._asking.close()


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {JSON_LINES: {"schema": {"$ref": "#/components/schemas/BatchQuestion"}}},
    }
}
_STREAM: dict[str, Any] = {
    "description": "A line for each question, in their order.",
    "content": {JSON_LINES: {"schema": {"$ref": "#/components/schemas/BatchAnswer"}}},
}


def add_batch(app: FastAPI, pressmark: Pressmark) -> None:
    """Add the address.

    Args:
        app: where to.
        pressmark: that answers.
    """
    # One batch at a time, beside the questions that somebody waits for.
    gate = AnswerGate(1, 3, "batches are being answered; send it again later")

    @app.post(
        "/v1/answers/batch",
        response_class=Response,
        responses={**problem_docs(401, 403, 413, 415, 422, 503), 200: _STREAM},
        openapi_extra=_BODY,
        tags=["answers"],
    )
    async def batch(
        request: Request,
        after: Annotated[
            Text | None,
            Query(max_length=MAX_ID_CHARS, description="Go on behind the line with this id."),
        ] = None,
    ) -> Response:
        """Answer many questions, one JSON object a line; errors are lines, too."""
        lines = list(batch_lines(await request.body()))
        if not 0 < len(lines) <= MAX_LINES:
            words = f"must have 1 to {MAX_LINES:,} lines, each a question"
            raise _refusal("body", words)
        if after is not None:
            passed = [place for place, line in enumerate(lines) if line.id == after]
            if not passed:
                raise _refusal("after", "is the id of no line")
            lines = lines[passed[0] + 1 :]
        return EventStream(BatchFeed(pressmark, lines), gate)


def _refusal(field: str, words: str) -> RequestValidationError:
    loc = ("query", field) if field != "body" else ("body",)
    return RequestValidationError([{"type": "value_error", "loc": loc, "ctx": {"error": words}}])
