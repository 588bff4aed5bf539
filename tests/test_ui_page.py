"""The page in a real browser, over a real index of the seeds and two hostile articles."""

from __future__ import annotations

import json
import shutil
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from gradio_client import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from rag.answer import Answer, Question
from rag.assembly import Pressmark
from rag.contract import AnswerResponse
from rag.settings import Settings
from ui.api import create_app
from ui.conversation import welcome_html

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "build" / "failed"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
GOOD = "How many Russians were detained in Belarus?"
REFUSED = "What is the weather on the Moon?"
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


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home, hostile = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("hostile")
    (hostile / "<img src=x onerror=window.hit=1>.txt").write_text(HOSTILE, encoding="utf-8")
    with Pressmark.open(Settings(home=home), write=True) as pressmark:
        pressmark.index([ROOT / "seeds", hostile])
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(pressmark), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield Served(f"http://127.0.0.1:{listening.getsockname()[1]}/", pressmark)
        server.should_exit = server.force_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = shutil.which("chromium")
        assert found, "Install chromium: apt-get install chromium"
        yield playwright.chromium.launch(executable_path=found, args=FLAGS)


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(served: Served, browser: Browser, request: Any) -> Iterator[OpenPage]:
    """Opens the page as given; afterwards nothing may have run, failed or left the machine."""
    pages: list[Page] = []
    asked: list[str] = []
    faults: list[str] = []
    failed = request.session.testsfailed

    def opened(**context: Any) -> Page:
        page = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, **context}
        ).new_page()
        page.set_default_timeout(10_000)
        page.on("request", lambda sent: asked.append(sent.url))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.goto(served.url)
        page.wait_for_selector(".pm-example")
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
    home = urlsplit(served.url).netloc
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {home}
    assert not faults
    assert not any(hits)


