from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import IndexStoreError
from index.language.folding import STOP_WORDS, fold
from index.library.tables import PassageRow
from index.search import tantivy as lexical
from index.search.tantivy import LexicalIndex

NO_VECTOR = np.zeros(1, dtype=np.float32)


def row(name: str, text: str, title: str | None = None, article: str | None = None) -> PassageRow:
    return PassageRow(name, article or f"a-{name}", title, text, NO_VECTOR)


@pytest.fixture(params=["folder", "memory"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LexicalIndex]:
    opened = LexicalIndex(tmp_path / "tantivy" if request.param == "folder" else None)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def memory() -> LexicalIndex:
    made = LexicalIndex(None)
    made.rebuild([row(f"p{n}", f"alpha beta word{n}", "Some title") for n in range(5)], "1-x")
    return made


def ids(
    index: LexicalIndex, text: str, k: int = 10, allowed: frozenset[str] | None = None
) -> list[str]:
    hits = index.search(text, k, allowed)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    return [hit.passage_id for hit in hits]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Who was detained?", "Police were detaining protesters."),
        ("O'Brien", "A statement by O’Brien was read."),
        ("president's plans", "The President’s plan"),
        ("US sanctions", "U.S. sanction"),
        ("one million: 1,000,000", "1000000 people"),
        ("Erdogan", "Erdoğan spoke"),
        ("COVID-19", "covid-19 cases"),
        ("3.9 percent", "grew by 3.9%"),
        ("встреча президентов", "Президент на встречах"),
        ("ещё ёлка", "Елку поставили"),
        ("п'ять депутатів", "П’ять депутат"),
        # The stemmer knows no Ukrainian endings.
        ("закриття електростанції", "Електростанцією більше не користуються"),
        ("про домовленість", "Домовленостей немає"),
        ("ﬁnance", "finance ministry"),
        ("го́род", "Город"),
    ],
)
def test_spellings_of_a_word_are_found(question: str, text: str) -> None:
    index = LexicalIndex(None)
    index.rebuild([row("other", "Nothing of the kind / Ничего такого"), row("this", text)], "1-x")
    assert ids(index, question) == ["this"]


@pytest.mark.parametrize(
    "question",
    [
        "What is it and who are they? Why, how, when and where?",
        "Что это и кто они? Почему, как, когда и где? Сколько?",
        "Що це і хто вони? Чому, як, коли та де? Скільки?",
        "It's, don't, he'll, THE",
    ],
)
def test_words_that_say_nothing_find_nothing(question: str) -> None:
    index = LexicalIndex(None)
    index.rebuild([row("p", question)], "1-x")
    assert ids(index, question) == []


def test_three_point_nine_is_not_three(memory: LexicalIndex) -> None:
    memory = LexicalIndex(None)
    memory.rebuild([row("a", "grew by 3.9 percent"), row("b", "grew by 3.2 percent")], "1-x")
    hits = memory.search("3.9", 5, None)
    assert [hit.passage_id for hit in hits] == ["a"]


