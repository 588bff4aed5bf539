"""The client of a language model, and the only place that knows its errors.

It uses LlamaIndex's LLM interface: an OpenAI-compatible endpoint, or any LlamaIndex LLM by name.
Vendor errors and malformed replies leave this module as `LanguageModelError` and its kinds, with
messages that never hold a key; docs/llm.md says what happens then.
"""

import asyncio
import contextlib
import queue
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    MessageRole,
)
from llama_index.core.llms import LLM
from llama_index.core.llms.custom import CustomLLM
from llama_index.llms.openai_like import OpenAILike
from pydantic import PrivateAttr

from index.errors import LanguageModelError, ModelConfigurationError
from index.named import Naming, make_by_name
from index.saying import phrase
from rag.llm.addresses import endpoint, unquoted
from rag.llm.background import BackgroundLoop, in_daemon_thread
from rag.llm.errors import translated
from rag.llm.parameters import Dialect
from rag.llm.replies import Reading, answered, at_once, piece_of
from rag.llm.retrying import (
    CancelledByReaderError,
    CircuitBreaker,
    Deadline,
    RetryPolicy,
    call_within,
)
from rag.llm.server import Form, Server
from rag.llm.transport import open_http
from rag.settings import Settings
from rag.types import Usage

_NO_STREAM = re.compile("json|html", re.IGNORECASE)
"""Media types that no stream has."""
DEFAULT_MODEL = "gpt-4.1-mini"
_GRACE_S = 0.25
"""Seconds after the deadline until a silent loop counts as stuck."""


_MOST_FORMS = 8
"""Forms to try for one request, while other requests may change them, too."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote and what it cost."""

    text: str
    usage: Usage


class ChatModel(Protocol):
    """Anything that answers a prompt with text."""

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
                given before are void then.
            CancelledByReaderError: somebody cancelled the deadline.
        """
        ...

    def close(self) -> None:
        """End running calls, and release connections."""
        ...


def reply(model: ChatModel, system: str, user: str, deadline: Deadline) -> Reply:
    """Get a model's whole answer to a prompt; raises what `ChatModel.write` raises."""
    pieces = list(model.write(system, user, deadline))
    usage = next((piece for piece in pieces if isinstance(piece, Usage)), Usage())
    return Reply("".join(piece for piece in pieces if isinstance(piece, str)), usage)


