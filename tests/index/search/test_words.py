"""What every index of words promises, whichever engine finds: Tantivy's copy or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import IndexStoreError, InputError
from index.ingest.run import index_roots
from index.library.library import Library
from index.library.tables import PassageRow
from index.search.places import Places
from index.search.postgres import PostgresWords
from index.search.store import WordStore
from index.search.stores import SearchIndex, open_stores
from index.search.tantivy import LexicalIndex
from tests.helpers.doubles import HashEmbedding, article_text
from tests.helpers.postgres import raw

pytest_plugins = ["tests.helpers.fixtures_postgres"]
NO_VECTOR = np.zeros(1, dtype=np.float32)


def row(name: str, text: str, title: str | None = None, article: str | None = None) -> PassageRow:
    return PassageRow(name, article or f"a-{name}", title, text, NO_VECTOR)


@pytest.fixture(params=["tantivy", "postgres"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WordStore]:
    if request.param == "tantivy":
        yield LexicalIndex(None)
        return
    with Library.open(tmp_path, request.getfixturevalue("postgres_url")) as library:
        yield PostgresWords(library.database)


def ids(
    index: WordStore, text: str, k: int = 10, allowed: frozenset[str] | None = None
) -> list[str]:
    hits = index.search(text, k, allowed)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(hit.score > 0 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    return [hit.passage_id for hit in hits]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Who was detained?", "Police were detaining protesters."),
        ("O'Brien", "A statement by O’Brien was read."),
        ("US sanctions", "U.S. sanction"),
        ("one million: 1,000,000", "1000000 people"),
        ("Erdogan", "Erdoğan spoke"),
        ("COVID-19", "covid-19 cases"),
        ("3.9 percent", "grew by 3.9%"),
        ("встреча президентов", "Президент на встречах"),
        ("ещё ёлка", "Елку поставили"),
        ("закриття електростанції", "Електростанцією більше не користуються"),
        ("Svetlana Tikhanovskaya", "Святлана Ціханоўская сказала"),
        ("kremlin.ru", "See https://kremlin.ru/news for more"),
    ],
)
def test_spellings_of_a_word_are_found(index: WordStore, question: str, text: str) -> None:
    index.rebuild([row("here", text), row("not", "Nothing of that kind; 3 mice, 9 men")], "1-x")
    assert ids(index, question)[0] == "here"


def test_what_says_nothing_or_is_not_there_finds_nothing(index: WordStore) -> None:
    index.rebuild([row("p", "The flood of the river")], "1-x")
    for text in ("", "the of and", "?!", "'", "giraffe", "\0", "\ud800"):
        assert ids(index, text) == []
    assert ids(index, "flood", 0) == []
    assert ids(index, "flood", 5, frozenset()) == []


def test_a_rare_word_counts_more_and_the_title_less(index: WordStore) -> None:
    common = [row(f"c{n}", "The minister spoke about the budget") for n in range(8)]
    index.rebuild([*common, row("rare", "The minister spoke about giraffes")], "1-x")
    assert ids(index, "budget giraffe minister")[0] == "rare"
    index.rebuild([row("in title", "Somebody spoke.", "Flood"), row("text", "Flood came.")], "2-x")
    assert ids(index, "flood") == ["text", "in title"]


def test_equal_scores_come_in_order_of_the_id(index: WordStore) -> None:
    index.rebuild([row(name, "The same words") for name in ("b", "C", "a", "d")], "1-x")
    assert ids(index, "words") == ["C", "a", "b", "d"]
    assert ids(index, "words", 2) == ["C", "a"]


def test_search_within_articles(index: WordStore) -> None:
    rows = [row(f"p{n:03}", "flood " * (n % 7 + 1), article=f"a{n % 40}") for n in range(200)]
    index.rebuild(rows, "1-x")
    for allowed in ({"a3"}, {f"a{n}" for n in range(0, 40, 2)}, {"a7", "x\0y", "unknown"}):
        here = frozenset(allowed)
        found = index.search("flood", 500, here)
        assert {hit.article_id for hit in found} == {name for name in here if name[1:].isdigit()}
        everything = [h for h in index.search("flood", 500, None) if h.article_id in here]
        assert [hit.passage_id for hit in found] == [hit.passage_id for hit in everything]


def test_update_replaces_and_removes(index: WordStore) -> None:
    index.rebuild([row("a", "flood"), row("b", "flood"), row("c", "flood")], "1-x")
    assert index.version == "1-x"
    index.update([row("b", "drought"), row("d", "drought")], ["a", "b", "nobody"], "2-x")
    assert index.version == "2-x"
    assert ids(index, "flood") == ["c"]
    assert ids(index, "drought") == ["b", "d"]
    assert index.ids() == {"b", "c", "d"}
    index.rebuild([], "3-x")
    assert ids(index, "drought") == []
    assert index.ids() == frozenset()


def test_find_wants_every_word_in_the_article(index: WordStore) -> None:
    index.rebuild(
        [
            row("a1", "The mayor opened it.", "A bridge", article="a"),
            row("a2", "Nothing here.", "A bridge", article="a"),
            row("b1", "The mayor spoke.", article="b"),
            row("c1", "The bridge", article="c"),
            row("c2", "its mayors", article="c"),
        ],
        "1-x",
    )
    found = {hit.article_id for hit in index.find("mayor bridges", None)}
    assert found == {"a", "c"}
    assert {hit.article_id for hit in index.find("mayor bridge", frozenset({"b", "c"}))} == {"c"}
    assert index.find("the", None) == index.find("", None) == []


def test_before_it_is_built_it_says_so(index: WordStore) -> None:
    assert index.version is None
    for use in (
        lambda: index.search("flood", 1, None),
        lambda: index.find("flood", None),
        index.ids,
        lambda: index.update([], [], "1-x"),
    ):
        with pytest.raises(IndexStoreError):
            use()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(text=st.text(st.characters(), max_size=60))
def test_any_text_is_a_question_and_a_passage(index: WordStore, text: str) -> None:
    index.rebuild([row("p", f"{text} giraffe", text)], "1-x")
    assert ids(index, "giraffe") == ["p"]
    ids(index, text)
    index.find(f"{text} giraffe", None)


# On PostgreSQL


def open_for(home: Path, url: str | None) -> SearchIndex:
    embedding = HashEmbedding()
    return open_stores(
        home,
        write=True,
        fingerprint="hash",
        dimension=embedding.dimension,
        places=Places(url=url, lexical="postgres"),
    )


def test_a_library_in_a_file_has_no_such_index(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="PRESSMARK_LIBRARY_URL"):
        open_for(tmp_path, None)


def test_all_processes_share_the_table(tmp_path: Path, postgres_url: str) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.txt").write_text(article_text("flood"))
    with open_for(tmp_path / "one", postgres_url) as one:
        index_roots(one, [news], HashEmbedding())
        with open_for(tmp_path / "two", postgres_url) as two:
            assert two.search_words("flood", 5) == one.search_words("flood", 5) != []
            (news / "b.txt").write_text(article_text("eclipse"))
            index_roots(one, [news], HashEmbedding())
            # What one has taken in, the others find at once.
            assert two.search_words("eclipse", 5) != []
            assert two.lags()["words"].changes == 0
            assert one.differences() == []
    assert not (tmp_path / "one" / "tantivy").exists()


def test_a_table_that_is_lost_is_built_again(tmp_path: Path, postgres_url: str) -> None:
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.txt").write_text(article_text("flood"))
    with open_for(tmp_path / "one", postgres_url) as one:
        index_roots(one, [news], HashEmbedding())
        with raw(postgres_url) as connection:
            connection.execute("DROP TABLE words, words_stamp")
        with pytest.raises(IndexStoreError):
            one.search_words("flood", 5)
        one.ensure()
        assert one.search_words("flood", 5) != []


def test_the_dictionaries_are_those_of_the_language(tmp_path: Path, postgres_url: str) -> None:
    news = tmp_path / "news"
    news.mkdir()
    german = "Die Regierungen der Länder haben über die Häuser in den Städten gesprochen. " * 3
    (news / "de.txt").write_text(f"Häuser und Städte\n\n{german}\n")
    (news / "en.txt").write_text(article_text("flood"))
    with open_for(tmp_path / "one", postgres_url) as one:
        index_roots(one, [news], HashEmbedding())
        with raw(postgres_url) as connection:
            configs = connection.execute("SELECT configs FROM words_stamp").fetchone()
        assert configs is not None
        assert "german" in configs[0]
        assert one.search_words("Haus Stadt", 5) != []
