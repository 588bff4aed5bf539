"""Conversations on the page: kept, reopened, deleted, copied, linked to."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from docx import Document
from playwright.sync_api import Page, expect

from tests.helpers.browsing import GOOD, REFUSED, OpenPage, Served, ask, open_citation

pytestmark = pytest.mark.browser
pytest_plugins = ["tests.helpers.fixtures_page"]

CLIPBOARD = ["clipboard-read", "clipboard-write"]


def kept(page: Page) -> list[str]:
    """The keys of what the page keeps in this browser."""
    keys: list[str] = page.evaluate("Object.keys(localStorage).filter(k => /^pressmark/.test(k))")
    return keys


def menu(page: Page) -> list[str]:
    """Opens the menu; gives the titles of the conversations in it."""
    page.get_by_text("Conversations", exact=True).click()
    expect(page.locator(".pm-menu-list > *").first).to_be_visible()
    return page.locator(".pm-menu-open bdi").all_text_contents()


def copied(page: Page, label: str) -> str:
    page.evaluate("document.querySelectorAll('.pm-note').forEach((note) => note.remove())")
    page.locator(".pm-turn").last.locator(".pm-copy").get_by_text(label, exact=True).click()
    expect(page.get_by_text("Copied")).to_be_visible()
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_a_conversation_outlives_a_reload(open_page: OpenPage) -> None:
    page = open_page()
    answer = ask(page, GOOD)
    page.reload()

    expect(page.locator("h3.pm-question")).to_have_text(GOOD)
    assert open_citation(page) == answer["citations"][0]["quote"]
    again = ask(page, "When were they detained?")
    assert again["question_understood"]
    page.reload()
    expect(page.locator(".pm-turn")).to_have_count(2)


def test_what_is_kept_cannot_be_read_without_the_server(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, GOOD)

    stored = page.evaluate("JSON.stringify(localStorage)")
    assert "Russians" not in stored
    assert "Belarus" not in stored


def test_tabs_have_conversations_of_their_own_and_share_the_list(open_page: OpenPage) -> None:
    first = open_page()
    ask(first, GOOD)
    second = open_page(beside=first)
    expect(second.locator(".pm-example").first).to_be_visible()
    ask(second, REFUSED)
    ask(first, "When were they detained?")
    first.reload()
    expect(first.locator(".pm-turn")).to_have_count(2)
    second.reload()
    expect(second.locator("h3.pm-question")).to_have_text([REFUSED])

    assert sorted(menu(second)) == sorted([GOOD, REFUSED])
    second.locator(".pm-menu-open", has_text=GOOD).click()
    expect(second.locator("h3.pm-question")).to_have_text([GOOD, "When were they detained?"])


def test_conversations_are_deleted_one_by_one_or_all(open_page: OpenPage) -> None:
    page = open_page()
    for question in (GOOD, REFUSED, "Who is the Kremlin's spokesman?"):
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator(".pm-example").first).to_be_visible()
        ask(page, question)
    assert len(menu(page)) == 3

    page.get_by_role("button", name=f"Delete: {GOOD}").click()
    expect(page.locator(".pm-menu-open")).to_have_count(2)
    assert len(kept(page)) == 3
    page.get_by_role("button", name="Delete all").click()
    page.get_by_role("button", name="Delete all").click()
    expect(page.locator(".pm-example").first).to_be_visible()
    page.wait_for_function("!localStorage['pressmark-conversations']")
    assert kept(page) == []
    page.reload()
    expect(page.locator(".pm-example").first).to_be_visible()


def test_an_answer_is_copied_with_its_citations(open_page: OpenPage) -> None:
    page = open_page(permissions=CLIPBOARD)
    answer = ask(page, GOOD)

    assert f"## {GOOD}\n" in copied(page, "Markdown")
    assert '<li value="1">' in copied(page, "HTML")
    assert json.loads(copied(page, "JSON")) == answer


def saved(page: Page, label: str, inside: str) -> tuple[str, bytes]:
    """The name and the bytes of the file that a button saves."""
    with page.expect_download() as waiting:
        page.locator(inside).get_by_role("button", name=label, exact=True).click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def test_an_answer_is_saved_in_other_formats(open_page: OpenPage) -> None:
    page = open_page()
    answer = ask(page, GOOD)
    page.get_by_text("Save as", exact=True).click()

    name, data = saved(page, "RIS", ".pm-status")
    assert name == "How-many-Russians-were-detained-in-Belarus-and-how-many-Ukra.ris"
    assert data.startswith(b"TY  - ")
    name, data = saved(page, "Word", ".pm-status")
    assert name.endswith(".docx")
    paragraphs = [paragraph.text for paragraph in Document(BytesIO(data)).paragraphs]
    assert paragraphs[0] == GOOD
    assert any(answer["citations"][0]["quote"][:30] in line for line in paragraphs)


def test_a_whole_conversation_is_saved(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, GOOD)
    ask(page, REFUSED)
    menu(page)
    page.get_by_text("Save this conversation as").click()

    _, data = saved(page, "JSON", "#pm-menu")
    assert [one["question"] for one in json.loads(data)["exchanges"]] == [GOOD, REFUSED]


def test_what_is_printed_is_the_answer_alone(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, GOOD)
    page.get_by_text("Save as", exact=True).click()
    page.get_by_role("button", name="Print or PDF").first.click()

    expect(page.frame_locator("#pm-print").locator("h1")).to_have_text(GOOD)
    expect(page.frame_locator("#pm-print").locator("blockquote").first).to_be_attached()


def test_a_verdict_is_kept_in_the_library(served: Served, open_page: OpenPage) -> None:
    page = open_page()
    answer = ask(page, GOOD)
    page.get_by_text("Is this right?").click()
    page.get_by_label("The right words, if you know them").fill("34")
    page.get_by_role("button", name="Wrong words").click()
    expect(page.get_by_text("Kept in the library")).to_be_visible()

    note = served.pressmark.library.notes.feedback()[-1]
    assert (note.verdict, note.question, note.expected) == ("wrong_words", GOOD, "34")
    assert json.loads(note.response) == answer


def test_a_saved_answer_joins_another_conversation(served: Served, open_page: OpenPage) -> None:
    page = open_page()
    answer = ask(page, GOOD)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("Saved: see Conversations")).to_be_visible()
    page.get_by_label("A note on this answer").fill("for <b>Monday</b>")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()

    other = open_page()
    other.get_by_text("Conversations", exact=True).click()
    other.get_by_text("Saved answers").click()
    expect(other.locator(".pm-saved .pm-comment")).to_have_text("for <b>Monday</b>")
    other.locator(".pm-saved .pm-menu-open").click()
    expect(other.locator("h3.pm-question")).to_have_text(GOOD)
    assert open_citation(other) == answer["citations"][0]["quote"]
    assert ask(other, "When were they detained?")["question_understood"]

    other.get_by_text("Conversations", exact=True).click()
    other.get_by_role("button", name=f"Forget: {GOOD}").click()
    expect(other.locator(".pm-saved")).to_be_hidden()
    assert served.pressmark.library.notes.saved() == []


def test_saved_answers_are_kept_listed_and_exported_with_a_collection(
    served: Served, open_page: OpenPage
) -> None:
    page = open_page()
    library = served.pressmark.library
    made = library.collections.add("Belarus", library.holdings().entries)
    page.evaluate("pressmarkSources.refresh()")
    page.locator('[data-facet="collections"]').get_by_text("Belarus").click()
    expect(page.locator(".pm-scope-chip", has_text="Belarus")).to_be_visible()
    ask(page, GOOD)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_label("Collection, if any")).to_have_value("Belarus")
    page.get_by_role("button", name="New conversation").click()
    page.locator("#pm-scope").get_by_role("button", name="Clear", exact=True).click()
    ask(page, "Who is the Kremlin's spokesman?")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_label("Collection, if any")).to_have_value("")
    page.get_by_label("Collection, if any").fill("Moscow")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()

    page.get_by_text("Conversations", exact=True).click()
    page.locator(".pm-saved > summary").click()
    expect(page.locator(".pm-saved .pm-menu-open")).to_have_count(2)
    page.get_by_label("Kept with").select_option("Moscow")
    expect(page.locator(".pm-saved .pm-menu-open bdi")).to_have_text(
        ["Who is the Kremlin's spokesman?"]
    )
    page.get_by_text("Save these as").click()
    _, data = saved(page, "JSON", ".pm-saved")
    assert [one["question"] for one in json.loads(data)["exchanges"]] == [
        "Who is the Kremlin's spokesman?"
    ]
    page.get_by_label("Collection of: Who is the Kremlin's spokesman?").select_option("Belarus")
    expect(page.locator(".pm-saved .pm-menu-open")).to_have_count(2)
    assert {one.collection for one in library.notes.saved()} == {made.collection_id}

    for one in library.notes.saved():
        library.notes.unsave(one.note_id)
    for ident in library.collections.names():
        library.collections.remove(ident)


def test_a_link_is_made_on_request_and_goes_with_the_conversation(
    served: Served, open_page: OpenPage
) -> None:
    page = open_page(permissions=CLIPBOARD)
    answer = ask(page, GOOD)
    shared = served.pressmark.library.shared

    link = copied(page, "Link")
    assert copied(page, "Link") == link
    assert shared.count() == 1
    other = open_page(link.removeprefix(served.url))
    expect(other.get_by_text("Somebody made a link to this answer")).to_be_visible()
    assert open_citation(other) == answer["citations"][0]["quote"]
    assert kept(other) == []

    page.reload()
    expect(page.get_by_role("button", name="Remove the link")).to_be_visible()
    menu(page)
    page.get_by_role("button", name=f"Delete: {GOOD}").click()
    expect(page.locator(".pm-example").first).to_be_visible()
    other.reload()
    expect(other.get_by_text("no answer at this link")).to_be_visible()
    assert shared.count() == 0


def test_a_link_can_be_taken_back(served: Served, open_page: OpenPage) -> None:
    page = open_page(permissions=CLIPBOARD)
    ask(page, GOOD)
    first = copied(page, "Link")
    page.get_by_role("button", name="Remove the link").click()
    expect(page.get_by_text("The link is gone")).to_be_visible()

    other = open_page(first.removeprefix(served.url))
    expect(other.get_by_text("no answer at this link")).to_be_visible()
    assert copied(page, "Link") != first


def test_a_forged_answer_gets_no_link(open_page: OpenPage) -> None:
    page = open_page(permissions=CLIPBOARD)
    ask(page, GOOD)
    page.evaluate(
        "() => { const turn = document.querySelector('.pm-turn');"
        " turn.dataset.turn = turn.dataset.turn.replaceAll('33 Russian', '99 Russian'); }"
    )
    page.get_by_text("Link", exact=True).click()

    expect(page.get_by_text("Only an answer that this server gave")).to_be_visible()


def test_a_long_conversation_stays_usable(open_page: OpenPage) -> None:
    page = open_page()
    ask(page, GOOD)
    turn = page.locator(".pm-turn").get_attribute("data-turn")
    page.evaluate(
        "async (turn) => { for (let n = 1; n < 200; n++) await pressmark.keep("
        "{ ...JSON.parse(turn), id: `copy-${n}`, question: `Question ${n}?` }); }",
        turn,
    )
    page.reload()
    expect(page.locator(".pm-turn")).to_have_count(200)
    expect(page.locator(".pm-turn").last).to_be_in_viewport()

    ask(page, "When were they detained?")
    assert page.locator(".pm-turn").count() == 201
    assert open_citation(page)
