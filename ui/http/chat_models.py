"""Chat completions in OpenAI's shapes: what their clients send, and what they read."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError

from rag.contract import (
    MAX_ANSWER_CHARS,
    MAX_HISTORY_TURNS,
    MAX_QUESTION_CHARS,
    AnswerRequest,
    AnswerResponse,
    CitationModel,
    FiltersModel,
    TurnModel,
)
from ui.http.inbound import field_errors

MODES: dict[str, Literal["auto", "extractive", "generative"]] = {
    "pressmark": "auto",
    "pressmark-extractive": "extractive",
    "pressmark-generative": "generative",
}
"""The models by name: how answers are made."""
_MAX_MESSAGES = 2_000

SaidBefore = Callable[[str], str]
"""Gives what an earlier answer said, without the list of sources below it."""


class ChatPart(BaseModel):
    """A piece of a message; only those of type ``text`` are read."""

    type: str
    text: str | None = None


def _kind_of(content: object) -> str | None:
    """In which of its forms the content of a message comes."""
    if content is None:
        return "none"
    return "text" if isinstance(content, str) else "parts" if isinstance(content, list) else None


_Content = Annotated[
    Annotated[str, Tag("text")]
    | Annotated[list[ChatPart], Tag("parts")]
    | Annotated[None, Tag("none")],
    Discriminator(
        _kind_of,
        custom_error_type="value_error",
        custom_error_context={"error": "must be a string or a list of parts"},
    ),
]


class ChatMessage(BaseModel):
    """One message; only those of ``user`` and ``assistant`` are read."""

    role: str
    content: _Content = None

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text is not None)
        return self.content or ""

    @property
    def has_more_than_text(self) -> bool:
        """Whether something was sent along that is not read here, such as a picture."""
        parts = self.content if isinstance(self.content, list) else []
        return any(part.text is None for part in parts)


class StreamOptions(BaseModel):
    """How a stream is to end."""

    include_usage: bool | None = False


class ChatRequest(BaseModel):
    """The body of ``POST /v1/chat/completions``; fields that are not listed are passed over."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": "pressmark",
                    "messages": [
                        {"role": "user", "content": "How many Russians were detained in Belarus?"}
                    ],
                }
            ]
        }
    )

    model: str = "pressmark"
    messages: list[ChatMessage] = Field(min_length=1, max_length=_MAX_MESSAGES)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = Field(default=1, ge=1, le=1)
    as_of: date | None = Field(default=None, description="As in `POST /v1/answer`.")
    filters: FiltersModel | None = Field(default=None, description="As in `POST /v1/answer`.")

    def to_answer_request(self, said_before: SaidBefore) -> AnswerRequest:
        """The last message of the user as the question, those before it as its history.

        Args:
            said_before: takes what is no part of an earlier answer off it.

        Raises:
            RequestValidationError: there is no question, or it cannot be used.
        """
        asked = [at for at, message in enumerate(self.messages) if message.role == "user"]
        if not asked:
            raise _refusal("must have one of the user, which is the question")
        last = self.messages[asked[-1]]
        if last.has_more_than_text:
            raise _refusal("pictures and files cannot be read here; ask in words")
        try:
            return AnswerRequest(
                question=last.text,
                as_of=self.as_of,
                filters=self.filters or FiltersModel(),
                history=_turns(self.messages[: asked[-1]], said_before),
                mode=MODES[self.model],
            )
        except ValidationError as error:
            found = "; ".join(e.detail for e in field_errors(error.errors()))
            raise _refusal(f"the last of the user {found}") from error


def _turns(messages: Sequence[ChatMessage], said_before: SaidBefore) -> list[TurnModel]:
    """The exchanges before the question, oldest first; what no question can be is left out.

    A chat program sends the whole conversation each time. One long message in it must not make
    every later question fail.
    """
    turns: list[TurnModel] = []
    for message in messages:
        if message.role == "user":
            turns.append(TurnModel(question=message.text[:MAX_QUESTION_CHARS]))
        elif message.role == "assistant" and turns:
            answer = said_before(message.text)[:MAX_ANSWER_CHARS]
            turns[-1] = TurnModel(question=turns[-1].question, answer=answer)
    return [turn for turn in turns if turn.question.strip()][-MAX_HISTORY_TURNS:]


def _refusal(words: str) -> RequestValidationError:
    """What is wrong with the messages."""
    found = {"type": "value_error", "loc": ("body", "messages"), "ctx": {"error": words}}
    return RequestValidationError([found])


class UrlCitation(BaseModel):
    """Which stretch of the message rests on which address."""

    start_index: int
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    """A citation in OpenAI's form, and in ours."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation
    citation: CitationModel = Field(description="The proven quote, as in `POST /v1/answer`.")


class AnswerMessage(BaseModel):
    """What is answered."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class ChatChoice(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: AnswerMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class ChatUsage(BaseModel):
    """Tokens that a language model counted; none where answers are quoted."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    """The answer to a chat; `pressmark` is the answer contract."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[ChatChoice]
    usage: ChatUsage
    system_fingerprint: str = Field(description="The state of the library that answered.")
    pressmark: AnswerResponse


class ChatModel(BaseModel):
    """A way to be answered, under the name of a model."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["pressmark"] = "pressmark"


class ChatModels(BaseModel):
    """The models there are."""

    object: Literal["list"] = "list"
    data: list[ChatModel]
