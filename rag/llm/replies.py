"""Check that a model's reply is a complete text, whole or in pieces."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole

from index.errors import ModelCutOffError, ModelReplyError
from index.saying import phrase
from rag.llm.errors import UNEXPECTED_FORM, ToldError, cut_off
from rag.types import Usage

MAX_REPLY_CHARS = 40_000
_COMPLETE = frozenset({"stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete"})
_TOO_SHORT = frozenset({"length", "max_tokens", "model_length"})
_THOUGHT_FIELDS = ("reasoning_content", "reasoning", "thinking")
_ONLY_THOUGHT = phrase(
    "The language model's reply is empty: it only thought. Let it write more "
    "(PRESSMARK_LLM_ANSWER_TOKENS), or turn its thinking off."
)
_FINISH_FIELDS = ("finish_reason", "done_reason", "stop_reason")


class Reading:
    """Reads one reply and insists on its end.

    A connection that is cut ends a stream without an error, so a text counts only if the model says
    that it has finished. We trust a LlamaIndex LLM whose replies have no such word.

    Args:
        give: takes the pieces of text.
    """

    def __init__(self, give: Callable[[str], None]) -> None:
        self._give = give
        self._finish: str | None = None
        self._knows_finish = False
        self._refused = self._thought = False
        self._seen = ""
        self._usage = Usage()

    def whole(self, response: ChatResponse) -> None:
        """Take a reply that came at once; it is whole, or nobody could have read it."""
        self._look_at(response)
        self._knows_finish = False
        text = response.message.content or ""
        if self._finished_well() and text.strip():
            self._add(text)

    def part(self, response: ChatResponse) -> None:
        """Take the next part of a stream."""
        self._look_at(response)
        text = response.delta
        if text is None:
            text = (response.message.content or "")[len(self._seen) :]
        if text:
            self._add(text)

    def finish(self) -> Usage:
        """End the reply.

        Raises:
            ModelCutOffError: the text reached the limit of tokens that the model may write.
            ModelReplyError: the text is not complete for another reason, or there is none.
        """
        if self._refused:
            raise ModelReplyError(phrase("The language model declined to answer."))
        if not self._finished_well():
            why = self._finish or "the connection ended"
            if why.lower() in _TOO_SHORT:
                raise ModelCutOffError(cut_off(why))
            raise ModelReplyError(
                phrase("The language model stopped before the end (%(why)s).", why=why[:40])
            )
        if not self._seen.strip() and self._thought:
            raise ModelReplyError(_ONLY_THOUGHT)
        if not self._seen.strip():
            raise ModelReplyError(phrase("The language model's reply is empty."))
        return self._usage

    def _add(self, text: str) -> None:
        self._seen += text
        if len(self._seen) > MAX_REPLY_CHARS:
            raise ModelReplyError(phrase("The language model wrote without end."))
        self._give(text.encode("utf-8", "replace").decode("utf-8"))

    def _finished_well(self) -> bool:
        if self._finish is None:
            return not self._knows_finish
        return self._finish.lower() in _COMPLETE

    def _look_at(self, response: ChatResponse) -> None:
        raw = response.raw
        choices = _field(raw, "choices")
        if choices is not None:
            self._knows_finish = True
            for choice in choices[:1]:
                self._look_at_choice(choice)
        elif _has(raw, "choices"):
            raise ModelReplyError(UNEXPECTED_FORM)
        for name in _FINISH_FIELDS:
            if value := _field(raw, name):
                self._finish = str(getattr(value, "name", value))
        self._count(raw)

    def _look_at_choice(self, choice: Any) -> None:
        # Some servers send an empty reason with every piece, or none with a whole reply.
        if finish := _field(choice, "finish_reason"):
            self._finish = str(finish)
        spoken = _field(choice, "message") or _field(choice, "delta")
        if _field(spoken, "refusal"):
            self._refused = True
        if any(_field(spoken, name) for name in _THOUGHT_FIELDS):
            self._thought = True

    def _count(self, raw: Any) -> None:
        usage = _field(raw, "usage")
        prompt = _count(usage, "prompt_tokens", "input_tokens")
        completion = _count(usage, "completion_tokens", "output_tokens")
        if prompt or completion:
            self._usage = Usage(prompt, completion)


def answered(raw: Any) -> ChatResponse:
    """Take a whole reply as an OpenAI-compatible server gives it.

    Args:
        raw: the client's object or the body's; text if the server streamed unasked.

    Raises:
        ToldError: the server tells of an error in it.
        ValueError: it holds no answer.
    """
    raw = _joined(events(raw)) if isinstance(raw, str) else raw
    choice = _first_choice(raw)
    if choice is None:
        raise ValueError("a reply without a choice")
    return ChatResponse(
        message=_assistant(text_of(_field(_field(choice, "message"), "content"))), raw=raw
    )


def piece_of(raw: Any) -> ChatResponse:
    """Take a piece of a stream.

    Raises:
        ToldError: the server tells of an error in it.
    """
    text = text_of(_field(_field(_first_choice(raw), "delta"), "content"))
    return ChatResponse(message=_assistant(text), delta=text, raw=raw)


def at_once(body: bytes) -> Iterator[ChatResponse]:
    """Take what came in place of a stream: the whole in JSON, or events under another name.

    Raises:
        ToldError: the server tells of an error in it.
        ValueError: it is neither.
    """
    text = body.decode("utf-8")
    if not text.lstrip().startswith(("{", "[", "<")):
        yield from map(piece_of, events(text))
        return
    raw = json.loads(text)
    whole = answered(raw)
    choice = raw["choices"][0]
    ended = {**choice, "finish_reason": choice.get("finish_reason") or "stop"}
    said = whole.message.content or ""
    yield ChatResponse(message=whole.message, delta=said, raw={**raw, "choices": [ended]})


def events(body: str) -> Iterator[Any]:
    """Read the data of server-sent events.

    Raises:
        ValueError: one is no JSON, or there is none.
    """
    lines = (
        line.removeprefix("data:").strip() for line in body.splitlines() if line[:5] == "data:"
    )
    found = [json.loads(line) for line in lines if line and line != "[DONE]"]
    if not found:
        raise ValueError("a reply without an event")
    yield from found


def _joined(pieces: Iterator[Any]) -> dict[str, Any]:
    """Make a whole reply of the pieces of a stream."""
    text, finish, usage = "", None, None
    for raw in pieces:
        text += piece_of(raw).delta or ""
        finish = _field(_first_choice(raw), "finish_reason") or finish
        usage = _field(raw, "usage") or usage
    if not finish:
        raise ValueError("a stream without an end")
    return {"choices": [{"message": {"content": text}, "finish_reason": finish}], "usage": usage}


def _first_choice(raw: Any) -> Any:
    choices = _field(raw, "choices")
    choice = choices[0] if choices else None
    if error := _field(raw, "error") or _field(choice, "error"):
        raise ToldError(error)
    return choice


def _assistant(text: str) -> ChatMessage:
    return ChatMessage(role=MessageRole.ASSISTANT, content=text)


def text_of(content: Any) -> str:
    """Get the text of a message, whose content may be a list of parts; thoughts are parts, too."""
    if isinstance(content, list):
        texts = (_field(part, "text") for part in content)
        return "".join(text for text in texts if isinstance(text, str))
    return content if isinstance(content, str) else ""


def _has(holder: Any, name: str) -> bool:
    return name in holder if isinstance(holder, dict) else hasattr(holder, name)


def _field(holder: Any, name: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(name)
    return getattr(holder, name, None)


def _count(usage: Any, *names: str) -> int:
    for name in names:
        value = _field(usage, name)
        if isinstance(value, int) and value > 0:
            return value
    return 0
