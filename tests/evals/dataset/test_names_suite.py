"""The suite of names keeps its promises: articles that differ only in their facts, honest quotes,
and a gate that turns red without the search by words."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from evals.dataset.items import Query
from evals.dataset.suites import load_suite
from evals.gating.gate import Failure, check
from evals.gating.limits import baseline_path, read_baseline, read_limits
from evals.running.choice import Choice
from evals.running.run import run_suite
from index.search.stores import SearchIndex
from rag.settings import Settings
from tests.helpers.evals_doubles import silent_progress

SUITE = load_suite(Path(__file__).resolve().parents[3] / "evals" / "suites" / "names")
ANSWERABLE = [query for query in SUITE.queries if query.answerable]
TEXTS = {name: document.text for name, document in SUITE.documents.items()}
WORD = re.compile(r"\w+")


def test_the_suite_has_no_bad_line() -> None:
    assert SUITE.problems == ()
    assert (SUITE.name, len(TEXTS), len(SUITE.queries)) == ("names", 25, 45)
    assert Counter(query.type for query in SUITE.queries if not query.answerable) == {
        "near_miss": 9
    }
    assert {query.type for query in ANSWERABLE} == {
        "name",
        "number",
        "date",
        "spelling",
        "ru",
        "uk",
    }


def test_every_question_is_asked_on_one_day() -> None:
    # Articles near the day of asking rank higher: without a day the figures would drift.
    assert {str(query.date) for query in SUITE.queries} == {"2024-06-30"}


@pytest.mark.parametrize(("word", "count"), [("freighter", 17), ("court", 4)])
def test_articles_of_one_kind_differ_in_their_facts_only(word: str, count: int) -> None:
    first, *others = [WORD.findall(text) for text in TEXTS.values() if word in text]
    assert len(others) == count - 1
    for other in others:
        assert SequenceMatcher(None, first, other, autojunk=False).ratio() > 0.8


@pytest.mark.parametrize("query", ANSWERABLE, ids=lambda query: query.id)
def test_an_answer_stands_in_its_quote(query: Query) -> None:
    assert query.gold
    for gold in query.gold:
        assert gold.quote
        assert TEXTS[gold.doc_id].count(gold.quote) == 1
        quote = gold.quote.casefold()
        assert any(answer.casefold() in quote for answer in query.answers)


@pytest.mark.parametrize(
    "query", [q for q in ANSWERABLE if q.type == "number"], ids=lambda query: query.id
)
def test_one_article_alone_has_the_number_that_is_asked_about(query: Query) -> None:
    (number,) = re.findall(r"(?:V-)?\d[\d,-]+", query.question)
    holders = {name for name, text in TEXTS.items() if number in text}
    assert holders == {gold.doc_id for gold in query.gold}


def test_near_misses_name_only_what_the_articles_name() -> None:
    known = {word for text in TEXTS.values() for word in WORD.findall(text)}
    for query in SUITE.queries:
        if query.question.isascii() and not query.answerable:
            names = [word for word in WORD.findall(query.question)[1:] if word[0].isupper()]
            assert names, query.id
            assert set(names) <= known, query.id


def test_the_gate_notices_that_the_search_by_words_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits, baseline = read_limits()["names"], read_baseline(baseline_path("names"))

    def failures() -> list[Failure]:
        settings = Settings(home=tmp_path)
        record = run_suite(SUITE, settings, Choice(), silent_progress())
        return check(record, limits, baseline)

    assert failures() == []
    monkeypatch.setattr(SearchIndex, "search_words", lambda *_: [])
    found = failures()
    floors = {failure.figure for failure in found if "under its floor" in failure.message}
    assert {"hit_at_1", "mrr_at_10", "evidence_recall"} <= floors
    assert {"citation_hit_any", "citation_hit_first"} <= {failure.figure for failure in found}
