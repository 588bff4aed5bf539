"""OpenTelemetry: each answer as a span with its steps, and each run of indexing.

They go where ``OTEL_EXPORTER_OTLP_ENDPOINT`` says, as OTLP over HTTP. They hold times, counts and
the id of the request; no question, unless `Settings.trace_questions`, and no text of an article.

Pressmark has a provider of its own and is nobody's default: what dependencies would tell a global
one stays untold.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from time import time_ns
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import ui
from index.ingest.report import IngestReport
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.types import Answer
from ui.http.logs import request_id
from ui.version import version

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Tracer

    Attributes = dict[str, str | bool | int | float]

_EXPORTER = "opentelemetry.exporter.otlp.proto.http"
_PROTOCOL = "http/protobuf"
_DISABLED = "OTEL_SDK_DISABLED"


def why_untraced(settings: Settings) -> str | None:
    """Say why no spans are sent though an address is set; None if they are, or none is set.

    Args:
        settings: of this installation.
    """
    if settings.spans_at is None or not ui.TRACES_ALLOWED:
        return None
    if urlsplit(settings.spans_at).scheme not in ("http", "https"):
        return "No spans are sent: OTEL_EXPORTER_OTLP_ENDPOINT must begin with http:// or https://."
    if settings.otlp_protocol != _PROTOCOL:
        return (
            f"No spans are sent: OTEL_EXPORTER_OTLP_PROTOCOL is {settings.otlp_protocol!r}, and "
            f"Pressmark sends {_PROTOCOL} only."
        )
    if not _is_installed():
        return (
            "No spans are sent: OTEL_EXPORTER_OTLP_ENDPOINT is set, but the package that sends "
            "them is not installed: pip install opentelemetry-exporter-otlp-proto-http"
        )
    return None


def _is_installed() -> bool:
    try:
        return find_spec(_EXPORTER) is not None
    except (ImportError, ValueError):
        return False


@contextmanager
def traced(pressmark: Pressmark) -> Iterator[None]:
    """Send spans of what is answered and indexed meanwhile; what is left goes out in the end.

    Args:
        pressmark: that answers; without an address in its settings, nothing happens.
    """
    settings = pressmark.settings
    if settings.spans_at is None or not ui.TRACES_ALLOWED or why_untraced(settings):
        yield
        return
    provider = _provider(settings, settings.spans_at)
    spans = _Spans(provider.get_tracer("pressmark", version()), settings)
    pressmark.observers.append(spans.answered)
    pressmark.index_observers.append(spans.indexed)
    try:
        yield
    finally:
        pressmark.observers.remove(spans.answered)
        pressmark.index_observers.remove(spans.indexed)
        provider.shutdown()


class _Spans:
    """Makes spans, when what they tell of is over.

    Args:
        tracer: takes them.
        settings: say whether questions are told.
    """

    def __init__(self, tracer: "Tracer", settings: Settings) -> None:
        self._tracer = tracer
        self._tells_questions = settings.trace_questions

    def answered(self, answer: Answer) -> None:
        """An answer, and its steps."""
        attributes: Attributes = {
            "pressmark.status": answer.status,
            "pressmark.mode": answer.mode,
            "pressmark.task": answer.task,
            "pressmark.confidence": answer.confidence,
            "pressmark.citations": len(answer.citations),
            "pressmark.rejected": len(answer.rejected),
            "pressmark.fallback": answer.fallback is not None,
            "pressmark.index_version": answer.index_version,
            "gen_ai.usage.input_tokens": answer.usage.prompt_tokens,
            "gen_ai.usage.output_tokens": answer.usage.completion_tokens,
        }
        if self._tells_questions:
            attributes["pressmark.question"] = answer.question.text
        stages = [(stage.name, stage.began, stage.ended) for stage in answer.stages]
        self._tell("answer", stages, attributes)

    def indexed(self, report: IngestReport) -> None:
        """A run of indexing."""
        attributes: Attributes = {
            "pressmark.articles": report.articles,
            "pressmark.passages": report.passages,
            "pressmark.texts_embedded": report.texts_embedded,
            "pressmark.refused": sum(len(root.refused) for root in report.roots),
        }
        now = time_ns()
        self._tell("index", [("index", now - int(report.seconds * 1e9), now)], attributes)

    def _tell(
        self, name: str, stages: list[tuple[str, int, int]], attributes: "Attributes"
    ) -> None:
        """A span around its stages; a single stage of the same name is the span itself."""
        from opentelemetry.context import Context
        from opentelemetry.trace import set_span_in_context

        if request := request_id():
            attributes["pressmark.request_id"] = request
        now = time_ns()
        began = min((start for _, start, _ in stages), default=now)
        ended = max((end for _, _, end in stages), default=now)
        # Of nobody: the request's own context may hold a span of a dependency.
        span = self._tracer.start_span(name, Context(), start_time=began, attributes=attributes)
        within = set_span_in_context(span, Context())
        shared: Attributes = {"pressmark.request_id": request} if request else {}
        for step, start, end in stages:
            if step != name:
                inner = self._tracer.start_span(step, within, start_time=start, attributes=shared)
                inner.end(end)
        span.end(ended)


def _provider(settings: Settings, address: str) -> "TracerProvider":
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.util.re import parse_env_headers

    said = settings.otlp_headers.get_secret_value() if settings.otlp_headers else ""
    exporter = OTLPSpanExporter(address, headers=parse_env_headers(said, liberal=True))
    named = Resource.create()
    if named.attributes.get(SERVICE_NAME, "").startswith("unknown_service"):  # type: ignore[union-attr]
        named = named.merge(Resource({SERVICE_NAME: "pressmark"}))
    with _switched_on():
        provider = TracerProvider(resource=named)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


@contextmanager
def _switched_on() -> Iterator[None]:
    """Lift the switch that keeps dependencies from tracing, for as long as a provider is made."""
    before = os.environ.pop(_DISABLED, None)
    try:
        yield
    finally:
        if before is not None:
            os.environ[_DISABLED] = before
