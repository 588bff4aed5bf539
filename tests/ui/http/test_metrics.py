"""What Prometheus and the log see of a server: figures and ids, and nothing that was asked."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers.doubles import article_text
from ui.app import create_app
from ui.http.logs import HEADER, JsonLines

SECRET = "zebrafinch"
KEY = "a-key-of-this-desk-alone"


@pytest.fixture(scope="module")
def pressmark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pressmark]:
    folder = tmp_path_factory.mktemp("news")
    (folder / f"{SECRET}.txt").write_text(article_text("flood"))
    settings = Settings(
        _env_file=None,
        home=tmp_path_factory.mktemp("home"),
        embedding="tests.helpers.doubles:HashEmbedding",
        api_keys=KEY,
    )
    with Pressmark.open(settings, write=True) as opened:
        opened.index([folder])
        yield opened


@pytest.fixture
def client(pressmark: Pressmark) -> TestClient:
    app = create_app(pressmark, page=False)
    headers = {"authorization": f"Bearer {KEY}"}
    return TestClient(app, base_url="http://127.0.0.1:7860", headers=headers)


def figure(client: TestClient, pattern: str) -> float:
    found = re.search(rf"^{pattern} (\S+)$", client.get("/metrics").text, re.M)
    return float(found[1]) if found else 0.0


def test_questions_and_refusals_are_counted_whatever_the_door(client: TestClient) -> None:
    client.post("/v1/answer", json={"question": f"What did the {SECRET} sign in Oslo in 1931?"})
    chat = {"model": "pressmark", "messages": [{"role": "user", "content": "Who told the story?"}]}
    client.post("/v1/chat/completions", json=chat)
    total = 'pressmark_questions_total{mode="extractive",task="auto"}'
    assert figure(client, re.escape(total)) == 2
    assert figure(client, "pressmark_refusals_total") >= 1
    assert figure(client, re.escape('pressmark_stage_seconds_count{stage="total"}')) == 2
    assert figure(client, "pressmark_articles") == 1
    assert figure(client, "pressmark_queue") == 0
    for by in ("words", "meanings"):
        assert figure(client, re.escape(f'pressmark_changes_behind{{by="{by}"}}')) == 0
        assert f'pressmark_seconds_behind{{by="{by}"}} 0.0' in client.get("/metrics").text
    route = 'pressmark_requests_total{method="POST",route="/v1/answer",status="200"}'
    assert figure(client, re.escape(route)) == 1
    assert figure(client, "process_open_fds") > 0


def test_nothing_that_was_asked_or_is_secret_is_shown(client: TestClient) -> None:
    client.post("/v1/answer", json={"question": f"Who saw the {SECRET}?"})
    client.get(f"/v1/search?q={SECRET}")
    client.get(f"/{SECRET}/{KEY}")
    client.request(SECRET.upper(), "/v1/answer")
    shown = client.get("/metrics").text
    assert SECRET not in shown.lower()
    assert KEY not in shown


def test_with_keys_the_metrics_want_one(pressmark: Pressmark) -> None:
    with TestClient(create_app(pressmark, page=False), base_url="http://127.0.0.1:7860") as nobody:
        assert nobody.get("/metrics").status_code == 401


@pytest.mark.parametrize("given", ["desk-0123456789", "", "x" * 200, 'a"}\n{"forged": 1', "é" * 9])
def test_a_request_has_an_id_in_its_response_and_in_the_log(
    client: TestClient, caplog: pytest.LogCaptureFixture, given: str
) -> None:
    caplog.handler.setFormatter(JsonLines())
    with caplog.at_level(logging.INFO, "ui.http.access"):
        reply = client.post(
            f"/v1/answer?token={KEY}",
            json={"question": f"Who saw the {SECRET}?"},
            headers={HEADER.encode(): given.encode("utf-8")},
        )
    name = reply.headers[HEADER]
    assert (name == given) == (given == "desk-0123456789")
    (record,) = [record for record in caplog.records if record.name == "ui.http.access"]
    line = JsonLines().format(record)
    told = json.loads(line)
    assert (told["route"], told["status"]) == ("/v1/answer", reply.status_code)
    assert SECRET not in line
    assert KEY not in line


def test_an_unexpected_failure_is_logged_under_the_requests_id(
    pressmark: Pressmark, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        logging.getLogger("ui.http.problems").error("here")
        raise RuntimeError("unplanned")

    monkeypatch.setattr(Pressmark, "answer", broken)
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(JsonLines().format(record))  # type: ignore[method-assign]
    logging.getLogger("ui.http").addHandler(handler)
    try:
        app = create_app(pressmark, page=False)
        with TestClient(
            app, base_url="http://127.0.0.1:7860", raise_server_exceptions=False
        ) as client:
            reply = client.post(
                "/v1/answer",
                json={"question": "Who?"},
                headers={"authorization": f"Bearer {KEY}", HEADER: "desk-0123456789"},
            )
    finally:
        logging.getLogger("ui.http").removeHandler(handler)
    assert reply.status_code == 500
    assert "unplanned" not in reply.text
    told = [json.loads(line) for line in lines]
    assert {line["request_id"] for line in told} == {"desk-0123456789"}
    assert any("unplanned" in line.get("error", "") for line in told)


def test_the_log_in_json_is_one_line_each(tmp_path: Path) -> None:
    record = logging.LogRecord(
        "ui.x", logging.ERROR, "x", 1, "two\nlines %s", ("and\x1b[0m",), None
    )
    assert "\n" not in JsonLines().format(record)
    assert json.loads(JsonLines().format(record))["message"] == "two\nlines and\x1b[0m"
