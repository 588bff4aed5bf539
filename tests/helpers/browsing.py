"""The page in a real browser: a server in this process, and what a user does there."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Page, expect

from rag.pressmark import Pressmark
from rag.streaming import AnswerStream
from rag.types import AnswerEvent, Question
from ui.app import create_app

GOOD = (
    "How many Russians were detained in Belarus, "
    "and how many Ukrainian citizens did Lukashenko pardon on Saturday?"
)
OpenPage = Callable[..., Page]
REFUSED = "What is the weather on the Moon?"
HOSTILE_NAME = "<img src=x onerror=window.hit=1>.txt"
HOSTILE = """<img src=//evil.example/a.png onerror="window.hit=1"> of Zubrovka

Zubrovka's mayor <script>window.hit=1</script> Anna Kowalska said that 17 bison crossed \
the bridge. ${window.hit=1} {{constructor.constructor('window.hit=1')()}} \
`${fetch('//evil.example')}`

<svg/onload="window.hit=1"><style>@import '//evil.example/x.css'</style> \
![x](//evil.example/i.png) \u202eThe bridge of Zubrovka was closed\u202c after the bison \\u0024{1}.
"""


@dataclass(frozen=True)
class Served:
    url: str
    pressmark: Pressmark


@contextmanager
def serving(pressmark: Pressmark) -> Iterator[Served]:
    """The page over an open Pressmark, on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(pressmark), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    try:
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}/", pressmark)
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


def ask(page: Page, question: str) -> dict[str, Any]:
    """Type and send a question; give the contract object of the answer."""
    before = page.locator(".pm-status").count()
    page.fill("#pm-question textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator(".pm-status")).to_have_count(before + 1)
    expect(page.locator("#pm-live .pm-turn[data-kept]")).to_be_attached()
    return response_of(page)


def response_of(page: Page) -> dict[str, Any]:
    """The contract object of the last answer on the page."""
    data = page.locator(".pm-turn").last.get_attribute("data-turn")
    found: dict[str, Any] = json.loads(data or "")["response"]
    return found


def open_citation(page: Page, place: int = 0) -> str:
    """Click a citation of the last answer; give the words that it highlights."""
    opened = page.locator("#pm-shelf .pm-opened")
    # The quote that was opened before stays until the next one is there.
    opened.evaluate_all("views => views.forEach((view) => { view.dataset.former = ''; })")
    page.locator(".pm-turn").last.locator(".pm-chip").nth(place).click()
    expect(page.locator("#pm-shelf .pm-opened:not([data-former]) #pm-quote")).to_be_in_viewport()
    return page.locator("#pm-quote").text_content() or ""


def spy_on(pressmark: Pressmark, monkeypatch: pytest.MonkeyPatch) -> list[Question]:
    """Collect the questions asked from now on."""
    asked: list[Question] = []
    stream = pressmark.stream

    def spy(question: Question) -> AnswerStream:
        asked.append(question)
        return stream(question)

    monkeypatch.setattr(pressmark, "stream", spy)
    return asked


def hold_back(pressmark: Pressmark, monkeypatch: pytest.MonkeyPatch, after: int) -> threading.Event:
    """Let answers wait after a number of sentences until the event is set."""
    go_on, stream = threading.Event(), pressmark.stream

    def held(question: Question) -> AnswerStream:
        def events(_: object) -> Iterator[AnswerEvent]:
            for number, event in enumerate(stream(question)):
                if number == after:
                    go_on.wait(60)
                yield event

        return AnswerStream(events, 60)

    monkeypatch.setattr(pressmark, "stream", held)
    return go_on
