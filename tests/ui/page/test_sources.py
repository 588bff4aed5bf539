"""The sources on the page, in a real browser: first sight, search, filters, ticks, collections."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers import one_story
from tests.helpers.browsing import (
    GOOD,
    OpenPage,
    Served,
    ask,
    open_citation,
    serving,
    spy_on,
)

pytestmark = pytest.mark.browser
pytest_plugins = ["tests.helpers.fixtures_page"]

TORV = (
    "Mill at Torv burns\n\nTORV, {day} May 2021 - The mill at Torv burned down on Monday and "
    "{dead} workers were killed, the fire brigade said. The mill was built in 1911 and had been "
    "closed for repairs since March, its owner Anna Holm told reporters.\n\nNobody knows yet how "
    "the fire began. The police have asked witnesses to come forward.\n{end}"
)
GONE = (
    "Minister resigns\n\nEditor's note: This story has been withdrawn. We could not verify it.\n\n"
    "The minister of fish resigned on Tuesday, 1 June 2021, an aide said.\n"
)
MURMANSK = (
    "В Мурманске открыли новый причал\n\nМУРМАНСК, 5 мая 2021 - Директор порта Анна Кузнецова "
    "сообщила, что к новому причалу Мурманска подошли 9 судов. Работы шли два года.\n"
)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Articles in two languages, a copy, a later version, and one that is withdrawn."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("news")
    first = TORV.format(day=3, dead=12, end="")
    (folder / "torv.txt").write_text(first)
    (folder / "torv-copy.txt").write_text("The Torv Herald\n\n" + first)
    (folder / "gone.txt").write_text(GONE)
    (folder / "murmansk.txt").write_text(MURMANSK)
    (folder / "quarn.pdf").write_bytes(one_story.as_pdf())
    with Pressmark.open(Settings(home=home), write=True) as pressmark:
        pressmark.index([folder])
        with serving(pressmark) as running:
            yield running


@pytest.fixture(autouse=True)
def no_collections(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test begins without collections."""
    yield
    for name in ("served", "mixed"):
        if name in request.fixturenames:
            kept = request.getfixturevalue(name).pressmark.library.collections
            for one in kept.all():
                kept.remove(one.collection_id)


def titles(page: Page) -> Any:
    return page.locator("#pm-library .pm-article")


def days(page: Page) -> Any:
    page.locator(".pm-days summary").click()
    return {
        name: page.locator(f"[data-day={name}]")
        for name in ("published_from", "published_to", "as_of")
    }


def test_first_sight_says_what_the_library_holds(open_page: OpenPage) -> None:
    page = open_page()

    expect(titles(page)).to_have_count(7)
    expect(page.locator(".pm-lib-head")).to_contain_text(
        "7 articles · 2 publishers (4 not known) · 6 August 2020 to 28 August 2020"
    )
    expect(page.locator('[data-facet="publishers"]').first).to_have_text("TASS 2")
    expect(page.locator("#pm-scope")).to_contain_text("Asks all 7 articles")
    expect(page.locator(".pm-example").first).to_be_visible()
    dates = page.locator(".pm-list time").all_text_contents()
    assert dates[:2] == ["28 August 2020", "6 August 2020"]


def test_a_source_takes_the_place_of_the_list_and_gives_it_back(open_page: OpenPage) -> None:
    page = open_page()
    page.fill(".pm-words", "kremlin abe")
    expect(titles(page)).to_have_count(1)
    titles(page).click()
    expect(page.locator("#pm-shelf h2").last).to_contain_text("Kremlin Hails Abe")
    expect(page.locator("#pm-library")).to_be_hidden()

    page.get_by_role("button", name="Back to the list of sources").click()
    expect(page.locator(".pm-words")).to_have_value("kremlin abe")
    expect(titles(page)).to_be_focused()


def test_words_are_found_in_texts_and_marked(open_page: OpenPage) -> None:
    page = open_page()
    page.fill(".pm-words", "bison bridge")
    expect(titles(page)).to_have_count(1)
    expect(page.locator(".pm-count")).to_have_text("1 of 7 articles")
    marked = {words.lower() for words in page.locator(".pm-excerpt mark").all_text_contents()}
    assert marked == {"bison", "bridge"}
    assert page.locator("#pm-library :is(img, script, svg, style)").count() == 0

    page.fill(".pm-words", "004_3247b580ea9c9a38")  # a file's name
    expect(titles(page)).to_have_text("Ukraine paused all contacts with Belarus")
    page.fill(".pm-words", "no such words")
    expect(page.get_by_text("No source has this")).to_be_visible()
    page.fill(".pm-words", "")
    expect(titles(page)).to_have_count(7)


