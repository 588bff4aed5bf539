"""Many questions in one request: a line for each, errors included, and going on behind one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from rag.contract import AnswerResponse
from rag.pressmark import Pressmark
from ui.app import create_app
from ui.http.batch import MAX_LINES, Asking, batch_lines

pytest_plugins = ["tests.helpers.fixtures_seeds"]

BASE = "http://127.0.0.1:7860"
LINES_TYPE = {"content-type": "application/x-ndjson"}
ASKED = "How many Russians were detained in Belarus?"
BODY = "\n".join(
    (
        json.dumps({"id": "first", "question": ASKED}),
        "{",
        "",
        json.dumps({"question": "What is the recipe for borscht?"}),
        json.dumps({"id": "wrong", "question": "", "colour": "red"}),
        json.dumps({"id": "first", "question": ASKED}),
        json.dumps({"id": "last", "question": ASKED, "filters": {"publishers": ["TASS"]}}),
    )
)


@pytest.fixture(scope="module")
def client(seeds_pressmark: Pressmark) -> Iterator[TestClient]:
    app = create_app(seeds_pressmark, page=False)
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as found:
        yield found


def send(client: TestClient, body: str, **query: str) -> Any:
    content = body.encode()
    return client.post("/v1/answers/batch", content=content, headers=LINES_TYPE, params=query)


def lines_of(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


def test_every_line_has_its_answer_or_its_own_error(client: TestClient) -> None:
    lines = lines_of(send(client, BODY))
    assert [(line["id"], line["line"]) for line in lines] == [
        ("first", 1), ("2", 2), ("4", 4), ("wrong", 5), ("first", 6), ("last", 7),
    ]  # fmt: skip
    first, broken, declined, wrong, twice, last = lines
    alone = client.post("/v1/answer", json={"question": ASKED}).json()
    assert AnswerResponse.model_validate(first["answer"]).answer == alone["answer"]
    assert first["question"] == ASKED
    assert broken["error"]["status"] == 400
    assert declined["answer"]["status"] == "abstained"
    assert wrong["error"]["status"] == 422
    assert "question: is empty" in wrong["error"]["detail"]
    assert "colour" in wrong["error"]["detail"]
    assert "earlier line" in twice["error"]["detail"]
    assert {c["publisher"] for c in last["answer"]["citations"]} == {"TASS"}
    assert all(("answer" in line) != ("error" in line) for line in lines)


def test_it_goes_on_behind_the_last_line_that_came(client: TestClient) -> None:
    assert [line["id"] for line in lines_of(send(client, BODY, after="4"))] == [
        "wrong", "first", "last",
    ]  # fmt: skip
    assert lines_of(send(client, BODY, after="last")) == []


@pytest.mark.parametrize(
    ("body", "query", "words"),
    [
        ("", {}, "1 to 10,000 lines"),
        ("\n \n", {}, "1 to 10,000 lines"),
        ("{}\n" * (MAX_LINES + 1), {}, "1 to 10,000 lines"),
        (BODY, {"after": "nobody"}, "id of no line"),
    ],
)
def test_batches_that_cannot_be_are_refused(
    client: TestClient, body: str, query: dict[str, str], words: str
) -> None:
    response = send(client, body, **query)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.json()["detail"]


def test_json_is_no_json_lines(client: TestClient) -> None:
    response = client.post("/v1/answers/batch", json={"question": ASKED})
    assert response.status_code == 415
    assert "application/x-ndjson" in response.json()["detail"]


def test_who_goes_ends_the_work(seeds_pressmark: Pressmark) -> None:
    (line,) = batch_lines(json.dumps({"question": ASKED}).encode())
    asking = Asking(seeds_pressmark)
    assert asking.answer(line) is not None
    asking.close()
    assert asking.answer(line) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_lines_with_ids_or_errors(data: bytes) -> None:
    lines = list(batch_lines(data))
    assert len(lines) == sum(1 for raw in data.split(b"\n") if raw.strip())
    assert all((line.asked is None) != (line.error is None) for line in lines)
    asked = [line.id for line in lines if line.asked]
    assert len(set(asked)) == len(asked)
