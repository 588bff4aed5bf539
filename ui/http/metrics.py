"""``GET /metrics``: what Prometheus reads. Figures only: no question, no title, no key.

Each app has a registry of its own, so that two apps of one process do not count together.
"""

from collections.abc import Iterable, Iterator
from time import perf_counter

from fastapi import FastAPI
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import PressmarkError
from rag.pressmark import Pressmark
from rag.types import Answer
from ui.http.admission import AnswerGate

PATH = "/metrics"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The figures of one app.

    Attributes:
        registry: holds them.
    """

    def __init__(self, pressmark: Pressmark, gate: AnswerGate) -> None:
        """Count from now on.

        Args:
            pressmark: whose answers are counted, whichever door they leave by.
            gate: whose queue is measured.
        """
        self.registry = registry = CollectorRegistry()
        self._questions = Counter(
            "pressmark_questions", "Questions answered.", ["mode", "task"], registry=registry
        )
        self._refusals = Counter(
            "pressmark_refusals", "Questions that the articles do not answer.", registry=registry
        )
        self._rejected = Counter(
            "pressmark_rejected_claims", "Sentences that failed the check.", registry=registry
        )
        self._fallbacks = Counter(
            "pressmark_fallbacks", "Answers quoted because the model failed.", registry=registry
        )
        self._stages = Histogram(
            "pressmark_stage_seconds",
            "Seconds of each stage of an answer.",
            ["stage"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._requests = Counter(
            "pressmark_requests", "HTTP requests.", ["method", "route", "status"], registry=registry
        )
        self._latency = Histogram(
            "pressmark_request_seconds",
            "Seconds until a response began.",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        registry.register(_Present(pressmark, gate))
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=registry)
        pressmark.observers.append(self.count_answer)

    def count_answer(self, answer: Answer) -> None:
        """Count an answer.

        Args:
            answer: as it was given.
        """
        self._questions.labels(answer.mode, answer.question.task).inc()
        self._refusals.inc(answer.status == "abstained")
        self._rejected.inc(len(answer.rejected))
        self._fallbacks.inc(answer.fallback is not None)
        for stage, milliseconds in answer.timings_ms.items():
            self._stages.labels(stage).observe(milliseconds / 1000)

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request.

        Args:
            method: of HTTP.
            route: the pattern of its address, which names nothing that somebody asked for.
            status: of the response.
            seconds: until the response began.
        """
        self._requests.labels(method, route, str(status)).inc()
        self._latency.labels(route).observe(seconds)


class _Present(Collector):
    """What is measured when somebody looks: the queue, and the size of the library."""

    def __init__(self, pressmark: Pressmark, gate: AnswerGate) -> None:
        self._pressmark = pressmark
        self._gate = gate

    def describe(self) -> Iterable[Metric]:
        """Nothing: to name the figures, the library would have to be read."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Read them."""
        yield GaugeMetricFamily(
            "pressmark_queue", "Questions being answered or waiting.", self._gate.inside
        )
        try:
            counts = self._pressmark.library.counts()
            version = self._pressmark.library.index_version
            lags = self._pressmark.lags()
        except PressmarkError:
            yield GaugeMetricFamily("pressmark_up", "Whether the library can be read.", 0)
            return
        yield GaugeMetricFamily("pressmark_up", "Whether the library can be read.", 1)
        held = {
            "articles": counts.articles,
            "passages": counts.passages,
            "files": counts.files,
            "refused_files": counts.refused,
        }
        for name, number in held.items():
            yield GaugeMetricFamily(f"pressmark_{name}", f"How many {name} there are.", number)
        changes = GaugeMetricFamily(
            "pressmark_changes_behind", "Passages that an index has yet to take in.", labels=["by"]
        )
        seconds = GaugeMetricFamily(
            "pressmark_seconds_behind", "Since an index was in step; 0 if it is.", labels=["by"]
        )
        for name, lag in lags.items():
            changes.add_metric([name], lag.changes)
            seconds.add_metric([name], lag.seconds)
        yield from (changes, seconds)
        info = InfoMetricFamily("pressmark_index", "The version of what can be found.")
        info.add_metric([], {"version": version})
        yield info


class Counting:
    """Counts every request by the pattern of its route; see `Metrics.count_request`."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and count it when its response begins."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                seconds = perf_counter() - began
                method = scope["method"] if scope["method"] in _METHODS else "other"
                self._metrics.count_request(method, route_of(scope), message["status"], seconds)
            await send(message)

        await self.app(scope, receive, watched)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def route_of(scope: Scope) -> str:
    """The pattern of a request's address; what no route takes has one name together.

    Args:
        scope: of a request that was answered.
    """
    pattern = getattr(scope.get("route"), "path", None)
    if isinstance(pattern, str) and pattern:
        return pattern
    return "page" if scope["path"] == "/" or scope["path"].startswith("/gradio_api/") else "other"


def add_metrics(app: FastAPI, metrics: Metrics) -> None:
    """Add the address.

    Args:
        app: where to.
        metrics: to show.
    """

    @app.get(PATH, include_in_schema=False)
    def show() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)
