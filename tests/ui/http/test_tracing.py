"""Spans for a collector: what it gets, what it never gets, and what happens without one."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

import ui
from rag.llm.retrying import Deadline
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.types import Question, Usage
from tests.helpers.doubles import article_text
from ui.app import create_app
from ui.cli.doctor import findings
from ui.http.logs import HEADER
from ui.http.tracing import traced, why_untraced

SECRET = "zebrafinch"
KEY = "a-canary-key-of-the-collector"
EXPORTER = "opentelemetry.exporter.otlp.proto.http"


@dataclass
class Collector:
    """What a collector was sent.

    Attributes:
        url: of the collector.
        paths: of each request.
        keys: that came with each.
        bodies: of each.
    """

    url: str = ""
    paths: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def spans(self) -> list[Any]:
        found = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            span
            for request in found
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name]


@pytest.fixture
def collector() -> Iterator[Collector]:
    found = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.paths.append(self.path)
            found.keys.append(self.headers.get("x-collector-key", ""))
            found.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a user who has not switched tracing off."""
    monkeypatch.setattr(ui, "TRACES_ALLOWED", True)


@contextmanager
def opened(folder: Path, **more: Any) -> Iterator[Pressmark]:
    news = folder / "news"
    news.mkdir()
    (news / f"{SECRET}.txt").write_text(article_text("flood"))
    chosen = Settings(
        _env_file=None,
        home=folder / "home",
        embedding="tests.helpers.doubles:HashEmbedding",
        **more,
    )
    with Pressmark.open(chosen, write=True) as pressmark:
        yield pressmark


def attributes(span: Any) -> dict[str, Any]:
    return {
        one.key: getattr(one.value, one.value.WhichOneof("value") or "string_value")
        for one in span.attributes
    }


class Echo:
    """A `ChatModel` that repeats a sentence of the first passage."""

    def write(
        self, system: str, user: str, deadline: Deadline, *, streamed: bool = False
    ) -> Iterator[str | Usage]:
        passage = user.partition(">\n")[2].partition("\n</")[0]
        yield f"{passage.partition('.')[0]} [1]."
        yield Usage(120, 9)

    def close(self) -> None:
        """Nothing to release."""


def test_an_answer_is_a_span_with_its_steps_and_the_id_of_its_request(
    tmp_path: Path, collector: Collector
) -> None:
    at: dict[str, Any] = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"{collector.url}/",
        "OTEL_EXPORTER_OTLP_HEADERS": f"x-collector-key={KEY}",
    }
    with opened(tmp_path, **at) as pressmark, traced(pressmark):
        pressmark.index([tmp_path / "news"])
        client = TestClient(create_app(pressmark, page=False), base_url="http://127.0.0.1:7860")
        client.post(
            "/v1/answer",
            json={"question": f"Who saw the {SECRET}?"},
            headers={HEADER: "desk-0123456789"},
        )
        assert KEY not in str(pressmark.settings)
    assert len(collector.bodies) >= 1
    assert set(collector.paths) == {"/v1/traces"}
    assert set(collector.keys) == {KEY}
    (answer,) = collector.named("answer")
    inner = [span for span in collector.spans if span.parent_span_id == answer.span_id]
    assert {"understand", "retrieve", "read", "verify"} <= {span.name for span in inner}
    for span in (answer, *inner):
        assert span.trace_id == answer.trace_id
        assert attributes(span)["pressmark.request_id"] == "desk-0123456789"
        assert answer.start_time_unix_nano <= span.start_time_unix_nano
        assert span.start_time_unix_nano <= span.end_time_unix_nano <= answer.end_time_unix_nano
    (index,) = collector.named("index")
    assert attributes(index)["pressmark.articles"] == 1
    sent = b"".join(collector.bodies)
    assert SECRET.encode() not in sent
    assert b"pressmark" in sent


def test_writing_is_told_apart_from_checking(tmp_path: Path, collector: Collector) -> None:
    with (
        opened(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as pressmark,
        traced(pressmark),
    ):
        pressmark.index([tmp_path / "news"])
        answer = pressmark.with_model(Echo()).answer(Question("What is the flood about?"))
    assert answer.mode == "generative"
    assert {"write", "verify"} <= answer.timings_ms.keys()
    (write,) = collector.named("write")
    within = [
        span
        for span in collector.named("verify")
        if write.start_time_unix_nano <= span.start_time_unix_nano < write.end_time_unix_nano
    ]
    assert within
    (told,) = collector.named("answer")
    assert attributes(told)["gen_ai.usage.input_tokens"] == 120


def test_questions_are_told_where_that_is_asked(tmp_path: Path, collector: Collector) -> None:
    at = f"{collector.url}/elsewhere"
    with (
        opened(tmp_path, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=at, trace_questions=True) as pressmark,
        traced(pressmark),
    ):
        pressmark.answer(f"Who saw the {SECRET}?")
    assert set(collector.paths) == {"/elsewhere"}
    (answer,) = collector.named("answer")
    assert attributes(answer)["pressmark.question"] == f"Who saw the {SECRET}?"
    assert "pressmark.request_id" not in attributes(answer)


def test_dependencies_get_no_provider(tmp_path: Path, collector: Collector) -> None:
    with (
        opened(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as pressmark,
        traced(pressmark),
    ):
        with trace.get_tracer("a dependency").start_as_current_span(SECRET):
            pressmark.answer("Who?")
        assert not trace.get_current_span().is_recording()
    assert SECRET.encode() not in b"".join(collector.bodies)
    (answer,) = collector.named("answer")
    assert answer.parent_span_id == b""


def test_without_an_address_nothing_is_made(tmp_path: Path) -> None:
    with opened(tmp_path) as pressmark, traced(pressmark):
        assert pressmark.observers == []
        assert pressmark.index_observers == []
        assert why_untraced(pressmark.settings) is None


def test_who_switched_tracing_off_gets_none(
    tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ui, "TRACES_ALLOWED", False)
    with (
        opened(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as pressmark,
        traced(pressmark),
    ):
        pressmark.answer("Who?")
    assert collector.bodies == []


def test_a_collector_that_is_away_disturbs_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    at = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    with caplog.at_level(logging.DEBUG), opened(tmp_path, **at) as pressmark, traced(pressmark):
        assert pressmark.answer(f"Who saw the {SECRET}?").status
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}, "must begin with http://"),
        (
            {
                "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
                "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
            },
            "is 'grpc', and Pressmark sends http/protobuf only",
        ),
    ],
)
def test_what_cannot_be_sent_is_said(tmp_path: Path, given: dict[str, Any], words: str) -> None:
    with opened(tmp_path, **given) as pressmark, traced(pressmark):
        assert words in (why_untraced(pressmark.settings) or "")
        assert pressmark.observers == []
        pressmark.answer("Who?")


def test_a_package_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, EXPORTER, None)
    with (
        opened(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:4318") as pressmark,
        traced(pressmark),
    ):
        settings = pressmark.settings
        assert pressmark.observers == []
        assert "pip install opentelemetry-exporter-otlp" in (why_untraced(settings) or "")
    told = [finding for finding in findings(settings) if "pip install open" in finding.text]
    assert [finding.wrong for finding in told] == [True]
