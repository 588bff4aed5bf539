"""Answers as server-sent events: their order, errors, and clients that leave."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from index.errors import LibraryBusyError, PressmarkError
from rag.contract import AnswerResponse, CitationModel, StreamedClaimModel
from rag.llm.retrying import Deadline
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.streaming import AnswerStream
from rag.types import AnswerEvent
from tests.helpers.doubles import library_double
from tests.helpers.raw_server import Connection, chunk, raw_server
from tests.helpers.serving import running_server
from ui.app import create_app
from ui.http.admission import AnswerGate

pytest_plugins = ["tests.helpers.fixtures_seeds"]

ASKED = "How many Russian citizens were detained on July 29?"
TRUE = "Minsk announced that 33 Russian citizens were detained in Belarus on July 29. [1]"
BASE = "http://127.0.0.1:7860"


def client_of(pressmark: Any, **options: Any) -> TestClient:
    app = create_app(cast(Pressmark, pressmark), page=False, **options)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


def throw(error: Exception) -> AnswerEvent:
    raise error


def double(error: Exception, after_s: float = 0.0) -> SimpleNamespace:
    """As much of a Pressmark as a stream needs, with one that fails."""

    def events(deadline: Deadline) -> Iterator[AnswerEvent]:
        time.sleep(after_s)
        yield from (throw(error) for _ in range(1))

    return SimpleNamespace(
        settings=Settings(home=Path("nowhere")),
        library=library_double(),
        stream=lambda question: AnswerStream(events, 5.0),
        observers=[],
    )


def read_events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a stream, as a browser's EventSource reads them."""
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def stream(client: TestClient, question: str = ASKED, **body: Any) -> list[tuple[str, Any]]:
    asked = {"question": question, "stream": True, **body}
    with client.stream("POST", "/v1/answer", json=asked) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        return list(read_events(response.iter_lines()))


def assert_consistent(events: list[tuple[str, Any]]) -> AnswerResponse:
    """The pieces are those of the answer at the end, and each citation precedes its sentence."""
    assert events[-1][0] == "done"
    answer = AnswerResponse.model_validate(events[-1][1])
    last = max((n for n, (name, _) in enumerate(events) if name == "withdrawn"), default=-1)
    cited: dict[int, CitationModel] = {}
    told: list[StreamedClaimModel] = []
    for name, data in events[last + 1 : -1]:
        if name == "citation":
            citation = CitationModel.model_validate(data)
            cited[citation.marker] = citation
        else:
            assert name == "claim"
            told.append(StreamedClaimModel.model_validate(data))
            assert set(told[-1].citations) <= set(cited)
    assert [one.model_dump(exclude={"answer"}) for one in told] == [
        one.model_dump() for one in answer.claims
    ]
    assert list(cited.values()) == answer.citations
    if told:
        assert "\n\n".join(one.answer for one in told) == answer.answer
    return answer


def test_quotes_and_refusals_as_events(seeds_pressmark: Pressmark) -> None:
    with client_of(seeds_pressmark) as client:
        answer = assert_consistent(stream(client))
        whole = client.post("/v1/answer", json={"question": ASKED}).json()
        refused = assert_consistent(stream(client, "🙂"))
    assert answer.answer == whole["answer"]
    assert answer.mode == "extractive"
    assert refused.abstention is not None


def with_model(home: Path, url: str, seconds: float = 5.0) -> Pressmark:
    return Pressmark.open(
        Settings(
            home=home,
            llm_base_url=url,
            llm_model="test-model",
            llm_timeout_s=seconds,
            refuse_below=0.0,
        )
    )


def test_written_sentences_and_their_withdrawal_as_events(seeds_home: Path) -> None:
    def breaks_off(connection: Connection) -> None:
        connection.head(kind="text/event-stream")
        connection.event(**chunk({"content": f"{TRUE} And then it"}))

    def writes(connection: Connection) -> None:
        connection.pieces(TRUE, " 99 Martians landed. [1]")

    with raw_server(writes) as server, with_model(seeds_home, server.url) as pressmark:
        events = stream(client_of(pressmark))
        answer = assert_consistent(events)
    assert [name for name, _ in events] == ["citation", "claim", "done"]
    assert answer.answer == TRUE
    assert answer.mode == "generative"
    assert answer.rejected[0].text == "99 Martians landed."

    with raw_server(breaks_off) as server, with_model(seeds_home, server.url) as pressmark:
        events = stream(client_of(pressmark))
        answer = assert_consistent(events)
    assert [name for name, _ in events][:3] == ["citation", "claim", "withdrawn"]
    assert events[2][1] == {"reason": answer.fallback}
    assert answer.mode == "extractive"


def test_an_error_before_the_first_event_has_a_status_of_its_own() -> None:
    body = {"question": ASKED, "stream": True}
    with client_of(double(LibraryBusyError("It is being written."))) as client:
        response = client.post("/v1/answer", json=body)
    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert response.json()["detail"] == "It is being written."
    with client_of(double(RuntimeError("sk-secret"))) as client:
        response = client.post("/v1/answer", json=body)
    assert response.status_code == 500
    assert "sk-secret" not in response.text


def test_a_late_error_is_an_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.http.events._FIRST_WAIT_S", 0.01)
    monkeypatch.setattr("ui.http.events._KEEP_ALIVE_S", 0.05)
    with client_of(double(PressmarkError("The disk is gone."), after_s=0.5)) as client:
        (event,) = stream(client)
    assert event[0] == "error"
    assert event[1]["status"] == 500
    assert event[1]["detail"] == "The disk is gone."


def test_too_many_are_turned_away(seeds_pressmark: Pressmark) -> None:
    with client_of(seeds_pressmark, gate=AnswerGate(at_once=1, waiting=-1)) as client:
        response = client.post("/v1/answer", json={"question": ASKED, "stream": True})
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"


def test_a_client_that_goes_ends_the_call_and_frees_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through a real server, with as many clients as it answers at once."""
    with raw_server(lambda connection: connection.hang()) as model:
        monkeypatch.setenv("PRESSMARK_LLM_BASE_URL", model.url)
        monkeypatch.setenv("PRESSMARK_LLM_MODEL", "test-model")
        monkeypatch.setenv("PRESSMARK_LLM_TIMEOUT_S", "300")
        seeds = str(Path(__file__).parents[3] / "seeds")
        with running_server(tmp_path / "home", seeds, "--no-page") as server:
            host, port = server.url.removeprefix("http://").split(":")
            body = json.dumps({"question": ASKED, "stream": True}).encode()
            head = (
                f"POST /v1/answer HTTP/1.1\r\nHost: {host}:{port}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            ).encode()
            for asked in range(1, 5):
                with socket.create_connection((host, int(port)), timeout=60) as client:
                    client.sendall(head + body)
                    assert client.recv(12) == b"HTTP/1.1 200"
                    # A client that leaves while we read passages ends no call: there is none yet.
                    deadline = time.monotonic() + 60
                    while len(model.requests) < asked and time.monotonic() < deadline:
                        time.sleep(0.05)
            assert model.gone.wait(60), "the call to the model went on"
            quoted = json.dumps({"question": ASKED, "mode": "extractive"}).encode()
            with socket.create_connection((host, int(port)), timeout=30) as client:
                client.sendall(
                    head.replace(b"%d" % len(body), b"%d" % len(quoted)).replace(
                        b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"
                    )
                    + quoted
                )
                assert client.recv(12) == b"HTTP/1.1 200"
        assert model.requests
