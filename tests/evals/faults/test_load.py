"""What clients are told is counted right, and everything that breaks a promise is seen."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from evals.faults.asking import Asked, ask
from evals.faults.load import _people, new_questions
from evals.faults.model import slow_model
from evals.faults.people import Sentences
from evals.faults.results import Result


@contextmanager
def replying(statuses: list[tuple[int, dict[str, str]]]) -> Iterator[tuple[str, list[str]]]:
    """A server that gives each status once and then 200; with the questions that it was asked."""
    asked: list[str] = []
    waiting, guard = iter(statuses), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with guard:
                asked.append(body["question"])
                status, headers = next(waiting, (200, {}))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": "0"}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_answers_refusals_and_errors_are_told_apart() -> None:
    statuses = [(503, {"Retry-After": "1"}), (503, {}), (500, {})]
    with replying(statuses) as (url, asked):
        told = ask(url, 2, new_questions(1), answers=5)
    assert told.statuses["200"] == len(told.seconds) == len(told.ends) >= 5
    assert (told.statuses["503"], told.without_advice, told.errors) == (2, 1, 1)
    assert len(set(asked)) == len(asked) == sum(told.statuses.values())


def test_questions_of_two_stretches_never_meet() -> None:
    first, second = new_questions(0), new_questions(1)
    assert not {first(turn) for turn in range(500)} & {second(turn) for turn in range(500)}


def test_normal_is_the_first_answer_that_took_no_longer_than_usual() -> None:
    told = Asked(seconds=[9.0, 4.0, 1.0, 1.0], ends=[9.0, 13.0, 14.0, 15.0])
    assert told.normal_after(2.0) == 14.0
    assert told.normal_after(0.5) == float("inf")


def test_people_who_wait_too_long_are_told_as_a_fault() -> None:
    result = Result("load", "")
    found = Sentences("writing", alone=[1.0, 1.0], together=[1.5, 3.0], wrong=["person 1: x"])
    _people(result, found)
    assert found.ratio == pytest.approx(3.0)
    assert result.wrong == ["the page, writing: person 1: x"]
    assert result.figures["page, writing: ratio"] == 3.0


def test_the_slow_model_copies_a_sentence_of_the_first_passage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("evals.faults.model.THINKS_S", 0.0)
    prompt = "[1] A\n<passage-ab>\nThe bridge is open. It rains.\n</passage-ab>\n\nQuestion: x"
    body = {"messages": [{"role": "user", "content": prompt}]}
    with slow_model() as url:
        told = httpx.post(f"{url}/chat/completions", json=body, trust_env=False).json()
    assert told["choices"][0]["message"]["content"] == "The bridge is open [1]."
