"""Whoever waits for a model keeps nobody from searching and reading."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.llm.retrying import Deadline
from rag.pipeline import READ_AT_ONCE
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.types import Question, Usage
from tests.helpers.doubles import article_text

PATIENCE_S = 300


class Slow:
    """A `ChatModel` that answers nobody until it is asked by all who will ask."""

    def __init__(self, asked_by: int) -> None:
        self._all = threading.Barrier(asked_by, timeout=PATIENCE_S)

    def write(
        self, system: str, user: str, deadline: Deadline, *, streamed: bool = False
    ) -> Iterator[str | Usage]:
        self._all.wait()
        yield "The articles do not say."
        yield Usage()

    def close(self) -> None:
        """Nothing to release."""


@pytest.fixture
def pressmark(tmp_path: Path) -> Iterator[Pressmark]:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "flood.txt").write_text(article_text("flood"))
    settings = Settings(
        _env_file=None,
        home=tmp_path / "home",
        embedding="tests.helpers.doubles:HashEmbedding",
        llm_timeout_s=PATIENCE_S,
    )
    with Pressmark.open(settings, write=True) as opened:
        opened.index([tmp_path / "news"])
        yield opened


def test_more_wait_for_a_model_than_read_at_once(pressmark: Pressmark) -> None:
    people = READ_AT_ONCE + 3
    asked = Question("What is the flood about?", mode="generative")
    slow = pressmark.with_model(Slow(people))
    with ThreadPoolExecutor(people) as pool:
        answers = list(pool.map(lambda _: slow.answer(asked), range(people)))
    assert [answer.fallback for answer in answers] == [None] * people


def test_reading_waits_for_a_turn_and_books_it(pressmark: Pressmark) -> None:
    turns = pressmark._tools.turns
    for _ in range(READ_AT_ONCE):
        assert turns.acquire(blocking=False)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(pressmark.answer, "What is the flood about?")
        assert not waiting.done()
        for _ in range(READ_AT_ONCE):
            turns.release()
        answer = waiting.result(PATIENCE_S)
    assert "wait" in answer.timings_ms
    assert all(turns.acquire(blocking=False) for _ in range(READ_AT_ONCE)), (
        "each turn was given back"
    )
