"""OpenAI's door: chat programs and their libraries ask here as they ask any model.

- ``POST /v1/chat/completions``: the last message of the user is the question
- ``GET /v1/models``: the ways in which answers are made, as models
"""

import json
import time
import uuid
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI, Path, Request
from pydantic import BaseModel
from starlette.responses import Response

from rag.contract import AnswerResponse, answer_response
from rag.pressmark import Pressmark
from rag.streaming import AnswerStream
from rag.types import ClaimReady, Withdrawn
from ui.http.admission import AnswerGate
from ui.http.chat_errors import chat_error
from ui.http.chat_models import (
    MODES,
    AnswerMessage,
    ChatChoice,
    ChatCompletion,
    ChatModel,
    ChatModels,
    ChatRequest,
    ChatUsage,
)
from ui.http.chat_text import ChatText, said_before
from ui.http.events import KEEP_ALIVE, MEDIA_TYPE, EventStream
from ui.http.problems import ProblemError

_NO_MODEL = "There is no model of this name here; /v1/models lists those there are."


class ChatError(BaseModel):
    """What went wrong, in OpenAI's shape."""

    message: str
    type: str
    param: str | None
    code: str | None


class ChatErrorResponse(BaseModel):
    """An error in OpenAI's shape."""

    error: ChatError


_ERRORS: dict[int | str, dict[str, Any]] = {s: {"model": ChatErrorResponse} for s in ("4XX", "5XX")}
_STREAM: dict[str, Any] = {
    "description": "The answer; with `stream`, chunks as server-sent events, then `[DONE]`.",
    "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
}


def add_chat(app: FastAPI, pressmark: Pressmark, gate: AnswerGate) -> None:
    """Add the door to an app.

    Args:
        app: where to.
        pressmark: that answers.
        gate: how many questions are answered at once, by all doors together.
    """
    started = int(time.time())

    @app.post(
        "/v1/chat/completions",
        response_model=ChatCompletion,
        responses={**_ERRORS, 200: _STREAM},
        tags=["chat"],
    )
    async def complete(asked: ChatRequest, request: Request) -> Response | ChatCompletion:
        """Answer the last message of the user, in OpenAI's shape.

        Messages of the system and tools are passed over, as are fields that are not listed.
        """
        if asked.model not in _models(pressmark):
            raise ProblemError(404, _NO_MODEL)
        question = asked.to_answer_request(said_before).to_question()
        server = str(request.base_url).rstrip("/")
        if asked.stream:
            usage = bool(asked.stream_options and asked.stream_options.include_usage)
            stream = pressmark.stream(question)
            return EventStream(ChatFeed(stream, asked.model, server, usage), gate)
        answer = answer_response(await gate.run(lambda: pressmark.answer(question)))
        return _completion(answer, asked.model, server)

    @app.get("/v1/models", responses=_ERRORS, tags=["chat"])
    def models() -> ChatModels:
        """The ways in which answers are made, as models; `pressmark` is the usual one."""
        return ChatModels(data=[ChatModel(id=n, created=started) for n in _models(pressmark)])

    @app.get("/v1/models/{model}", responses=_ERRORS, tags=["chat"])
    def model(model: str = Path(max_length=200)) -> ChatModel:
        """One of them."""
        if model not in _models(pressmark):
            raise ProblemError(404, _NO_MODEL)
        return ChatModel(id=model, created=started)


def _models(pressmark: Pressmark) -> list[str]:
    """Without a language model there is none that writes."""
    writes = pressmark.settings.generates
    return [name for name, mode in MODES.items() if writes or mode != "generative"]


def _completion(answer: AnswerResponse, model: str, server: str) -> ChatCompletion:
    text = ChatText()
    text.finish(answer)
    message = AnswerMessage(content=text.content, annotations=text.annotations(answer, server))
    return ChatCompletion(
        id=_new_id(),
        created=int(time.time()),
        model=model,
        choices=[ChatChoice(message=message)],
        usage=_usage(answer),
        system_fingerprint=answer.index_version,
        pressmark=answer,
    )


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"


def _usage(answer: AnswerResponse) -> ChatUsage:
    used = answer.usage
    return ChatUsage(
        prompt_tokens=used.prompt_tokens,
        completion_tokens=used.completion_tokens,
        total_tokens=used.prompt_tokens + used.completion_tokens,
    )


class ChatFeed:
    """An answer as OpenAI's chunks, each sentence as soon as it was verified.

    Args:
        stream: the answer.
        model: as it was asked for.
        server: the address of this server.
        usage: whether a last chunk is to tell of the tokens.
    """

    media_type = MEDIA_TYPE
    keep_alive = KEEP_ALIVE

    def __init__(self, stream: AnswerStream, model: str, server: str, usage: bool) -> None:
        self._stream = stream
        self._server = server
        self._tells_usage = usage
        self._text = ChatText()
        self._head = {
            "id": _new_id(),
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": model,
        }

    def messages(self) -> Iterator[bytes]:
        """Each chunk."""
        begun = False
        for event in self._stream:
            if not begun:  # held back until then, so that an error can have a status of its own
                yield self._chunk({"role": "assistant", "content": ""})
                begun = True
            if isinstance(event, ClaimReady):
                yield self._chunk({"content": self._text.claim(event)})
            elif isinstance(event, Withdrawn):
                if added := self._text.withdraw(event):
                    yield self._chunk({"content": added})
            else:
                yield from self._end(answer_response(event))

    def failed(self, problem: bytes) -> bytes:
        """An error where a chunk would be, which OpenAI's clients raise."""
        return _data(chat_error(json.loads(problem)))

    def close(self) -> None:
        """End the call to a model, too."""
        self._stream.close()

    def _end(self, answer: AnswerResponse) -> Iterator[bytes]:
        if rest := self._text.finish(answer):
            yield self._chunk({"content": rest})
        found = self._text.annotations(answer, self._server)
        annotations = [annotation.model_dump(mode="json") for annotation in found]
        own = {
            "system_fingerprint": answer.index_version,
            "pressmark": answer.model_dump(mode="json"),
        }
        yield self._chunk({"annotations": annotations}, "stop", **own)
        if self._tells_usage:
            yield _data({**self._head, "choices": [], "usage": _usage(answer).model_dump()})
        yield b"data: [DONE]\n\n"

    def _chunk(self, delta: dict[str, Any], finish: str | None = None, **own: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _data({**self._head, "choices": [choice], **own})


def _data(value: dict[str, Any]) -> bytes:
    return b"data: %s\n\n" % json.dumps(value).encode("ascii")
