"""What a reader can do with an answer on the page, beside reading it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.helpers.browsing import (
    REFUSED,
    OpenPage,
    Served,
    ask,
    response_of,
    spy_on,
)

pytestmark = pytest.mark.browser
pytest_plugins = ["tests.helpers.fixtures_page"]

SHORT = "How many Russians were detained in Belarus?"


def again(page: Page, way: str) -> None:
    """Ask the last question in another way."""
    turn = page.locator(".pm-turn").last
    turn.get_by_text("Not what I asked").click()
    turn.locator(f'[data-again="{way}"]').click()


def test_more_quotes_open_in_their_source(open_page: OpenPage) -> None:
    page = open_page()
    answer = ask(page, SHORT)
    page.locator("[data-more]").click()
    quotes = page.locator(".pm-more-quotes li")
    expect(quotes.first).to_be_visible()
    said = quotes.first.locator("blockquote").text_content()
    markers = page.locator(".pm-chip").evaluate_all("all => all.map((one) => one.dataset.marker)")

    quotes.first.locator(".pm-chip").click()

    expect(page.locator("#pm-quote")).to_have_text(said or "")
    assert said not in [citation["quote"] for citation in answer["citations"]]
    assert len(set(markers)) == len(markers)
    expect(page.locator("[data-more]")).to_have_count(0)
    expect(page.locator(".pm-place")).to_have_text(
        f"Citation {len(answer['citations']) + 1} of {len(markers)}"
    )


def test_the_same_is_asked_as_another_kind_of_answer(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = spy_on(served.pressmark, monkeypatch)
    page = open_page()
    ask(page, "Belarus")
    again(page, "timeline")
    expect(page.locator(".pm-turn")).to_have_count(2)
    timeline = page.locator("#pm-live .pm-timeline")
    expect(timeline).to_be_visible()

    assert [question.task for question in asked] == ["auto", "timeline"]
    assert [question.text for question in asked] == ["Belarus"] * 2
    expect(page.locator("#pm-live .pm-understood").first).to_have_text("Asked for a timeline")
    dates = timeline.locator(".pm-when").all_text_contents()
    assert len(dates) == len(response_of(page)["claims"])
    first, entry = timeline.locator(".pm-when").first, timeline.locator("li > div").first
    (when, what) = (one.bounding_box() for one in (first, entry))
    assert when
    assert what
    assert when["x"] + when["width"] < what["x"]


def test_a_question_goes_back_into_its_box(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, SHORT)
    again(page, "reword")

    box = page.locator("#pm-question textarea")
    expect(box).to_have_value(SHORT)
    expect(box).to_be_focused()
    page.keyboard.type(" Since when?")
    page.keyboard.press("Enter")
    expect(page.locator(".pm-question").last).to_have_text(f"{SHORT} Since when?")


def test_a_follow_up_is_asked_as_it_was_typed(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = spy_on(served.pressmark, monkeypatch)
    page = open_page()
    ask(page, SHORT)
    ask(page, "And when were they detained?")
    understood = page.locator("#pm-live .pm-understood")
    expect(understood).to_contain_text("Understood as:")

    understood.get_by_role("button", name="Ask it as typed").click()
    expect(page.locator(".pm-turn")).to_have_count(3)
    expect(page.locator("#pm-live .pm-turn[data-kept]")).to_be_attached()

    assert [len(question.history) for question in asked] == [0, 1, 0]
    assert asked[2].text == "And when were they detained?"
    expect(page.locator("#pm-live .pm-understood")).to_have_count(0)


@pytest.mark.parametrize("question", [SHORT, REFUSED])
def test_what_is_offered_next_is_answered(open_page: OpenPage, question: str) -> None:
    page = open_page()
    ask(page, question)
    offered = page.locator(".pm-next .pm-asks")
    expect(offered.first).to_be_visible()
    words = offered.first.text_content() or ""
    assert 1 <= offered.count() <= 3

    offered.first.click()
    expect(page.locator("#pm-live .pm-question")).to_have_text(words)
    expect(page.locator("#pm-live .pm-turn[data-kept]")).to_be_attached()

    assert response_of(page)["status"] == "answered"
    assert page.locator(".pm-next").count() <= 1


def test_a_question_that_is_too_long_is_refused_with_its_length_and_kept(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = spy_on(served.pressmark, monkeypatch)
    page = open_page()
    long = ("Who? 🐦 " * 700).strip()
    box = page.locator("#pm-question textarea")
    box.fill(long)
    told = page.locator(".pm-length")
    expect(told).to_have_text("4,899 of 4,000 characters: too long to ask")
    count, scope = told.bounding_box(), page.locator("#pm-scope").bounding_box()
    assert count
    assert scope
    assert scope["y"] + scope["height"] <= count["y"]
    asking = box.bounding_box()
    assert asking
    assert count["y"] + count["height"] <= asking["y"] + 1
    page.keyboard.press("Enter")

    expect(page.locator(".pm-problem")).to_contain_text("4,899 characters, and 4,000 are the most")
    expect(box).to_have_value(long)
    assert asked == []
    box.fill("Who?")
    expect(page.locator(".pm-length")).to_have_count(0)
    page.get_by_text("Conversations", exact=True).click()
    expect(page.locator(".pm-menu-list")).to_contain_text("None yet")


def test_a_long_question_is_folded(open_page: OpenPage) -> None:
    page = open_page()
    long = f"{SHORT} {'I would like to know this for an article. ' * 40}".strip()
    ask(page, long)

    heading = page.locator("h3.pm-question")
    box = heading.bounding_box()
    assert box
    assert box["height"] < 200
    expect(page.locator(".pm-claim").first).to_be_in_viewport()
    page.locator(".pm-whole summary").click()
    expect(page.locator(".pm-whole p")).to_have_text(long)


def test_a_link_says_for_whom_it_works(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page, SHORT)
    page.locator('[data-copy="link"]').click()

    expect(page.locator(".pm-linked")).to_have_text(
        "The link works in browsers on this machine only, until you remove it."
    )
    link = page.evaluate("navigator.clipboard.readText()")
    other = open_page(f"?answer={link.rpartition('=')[2]}", beside=page)
    expect(other.locator(".pm-claim").first).to_be_visible()
    page.get_by_role("button", name="Remove the link").click()
    expect(page.locator(".pm-linked")).to_have_count(0)


def test_the_words_say_what_is_known_and_no_probability_of_a_timeline(open_page: OpenPage) -> None:
    page = open_page()
    answer = ask(page, SHORT)
    sure = page.locator(".pm-sure")
    expect(sure).to_have_text(re.compile("sentence that (probably )?answers|nearest wording"))
    assert bool(page.locator(".pm-claim .pm-answers").count()) == (answer["confidence"] >= 0.5)
    again(page, "timeline")
    expect(page.locator("#pm-live .pm-sure")).to_have_text("Quoted from several articles")
    expect(page.locator("#pm-live .pm-sure")).not_to_have_attribute("title", re.compile("%"))
