"""Who asks too often is told when to come back, whichever door and whichever process it asks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from index.errors import TooOftenError
from index.library.workers import held_for_workers
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.types import Question
from tests.helpers.doubles import article_text
from ui.app import create_app
from ui.http import rates
from ui.http.rates import calling

KEYS = ["first-key-of-a-desk", "other-key-of-a-desk"]
QUESTION = {"question": "Who told the story?"}
NOW = 1_800_000_030.0


def settings(home: Path, most: int | None) -> Settings:
    return Settings(
        _env_file=None,
        home=home,
        embedding="tests.helpers.doubles:HashEmbedding",
        api_keys=",".join(KEYS),
        questions_per_minute=most,
    )


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Pressmark]]:
    """Two processes' worth of one server, which share a library."""
    monkeypatch.setattr(rates, "time", lambda: NOW)
    folder, home = tmp_path / "news", tmp_path / "home"
    folder.mkdir()
    (folder / "a.txt").write_text(article_text("flood"))
    with (
        held_for_workers(home, "serving the articles"),
        Pressmark.open(settings(home, 3), worker=0) as first,
        Pressmark.open(settings(home, 3), worker=1) as second,
    ):
        first.index([folder])
        yield [first, second]


def client_of(pressmark: Pressmark, key: str) -> TestClient:
    app = create_app(pressmark, page=False)
    headers = {"authorization": f"Bearer {key}"}
    return TestClient(app, base_url="http://127.0.0.1:7860", headers=headers)


def test_a_key_is_counted_by_all_processes_together(two: list[Pressmark]) -> None:
    first, second = (client_of(pressmark, KEYS[0]) for pressmark in two)
    asked = [client.post("/v1/answer", json=QUESTION) for client in (first, second, first)]
    assert [sent.status_code for sent in asked] == [200, 200, 200]
    for client in (first, second):
        refused = client.post("/v1/answer", json=QUESTION)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 90
        assert refused.json()["type"] == "urn:pressmark:problem:too-often"
        assert "3 questions a minute" in refused.json()["detail"]
    assert client_of(two[0], KEYS[1]).post("/v1/answer", json=QUESTION).status_code == 200


def test_every_door_counts(two: list[Pressmark]) -> None:
    client = client_of(two[0], KEYS[0])
    chat = {"model": "pressmark", "messages": [{"role": "user", "content": "Who told it?"}]}
    assert client.post("/v1/chat/completions", json=chat).status_code == 200
    assert client.post("/v1/answer", json={**QUESTION, "stream": True}).status_code == 200
    lines = b'{"id": "a", "question": "Who told it?"}\n{"id": "b", "question": "Who told it?"}\n'
    batch = client.post(
        "/v1/answers/batch", content=lines, headers={"content-type": "application/x-ndjson"}
    )
    assert "3 questions a minute" in batch.text
    refused = client.post("/v1/chat/completions", json=chat)
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
    with calling("someone else"):
        two[0].answer(Question("Who told it?"))


def test_what_nobody_asked_for_is_not_counted(two: list[Pressmark]) -> None:
    create_app(two[0], page=False)
    for _ in range(5):
        two[0].answer(Question("Who told it?"))
    with calling("somebody"):
        for _ in range(3):
            two[0].answer(Question("Who told it?"))
        with pytest.raises(TooOftenError):
            two[0].answer(Question("Who told it?"))


def test_without_a_limit_nobody_is_counted(tmp_path: Path) -> None:
    with Pressmark.open(settings(tmp_path, None), write=True) as pressmark:
        create_app(pressmark, page=False)
        assert pressmark.admissions == []