def ask(page: Page, question: str) -> dict[str, Any]:
    """Types and sends; gives the contract object of the answer that came."""
    before = page.locator(".pm-status").count()
    page.fill("#pm-question textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator(".pm-status")).to_have_count(before + 1)
    data = page.locator(".pm-answer").last.get_attribute("data-response")
    found: dict[str, Any] = json.loads(data or "")
    return found


def open_citation(page: Page, place: int = 0) -> str:
    page.locator(".pm-turn").last.locator(".pm-chip").nth(place).click()
    expect(page.locator("#pm-quote")).to_be_in_viewport()
    return page.locator("#pm-quote").text_content() or ""


def spy_on(pressmark: Pressmark, monkeypatch: pytest.MonkeyPatch) -> list[Question]:
    """The questions that are asked from now on."""
    asked: list[Question] = []
    answer = pressmark.answer

    def spy(question: Question) -> Answer:
        asked.append(question)
        return answer(question)

    monkeypatch.setattr(pressmark, "answer", spy)
    return asked


def test_ask_click_and_read_the_very_words(served: Served, open_page: OpenPage) -> None:
    page = open_page()
    answer = ask(page, GOOD)
    page.evaluate("document.querySelector('.pm-turn').untouched = true")

    quote = open_citation(page)

    cited = answer["citations"][0]
    source = served.pressmark.library.source(cited["source"]["id"])
    assert source
    assert quote == cited["quote"] == source.text[cited["start"] : cited["end"]]
    assert page.text_content(".pm-text") == source.text
    assert page.evaluate("document.querySelector('.pm-turn').untouched")
    assert page.input_value("#pm-question textarea") == ""
    assert page.get_attribute(".pm-chip >> nth=0", "aria-current") == "true"


def test_an_example_is_answered_with_one_click(open_page: OpenPage) -> None:
    page = open_page()
    page.locator(".pm-example").first.click()

    expect(page.locator(".pm-answered .pm-chip").first).to_be_visible()


def test_the_keyboard_is_enough(open_page: OpenPage) -> None:
    page = open_page()
    answer = ask(page, GOOD)
    quotes = [citation["quote"] for citation in answer["citations"]]
    assert len(quotes) > 1

    page.locator(".pm-chip").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pm-quote")).to_have_text(quotes[0])
    page.keyboard.press("ArrowRight")
    expect(page.locator("#pm-quote")).to_have_text(quotes[1])
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#pm-quote")).to_have_text(quotes[0])
    assert page.evaluate("document.activeElement.dataset.marker") == "1"


def test_a_follow_up_carries_the_conversation(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = spy_on(served.pressmark, monkeypatch)
    page = open_page()
    first = ask(page, GOOD)
    ask(page, "When were they detained?")

    assert [turn.question for turn in asked[-1].history] == [GOOD]
    assert asked[-1].history[0].answer == first["answer"]


def test_a_refusal_shows_the_closest_passages(open_page: OpenPage) -> None:
    page = open_page()
    answer = ask(page, REFUSED)

    assert answer["status"] == "abstained"
    expect(page.locator(".pm-refusal")).to_have_text(answer["abstention"]["reason"])
    expect(page.get_by_text("Closest passages, not an answer")).to_be_visible()
    assert open_citation(page) == answer["abstention"]["closest"][0]["quote"]


def test_hostile_articles_are_only_read(served: Served, open_page: OpenPage) -> None:
    page = open_page()
    answer = ask(page, "How many bison crossed the bridge of Zubrovka?")
    assert "17 bison" in answer["answer"]

    quote = open_citation(page)

    cited = answer["citations"][0]
    assert quote == cited["quote"]
    source = served.pressmark.library.source(cited["source"]["id"])
    assert source
    assert page.text_content(".pm-text") == source.text
    assert page.locator("#pm-shelf :is(img, script, svg, style, iframe)").count() == 0
    assert page.locator(".pm-turn :is(img, script, svg, style, iframe)").count() == 0


def test_a_hostile_question_is_shown_as_typed(open_page: OpenPage) -> None:
    page = open_page()
    question = "${window.hit=1} {{7*7}} `x` <img src=x onerror=window.hit=1> \\u0041 Belarus?"
    ask(page, question)

    expect(page.locator("h3.pm-question")).to_have_text(question)


def test_problems_are_said_in_place(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    page.focus("#pm-question textarea")
    page.keyboard.press("Enter")
    expect(page.locator(".pm-problem")).to_contain_text("Type a question")

    def broken(question: Question) -> Answer:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(served.pressmark, "answer", broken)
    page.fill("#pm-question textarea", GOOD)
    page.keyboard.press("Enter")
    expect(page.locator(".pm-problem").last).to_contain_text("Please ask again")
    assert "secret detail" not in page.content()


def test_an_answer_that_takes_long_can_be_stopped(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    go_on, answer = threading.Event(), served.pressmark.answer

    def slow(question: Question) -> Answer:
        go_on.wait(20)
        return answer(question)

    monkeypatch.setattr(served.pressmark, "answer", slow)
    page.fill("#pm-question textarea", GOOD)
    page.keyboard.press("Enter")
    expect(page.locator(".pm-pending")).to_be_visible()
    page.get_by_role("button", name="Stop").click()

    expect(page.locator(".pm-problem")).to_contain_text("Stopped")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    go_on.set()
    page.wait_for_timeout(300)
    expect(page.locator(".pm-answered")).to_have_count(0)


def test_a_conversation_outlives_a_reload_and_can_be_deleted(
    served: Served, open_page: OpenPage
) -> None:
    page = open_page()
    answer = ask(page, GOOD)
    page.reload()
    expect(page.locator(".pm-chip").first).to_be_visible()
    assert open_citation(page) == answer["citations"][0]["quote"]

    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".pm-example").first).to_be_visible()
    page.reload()
    expect(page.locator(".pm-example").first).to_be_visible()

    secret = served.pressmark.settings.home / "page-secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_an_answer_can_be_copied_with_its_citations(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    answer = ask(page, GOOD)

    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert "[^1]: " in page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name="Copy as JSON").click()
    expect(page.get_by_text("Copied").nth(1)).to_be_visible()
    assert json.loads(page.evaluate("navigator.clipboard.readText()")) == answer


def test_filters_restrict_the_search(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = spy_on(served.pressmark, monkeypatch)
    page = open_page()
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Publishers").click()
    page.get_by_role("option", name="TASS").click()
    page.keyboard.press("Escape")
    page.locator("#pm-filters input.time").nth(2).fill("2020-08-10")
    page.locator("#pm-filters input.time").nth(2).press("Enter")
    ask(page, GOOD)

    assert asked[-1].filters.publishers == ("TASS",)
    assert str(asked[-1].as_of) == "2020-08-10"


def test_on_a_phone_the_source_is_below_and_nothing_sticks_out(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 360, "height": 740}, has_touch=True)
    ask(page, GOOD)
    open_citation(page)

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    talk, shelf = page.locator("#pm-talk").bounding_box(), page.locator("#pm-shelf").bounding_box()
    assert talk
    assert shelf
    assert shelf["y"] >= talk["y"] + talk["height"] - 1
    page.get_by_role("button", name="Back to the answer").click()
    expect(page.locator(".pm-chip").first).to_be_in_viewport()


def test_dark_and_light(open_page: OpenPage) -> None:
    background = "getComputedStyle(document.body).backgroundColor"

    assert open_page(color_scheme="dark").evaluate(background) == "rgb(22, 21, 19)"
    assert open_page(color_scheme="light").evaluate(background) == "rgb(251, 250, 247)"


def test_the_foot_says_what_leaves_the_machine(served: Served, open_page: OpenPage) -> None:
    foot = open_page().text_content("#pm-foot") or ""

    assert "Nothing leaves this machine" in foot
    assert "7 articles" in foot
    assert served.pressmark.library.index_version in foot


def test_an_empty_index_says_what_to_do() -> None:
    assert "pressmark index" in welcome_html(0, [])


def test_the_endpoint_gives_the_contract_to_the_gradio_client(served: Served) -> None:
    client = Client(served.url, verbose=False)

    answer = AnswerResponse.model_validate(client.predict(GOOD, api_name="/ask"))

    assert answer.status == "answered"
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/ask"]
    with pytest.raises(Exception, match="is empty"):
        client.predict(" ", api_name="/ask")
    client.close()
