"""What the page shows at its edges: hostile text, failures, long and foreign articles, access."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from index.article import Span
from index.saying import phrase
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.streaming import AnswerStream
from rag.types import Answer, AnswerEvent, Question
from tests.helpers.browsing import (
    GOOD,
    REFUSED,
    OpenPage,
    Served,
    ask,
    open_citation,
    response_of,
    serving,
)
from tests.helpers.raw_server import Connection, raw_server

pytestmark = pytest.mark.browser
pytest_plugins = ["tests.helpers.fixtures_page"]

# Rules that Gradio's own elements break, each with the selector: none at the moment.
GRADIO_INTERNALS: frozenset[tuple[str, str]] = frozenset()
BAD = (
    "<script>window.hit=1</script><img src=//evil.example/x onerror=window.hit=1>"
    "<svg/onload=window.hit=1><style>@import '//evil.example/x.css'</style> ${window.hit=1} "
    "`${fetch('//evil.example/x')}` {{constructor.constructor('window.hit=1')()}} "
    "![x](//evil.example/i.png) [x](javascript:window.hit=1) \\u003cimg src=x\\u003e \u202eesrever"
)
INERT = (
    ":is(#pm-talk, #pm-shelf, #pm-foot) "
    ":is(img, script, style, iframe, object, a[href^='javascript'])"
)


def changed(
    pressmark: Pressmark, monkeypatch: pytest.MonkeyPatch, change: Callable[[Answer], Answer]
) -> None:
    """Answers come changed from now on, without their sentences before."""
    answered = pressmark.answer

    def stream(question: Question) -> AnswerStream:
        def events(_: object) -> Iterator[AnswerEvent]:
            yield change(answered(question))

        return AnswerStream(events, 60)

    monkeypatch.setattr(pressmark, "stream", stream)


def test_from_a_cold_page_three_actions_reach_the_words(
    served: Served, open_page: OpenPage
) -> None:
    page = open_page()
    page.fill("#pm-question textarea", GOOD)  # one
    page.keyboard.press("Enter")  # two
    page.locator(".pm-chip").first.click()  # three

    expect(page.locator("#pm-quote")).to_be_in_viewport()
    expect(page.locator(".pm-status")).to_be_visible()
    cited = response_of(page)["citations"][0]
    source = served.pressmark.library.source(cited["source"]["id"])
    assert source
    assert page.text_content("#pm-quote") == source.text[cited["start"] : cited["end"]]


def test_a_picked_example_needs_two(open_page: OpenPage) -> None:
    page = open_page()
    page.locator(".pm-example").first.click()
    page.locator(".pm-chip").first.click()

    expect(page.locator("#pm-quote")).to_be_in_viewport()


def test_everything_can_be_reached_with_the_keyboard(open_page: OpenPage) -> None:
    page = open_page()

    def tab_to(selector: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({selector!r})"):
                return
        raise AssertionError(f"{selector} was not reached")

    page.keyboard.press("/")
    page.keyboard.type(GOOD)
    page.keyboard.press("Enter")
    expect(page.locator(".pm-status")).to_be_visible()
    page.focus("body")
    tab_to(".pm-menu summary")
    page.keyboard.press("Enter")
    expect(page.locator(".pm-menu-row")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".pm-menu-row")).to_be_hidden()
    tab_to(".pm-chip")
    page.keyboard.press("Enter")
    expect(page.locator("#pm-quote")).to_be_in_viewport()
    tab_to("[data-copy]")
    tab_to("#pm-question textarea")
    page.get_by_role("button", name="Back to the list of sources").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".pm-article").first).to_be_visible()
    tab_to(".pm-words")
    tab_to(".pm-facet")
    tab_to(".pm-tick")
    page.keyboard.press("Space")
    expect(page.locator("#pm-scope")).to_contain_text("1 chosen article")
    tab_to(".pm-article")
    page.keyboard.press("Enter")
    expect(page.locator("#pm-source h2")).to_be_visible()


def faults(page: Page) -> list[str]:
    """What axe calls serious or critical, Gradio's listed internals left out."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']} {node['target'][0]}: {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if (rule["id"], node["target"][0]) not in GRADIO_INTERNALS
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_stands_between_people_and_the_page(
    open_page: OpenPage, scheme: str
) -> None:
    page = open_page(color_scheme=scheme)
    expect(page.locator(".pm-example").first).to_be_visible()
    assert faults(page) == []
    ask(page, REFUSED)
    ask(page, GOOD)
    open_citation(page)
    page.get_by_role("button", name="Back to the list of sources").click()
    page.locator(".pm-days summary").click()
    page.locator("[data-day=published_from]").fill("2020-08-10")
    page.locator("[data-day=published_to]").fill("2020-08-01")
    expect(page.locator("#pm-scope .pm-wrong")).to_be_visible()
    assert faults(page) == []
    page.locator("#pm-scope").get_by_role("button", name="Clear").click()
    page.fill(".pm-words", "detained")
    expect(page.locator(".pm-excerpt").first).to_be_visible()
    page.locator(".pm-tick").first.check()
    page.get_by_role("button", name="Keep as a collection").click()
    assert faults(page) == []
    page.get_by_text("Conversations", exact=True).click()
    expect(page.locator(".pm-menu-row")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("button", name="Paste a text").click()
    expect(page.get_by_label("Headline")).to_be_visible()
    assert faults(page) == []


@pytest.mark.parametrize("width", [360, 3840])
def test_nothing_sticks_out_on_small_and_large_screens(open_page: OpenPage, width: int) -> None:
    page = open_page(viewport={"width": width, "height": 740})
    ask(page, GOOD)
    open_citation(page)
    page.get_by_text("Conversations", exact=True).click()
    expect(page.locator(".pm-menu-row")).to_be_in_viewport()
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("button", name="Back to the list of sources").click()
    expect(page.locator(".pm-article").first).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.evaluate(
        "[...document.querySelectorAll('.pm-article, .pm-chip, .pm-foot')].map("
        "(node) => parseFloat(getComputedStyle(node).fontSize))"
    )
    assert min(sizes) >= 11


def test_hostile_words_in_every_field_are_only_read(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poisoned(answer: Answer) -> Answer:
        citations = tuple(
            replace(
                citation,
                article=replace(
                    citation.article, title=BAD, publisher=BAD, date_basis=BAD, date_warning=BAD,
                    url="javascript:window.hit=1",
                ),
                source=replace(citation.source, name=BAD),
                speaker=BAD,
            )
            for citation in answer.citations
        )  # fmt: skip
        claims = tuple(
            replace(claim, text=BAD, support="partial", reasons=(phrase(BAD),))
            for claim in answer.claims
        )
        return replace(answer, citations=citations, claims=claims, fallback=phrase(BAD))

    changed(served.pressmark, monkeypatch, poisoned)
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page, GOOD)

    expect(page.locator(".pm-claim").first).to_contain_text("<script>window.hit=1</script>")
    page.locator(".pm-chip").first.hover()
    open_citation(page)
    for form in ("Markdown", "HTML", "JSON"):
        page.locator(".pm-copy").get_by_text(form, exact=True).click()
    expect(page.get_by_text("Copied").nth(2)).to_be_visible()
    expect(page.locator(INERT)).to_have_count(0)
    page.reload()
    expect(page.locator(".pm-claim").first).to_contain_text("<script>window.hit=1</script>")
    expect(page.locator(INERT)).to_have_count(0)


def test_sources_that_differ_stand_side_by_side(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(served.pressmark, monkeypatch, lambda answer: replace(answer, conflicts=((1, 2),)))
    page = open_page()
    answer = ask(page, GOOD)

    quotes = page.locator(".pm-conflict li")
    expect(quotes).to_have_count(2)
    boxes = [quotes.nth(place).bounding_box() for place in (0, 1)]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["y"] == boxes[1]["y"]
    expect(quotes.first).to_contain_text("6 August 2020")
    quotes.nth(1).locator(".pm-chip").click()
    expect(page.locator("#pm-quote")).to_have_text(answer["citations"][1]["quote"])


def test_the_answering_words_are_stronger(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_span(answer: Answer) -> Answer:
        first = answer.citations[0]
        at = first.start + first.quote.index("33")
        spanned = replace(first, answer_span=Span(at, at + 2))
        return replace(answer, citations=(spanned, *answer.citations[1:]))

    changed(served.pressmark, monkeypatch, with_span)
    page = open_page()
    ask(page, GOOD)
    open_citation(page)

    expect(page.locator("#pm-quote .pm-answers")).to_have_text("33")
    weight = "node => Number(getComputedStyle(node).fontWeight)"
    quote, words = page.locator("#pm-quote"), page.locator("#pm-quote .pm-answers")
    assert words.evaluate(weight) > quote.evaluate(weight)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of a very long article, one in Arabic and one in Russian; closed."""
    home, folder = tmp_path_factory.mktemp("odd"), tmp_path_factory.mktemp("articles")
    works = (
        f"On day {n} of the works in Gdynia the harbour master counted {n + 2000} waiting ships. "
        + "Nobody complained about the noise. " * 12
        for n in range(1, 500)
    )
    (folder / "long.txt").write_text("The harbour of Gdynia\n\n" + "\n\n".join(works))
    (folder / "arabic.txt").write_text(
        "ميناء العقبة يفتح رصيفا جديدا\n\nقال مدير الميناء سامي حداد إن 14 سفينة وصلت إلى الرصيف "
        "الجديد في ميناء العقبة يوم الثلاثاء.\n"
    )
    (folder / "russian.txt").write_text(
        "В Мурманске открыли причал\n\nДиректор порта Анна Кузнецова сообщила, что к новому "
        "причалу Мурманска подошли 9 судов.\n"
    )
    with Pressmark.open(Settings(home=home), write=True) as pressmark:
        pressmark.index([folder])
    return home


def test_a_quote_deep_in_a_very_long_article_comes_into_view(
    odd: Path, open_page: OpenPage
) -> None:
    with Pressmark.open(Settings(home=odd)) as pressmark, serving(pressmark) as server:
        page = open_page(to=server)
        ask(page, "How many ships did the harbour master count on day 431 of the works in Gdynia?")
        quote = open_citation(page)

        assert "day 431" in quote
        assert page.locator("#pm-source").evaluate("pane => pane.scrollTop") > 10_000
        assert page.locator("#pm-talk").bounding_box() == page.locator("#pm-talk").bounding_box()


def test_other_scripts_and_directions_are_set_as_their_own(odd: Path, open_page: OpenPage) -> None:
    with Pressmark.open(Settings(home=odd)) as pressmark, serving(pressmark) as server:
        page = open_page(to=server)
        direction = "node => getComputedStyle(node).direction"
        ask(page, "كم سفينة وصلت إلى الرصيف الجديد في ميناء العقبة؟")
        assert "14 سفينة" in open_citation(page)
        for place in ("h3.pm-question", ".pm-turn blockquote, .pm-claim", "#pm-shelf .pm-text"):
            assert page.locator(place).first.evaluate(direction) == "rtl"
        ask(page, "Сколько судов подошли к новому причалу Мурманска?")
        assert "9 судов" in open_citation(page)
        assert page.locator("#pm-shelf .pm-text").evaluate(direction) == "ltr"


def test_a_model_that_is_down_means_quotes_and_says_so(odd: Path, open_page: OpenPage) -> None:
    settings = Settings(home=odd, llm_base_url="http://127.0.0.1:9/v1", llm_model="<b>m</b>")
    with Pressmark.open(settings) as pressmark, serving(pressmark) as server:
        page = open_page(to=server)
        expect(page.locator("#pm-foot")).to_contain_text("<b>m</b>")
        answer = ask(page, "How many ships waited on day 431 of the works in Gdynia?")

        assert answer["fallback"]
        expect(page.locator(".pm-notice")).to_have_text(answer["fallback"])
        expect(page.locator(".pm-chip").first).to_be_visible()


def test_what_a_model_writes_is_checked_and_never_run(odd: Path, open_page: OpenPage) -> None:
    true = "The harbour master counted 2431 waiting ships on day 431 of the works in Gdynia [1]."

    def writes(connection: Connection) -> None:
        connection.pieces(f"{true} ${{window.hit=1}} {{{{x}}}} <img src=x> ate 17 fish [1]. {BAD}")

    with (
        raw_server(writes) as model,
        Pressmark.open(
            Settings(home=odd, llm_base_url=model.url, llm_model="m", refuse_below=0.0)
        ) as pressmark,
        serving(pressmark) as server,
    ):
        page = open_page(to=server)
        answer = ask(page, "How many ships waited on day 431 of the works in Gdynia?")

        assert answer["mode"] == "generative"
        assert answer["rejected"]
        expect(page.locator(".pm-claim")).to_have_count(1)
        page.locator(".pm-rejected summary").click()
        expect(page.locator(".pm-rejected li").first).to_contain_text("${window.hit=1}")
        expect(page.locator(INERT)).to_have_count(0)
