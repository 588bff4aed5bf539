"""Manners of the page: help, title, language, print, motion, colours, a server that is gone."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.helpers.browsing import OpenPage, Served, ask, hold_back, response_of

pytestmark = pytest.mark.browser
pytest_plugins = ["tests.helpers.fixtures_page"]

ASKED = "How many Russians were detained in Belarus?"


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']} {node['target'][0]}: {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_help_opens_on_its_key_and_closes(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    help_ = page.get_by_role("dialog")
    page.locator("#pm-question textarea").press("?")
    expect(help_).to_be_hidden()
    expect(page.locator("#pm-question textarea")).to_have_value("?")

    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(help_).to_be_visible()
    expect(help_).to_contain_text("the citation before and after")
    assert serious(page) == []
    page.keyboard.press("Escape")
    expect(help_).to_be_hidden()

    page.get_by_role("button", name="Help and language").click()
    expect(help_).to_be_visible()
    help_.get_by_role("button", name="Close").click()
    expect(help_).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_bars_and_fields_have_the_colours_of_the_page(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)

    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme


def test_the_tab_is_named_after_the_question(open_page: OpenPage) -> None:
    page = open_page()
    expect(page).to_have_title("Pressmark")
    ask(page, ASKED)
    expect(page).to_have_title(f"{ASKED} · Pressmark")
    page.reload()
    expect(page).to_have_title(f"{ASKED} · Pressmark")
    page.get_by_role("button", name="New conversation").click()
    expect(page).to_have_title("Pressmark")


@pytest.mark.parametrize(
    ("locale", "tabs", "placeholder"),
    [
        ("ru-RU", ["Спросить", "Статьи"], "Спросите о статьях"),
        ("uk-UA", ["Запитати", "Статті"], "Запитайте про статті"),
        ("de-DE", ["Ask", "Articles"], "Ask about the articles"),
    ],
)
def test_the_page_speaks_the_language_of_the_browser(
    open_page: OpenPage, locale: str, tabs: list[str], placeholder: str
) -> None:
    page = open_page(locale=locale)

    expect(page.get_by_role("tab")).to_have_text(tabs)
    expect(page.locator("#pm-question textarea")).to_have_attribute("placeholder", placeholder)
    language = locale[:2] if locale[:2] in ("ru", "uk") else "en"
    assert page.evaluate("document.documentElement.lang") == language


def test_the_sources_and_their_filters_speak_it_too(open_page: OpenPage) -> None:
    page = open_page(locale="ru-RU")
    expect(page.locator(".pm-lib-head h2")).to_have_text("Источники")
    expect(page.locator("#pm-scope")).to_contain_text("Вопрос ко всем статьям: ")
    page.locator("[data-facet]").first.click()
    expect(page.locator("#pm-scope .pm-scope-chip").first).to_be_visible()

    page.locator(".pm-days summary").click()
    page.locator("[data-day=published_from]").fill("2020-08-10")
    page.locator("[data-day=published_to]").fill("2020-08-01")
    expect(page.locator("#pm-scope .pm-wrong")).to_contain_text("раньше, чем «Опубликовано с»")
    page.get_by_role("tab", name="Статьи").click()
    expect(page.locator(".pm-dropzone")).to_contain_text("Перетащите сюда файлы или папки")


def test_a_reader_is_offered_questions_in_his_language_and_they_are_answered(
    open_page: OpenPage,
) -> None:
    page = open_page(locale="ru-RU")
    first = page.locator("#pm-welcome .pm-example").first
    expect(first).to_be_visible()
    offered = page.locator("#pm-welcome .pm-example").all_text_contents()
    assert all(re.match(r"(Последние новости|События|Хронология): ", words) for words in offered)

    first.click()
    expect(page.locator("h3.pm-question")).to_have_text(offered[0])
    expect(page.locator(".pm-claim").first).to_be_visible()


def test_refusals_and_notes_with_names_and_numbers_speak_it_too(open_page: OpenPage) -> None:
    page = open_page(locale="ru-RU")
    ask(page, "Who is the mayor of Chicago?")
    expect(page.locator(".pm-refusal")).to_have_text(
        re.compile(r"^В статьях этого нет\. Ближайшая статья не упоминает: .*Chicago")
    )
    ask(page, "Timeline of Lukashenko")
    expect(page.locator(".pm-note").last).to_have_text(
        re.compile(r"^\d+ (из \d+ )?стат[а-я]+ по теме “Lukashenko”, даты: .*, по порядку дат\.$")
    )
    answer = response_of(page)
    assert answer["notes"][0].endswith(", in the order of their dates.")
    assert [one["text"] for one in answer["wording"]] == answer["notes"]


def test_a_chosen_language_stays_and_what_was_asked_too(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, ASKED)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.get_by_label("Language of the page").select_option("uk")

    expect(page.get_by_role("tab").first).to_have_text("Запитати")
    expect(page.locator(".pm-claim").first).to_be_visible()
    expect(page.locator(".pm-verdict summary")).to_have_text("Це правильно?")
    page.locator(".pm-chip").first.click()
    expect(page.locator(".pm-place")).to_contain_text("Посилання 1 із")
    page.locator("#pm-question textarea").fill("Хто такий Лукашенко?")
    page.keyboard.press("Enter")
    expect(page.locator("#pm-live .pm-status")).to_be_visible()
    expect(page.locator("#pm-live .pm-copy")).to_contain_text("Копіювати")
    expect(page.locator("#pm-question .submit-button")).to_have_text("Запитати")
    other = open_page(beside=page)
    expect(other.locator("#pm-question textarea")).to_have_attribute(
        "placeholder", "Запитайте про статті"
    )


@pytest.mark.parametrize("locale", ["ru-RU", "uk-UA"])
@pytest.mark.parametrize("width", [390, 1280])
def test_longer_words_do_not_stick_out(open_page: OpenPage, locale: str, width: int) -> None:
    page = open_page(locale=locale, viewport={"width": width, "height": 800})
    ask(page, ASKED)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    top = page.locator("#pm-top")
    assert top.evaluate("node => node.scrollWidth <= node.clientWidth")
    assert page.locator(".pm-help-open").bounding_box()["x"] < width - 30  # type: ignore[index]
    assert serious(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_printed_is_the_conversation_in_black(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    ask(page, ASKED)
    page.emulate_media(media="print")

    for gone in ("#pm-top", "#pm-question", ".pm-acts", "#pm-foot", "#pm-shelf", ".tab-wrapper"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator(".pm-claim").first).to_be_visible()
    expect(page.locator(".pm-sure")).to_be_visible()
    colour = page.locator(".pm-claim").first.evaluate("node => getComputedStyle(node).color")
    assert colour == "rgb(0, 0, 0)"


def test_nothing_moves_for_those_who_want_it_still(
    served: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = hold_back(served.pressmark, monkeypatch, after=0)
    page = open_page(reduced_motion="reduce")
    page.fill("#pm-question textarea", ASKED)
    page.keyboard.press("Enter")
    expect(page.locator(".pm-pending")).to_be_visible()

    moving = page.evaluate(
        "[...document.querySelectorAll('*')].flatMap((node) => ['', '::before', '::after'].map("
        "(part) => getComputedStyle(node, part))).filter((style) => style.animationName !== 'none'"
        " || style.transitionDuration.split(', ').some((time) => parseFloat(time) > 0)).length"
    )
    go_on.set()
    assert moving == 0
    expect(page.locator(".pm-status")).to_be_visible()


def test_a_server_that_is_gone_is_told_and_its_return_too(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, ASKED)
    for address in ("**/healthz", "**/component_server/"):
        page.route(address, lambda route: route.abort())
    page.locator(".pm-chip").first.click()

    gone = page.locator("#pm-gone")
    expect(gone).to_have_attribute("role", "alert")
    expect(gone).to_contain_text("Pressmark does not answer")
    expect(page.locator(".pm-claim").first).to_be_visible()
    assert serious(page) == []
    for address in ("**/healthz", "**/component_server/"):
        page.unroute(address)
    expect(gone).to_have_count(0)
    page.locator(".pm-chip").first.click()
    expect(page.locator("#pm-quote")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_stands_below_an_answer_can_be_used_by_all(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    ask(page, ASKED)
    page.locator("[data-more]").click()
    expect(page.locator(".pm-more-quotes li").first).to_be_visible()
    page.get_by_text("Not what I asked").click()
    page.get_by_text("Is this right?").click()
    expect(page.locator(".pm-next")).to_be_visible()
    assert serious(page) == []
    page.locator('[data-again="timeline"]').click()
    expect(page.locator("#pm-live .pm-timeline")).to_be_visible()
    assert serious(page) == []


def test_the_steps_from_citation_to_citation_stay_on_one_line_of_a_phone(
    open_page: OpenPage,
) -> None:
    page = open_page(viewport={"width": 390, "height": 844})
    ask(page, ASKED)
    page.locator(".pm-chip").first.click()
    expect(page.locator("#pm-quote")).to_be_in_viewport()

    steps = page.locator(".pm-stepping > *").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((r) => r.top + r.height / 2)"
    )
    assert len(steps) == 3
    assert max(steps) - min(steps) < 4
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
