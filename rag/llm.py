"""The client of an OpenAI-compatible language model, and the only place its errors are known.

Built on LlamaIndex's LLM interface. Vendor errors and malformed replies leave this module as
`LanguageModelError` and its kinds, with messages that never hold a key.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import openai
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, MessageRole
from llama_index.core.llms import LLM
from llama_index.llms.openai_like import OpenAILike

from index.errors import (
    LanguageModelError,
    ModelConfigurationError,
    ModelReplyError,
    ModelUnavailableError,
)
from rag.answer import Usage
from rag.settings import Settings

DEFAULT_MODEL = "gpt-4.1-mini"
OPENAI_BASE_URL = "https://api.openai.com/v1"
MAX_ANSWER_TOKENS = 600


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote and what it cost."""

    text: str
    usage: Usage


class ChatModel(Protocol):
    """Anything that can answer a prompt with text."""

    def reply(self, system: str, user: str) -> Reply:
        """Answer a prompt.

        Raises:
            LanguageModelError: there is no usable reply; the kind says what to do.
        """


class LlamaIndexChat:
    """A `ChatModel` over any LlamaIndex LLM, with a deadline for the whole call.

    Args:
        llm: the LlamaIndex LLM; its own retries should be off.
        deadline_s: seconds until the caller stops waiting. The time-outs of HTTP clients
            count from byte to byte, so a slow drip would never trip them.
    """

    def __init__(self, llm: LLM, deadline_s: float) -> None:
        self._llm = llm
        self._deadline_s = deadline_s

    def reply(self, system: str, user: str) -> Reply:
        """See `ChatModel.reply`."""
        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=system),
            ChatMessage(role=MessageRole.USER, content=user),
        ]
        response = _within(self._deadline_s, lambda: self._llm.chat(messages))
        return _read(response)


def _within(seconds: float, call: Callable[[], ChatResponse]) -> ChatResponse:
    """Run a blocking call in a thread of its own and stop waiting at the deadline."""
    outcome: list[ChatResponse | BaseException] = []

    def work() -> None:
        try:
            outcome.append(call())
        except BaseException as error:  # handed to the waiting thread, whatever it is
            outcome.append(error)

    thread = threading.Thread(target=work, name="pressmark-llm", daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise ModelUnavailableError(f"The language model did not answer within {seconds:g} s.")
    if isinstance(outcome[0], Exception):
        raise _translated(outcome[0]) from outcome[0]
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def _translated(error: Exception) -> LanguageModelError:
    """A vendor's error as ours. Messages are our own words: a vendor's may repeat the key."""
    if isinstance(error, (openai.AuthenticationError, openai.PermissionDeniedError)):
        return ModelConfigurationError(
            "The language model refused the key. Set OPENAI_API_KEY (or PRESSMARK_LLM_API_KEY)."
        )
    if isinstance(error, openai.NotFoundError):
        return ModelConfigurationError(
            "The language model's address or name is unknown there. "
            "Set PRESSMARK_LLM_BASE_URL (ending in /v1) and PRESSMARK_LLM_MODEL."
        )
    if isinstance(error, openai.APITimeoutError):
        return ModelUnavailableError("The language model took too long.")
    if isinstance(error, openai.APIConnectionError):
        return ModelUnavailableError("The language model cannot be reached.")
    if isinstance(error, openai.RateLimitError):
        return ModelUnavailableError("The language model has too many requests at the moment.")
    if isinstance(error, openai.APIStatusError):
        return ModelUnavailableError(
            f"The language model's server failed (HTTP {error.status_code})."
        )
    return ModelReplyError("The language model's reply has an unexpected form.")


def _read(response: ChatResponse) -> Reply:
    """The reply's text, if it is a complete text."""
    try:
        choice = response.raw.choices[0]  # type: ignore[union-attr]
        finish, text = choice.finish_reason, response.message.content
    except (AttributeError, IndexError, TypeError) as error:
        raise ModelReplyError("The language model's reply has an unexpected form.") from error
    if finish != "stop":
        raise ModelReplyError(f"The language model stopped early ({finish or 'no reason given'}).")
    if not text or not text.strip():
        raise ModelReplyError("The language model's reply is empty.")
    return Reply(text.encode("utf-8", "replace").decode("utf-8"), _usage(response.raw))


def _usage(raw: Any) -> Usage:
    usage = getattr(raw, "usage", None)
    return Usage(
        prompt_tokens=int(getattr(usage, "prompt_tokens", 0) or 0),
        completion_tokens=int(getattr(usage, "completion_tokens", 0) or 0),
    )


def open_chat_model(settings: Settings) -> ChatModel | None:
    """The configured language model, or None when there is none."""
    if not settings.generates:
        return None
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else "none"
    llm = OpenAILike(
        model=settings.llm_model or DEFAULT_MODEL,
        api_base=settings.llm_base_url or OPENAI_BASE_URL,
        api_key=key,
        is_chat_model=True,
        context_window=settings.llm_context_tokens,
        max_tokens=MAX_ANSWER_TOKENS,
        temperature=0.0,
        timeout=settings.llm_timeout_s,
        max_retries=0,
    )
    return LlamaIndexChat(llm, settings.llm_timeout_s)
