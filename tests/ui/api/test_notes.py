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
        "note": "for Monday",
    }
    exported = client.get(f"/v1/answers/{ident}/export?format=bibtex")
    assert exported.text.startswith("@article{tass2020")
    assert client.delete(f"/v1/saved/{ident}").status_code == 204
    assert client.get(f"/v1/answers/{ident}").status_code == 404


def test_a_saved_answer_belongs_to_a_collection_and_is_listed_and_exported_with_it(
    client: TestClient,
) -> None:
    made = client.post("/v1/collections", json={"name": "The Bridge"}).json()
    for number, collection in enumerate(["", "the bridge", made["id"]]):
        sent = {"question": f"Question {number}?", "response": ANSWER, "comment": f"note {number}"}
        assert client.post("/v1/saved", json={**sent, "collection": collection}).status_code == 201
    every = client.get("/v1/saved").json()["saved"]
    inside = client.get("/v1/saved?collection=THE%20BRIDGE").json()["saved"]

    assert [one["collection"] for one in every] == [None, "The Bridge", "The Bridge"]
    assert inside == every[1:]
    exported = client.get(f"/v1/saved/export?format=json&collection={made['id']}").json()
    assert [(e["question"], e["note"]) for e in exported["exchanges"]] == [
        ("Question 1?", "note 1"),
        ("Question 2?", "note 2"),
    ]
    markdown = client.get("/v1/saved/export").text
    assert "My note: note 0" in markdown
    assert markdown.count("## Question") == 3


def test_a_saved_answer_is_moved_and_annotated(client: TestClient) -> None:
    client.post("/v1/collections", json={"name": "Bridge"})
    sent = {"question": "How many?", "response": ANSWER, "comment": "first"}
    at = "/v1/saved/" + client.post("/v1/saved", json=sent).json()["id"]

    def now() -> tuple[str, str | None]:
        (listed,) = client.get("/v1/saved").json()["saved"]
        return listed["comment"], listed["collection"]

    assert client.patch(at, json={"collection": "bridge"}).status_code == 204
    assert now() == ("first", "Bridge")
    assert client.patch(at, json={"comment": " second "}).status_code == 204
    assert now() == ("second", "Bridge")
    assert client.patch(at, json={"collection": "", "comment": ""}).status_code == 204
    assert now() == ("", None)
    assert client.patch("/v1/saved/none", json={"comment": "x"}).status_code == 404


def test_a_collection_that_is_not_there_is_refused(client: TestClient) -> None:
    sent = {"question": "How many?", "response": ANSWER}

    for refused in (
        client.post("/v1/saved", json={**sent, "collection": "Bridge"}),
        client.get("/v1/saved?collection=Bridge"),
        client.get("/v1/saved/export?collection=Bridge"),
    ):
        assert refused.status_code == 422
        assert "no collection" in refused.json()["detail"]
    assert client.get("/v1/saved").json() == {"saved": []}
    assert client.get("/v1/saved/export").status_code == 404


def test_a_collection_that_is_forgotten_leaves_its_answers(client: TestClient) -> None:
    made = client.post("/v1/collections", json={"name": "Bridge"}).json()
    sent = {"question": "How many?", "response": ANSWER, "collection": "Bridge"}
    client.post("/v1/saved", json=sent)

    assert client.delete(f"/v1/collections/{made['id']}").status_code == 204
    (listed,) = client.get("/v1/saved").json()["saved"]
    assert listed["collection"] is None
