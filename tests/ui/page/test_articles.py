"""The tab of articles, in a real browser: looking through, taking in, taking out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers.browsing import HOSTILE, OpenPage, Served, ask, open_citation, serving

pytestmark = pytest.mark.browser
pytest_plugins = ["tests.helpers.fixtures_page"]

STORM = (
    "Storm sinks 12 boats in Tromsø\n\nTROMSØ, 3 March 2021 - A storm sank 12 boats in the harbour "
    "of Tromsø on Wednesday, said the mayor of the town, Kari Nordmann.\n"
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("home")
    with Pressmark.open(Settings(home=home), write=True) as pressmark, serving(pressmark) as server:
        yield server


@pytest.fixture(autouse=True)
def clean(empty: Served) -> Iterator[None]:
    """Every test begins without articles."""
    yield
    for root in empty.pressmark.library.roots():
        empty.pressmark.remove(Path(root.path))
    for file in (empty.pressmark.settings.home / "uploads").glob("*"):
        file.unlink()


def articles(page: Page) -> Page:
    page.get_by_role("tab", name="Articles").click()
    expect(page.locator("#pm-catalogue .pm-hint").first).to_be_visible()
    return page


def upload(page: Page, files: dict[str, str]) -> None:
    payload: list[FilePayload] = [
        {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
        for name, text in files.items()
    ]
    page.set_input_files("#pm-drop input[type=file]", payload)


def test_from_an_empty_index_to_the_highlighted_words(empty: Served, open_page: OpenPage) -> None:
    page = open_page(to=empty)
    expect(page.get_by_text("There are no articles yet")).to_be_visible()
    upload(articles(page), {"storm.txt": STORM, "report.pdf": "%PDF-1.7"})

    expect(page.locator("#pm-report")).to_contain_text("Done: 2 files: 1 article added, 1 refused.")
    expect(page.locator("#pm-report")).to_contain_text("report.pdf the PDF file is damaged")
    expect(page.locator(".pm-article")).to_have_text("Storm sinks 12 boats in Tromsø")
    expect(page.locator("#pm-foot")).to_contain_text("1 article")
    page.get_by_role("tab", name="Ask").click()
    expect(page.get_by_text("There are no articles yet")).to_be_hidden()
    ask(page, "How many boats did the storm sink in Tromsø?")
    assert "12 boats" in open_citation(page)
    assert list((empty.pressmark.settings.home / "incoming").rglob("*.*")) == []


def test_uploaded_articles_can_be_removed(empty: Served, open_page: OpenPage) -> None:
    page = articles(open_page(to=empty))
    upload(page, {"storm.txt": STORM, "scan.pdf": "%PDF-1.7"})
    expect(page.locator(".pm-article")).to_have_count(1)

    remove = page.get_by_role("button", name="Remove Storm")
    remove.click()
    expect(remove).to_have_text("Really remove?")
    remove.click()
    expect(page.locator("#pm-report")).to_contain_text("1 removed")
    expect(page.locator(".pm-article")).to_have_count(0)
    page.get_by_role("button", name="Remove scan.pdf").click()
    page.get_by_role("button", name="Remove scan.pdf").click()
    expect(page.get_by_text("scan.pdf")).to_have_count(0)
    assert list((empty.pressmark.settings.home / "uploads").iterdir()) == []


def test_articles_are_searched_sorted_and_read(served: Served, open_page: OpenPage) -> None:
    page = articles(open_page())
    titles = page.locator(".pm-article")
    expect(titles).to_have_count(7)
    dates = page.locator(".pm-list time").all_text_contents()
    assert dates[:2] == ["28 August 2020", "6 August 2020"]

    page.get_by_label("Search").fill("kremlin abe")
    expect(titles).to_have_count(1)
    expect(page.get_by_text("1 of 7 articles")).to_be_visible()
    titles.click()
    expect(page.locator("#pm-shelf h2")).to_contain_text("Kremlin Hails Abe")
    expect(page.locator("#pm-shelf .pm-doubt")).to_be_visible()
    page.get_by_label("Search").fill("no such words")
    expect(page.get_by_text("No article matches")).to_be_visible()
    page.get_by_label("Search").fill("")
    page.get_by_label("Doubtful dates only").check()
    expect(page.get_by_text("of 7 articles")).to_be_visible()
    assert page.locator(".pm-list .pm-foot").count() == page.locator(".pm-list .pm-warning").count()
    page.get_by_label("Doubtful dates only").uncheck()
    page.get_by_label("Order").click()
    page.get_by_role("option", name="Publisher").click()
    expect(page.locator(".pm-list .pm-foot").nth(2)).to_contain_text("The Moscow Times")


def test_a_folder_is_looked_at_again_and_removed(
    empty: Served, open_page: OpenPage, tmp_path: Path
) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "storm.txt").write_text(STORM)
    empty.pressmark.index([folder])
    page = articles(open_page(to=empty))
    expect(page.locator(".pm-article")).to_have_count(1)
    (folder / "calm.txt").write_text(STORM.replace("Storm", "Calm").replace("12", "no"))

    page.get_by_role("button", name="Look again for articles in news").click()
    expect(page.locator("#pm-report")).to_contain_text("1 article added")
    expect(page.locator(".pm-article")).to_have_count(2)
    for _ in range(2):
        page.get_by_role("button", name="Remove the folder news").click()
    expect(page.locator("#pm-report")).to_contain_text("2 removed")
    assert (folder / "storm.txt").exists()


def test_questions_are_answered_while_articles_are_indexed(
    empty: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty.pressmark.settings.home / "uploads").mkdir(exist_ok=True)
    (empty.pressmark.settings.home / "uploads" / "storm.txt").write_text(STORM)
    empty.pressmark.index([empty.pressmark.settings.home / "uploads"])
    page, go_on, index = open_page(to=empty), threading.Event(), empty.pressmark.index

    def slow(paths: Any, progress: Any = None) -> Any:
        go_on.wait(60)
        return index(paths, progress)

    monkeypatch.setattr(empty.pressmark, "index", slow)
    try:
        upload(articles(page), {"calm.txt": STORM.replace("Storm", "Calm")})
        expect(page.locator("#pm-report")).to_contain_text("Indexing now")
        expect(page.locator("#pm-foot")).to_contain_text("Indexing now")
        other = open_page(to=empty)
        expect(other.locator("#pm-foot")).to_contain_text("Indexing now")
        ask(other, "How many boats did the storm sink in Tromsø?")
        assert "12 boats" in open_citation(other)
    finally:
        go_on.set()
    expect(page.locator("#pm-report")).to_contain_text("1 article added")
    expect(other.locator("#pm-foot")).to_contain_text("2 articles")
    expect(other.locator("#pm-foot")).not_to_contain_text("Indexing now")


def test_hostile_files_are_only_names_and_text(empty: Served, open_page: OpenPage) -> None:
    name = "<img src=x onerror=window.hit=1>${window.hit=1}\u202etxt.exe.txt"
    page = articles(open_page(to=empty))
    upload(page, {name: HOSTILE, "<svg onload=window.hit=1>.pdf": "%PDF"})

    expect(page.locator(".pm-article")).to_have_count(1)
    page.locator(".pm-article").click()
    expect(page.locator("#pm-shelf .pm-text")).to_contain_text("17 bison")
    here = page.locator(":is(#pm-catalogue, #pm-report, #pm-shelf) :is(img, svg, script, style)")
    expect(here).to_have_count(0)
    stored = [path.name for path in (empty.pressmark.settings.home / "uploads").iterdir()]
    assert len(stored) == 2
    assert not set("".join(stored)) & set("<>\u202e/")


def test_the_original_file_is_saved_as_it_is(open_page: OpenPage) -> None:
    page = articles(open_page())
    page.get_by_label("Search").fill("ukraine paused")
    expect(page.locator(".pm-article")).to_have_count(1)
    page.locator(".pm-article").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="save the file").click()

    seed = Path(__file__).parents[3] / "seeds" / started.value.suggested_filename
    assert started.value.path().read_bytes() == seed.read_bytes()


def test_what_is_too_much_is_refused_in_words(
    empty: Served, open_page: OpenPage, tmp_path: Path
) -> None:
    files = [tmp_path / f"{number}.txt" for number in range(4)]
    for path in files:
        with path.open("wb") as file:
            file.truncate(19 * 2**20)
    page = articles(open_page(to=empty))
    page.set_input_files("#pm-drop input[type=file]", files)

    expect(page.get_by_text("Send fewer at once")).to_be_visible()
    expect(page.locator(".pm-article")).to_have_count(0)