ODD_TEXTS = [
    "",
    " \n",
    "\ud800",
    "alpha \udfff",
    '"unclosed AND (',
    "it's +x -y field:z ^2 ~ \\ * ?",
    "body:alpha",
    "\x00alpha",
    "x" * 100_000,
    "?" * 100_000,
    "ﷺ" * 50_000,
    " ".join(f"alpha{n}" for n in range(20_000)),
    "alpha " * 20_000,
]


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_no_question_breaks_it(memory: LexicalIndex, text: str) -> None:
    memory.search(text, 10, None)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_no_question_is_much_work(
    memory: LexicalIndex, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search reads a limited number of characters and terms of a question of any length."""
    read: list[int] = []

    def counted(given: str) -> str:
        read.append(len(given))
        return fold(given)

    monkeypatch.setattr(lexical, "fold", counted)
    terms = memory._terms(text)
    assert max(read) <= 20_000
    assert len(terms) <= 512
    # As if the index held them all.
    assert len(memory._rarest(Everywhere(), terms)) <= 64
    assert len(memory._known_keys(Everywhere(), text)) <= 64


class Everywhere:
    """A searcher of an index in which every term occurs."""

    def doc_freq(self, field: str, term: str) -> int:
        return 1


@given(st.text())
def test_any_text_is_a_question(memory: LexicalIndex, text: str) -> None:
    memory.search(text, 3, None)


@given(st.text())
def test_folding_twice_changes_no_word(text: str) -> None:
    once = fold(text)
    once.encode("utf-8")
    assert isinstance(fold(once), str)


def test_what_looks_like_an_operator_is_a_word(memory: LexicalIndex) -> None:
    assert ids(memory, "word3 -alpha") == ["p3", "p0", "p1", "p2", "p4"]


def test_the_title_counts_less_than_the_text(index: LexicalIndex) -> None:
    rows = [row("a", "of other things", "flood"), row("b", "a flood came", "things")]
    index.rebuild(rows, "1-x")
    assert ids(index, "flood") == ["b", "a"]


def test_scores_are_bm25(index: LexicalIndex) -> None:
    """Robertson and Zaragoza 2009, formula 3.15, with k1 = 1.2 and b = 0.75."""
    texts = ["flood flood river", "flood city mayor bridge", "strike", "river bridge"]
    index.rebuild([row(f"p{n}", text) for n, text in enumerate(texts)], "1-x")
    documents = [text.split() for text in texts]
    mean = sum(map(len, documents)) / len(documents)

    def score(terms: list[str], document: list[str]) -> float:
        total, counts = 0.0, Counter(document)
        for term in terms:
            n = sum(term in other for other in documents)
            idf = math.log(1 + (len(documents) - n + 0.5) / (n + 0.5))
            tf = counts[term]
            total += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * len(document) / mean))
        return total

    hits = {hit.passage_id: hit.score for hit in index.search("flood river", 10, None)}
    expected = {f"p{n}": score(["flood", "river"], d) for n, d in enumerate(documents)}
    assert hits == pytest.approx({k: v for k, v in expected.items() if v}, rel=1e-5)


def test_search_within_articles(index: LexicalIndex) -> None:
    index.rebuild([row(f"p{n}", "flood", article=f"a{n % 3}") for n in range(9)], "1-x")
    assert ids(index, "flood", 10, frozenset({"a1", "\ud800"})) == ["p1", "p4", "p7"]
    assert ids(index, "flood", 10, frozenset()) == []
    everything = index.search("flood", 10, None)
    within = index.search("flood", 10, frozenset({"a0", "a1", "a2"}))
    assert [hit.score for hit in within] == pytest.approx([hit.score for hit in everything])


@pytest.fixture(scope="module")
def many() -> LexicalIndex:
    """Two passages of each of 300 articles; words of all degrees of rarity, many equal scores."""
    made = LexicalIndex(None)
    rows = [
        row(
            f"p{n:03}",
            f"{'flood ' * (n % 4)}{'river ' * (n % 7 == 0)}{'strike' * (n < 30)} news",
            article=f"a{n % 300}",
        )
        for n in range(600)
    ]
    made.rebuild(rows, "1-x")
    return made


@given(
    st.sets(st.integers(0, 299)) | st.integers(0, 299).map(lambda first: set(range(first, 300))),
    st.sampled_from(["flood", "river flood", "river", "strike flood", "news"]),
)
def test_few_and_many_articles_are_searched_alike(
    many: LexicalIndex, articles: set[int], text: str
) -> None:
    """Many articles are picked out of the best of all; Tantivy filters few."""
    everything = ids(many, text, 600)
    expected = [name for name in everything if int(name[1:]) % 300 in articles]
    assert ids(many, text, 20, frozenset(f"a{n}" for n in articles)) == expected[:20]


def test_equal_scores_come_in_order_of_the_id(index: LexicalIndex) -> None:
    index.rebuild([row(f"p{n:03}", "flood words") for n in reversed(range(200))], "1-x")
    assert ids(index, "flood", 3) == ["p000", "p001", "p002"]


def test_update_replaces_and_removes(index: LexicalIndex) -> None:
    index.rebuild([row("a", "flood"), row("b", "flood"), row("c", "flood")], "1-x")
    index.update([row("b", "strike")], ["a", "unknown"], "2-x")
    assert index.version == "2-x"
    assert ids(index, "flood") == ["c"]
    assert ids(index, "strike") == ["b"]
    index.update([], [], "3-x")
    assert index.version == "3-x"


def test_an_empty_library(index: LexicalIndex) -> None:
    index.rebuild([], "0-x")
    assert ids(index, "flood") == []
    assert index.search("flood", 0, None) == []


def test_it_is_opened_again(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path / "tantivy")
    assert index.version is None
    index.rebuild([row("a", "flood")], "1-x")
    index.close()
    again = LexicalIndex(tmp_path / "tantivy")
    assert again.version == "1-x"
    again.open()
    assert ids(again, "floods") == ["a"]


def test_a_changed_file_is_not_relied_on(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    index.rebuild([row("a", "flood")], "1-x")
    index.close()
    (damaged,) = tmp_path.glob("*.term")
    damaged.write_bytes(b"damaged")
    assert LexicalIndex(tmp_path).version is None
    with pytest.raises(IndexStoreError):
        LexicalIndex(tmp_path).open()


def test_a_panic_is_our_error(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path)
    index.rebuild([row("a", "flood")], "1-x")
    index.close()
    (damaged,) = tmp_path.glob("*.term")
    damaged.write_bytes(b"damaged")
    index = LexicalIndex(tmp_path)
    # As if somebody had damaged it after the check.
    with pytest.raises(IndexStoreError, match="Tantivy failed while opening"):
        index._connect()


def test_a_killed_writer_does_not_block_the_next(tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib\n"
        "from index.search.tantivy import LexicalIndex\n"
        "index = LexicalIndex(pathlib.Path(sys.argv[1]))\n"
        "index.rebuild([], '1-x')\n"
        "writer = index._opened.writer(15_000_000, 1)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    index = LexicalIndex(tmp_path)
    index.open()
    index.update([row("a", "flood")], [], "2-x")
    assert ids(index, "flood") == ["a"]


def test_errors_are_ours(index: LexicalIndex) -> None:
    with pytest.raises(IndexStoreError, match="not open"):
        index.search("flood", 5, None)
    with pytest.raises(IndexStoreError, match="not open"):
        index.update([], [], "1-x")
    with pytest.raises(IndexStoreError, match="no word index"):
        index.open()


def test_stop_words_are_of_three_languages() -> None:
    assert {"the", "who", "why", "dont", "что", "почему", "еще", "що", "чому"} <= set(STOP_WORDS)
    assert "минск" not in STOP_WORDS
