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
from ui.page.adding import Adding
from ui.page.indexing import Indexing

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
    expect(page.locator(".pm-dropzone")).to_be_visible()
    return page


def upload(page: Page, files: dict[str, str]) -> None:
    payload: list[FilePayload] = [
        {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
        for name, text in files.items()
    ]
    page.set_input_files("#pm-drop [data-files]", payload)


def test_from_an_empty_index_to_the_highlighted_words(empty: Served, open_page: OpenPage) -> None:
    page = open_page(to=empty)
    expect(page.locator("#pm-welcome")).to_contain_text("There are no articles yet")
    expect(page.locator(".pm-lib-head")).to_contain_text("There are no articles yet")
    upload(articles(page), {"storm.txt": STORM, "report.pdf": "%PDF-1.7"})

    expect(page.locator(".pm-added")).to_contain_text("Done: 2 files: 1 article added, 1 refused.")
    expect(page.locator(".pm-added")).to_contain_text("report.pdf the PDF file is damaged")
    expect(page.locator(".pm-article")).to_have_text("Storm sinks 12 boats in Tromsø")
    expect(page.locator("#pm-foot")).to_contain_text("1 article")
    page.get_by_role("tab", name="Ask").click()
    expect(page.locator("#pm-welcome")).not_to_contain_text("There are no articles yet")
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
    expect(page.locator(".pm-added")).to_contain_text("1 article added")
    expect(other.locator("#pm-foot")).to_contain_text("2 articles")
    expect(other.locator("#pm-foot")).not_to_contain_text("Indexing now")


def test_hostile_files_are_only_names_and_text(empty: Served, open_page: OpenPage) -> None:
    name = "<img src=x onerror=window.hit=1>${window.hit=1}\u202etxt.exe.txt"
    page = articles(open_page(to=empty))
    upload(page, {name: HOSTILE, "<svg onload=window.hit=1>.pdf": "%PDF"})

    expect(page.locator(".pm-article")).to_have_count(1)
    page.locator(".pm-article").click()
    expect(page.locator("#pm-shelf .pm-text")).to_contain_text("17 bison")
    here = page.locator(
        ":is(#pm-catalogue, #pm-report, #pm-drop, #pm-shelf) :is(img, svg, script, style)"
    )
    expect(here).to_have_count(0)
    stored = [path.name for path in (empty.pressmark.settings.home / "uploads").iterdir()]
    assert len(stored) == 2
    assert not set("".join(stored)) & set("<>\u202e/")


def test_the_original_file_is_saved_as_it_is(open_page: OpenPage) -> None:
    page = articles(open_page())
    page.get_by_label("Search the sources").fill("ukraine paused")
    expect(page.locator(".pm-article")).to_have_count(1)
    page.locator(".pm-article").click()
    with page.expect_download() as started:
        page.get_by_role("link", name="save the file").click()

    seed = Path(__file__).parents[3] / "seeds" / started.value.suggested_filename
    assert started.value.path().read_bytes() == seed.read_bytes()


def test_what_is_too_large_is_refused_and_the_rest_is_read(
    empty: Served, open_page: OpenPage, tmp_path: Path
) -> None:
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(21 * 2**20)
    (tmp_path / "storm.txt").write_text(STORM)
    page = articles(open_page(to=empty))
    page.set_input_files("#pm-drop [data-files]", [tmp_path / "large.txt", tmp_path / "storm.txt"])

    report = page.locator(".pm-added")
    expect(report).to_contain_text("Done: 2 files: 1 article added, 1 refused.")
    expect(report).to_contain_text("large.txt larger than 20 MiB")
    expect(page.locator(".pm-article")).to_have_count(1)


def test_the_report_names_the_duplicate(empty: Served, open_page: OpenPage) -> None:
    page = articles(open_page(to=empty))
    files = {f"{n}.txt": STORM.replace("12 boats", f"{n + 2} boats") for n in range(4)}
    upload(page, files | {"again.txt": files["0.txt"]})

    expect(page.locator(".pm-added")).to_contain_text(
        "Done: 5 files: 4 articles added, 1 duplicate of 0.txt."
    )
    expect(page.locator(".pm-article")).to_have_count(4)


def test_a_folder_is_added_however_deep(empty: Served, open_page: OpenPage, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    (folder / "may" / "ships").mkdir(parents=True)
    (folder / ".DS_Store").write_bytes(b"\0\1")
    (folder / "storm.txt").write_text(STORM)
    (folder / "may" / "ships" / "storm.txt").write_text(STORM.replace("12", "13"))
    page = articles(open_page(to=empty))
    page.set_input_files("#pm-drop [data-folder]", folder)

    expect(page.locator(".pm-added")).to_contain_text("Done: 2 files: 2 articles added.")
    expect(page.locator(".pm-article")).to_have_count(2)


def test_files_are_dropped(empty: Served, open_page: OpenPage) -> None:
    page = articles(open_page(to=empty))
    page.locator(".pm-dropzone").evaluate(
        """(zone, text) => {
          const data = new DataTransfer();
          data.items.add(new File([text], "storm.txt", { type: "text/plain" }));
          zone.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
        }""",
        STORM,
    )
    expect(page.locator(".pm-added")).to_contain_text("1 article added")


def test_the_progress_of_each_file_shows(
    empty: Served, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, go_on, index = open_page(to=empty), threading.Event(), empty.pressmark.index

    def slow(paths: Any, progress: Any = None) -> Any:
        go_on.wait(60)
        return index(paths, progress)

    monkeypatch.setattr(empty.pressmark, "index", slow)
    try:
        upload(articles(page), {"storm.txt": STORM, "<b>calm</b>.txt": STORM + "Calm."})
        expect(page.locator(".pm-sent li")).to_have_text(["storm.txtsent", "<b>calm</b>.txtsent"])
        expect(page.locator("#pm-report")).to_contain_text("Indexing now")
    finally:
        go_on.set()
    expect(page.locator(".pm-added")).to_contain_text("2 articles added")
    expect(page.locator(".pm-sent li")).to_have_count(0)


def test_a_text_is_pasted(empty: Served, open_page: OpenPage) -> None:
    page = articles(open_page(to=empty))
    page.get_by_role("button", name="Paste a text").click()
    page.get_by_label("Text", exact=True).fill("A storm sank 12 boats in the harbour of Tromsø.")
    page.get_by_label("Headline").fill("Storm sinks <b>12</b> boats")
    page.get_by_label("Publisher", exact=True).fill("The Tromsø Gazette")
    page.get_by_label("Published", exact=True).fill("2021-03-03")
    page.get_by_role("button", name="Add the text").click()

    expect(page.locator(".pm-added")).to_contain_text("1 article added")
    expect(page.locator(".pm-article")).to_have_text("Storm sinks <b>12</b> boats")
    expect(page.locator(".pm-source-row .pm-foot")).to_contain_text(
        "The Tromsø Gazette · 3 March 2021"
    )


def test_only_files_that_were_sent_are_taken_in(empty: Served, tmp_path: Path) -> None:
    """A path of the caller's own choosing is none that was received here."""
    secret = tmp_path / "secret.txt"
    secret.write_text(STORM)
    adding = Adding(empty.pressmark, Indexing(), lambda: None)
    receive = next(f for f in adding.functions() if f.__name__ == "receive")
    incoming = empty.pressmark.settings.home / "incoming"

    for path in (secret, incoming / ".." / ".." / secret.name, "/etc/passwd"):
        assert "no files" in receive({"paths": [str(path)]})["problem"]
    assert secret.exists()
