"""The client of a language model, and the only place where its errors are known.

Built on LlamaIndex's LLM interface: an OpenAI-compatible endpoint, or any LlamaIndex LLM by name.
Vendor errors and malformed replies leave this module as `LanguageModelError` and its kinds, with
messages that never hold a key; see docs/llm.md for what happens then.
"""

import asyncio
import contextlib
import queue
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import httpx
from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.llms import LLM
from llama_index.core.llms.custom import CustomLLM
from llama_index.llms.openai_like import OpenAILike

from index.errors import LanguageModelError, ModelConfigurationError
from index.named import Naming, make_by_name
from rag.llm.background import BackgroundLoop, in_daemon_thread
from rag.llm.errors import translated
from rag.llm.replies import Reading
from rag.llm.retrying import (
    CancelledByReaderError,
    CircuitBreaker,
    Deadline,
    RetryPolicy,
    call_within,
)
from rag.settings import Settings
from rag.types import Usage

DEFAULT_MODEL = "gpt-4.1-mini"
OPENAI_BASE_URL = "https://api.openai.com/v1"
_GRACE_S = 0.25
"""How long after the deadline a loop may take to say so, before it counts as stuck."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote and what it cost."""

    text: str
    usage: Usage


class ChatModel(Protocol):
    """Anything that can answer a prompt with text."""

    def write(
        self, system: str, user: str, deadline: Deadline, *, streamed: bool = False
    ) -> Iterator[str | Usage]:
        """Answer a prompt, piece by piece; the usage comes last, and only after a complete text.

        Args:
            system: the instructions.
            user: the question and its evidence.
            deadline: of the question; ends the call when it passes or is cancelled.
            streamed: give pieces as the model writes them, rather than the whole at once.

        Raises:
            LanguageModelError: there is no usable reply; the kind says what to do. Pieces
                given before are of no use then.
            CancelledByReaderError: the deadline was cancelled.
        """
        ...

    def close(self) -> None:
        """End what runs, and release connections."""
        ...


def reply(model: ChatModel, system: str, user: str, deadline: Deadline) -> Reply:
    """The whole of a model's answer to a prompt; raises what `ChatModel.write` raises."""
    pieces = list(model.write(system, user, deadline))
    usage = next((piece for piece in pieces if isinstance(piece, Usage)), Usage())
    return Reply("".join(piece for piece in pieces if isinstance(piece, str)), usage)


