"""A large library and a long file: the page holds a part of them, and is never in the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from evals.benchmarks.made_up import SHORT, sentences_of, write_articles
from evals.benchmarks.printed import pdf, report_pages
from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers.browsing import OpenPage, Served, open_citation, serving

pytestmark = pytest.mark.browser
pytest_plugins = ["tests.helpers.fixtures_page"]

ARTICLES = 230
PAGES = 60


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Many short articles, and a report of many pages."""
    folder = tmp_path_factory.mktemp("articles")
    known = sentences_of()
    write_articles(folder, ARTICLES, known, length=SHORT)
    (folder / "report.pdf").write_bytes(pdf(list(report_pages(PAGES, known))))
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), embedding="tests.helpers.doubles:HashEmbedding"
    )
    with Pressmark.open(settings, write=True) as pressmark:
        pressmark.index([folder])
        with serving(pressmark) as running:
            yield running


def test_the_list_comes_in_parts_and_the_page_stays_small(
    large: Served, open_page: OpenPage
) -> None:
    page = open_page(to=large)
    rows = page.locator("#pm-library .pm-article")
    expect(rows).to_have_count(50)
    expect(page.locator(".pm-count")).to_have_text(f"{ARTICLES + 1} articles")

    page.locator('[data-act="more"]').click()
    expect(rows).to_have_count(100)
    assert page.evaluate("document.querySelectorAll('#pm-library *').length") < 2_500


def test_what_is_typed_does_not_wait_for_the_list(large: Served, open_page: OpenPage) -> None:
    page = open_page(to=large)
    expect(page.locator("#pm-library .pm-article")).to_have_count(50)
    held = []
    page.route("**/component_server", lambda route: held.append(route))
    page.locator(".pm-words").press_sequentially("harbour fire")
    page.locator("#pm-question textarea").press_sequentially("When was it?")

    expect(page.locator(".pm-words")).to_have_value("harbour fire")
    expect(page.locator("#pm-question textarea")).to_have_value("When was it?")
    page.unroute("**/component_server")
    for route in held:
        route.continue_()
    expect(page.locator("#pm-library .pm-found[aria-busy=false] mark").first).to_be_visible()


def test_a_citation_deep_in_a_long_file_opens_without_laying_out_all_of_it(
    large: Served, open_page: OpenPage
) -> None:
    page = open_page(to=large)
    library = large.pressmark.library
    (report,) = (a for a in library.articles().values() if a.pages)
    source = library.sources([report.source_id])[report.source_id]
    deep = report.pages[PAGES - 5]
    start = source.text.index(". ", deep.start) + 2
    end = source.text.index(".", start) + 1
    html = (
        '<div class="pm-turn"><div class="pm-answer"><button class="pm-chip" data-marker="1" '
        f'data-article="{report.article_id}" data-source="{source.source_id}" '
        f'data-start="{start}" data-end="{end}">1</button></div></div>'
    )
    page.evaluate(
        "(html) => document.querySelector('.pm-kept').insertAdjacentHTML('beforeend', html)", html
    )

    assert open_citation(page) == source.text[start:end]
    expect(page.locator("#pm-source .pm-file")).to_contain_text(f"p. {deep.number}")
    assert page.text_content(".pm-text") == source.text
    leaves = page.locator(".pm-leaf")
    assert leaves.count() > 5
    rendered = "(leaf) => leaf.checkVisibility({ contentVisibilityAuto: true })"
    assert not leaves.first.locator("span").first.evaluate(rendered)
    page.get_by_label("Find in the article").fill(source.text[50:80])
    expect(page.locator(".pm-find output")).to_have_text("1 of 1")
    expect(leaves.first).to_be_in_viewport()
