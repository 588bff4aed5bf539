"""Responses that are made while they are sent: each piece goes out as soon as it is there.

The events of ``POST /v1/answer``: ``citation`` and ``claim`` as they come, perhaps ``withdrawn``,
then ``done`` with the answer contract, or ``error`` with a problem document. docs/api.md says what
they hold.
"""

import math
from collections.abc import Iterator
from typing import Protocol

import anyio
import anyio.from_thread
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from rag.contract import (
    WithdrawnModel,
    answer_response,
    citation_model,
    streamed_claim,
)
from rag.streaming import AnswerStream
from rag.types import AnswerEvent, ClaimReady, Withdrawn
from ui.http.admission import AnswerGate
from ui.http.problems import problem_for

MEDIA_TYPE = "text/event-stream"
KEEP_ALIVE = b": still at it\n\n"
_FIRST_WAIT_S = 1.0
"""Seconds to hold back the status: until then an error can still have a status of its own."""
_KEEP_ALIVE_S = 10.0

Item = bytes | Exception | None
"""What is to be sent, what went wrong, or None for the end."""


class Feed(Protocol):
    """What a response is made of, piece by piece."""

    @property
    def media_type(self) -> str:
        """Of the whole."""

    @property
    def keep_alive(self) -> bytes:
        """Sent when nothing else is for a while; readers pass over it."""

    def messages(self) -> Iterator[bytes]:
        """The pieces; runs in a thread, and nothing is done before the first is asked for."""

    def failed(self, problem: bytes) -> bytes:
        """The last piece of a response that fails after it has begun.

        Args:
            problem: the problem document.
        """

    def close(self) -> None:
        """Give up; called from another thread than `messages`."""


class AnswerFeed:
    """An answer as Pressmark's own server-sent events.

    Args:
        stream: the answer.
    """

    media_type = MEDIA_TYPE
    keep_alive = KEEP_ALIVE

    def __init__(self, stream: AnswerStream) -> None:
        self._stream = stream

    def messages(self) -> Iterator[bytes]:
        """Each event."""
        for event in self._stream:
            yield from messages(event)

    def failed(self, problem: bytes) -> bytes:
        """The event ``error``."""
        return _event("error", problem)

    def close(self) -> None:
        """End the call to a model, too."""
        self._stream.close()


def _message(event: str, model: BaseModel) -> bytes:
    return _event(event, model.model_dump_json().encode())


def _event(event: str, data: bytes) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (event.encode(), data)


def messages(event: AnswerEvent) -> Iterator[bytes]:
    """Make what to send for an event of the answer."""
    if isinstance(event, ClaimReady):
        for citation in event.citations:
            yield _message("citation", citation_model(citation))
        yield _message("claim", streamed_claim(event))
    elif isinstance(event, Withdrawn):
        yield _message("withdrawn", WithdrawnModel(reason=event.reason))
    else:
        yield _message("done", answer_response(event))


class EventStream(Response):
    """A response that is made while it is sent. A client that goes ends the work.

    Args:
        feed: what it is made of.
        gate: how many are made at once.
    """

    def __init__(self, feed: Feed, gate: AnswerGate) -> None:
        super().__init__(headers={"X-Accel-Buffering": "no"}, media_type=feed.media_type)
        del self.headers["content-length"]
        self._feed = feed
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Make it, and send each piece at once."""
        outbox, inbox = anyio.create_memory_object_stream[Item](math.inf)
        async with outbox, inbox, anyio.create_task_group() as group:
            group.start_soon(_close_when_gone, receive, self._feed, group.cancel_scope)
            group.start_soon(self._work, outbox.clone())
            await self._send_all(inbox, scope, receive, send)
            group.cancel_scope.cancel()

    async def _work(self, outbox: MemoryObjectSendStream[Item]) -> None:
        def work() -> None:
            for message in self._feed.messages():
                anyio.from_thread.run_sync(outbox.send_nowait, message)

        with outbox:
            try:
                await self._gate.run(work)
            except Exception as error:
                outbox.send_nowait(error)
            outbox.send_nowait(None)

    async def _send_all(
        self, inbox: MemoryObjectReceiveStream[Item], scope: Scope, receive: Receive, send: Send
    ) -> None:
        started = False
        wait = _FIRST_WAIT_S
        while True:
            item: Item = self._feed.keep_alive
            with anyio.move_on_after(wait):
                item = await inbox.receive()
            if isinstance(item, Exception):
                problem = problem_for(item, scope["path"])
                if not started:
                    await problem(scope, receive, send)
                    return
                item = self._feed.failed(bytes(problem.body))
            if not started:
                start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
                await send(start)
                started, wait = True, _KEEP_ALIVE_S
            more = item is not None
            await send({"type": "http.response.body", "body": item or b"", "more_body": more})
            if not more:
                return


async def _close_when_gone(receive: Receive, feed: Feed, scope: anyio.CancelScope) -> None:
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()
    finally:
        # Whatever ends this response ends the work: nothing else cancels its thread.
        feed.close()
