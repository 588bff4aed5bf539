"""Feedback and saved answers through the API."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from index.library.library import Library
from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers.answers import response
from ui.app import create_app

ANSWER = response().model_dump(mode="json")
SAID = {"question": "How many?", "response": ANSWER, "verdict": "wrong_words", "expected": " 34 "}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(home=tmp_path)
    with Library.open(tmp_path) as library:
        pressmark = SimpleNamespace(settings=settings, library=library, observers=[])
        app = create_app(cast(Pressmark, pressmark), page=False)
        with TestClient(app, base_url="http://127.0.0.1:7860") as found:
            yield found


def test_feedback_is_given_listed_and_taken_back(client: TestClient) -> None:
    given = client.post("/v1/feedback", json=SAID)
    (listed,) = client.get("/v1/feedback").json()["feedback"]

    assert given.status_code == 201
    assert listed["id"] == given.json()["id"]
    assert (listed["verdict"], listed["expected"], listed["answer"]) == (
        "wrong_words", "34", "text",
    )  # fmt: skip
    assert client.delete(f"/v1/feedback/{listed['id']}").status_code == 204
    assert client.delete(f"/v1/feedback/{listed['id']}").status_code == 404
    assert client.get("/v1/feedback").json() == {"feedback": []}


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "excellent"}, {"question": ""}, {"response": {}}, {"comment": "x" * 4_001},
        {"as_of": "soon"}, {"history": [{"question": 1}]}, {"score": 5},
        {"marker": 99}, {"marker": -1}, {"marker": 10**30},
    ],
)  # fmt: skip
def test_what_is_no_feedback_is_refused(client: TestClient, change: dict[str, Any]) -> None:
    assert client.post("/v1/feedback", json={**SAID, **change}).status_code == 422
    assert client.get("/v1/feedback").json() == {"feedback": []}


def test_an_answer_is_saved_read_exported_and_forgotten(client: TestClient) -> None:
    sent = {"question": "How many?", "response": ANSWER, "comment": "for Monday"}
    ident = client.post("/v1/saved", json=sent).json()["id"]

    (listed,) = client.get("/v1/saved").json()["saved"]
    assert (listed["id"], listed["comment"]) == (ident, "for Monday")
    assert client.get(f"/v1/answers/{ident}").json() == {
        "question": "How many?",
        "response": ANSWER,
    }
    exported = client.get(f"/v1/answers/{ident}/export?format=bibtex")
    assert exported.text.startswith("@article{tass2020")
    assert client.delete(f"/v1/saved/{ident}").status_code == 204
    assert client.get(f"/v1/answers/{ident}").status_code == 404
