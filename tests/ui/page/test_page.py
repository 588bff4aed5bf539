"""Asking and reading on the page, in a real browser, over a real index."""

from __future__ import annotations

import json
import re

import httpx
import pytest
from gradio_client import Client
from playwright.sync_api import expect

from rag.contract import AnswerResponse
from rag.streaming import AnswerStream
from rag.types import Question
from tests.helpers.browsing import (
    GOOD,
    REFUSED,
    OpenPage,
    Served,
    ask,
    hold_back,
    open_citation,
    response_of,
    spy_on,
)

pytestmark = pytest.mark.browser
pytest_plugins = ["tests.helpers.fixtures_page"]


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
    answer = ask(page, "the bison of Zubrovka")
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
    page.wait_for_timeout(1000)  # what comes late must not take it away again
    expect(page.locator(".pm-problem")).to_contain_text("Type a question", timeout=1)

    def broken(question: Question) -> AnswerStream:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(served.pressmark, "stream", broken)
    page.fill("#pm-question textarea", GOOD)
    page.keyboard.press("Enter")
    expect(page.locator(".pm-problem").last).to_contain_text("Please ask again")
    assert "secret detail" not in page.content()


def test_sentences_are_shown_and_can_be_read_before_the_answer_is_whole(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, go_on = open_page(), hold_back(served.pressmark, monkeypatch, after=1)
    page.fill("#pm-question textarea", GOOD)
    page.keyboard.press("Enter")
    expect(page.locator(".pm-claim")).to_have_count(1)
    expect(page.get_by_text("Reading on")).to_be_visible()

    quote = open_citation(page)
    go_on.set()
    expect(page.locator(".pm-status")).to_be_visible()
    expect(page.locator(".pm-claim")).to_have_count(2)
    assert page.get_attribute(".pm-chip >> nth=0", "aria-current") == "true"
    assert response_of(page)["citations"][0]["quote"] == quote
    page.keyboard.press("ArrowRight")
    expect(page.locator("#pm-quote")).to_have_text(response_of(page)["citations"][1]["quote"])


@pytest.mark.parametrize("after", [0, 1])
def test_an_answer_that_takes_long_can_be_stopped(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    page, go_on = open_page(), hold_back(served.pressmark, monkeypatch, after)
    page.fill("#pm-question textarea", GOOD)
    page.keyboard.press("Enter")
    expect(page.locator(".pm-claim")).to_have_count(after)
    expect(page.locator(".pm-pending")).to_be_visible()
    page.get_by_role("button", name="Stop").click()

    expect(page.locator(".pm-problem")).to_contain_text("Stopped")
    expect(page.locator(".pm-turn[data-kept]")).to_be_attached()
    go_on.set()
    monkeypatch.undo()
    page.reload()
    expect(page.locator(".pm-problem")).to_contain_text("Stopped")
    expect(page.locator(".pm-claim")).to_have_count(after)
    ask(page, GOOD)
    expect(page.locator(".pm-problem")).to_have_count(1)


def test_a_new_conversation_leaves_an_answer_that_is_under_way(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, go_on = open_page(), hold_back(served.pressmark, monkeypatch, after=1)
    page.fill("#pm-question textarea", GOOD)
    page.keyboard.press("Enter")
    expect(page.locator(".pm-claim")).to_have_count(1)
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".pm-example").first).to_be_visible()
    go_on.set()
    monkeypatch.undo()

    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    ask(page, REFUSED)
    expect(page.locator(".pm-turn")).to_have_count(1)


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


def test_the_endpoint_gives_the_contract_to_the_gradio_client(served: Served) -> None:
    client = Client(served.url, verbose=False)

    answer = AnswerResponse.model_validate(client.predict(GOOD, api_name="/ask"))

    assert answer.status == "answered"
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/ask", "/articles"]
    later = client.predict(GOOD, publishers=["TASS"], published_from="2021-01-01", api_name="/ask")
    assert later["status"] == "abstained"
    (found,) = client.predict("kremlin abe", api_name="/articles")
    assert found["title"].startswith("Kremlin Hails Abe")
    with pytest.raises(Exception, match="is empty"):
        client.predict(" ", api_name="/ask")
    client.close()


def test_the_list_is_plain_json_and_finds_words_of_the_text(served: Served) -> None:
    address = f"{served.url}gradio_api/call/articles"
    event = httpx.post(address, json={"data": ["citizens detained", "newest", 100]}).json()
    events = httpx.get(f"{address}/{event['event_id']}").text
    told = re.search(r"^event: complete\s+data: (.*)$", events, re.MULTILINE)
    assert told is not None, events
    ((*found,),) = json.loads(told[1])
    listed = httpx.get(f"{served.url}v1/articles").json()["articles"]
    assert found
    assert all(one in listed for one in found)