def test_sources_are_ordered_and_doubtful_dates_picked_out(open_page: OpenPage) -> None:
    page = open_page()
    order = page.locator(".pm-order select")
    page.fill(".pm-words", "russians")
    expect(order).to_have_value("relevance")
    page.fill(".pm-words", "")
    expect(order).to_have_value("newest")
    order.select_option("publisher")
    expect(page.locator(".pm-list .pm-foot").nth(2)).to_contain_text("The Moscow Times")
    page.get_by_label("Doubtful dates only").check()
    expect(page.locator(".pm-count")).to_contain_text("of 7 articles")
    feet, warned = page.locator(".pm-list .pm-foot"), page.locator(".pm-list .pm-warning")
    expect(feet.filter(has_not=page.locator(".pm-warning"))).to_have_count(0)
    expect(warned).to_have_count(feet.count())
    expect(feet.first).to_contain_text("⚠")


def test_filters_restrict_list_and_question_and_say_so(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = spy_on(served.pressmark, monkeypatch)
    page = open_page()
    page.get_by_role("button", name="TASS 2").click()
    expect(titles(page)).to_have_count(2)
    days(page)["as_of"].fill("2020-08-10")
    scope = page.locator("#pm-scope")
    expect(scope).to_contain_text("as of 10 August 2020")
    ask(page, GOOD)

    within = page.locator(".pm-within .pm-scope-chip")
    assert within.all_text_contents() == ["TASS", "as of 10 August 2020"]
    assert asked[-1].filters.publishers == ("TASS",)
    assert str(asked[-1].as_of) == "2020-08-10"
    page.get_by_role("button", name="Clear the filter: TASS").click()
    expect(page.get_by_role("button", name="TASS 2")).to_have_attribute("aria-pressed", "false")
    scope.get_by_role("button", name="Clear", exact=True).click()
    expect(scope).to_contain_text("Asks all 7 articles")
    expect(page.locator("[data-day=as_of]")).to_have_value("")
    page.reload()
    expect(within).to_have_count(2)  # the answer still says how it was asked


@pytest.mark.parametrize(
    ("first", "last", "as_of", "wrong"),
    [
        ("2020-08-10", "2020-08-01", "", "is earlier than"),
        ("2020-08-10", "", "2020-08-09", "is later than"),
    ],
)
def test_days_the_wrong_way_round_go_red_and_nothing_is_asked(
    served: Served,
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
    first: str,
    last: str,
    as_of: str,
    wrong: str,
) -> None:
    asked = spy_on(served.pressmark, monkeypatch)
    page = open_page()
    fields = days(page)
    fields["published_from"].fill("2020-08-05")
    expect(page.locator("#pm-scope")).to_contain_text("from 5 August 2020")
    for name, value in zip(fields, (first, last, as_of), strict=True):
        fields[name].fill(value)

    expect(page.locator(".pm-library .pm-wrong")).to_contain_text(wrong)
    expect(page.locator('[data-day][aria-invalid="true"]')).to_have_count(2)
    border = "node => getComputedStyle(node).borderColor"
    assert page.locator("[aria-invalid]").first.evaluate(border) == "rgb(179, 38, 30)"
    expect(page.locator("#pm-scope .pm-wrong")).to_contain_text(wrong)
    page.fill("#pm-question textarea", GOOD)
    page.keyboard.press("Enter")
    expect(page.locator(".pm-problem")).to_contain_text(wrong)
    assert page.input_value("#pm-question textarea") == GOOD
    assert not asked

    fields["published_from"].fill("2020-08-01")
    expect(page.locator("[aria-invalid]")).to_have_count(0)
    expect(page.locator(".pm-library .pm-wrong")).to_be_hidden()


def test_half_a_date_is_no_date(open_page: OpenPage) -> None:
    page = open_page()
    first = days(page)["published_from"]
    first.fill("2020-08-05")
    expect(page.locator("#pm-scope")).to_contain_text("from 5 August 2020")
    first.press("Backspace")  # one part of it goes

    expect(page.locator(".pm-library .pm-wrong")).to_contain_text("is no date yet")
    expect(first).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#pm-scope")).not_to_contain_text("5 August")


def test_the_calendar_is_within_reach(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 1280, "height": 800})
    for field in days(page).values():
        expect(field).to_be_in_viewport(ratio=1)
        assert field.evaluate("node => node.type") == "date"


