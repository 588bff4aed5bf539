"""An answer as server-sent events, each sentence as soon as it is verified.

The events are ``citation`` and ``claim`` as they come, perhaps ``withdrawn``, then ``done`` with
the answer contract, or ``error`` with a problem document. docs/api.md says what they hold.
"""

import math
from collections.abc import Callable, Iterator

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
_FIRST_WAIT_S = 1.0
"""Seconds to hold back the status: until then an error can still have a status of its own."""
_KEEP_ALIVE_S = 10.0
_KEEP_ALIVE = b": still at it\n\n"

Item = bytes | Exception


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
    """A response that answers as it goes out. A client that leaves ends the work.

    Args:
        open_stream: gives the events; it does nothing before the first.
        gate: limits how many questions run at once.
    """

    media_type = MEDIA_TYPE

    def __init__(self, open_stream: Callable[[], AnswerStream], gate: AnswerGate) -> None:
        super().__init__(headers={"X-Accel-Buffering": "no"}, media_type=MEDIA_TYPE)
        del self.headers["content-length"]
        self._open = open_stream
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and send each event at once."""
        stream = self._open()
        outbox, inbox = anyio.create_memory_object_stream[Item](math.inf)
        async with outbox, inbox, anyio.create_task_group() as group:
            group.start_soon(_close_when_gone, receive, stream, group.cancel_scope)
            group.start_soon(self._work, stream, outbox.clone())
            await self._send_all(inbox, scope, receive, send)
            group.cancel_scope.cancel()

    async def _work(self, stream: AnswerStream, outbox: MemoryObjectSendStream[Item]) -> None:
        def work() -> None:
            for event in stream:
                for message in messages(event):
                    anyio.from_thread.run_sync(outbox.send_nowait, message)

        with outbox:
            try:
                await self._gate.run(work)
            except Exception as error:
                outbox.send_nowait(error)
            outbox.send_nowait(b"")

    async def _send_all(
        self, inbox: MemoryObjectReceiveStream[Item], scope: Scope, receive: Receive, send: Send
    ) -> None:
        started = False
        wait = _FIRST_WAIT_S
        while True:
            item: Item = _KEEP_ALIVE
            with anyio.move_on_after(wait):
                item = await inbox.receive()
            if isinstance(item, Exception):
                problem = problem_for(item, scope["path"])
                if not started:
                    await problem(scope, receive, send)
                    return
                item = _event("error", bytes(problem.body))
            if not started:
                start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
                await send(start)
                started, wait = True, _KEEP_ALIVE_S
            await send({"type": "http.response.body", "body": item, "more_body": bool(item)})
            if not item:
                return


async def _close_when_gone(
    receive: Receive, stream: AnswerStream, scope: anyio.CancelScope
) -> None:
    try:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()
    finally:
        # Whatever ends this response ends the work: nothing else cancels its thread.
        stream.close()
