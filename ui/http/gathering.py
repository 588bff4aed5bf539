"""``/metrics`` of several processes on one port: the figures of all, each with its number."""

from collections.abc import Iterable, Iterator

import anyio
import httpx
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.http.affinity import Worker
from ui.http.metrics import PATH

_PATIENCE_S = 5.0


class Gathering:
    """Answers for all processes when somebody asks one of them for its figures.

    Args:
        app: answers for this process.
        worker: this process.
    """

    def __init__(self, app: ASGIApp, worker: Worker) -> None:
        self.app = app
        self._worker = worker
        self._peers = worker.peers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; for figures, ask the others too."""
        asked = scope["type"] == "http" and scope["path"] == PATH
        if not asked or self._worker.vouches(Headers(scope=scope)):
            await self.app(scope, receive, send)
            return
        own = _Kept()
        await self.app(scope, receive, own.send)
        if own.status != 200:
            await own.replay(send)
            return
        texts = {self._worker.number: own.body.decode()}

        async def ask(number: int, peer: httpx.AsyncHTTPTransport) -> None:
            text = await _figures(peer, self._worker.vouching(scope))
            if text is not None:
                texts[number] = text

        async with anyio.create_task_group() as tasks:
            for number, peer in self._peers.items():
                tasks.start_soon(ask, number, peer)
        together = Response(together_with_numbers(texts), media_type=CONTENT_TYPE_LATEST)
        await together(scope, receive, send)


class _Kept:
    """A response that is held back."""

    def __init__(self) -> None:
        self.status, self.body = 0, b""
        self._messages: list[Message] = []

    async def send(self, message: Message) -> None:
        self._messages.append(message)
        self.status = message.get("status", self.status)
        self.body += message.get("body", b"")

    async def replay(self, send: Send) -> None:
        for message in self._messages:
            await send(message)


async def _figures(
    peer: httpx.AsyncHTTPTransport, headers: list[tuple[bytes, bytes]]
) -> str | None:
    """What another process counts; None if it is not there just now."""
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), _PATIENCE_S)
    request = httpx.Request(
        "GET", f"http://worker{PATH}", headers=headers, extensions={"timeout": timeout}
    )
    try:
        response = await peer.handle_async_request(request)
        body = await response.aread()
    except httpx.TransportError:
        return None
    return body.decode() if response.status_code == 200 else None


def together_with_numbers(texts: dict[int, str]) -> bytes:
    """Put the figures of several processes into one text.

    Args:
        texts: what each counts, by the number of the process; it becomes the label ``worker``.
    """
    registry = CollectorRegistry()
    registry.register(_Together(texts))
    return generate_latest(registry)


class _Together(Collector):
    def __init__(self, texts: dict[int, str]) -> None:
        self._texts = texts

    def describe(self) -> Iterable[Metric]:
        """Nothing: the names are those of the texts."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Each figure once, with the samples of every process."""
        found: dict[str, Metric] = {}
        for number, text in sorted(self._texts.items()):
            for family in text_string_to_metric_families(text):
                one = found.setdefault(
                    family.name, Metric(family.name, family.documentation, family.type)
                )
                for sample in family.samples:
                    labels = {**sample.labels, "worker": str(number)}
                    one.add_sample(sample.name, labels, sample.value)
        yield from found.values()