class LlamaIndexChat:
    """A `ChatModel` over any LlamaIndex LLM.

    Calls run as tasks in a loop of their own, so that a deadline or a reader who leaves ends
    them wherever they are, and closes their connection.

    Args:
        llm: the LlamaIndex LLM; its own retries should be off.
        policy: when to try again.
        breaker: when to leave the model alone.
        client: an HTTP client to close with this.
    """

    def __init__(
        self,
        llm: LLM,
        policy: RetryPolicy | None = None,
        breaker: CircuitBreaker | None = None,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._llm = llm
        self._policy = policy or RetryPolicy()
        self._breaker = breaker or CircuitBreaker()
        self._client = client
        self._loop = BackgroundLoop("pressmark-llm")

    def write(
        self, system: str, user: str, deadline: Deadline, *, streamed: bool = False
    ) -> Iterator[str | Usage]:
        """See `ChatModel.write`."""
        messages = [
            ChatMessage(role=MessageRole.SYSTEM, content=system),
            ChatMessage(role=MessageRole.USER, content=user),
        ]
        outbox: queue.SimpleQueue[str | Usage | BaseException] = queue.SimpleQueue()
        task = self._loop.submit(self._work(messages, deadline, streamed, outbox.put))
        deadline.on_cancel(task.cancel)
        deadline.on_cancel(lambda: outbox.put(CancelledByReaderError()))
        try:
            while True:
                piece = self._next(outbox, deadline)
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
                if isinstance(piece, Usage):
                    return
        finally:
            task.cancel()

    def _next(
        self, outbox: "queue.SimpleQueue[str | Usage | BaseException]", deadline: Deadline
    ) -> str | Usage | BaseException:
        try:
            return outbox.get(timeout=deadline.remaining + _GRACE_S)
        except queue.Empty:
            # A model that blocks the loop cannot be ended; the next call is not to wait for it.
            self._loop.abandon()
            self._breaker.failed()
            return deadline.overrun()

    async def _work(
        self,
        messages: Sequence[ChatMessage],
        deadline: Deadline,
        streamed: bool,
        put: Callable[[str | Usage | BaseException], None],
    ) -> None:
        given = False

        def give(piece: str) -> None:
            nonlocal given
            given = True
            put(piece)

        async def attempt() -> Usage:
            reading = Reading(give)
            try:
                await (self._stream if streamed else self._whole)(messages, reading)
                return reading.finish()
            except LanguageModelError:
                raise
            except Exception as error:
                # Without its cause: what vendors write may repeat the key.
                raise translated(error) from None

        try:
            put(
                await call_within(attempt, deadline, self._policy, self._breaker, lambda: not given)
            )
        except asyncio.CancelledError:
            put(CancelledByReaderError())
            raise
        except BaseException as error:
            put(error)

    async def _whole(self, messages: Sequence[ChatMessage], reading: Reading) -> None:
        if isinstance(self._llm, CustomLLM):  # its asynchronous calls would block the loop
            response = await in_daemon_thread(lambda: self._llm.chat(messages))
        else:
            response = await self._llm.achat(messages)
        reading.whole(response)

    async def _stream(self, messages: Sequence[ChatMessage], reading: Reading) -> None:
        if isinstance(self._llm, CustomLLM):
            await self._whole(messages, reading)
            return
        parts = await self._llm.astream_chat(messages)
        async with contextlib.aclosing(parts):
            async for part in parts:
                reading.part(part)

    def close(self) -> None:
        """End calls that still run, then the loop."""
        self._loop.close(self._client.aclose() if self._client else None)


class UnusableModel:
    """A `ChatModel` in the place of one that is set up wrongly: every answer says what to set."""

    def __init__(self, error: LanguageModelError) -> None:
        self.error = error

    def write(
        self, system: str, user: str, deadline: Deadline, *, streamed: bool = False
    ) -> Iterator[str | Usage]:
        """Raise the error."""
        raise self.error

    def close(self) -> None:
        """Nothing to release."""


def open_chat_model(settings: Settings) -> ChatModel | None:
    """The configured language model, or None when there is none."""
    if not settings.generates:
        return None
    try:
        return _named(settings, settings.llm) if settings.llm else _openai_like(settings)
    except LanguageModelError as error:
        return UnusableModel(error)


def _named(settings: Settings, spec: str) -> ChatModel:
    llm = make_by_name(
        spec,
        LLM,  # type: ignore[type-abstract]
        Naming("language model", "a LlamaIndex LLM (LLM)", "not"),
        ModelConfigurationError,
        {
            "max_retries": 0,
            "timeout": settings.llm_timeout_s,
            "request_timeout": settings.llm_timeout_s,
            "max_tokens": settings.llm_answer_tokens,
            "temperature": 0.0,
        },
    )
    return LlamaIndexChat(llm)


def _openai_like(settings: Settings) -> ChatModel:
    base_url = settings.llm_base_url or OPENAI_BASE_URL
    address = urlsplit(base_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ModelConfigurationError(
            "PRESSMARK_LLM_BASE_URL is no web address. Set it to one such as "
            "http://localhost:11434/v1."
        )
    key = settings.llm_api_key.get_secret_value().strip() if settings.llm_api_key else "none"
    if not key.isascii() or not key.isprintable():
        raise ModelConfigurationError(
            "The language model's key has characters that no key has. "
            "Set OPENAI_API_KEY (or PRESSMARK_LLM_API_KEY) again."
        )
    # Redirects are not followed: the question and the key are for the address that was set.
    client = httpx.AsyncClient(follow_redirects=False, timeout=settings.llm_timeout_s)
    llm = OpenAILike(
        model=settings.llm_model or DEFAULT_MODEL,
        api_base=base_url,
        api_key=key,
        is_chat_model=True,
        context_window=settings.llm_context_tokens,
        max_tokens=settings.llm_answer_tokens,
        temperature=0.0,
        timeout=settings.llm_timeout_s,
        max_retries=0,
        additional_kwargs={"stream_options": {"include_usage": True}},
        async_http_client=client,
    )
    return LlamaIndexChat(llm, client=client)
