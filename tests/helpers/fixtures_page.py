"""A browser, and the page over an index of the seeds and a hostile article.

A test module that wants them says ``pytest_plugins = ["tests.helpers.fixtures_page"]``. One
browser and one server last for a whole module.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers.browsing import HOSTILE, HOSTILE_NAME, OpenPage, Served, serving

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "build" / "failed"
# What never leaves the browser; the last two are its own viewer of PDFs.
WITHIN = ("data:", "blob:", "chrome-extension:", "chrome:")
PATIENCE_MS = 180_000  # a machine with ten times its load; usually a fraction of a second
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home, hostile = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("hostile")
    (hostile / HOSTILE_NAME).write_text(HOSTILE, encoding="utf-8")
    with Pressmark.open(Settings(home=home), write=True) as pressmark:
        pressmark.index([ROOT / "seeds", hostile])
        with serving(pressmark) as running:
            yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        found = shutil.which("chromium")
        assert found, "Install chromium: apt-get install chromium"
        yield playwright.chromium.launch(executable_path=found, args=FLAGS)


@pytest.fixture
def open_page(browser: Browser, request: Any) -> Iterator[OpenPage]:
    """Open the page; afterwards nothing may have run, failed or left the machine."""
    pages: list[Page] = []
    asked: list[str] = []
    faults: list[str] = []
    hosts: set[str] = set()
    failed = request.session.testsfailed

    def heard(message: ConsoleMessage) -> None:
        # Gradio also logs each request that leaving the page cuts off.
        if "Content Security Policy" in message.text or "js_on_load" in message.text:
            faults.append(message.text)

    def opened(
        path: str = "", to: Served | None = None, beside: Page | None = None, **context: Any
    ) -> Page:
        server = to or request.getfixturevalue("served")
        hosts.add(urlsplit(server.url).netloc)
        fresh = {"viewport": {"width": 1280, "height": 800}, **context}
        page = (beside.context if beside else browser.new_context(**fresh)).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("request", lambda sent: asked.append(sent.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.on("console", heard)
        page.goto(server.url + path)
        page.wait_for_selector("#pm-foot span")
        page.wait_for_function("window.pressmark")
        pages.append(page)
        return page

    yield opened
    if request.session.testsfailed > failed:
        PICTURES.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(pages):
            page.screenshot(path=PICTURES / f"{request.node.name}-{number}.png")
    hits = [page.evaluate("window.hit") for page in pages]
    for page in pages:
        page.context.close()
    there = {urlsplit(url).netloc for url in asked if not url.startswith(WITHIN)}
    assert there <= hosts
    assert not faults
    assert not any(hits)
