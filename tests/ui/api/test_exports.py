"""Answers taken along through the API."""

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
from ui.exports.exchange import Exchange, Exchanges
from ui.page.html.answers import TurnView
from ui.page.shared import SharedAnswers

QUESTION = "How many were held?"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(home=tmp_path)
    with Library.open(tmp_path) as library:
        pressmark = SimpleNamespace(settings=settings, library=library, observers=[])
        app = create_app(cast(Pressmark, pressmark), page=False)
        with TestClient(app, base_url="http://127.0.0.1:7860") as found:
            yield found


@pytest.fixture
def link(tmp_path: Path) -> str:
    with Library.open(tmp_path) as library:
        return SharedAnswers(library).add(TurnView(question=QUESTION, response=response())).id


def body(*questions: str) -> Any:
    exchanges = [Exchange(question=one, response=response()) for one in questions]
    return Exchanges(exchanges=exchanges).model_dump(mode="json")


def test_answers_that_are_sent_come_back_in_a_format(client: TestClient) -> None:
    got = client.post("/v1/export?format=ris", json=body(QUESTION, "When?"))

    assert got.status_code == 200
    assert got.headers["content-type"].startswith("application/x-research-info-systems")
    assert got.headers["content-disposition"].startswith(
        'attachment; filename="How-many-were-held.ris"; '
    )
    assert got.text.startswith("TY  - NEWS\r\n")


def test_an_answer_that_was_linked_to_is_given_and_exported(client: TestClient, link: str) -> None:
    assert client.get(f"/v1/answers/{link}").json()["question"] == QUESTION
    got = client.get(f"/v1/answers/{link}/export")

    assert got.headers["content-type"].startswith("text/markdown")
    assert got.text.startswith(f"## {QUESTION}\n")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/v1/answers/none", 404),
        ("/v1/answers/none/export?format=ris", 404),
        ("/v1/answers/none/export?format=pdf", 422),
        ("/v1/answers/..%2fpage-secret", 404),
    ],
)
def test_what_is_not_there_is_a_problem(client: TestClient, address: str, status: int) -> None:
    got = client.get(address)

    assert got.status_code == status
    assert got.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("sent", [{}, {"exchanges": []}, {"exchanges": [{"question": "x"}]}])
def test_what_is_no_conversation_is_refused(client: TestClient, sent: object) -> None:
    assert client.post("/v1/export", json=sent).status_code == 422