def test_ticks_ask_only_some(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = spy_on(served.pressmark, monkeypatch)
    page = open_page()
    page.fill(".pm-words", "abe")
    expect(titles(page)).to_have_count(1)
    page.locator(".pm-tick").check()
    expect(page.locator("#pm-scope")).to_contain_text("Asks 1 article:")
    expect(page.locator("#pm-scope .pm-scope-chip bdi")).to_have_text("1 chosen article")
    page.fill(".pm-words", "")
    expect(titles(page)).to_have_count(7)
    expect(page.locator(".pm-tick:checked")).to_have_count(1)

    ask(page, "What does the Kremlin say about Abe?")
    ticked = page.locator(".pm-tick:checked").get_attribute("data-id")
    assert asked[-1].filters.article_ids == frozenset([ticked or ""])
    page.get_by_role("button", name="Clear the filter: 1 chosen article").click()
    expect(page.locator(".pm-tick:checked")).to_have_count(0)


def test_a_collection_is_kept_asked_and_forgotten(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = spy_on(served.pressmark, monkeypatch)
    page = open_page()
    page.get_by_role("button", name="TASS 2").click()
    page.get_by_role("button", name="Choose these 2").click()
    page.get_by_role("button", name="Keep as a collection").click()
    page.get_by_label("Name of the collection").fill("<b>Wires</b>")
    page.keyboard.press("Enter")

    wires = page.locator('[data-facet="collections"]')
    expect(wires).to_have_text("<b>Wires</b> 2")
    expect(wires).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Clear the filter: TASS").click()
    expect(titles(page)).to_have_count(2)
    ask(page, GOOD)
    (kept,) = served.pressmark.library.collections.all()
    assert asked[-1].filters.collections == ("<b>Wires</b>",)
    assert kept.article_ids == {
        tick.get_attribute("data-id") for tick in page.locator(".pm-tick").all()
    }
    page.reload()
    page.wait_for_function("window.pressmark")
    wires.click()
    expect(titles(page)).to_have_count(2)
    page.locator(".pm-tick").first.check()
    page.get_by_role("button", name="Take out of the collection").click()
    expect(titles(page)).to_have_count(1)
    page.get_by_role("button", name="Forget this collection").click()
    page.get_by_role("button", name="Really forget it").click()
    expect(wires).to_have_count(0)
    expect(titles(page)).to_have_count(7)


def test_what_an_article_is_stands_in_the_list_and_above_it(
    mixed: Served, open_page: OpenPage
) -> None:
    page = open_page(to=mixed)
    expect(titles(page)).to_have_count(5)
    rows = page.locator(".pm-source-row")
    expect(rows.filter(has_text="Minister resigns").locator(".pm-badge")).to_have_text("withdrawn")
    expect(rows.filter(has_text="Mill at Torv").first).to_contain_text("same story in 1 more")
    expect(page.locator('[data-facet="languages"]')).to_have_text(["English 4", "Russian 1"])

    titles(page).filter(has_text="Minister").click()
    expect(page.locator("#pm-source .pm-doubt").first).to_contain_text("Withdrawn: ")
    page.get_by_role("button", name="Back to the list of sources").click()
    titles(page).filter(has_text="Mill").first.click()
    expect(page.locator("#pm-source h2").last).to_contain_text("Mill")
    other = page.locator(".pm-related button")
    here = page.locator("#pm-source .pm-file").text_content()
    other.click()
    expect(page.locator("#pm-source .pm-related")).to_contain_text("The same story")
    expect(page.locator("#pm-source .pm-file")).not_to_have_text(here or "")


def test_words_are_found_in_an_open_article(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, GOOD)
    open_citation(page)
    text = page.text_content(".pm-text")
    field = page.get_by_label("Find in the article")
    field.fill("belarus")
    count = page.locator(".pm-find output")
    times = len(re.findall("belarus", text or "", re.IGNORECASE))
    assert times > 1
    expect(count).to_have_text(f"1 of {times}")
    field.press("Enter")
    expect(count).to_have_text(f"2 of {times}")
    field.press("Shift+Enter")
    expect(count).to_have_text(f"1 of {times}")
    assert page.evaluate("CSS.highlights.get('pm-found').size") == times
    field.fill("a(b*")
    expect(count).to_have_text("not found")
    assert page.text_content(".pm-text") == text


def test_a_pdf_shows_its_pages(mixed: Served, open_page: OpenPage) -> None:
    page = open_page(to=mixed)
    titles(page).filter(has_text="Lighthouse").click()
    expect(page.locator(".pm-page")).to_have_count(2)
    labels = [one.get_attribute("data-label") for one in page.locator(".pm-page").all()]
    assert labels == ["Page 1", "Page 2"]
    with page.expect_response(lambda got: "/originals/" in got.url) as answered:
        page.get_by_role("button", name="show the pages").click()

    assert answered.value.status == 200
    assert answered.value.headers["content-type"] == "application/pdf"
    policy = answered.value.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in policy
    expect(page.frame_locator("iframe.pm-pdf").locator("body")).to_be_attached()
    expect(page.locator(".pm-text")).to_be_hidden()
    page.get_by_role("button", name="show the text").click()
    expect(page.locator(".pm-text")).to_be_visible()
    expect(page.locator("iframe.pm-pdf")).to_have_count(0)
    found = mixed.pressmark.library.sources_like("quarn.pdf", None)
    assert page.text_content(".pm-text") == found[0].text


def test_a_citation_says_headline_publisher_and_date(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("button", name="The Moscow Times 1").click()
    expect(titles(page)).to_have_count(1)
    answer = ask(page, "How many Ukrainian citizens did Lukashenko pardon on Saturday?")

    cited = (answer["citations"] or answer["abstention"]["closest"])[0]
    origin = page.locator(".pm-origin").first
    expect(origin).to_contain_text(cited["publisher"])
    if cited["title"]:
        expect(origin.locator("cite")).to_have_text(cited["title"])
    expect(origin.locator("time")).to_be_visible()


def test_a_hostile_article_is_listed_and_searched_as_text(open_page: OpenPage) -> None:
    page = open_page()
    page.fill(".pm-words", "zubrovka")
    expect(titles(page)).to_have_count(1)
    expect(titles(page)).to_contain_text("<script>window.hit=1</script>")
    assert page.locator("#pm-library :is(img, script, svg, style, iframe)").count() == 0


def test_typing_goes_on_while_the_server_looks(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, go_on, find = open_page(), threading.Event(), served.pressmark.find
    expect(titles(page)).to_have_count(7)

    def slow(wanted: Any) -> Any:
        if wanted.text == "kremlin":
            go_on.wait(60)
        return find(wanted)

    monkeypatch.setattr(served.pressmark, "find", slow)
    page.fill(".pm-words", "kremlin")
    expect(page.locator(".pm-found")).to_have_attribute("aria-busy", "true")
    page.locator(".pm-words").press_sequentially(" abe")
    expect(page.locator(".pm-words")).to_have_value("kremlin abe")
    expect(titles(page)).to_have_count(1)
    go_on.set()
    page.wait_for_timeout(500)  # what was asked before comes late and changes nothing
    expect(titles(page)).to_have_count(1)


def test_on_a_phone_the_sources_are_under_articles(open_page: OpenPage) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    expect(page.locator("#pm-library")).to_be_hidden()
    page.get_by_role("button", name="Filter").click()

    expect(page.locator(".pm-words")).to_be_focused()
    expect(titles(page).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_many_articles_are_listed_in_parts(
    open_page: OpenPage, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("many")
    for number in range(120):
        (folder / f"{number:03}.txt").write_text(f"Report {number:03} on the port\n\nIt rained.\n")
    with (
        Pressmark.open(Settings(home=tmp_path), write=True) as pressmark,
        serving(pressmark) as server,
    ):
        pressmark.index([folder])
        page = open_page(to=server)
        expect(titles(page)).to_have_count(50)
        expect(page.locator(".pm-count")).to_have_text("120 articles")
        page.get_by_role("button", name="Show more").click()
        expect(titles(page)).to_have_count(100)
        page.get_by_role("button", name="Show more").click()
        expect(titles(page)).to_have_count(120)
        expect(page.get_by_role("button", name="Show more")).to_have_count(0)