class LlamaIndexChat:
    """A `ChatModel` over any LlamaIndex LLM.

    Calls run as tasks in a loop of their own. A deadline, or a reader who leaves, ends them
    wherever they are, and closes their connection.

    Args:
        llm: the LlamaIndex LLM; its own retries should be off.
        policy: when to try again.
        breaker: when to leave the model alone.
        client: an HTTP client to close with this.
        server: what is known about the server, if it is an OpenAI-compatible one.
    """

    def __init__(
        self,
        llm: LLM,
        policy: RetryPolicy | None = None,
        breaker: CircuitBreaker | None = None,
        client: httpx.AsyncClient | None = None,
        server: Server | None = None,
    ) -> None:
        self._llm = llm
        self._server = server
        self._policy = policy or RetryPolicy()
        self._breaker = breaker or CircuitBreaker()
        self._client = client
        self._loop = BackgroundLoop("pressmark-llm")

    def write(
        self, system: str, user: str, deadline: Deadline, *, streamed: bool = False
    ) -> Iterator[str | Usage]:
        """See `ChatModel.write`."""
        outbox: queue.SimpleQueue[str | Usage | BaseException] = queue.SimpleQueue()
        task = self._loop.submit(self._work((system, user), deadline, streamed, outbox.put))
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
            # Nothing ends a model that blocks the loop; the next call must not wait for it.
            self._loop.abandon()
            self._breaker.failed()
            return deadline.overrun()

    async def _work(
        self,
        prompt: tuple[str, str],
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
            forms = 0
            while True:
                forms += 1
                reading = Reading(give)
                form = self._server.form if self._server else Form()
                try:
                    await self._ask(prompt, reading, streamed, form.dialect)
                    return reading.finish()
                except LanguageModelError:
                    raise
                except Exception as error:
                    may_repeat = not given and forms < _MOST_FORMS
                    if may_repeat and self._adapts(error, form, streamed):
                        continue
                    failure = await self._explained(error)
                # Outside the handler: what vendors write may repeat the key.
                raise failure

        try:
            put(
                await call_within(attempt, deadline, self._policy, self._breaker, lambda: not given)
            )
        except asyncio.CancelledError:
            put(CancelledByReaderError())
            raise
        except BaseException as error:
            put(error)

    def _adapts(self, error: Exception, form: Form, streamed: bool) -> bool:
        return self._server is not None and self._server.adapts(error, form, streamed=streamed)

    async def _explained(self, error: Exception) -> LanguageModelError:
        return await self._server.explained(error) if self._server else translated(error)

    async def _ask(
        self, prompt: tuple[str, str], reading: Reading, streamed: bool, dialect: Dialect
    ) -> None:
        messages = _messages(*prompt, has_system=dialect.has_system)
        await (self._stream if streamed and dialect.streams else self._whole)(messages, reading)

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


def _messages(system: str, user: str, *, has_system: bool) -> list[ChatMessage]:
    if not has_system:
        return [ChatMessage(role=MessageRole.USER, content=f"{system}\n\n{user}")]
    return [
        ChatMessage(role=MessageRole.SYSTEM, content=system),
        ChatMessage(role=MessageRole.USER, content=user),
    ]


class UnusableModel:
    """A `ChatModel` in place of a misconfigured one: every answer says what to set."""

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
    """Make the configured language model. Return None if there is none."""
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


class _AdaptingLLM(OpenAILike):  # type: ignore[misc]
    """LlamaIndex's client, in the form and at the path that the server turned out to take."""

    _server: Server = PrivateAttr()

    def __init__(self, server: Server, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._server = server

    def _get_model_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return self._server.form.dialect.applied(super()._get_model_kwargs(**kwargs))

    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Get the whole answer, even if its content comes in parts."""
        return answered(await self._create(messages, self._get_model_kwargs(**kwargs)))

    async def astream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> ChatResponseAsyncGen:
        """Get the answer in pieces, or in one if the server does not stream."""
        stream = await self._create(messages, self._get_model_kwargs(stream=True, **kwargs))

        async def pieces() -> ChatResponseAsyncGen:
            if _NO_STREAM.search(stream.response.headers.get("content-type", "")):
                for piece in at_once(await stream.response.aread()):
                    yield piece
                return
            async for raw in stream:
                yield piece_of(raw)

        return pieces()

    async def _create(self, messages: Sequence[ChatMessage], parameters: dict[str, Any]) -> Any:
        client = self._get_aclient()
        client.base_url = self._server.base_url
        said = [{"role": one.role.value, "content": one.content} for one in messages]
        return await client.chat.completions.create(messages=said, **parameters)


def _openai_like(settings: Settings) -> ChatModel:
    place = endpoint(settings)
    model = unquoted(settings.llm_model or "") or DEFAULT_MODEL
    client = open_http(place, settings.llm_timeout_s)
    server = Server(place, model, client)
    try:
        llm = _AdaptingLLM(
            server,
            model=model,
            api_base=server.base_url,
            api_key="none",  # the HTTP client knows which key this address gets
            is_chat_model=True,
            context_window=settings.llm_context_tokens,
            max_tokens=settings.llm_answer_tokens,
            temperature=0.0,
            timeout=settings.llm_timeout_s,
            max_retries=0,
            additional_kwargs={"stream_options": {"include_usage": True}},
            async_http_client=client,
        )
    except ValueError:  # LlamaIndex knows models that OpenAI serves only through another API
        raise ModelConfigurationError(
            phrase(
                "The model %(model)s takes no chat completions. "
                "Set PRESSMARK_LLM_MODEL to another.",
                model=model,
            )
        ) from None
    return LlamaIndexChat(llm, client=client, server=server)
