"""Looking for words: every article that has them, counted, with each word at its place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import SearchFilters
from index.ingest.run import index_roots
from index.search.finding import Wanted, find_articles
from index.search.stores import SearchIndex, open_stores
from tests.helpers.doubles import HashEmbedding

SIDECAR = """
["bridge.txt"]
title = { value = "Mayors open a bridge", basis = "test" }
publisher = { value = "The Daily", basis = "test" }
published_at = { value = "2020-08-06", basis = "test" }

["storm.txt"]
title = { value = "Storm over the harbour", basis = "test" }
publisher = { value = "The Daily", basis = "test" }
published_at = { value = "2021-02-01", basis = "test" }

["russian.txt"]
title = { value = "Лукашенко открыл мост", basis = "test" }
publisher = { value = "Газета", basis = "test" }
"""
ARTICLES = {
    "bridge.txt": "The mayor opened the old bridge on Monday. Hundreds came.\n\n"
    "A storm was forecast for the evening, said the harbour master.",
    "storm.txt": "The storm took the bridge's lamps away. Nobody was hurt in the har\u00adbour.\n\n"
    "President Lukashenko was told of it at once.",
    "russian.txt": "Президент Александр Лукашенко открыл новый мост через реку в понедельник. "
    "На открытие пришли сотни человек, сообщает пресс-служба.",
    "<b>odd</b>.txt": "Nothing of the kind happened here, wrote the editor, on any day at all.",
}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchIndex]:
    folder = tmp_path_factory.mktemp("articles")
    for name, text in ARTICLES.items():
        (folder / name.replace("/", "-")).write_text(text, "utf-8")
    (folder / "articles.toml").write_text(SIDECAR, "utf-8")
    home = tmp_path_factory.mktemp("home")
    embedding = HashEmbedding()
    with open_stores(home, write=True, fingerprint="hash", dimension=32) as found:
        index_roots(found, [folder], embedding)
        yield found


def names(stores: SearchIndex, text: str, **wanted: object) -> list[str]:
    found = find_articles(stores, Wanted(text, **wanted))  # type: ignore[arg-type]
    assert found.total >= len(found.articles)
    return [Path(article.source.name).stem for article in found.articles]


def test_an_article_has_all_the_words_wherever_they_stand(stores: SearchIndex) -> None:
    assert set(names(stores, "storm bridge")) == {"bridge", "storm"}
    assert names(stores, "mayor storm") == ["bridge"]
    assert names(stores, "storm the of lamp") == ["storm"]
    assert names(stores, "storm volcano") == []
    assert names(stores, "the of") == []
    assert names(stores, "AND ( \"it's") == []


def test_words_are_found_in_any_form_and_names_in_any_script(stores: SearchIndex) -> None:
    assert names(stores, "BRIDGES opening") == ["bridge"]
    assert set(names(stores, "Lukashenko")) == {"storm", "russian"}
    assert set(names(stores, "Лукашенко")) == {"storm", "russian"}
    assert set(names(stores, "harbour")) == {"bridge", "storm"}


def test_words_in_quotation_marks_stand_side_by_side(stores: SearchIndex) -> None:
    assert names(stores, '"old bridge"') == ["bridge"]
    assert names(stores, '"bridge old"') == []
    assert names(stores, "«storm over the harbour»") == ["storm"]
    assert names(stores, '"storm" "bridge') != []


def test_what_is_found_is_counted_and_filtered(stores: SearchIndex) -> None:
    found = find_articles(stores, Wanted("bridge", limit=1))
    assert found.total == 2
    assert len(found.articles) == 1
    assert found.publishers == {"The Daily": 2}
    assert list(found.years) == ["2021", "2020"]
    assert sum(found.languages.values()) == 2
    early = SearchFilters(published_to=date(2020, 12, 31))
    assert names(stores, "bridge", filters=early) == ["bridge"]
    assert names(stores, "bridge", filters=SearchFilters(publishers=("газета",))) == []
    assert names(stores, "мост", filters=SearchFilters(languages=("ru",))) == ["russian"]
    assert names(stores, "мост", filters=SearchFilters(languages=("en",))) == []


def test_pages_fit_together_in_every_order(stores: SearchIndex) -> None:
    assert names(stores, "bridge", order="newest") == ["storm", "bridge"]
    assert names(stores, "bridge", order="oldest") == ["bridge", "storm"]
    every = names(stores, "Lukashenko", order="newest")
    assert every == ["storm", "russian"]
    for order in ("relevance", "newest", "oldest"):
        pages = [names(stores, "storm", order=order, offset=n, limit=1) for n in range(3)]
        assert [name for page in pages for name in page] == names(stores, "storm", order=order)
        assert pages[-1] == []


def test_each_word_is_shown_at_its_place(stores: SearchIndex) -> None:
    found = find_articles(stores, Wanted("storm harbour"))
    by_name = {Path(one.source.name).stem: one for one in found.articles}
    storm = by_name["storm"]
    title = storm.article.title or ""
    assert [title[s.start : s.end] for s in storm.title_highlights] == ["Storm", "harbour"]
    words = [storm.source.text[s.start : s.end] for e in storm.excerpts for s in e.highlights]
    assert words
    assert set(words) <= {"storm", "har\u00adbour"}
    for one in found.articles:
        for excerpt in one.excerpts:
            assert all(excerpt.span.contains(place) for place in excerpt.highlights)
            assert one.source.text[excerpt.span.start : excerpt.span.end].strip()


def test_a_headline_alone_is_shown_with_the_opening(stores: SearchIndex) -> None:
    (found,) = find_articles(stores, Wanted("Mayors")).articles
    assert found.excerpts
    in_body = [s for excerpt in found.excerpts for s in excerpt.highlights]
    assert found.title_highlights or in_body


@given(st.text(max_size=60))
def test_any_text_is_looked_for_and_every_place_holds(stores: SearchIndex, text: str) -> None:
    for one in find_articles(stores, Wanted(text)).articles:
        for excerpt in one.excerpts:
            assert 0 <= excerpt.span.start < excerpt.span.end <= len(one.source.text)
            assert all(excerpt.span.contains(place) for place in excerpt.highlights)
