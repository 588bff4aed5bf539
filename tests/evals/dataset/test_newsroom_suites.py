"""The suites about invented news, how to make them and others, and answers judged by words."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from evals.command import app
from evals.dataset.converting import convert
from evals.dataset.items import Suite
from evals.dataset.suites import load_suite
from evals.metrics.words import Quoted, Wanted, is_quoted, right_by_words
from index.errors import SuiteError

SUITES = Path(__file__).resolve().parents[3] / "evals" / "suites"
TEXT = "Anna Berg leads the port. It has 40 cranes."
ARTICLE: dict[str, Any] = {
    "id": "a1",
    "lang": "en",
    "publisher": "Kalm Post",
    "date": "2024-05-04",
    "title": "Cranes",
    "text": TEXT,
    "sentences": [[0, 25], [26, 43]],
    "questions": [
        {"kind": "how many", "lang": "en", "q": "How many cranes?", "s": [2], "a": "40"},
        {"kind": "none", "lang": "en", "q": "What do they cost?", "s": [], "a": None},
    ],
    "claims": [
        {"label": "supported", "kind": "", "claim": "The port has 40 cranes.", "s": [2]},
        {"label": "neutral", "kind": "", "claim": "The port is old.", "s": [1]},
        {"label": "refuted", "kind": "wrong-value", "claim": "It has 30.", "s": [2, 1]},
    ],
}


def written(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "items", "articles"),
    [
        ("newsroom", 938, 96),
        ("newsroom_claims", 1288, 0),
        ("newsroom_library", 150, 40),
        ("valley_desk", 88, 15),
    ],
)
def test_the_committed_suites_are_whole(name: str, items: int, articles: int) -> None:
    suite = load_suite(SUITES / name)
    assert suite.problems == ()
    assert len(suite.queries or suite.claims) == items
    assert len(suite.documents) == articles


def test_every_accepted_answer_stands_in_a_gold_sentence() -> None:
    suite = load_suite(SUITES / "newsroom")
    for query in suite.queries:
        quotes = [gold.quote or "" for gold in query.gold]
        assert bool(query.answers) == bool(query.answerable) == bool(quotes), query.id
        assert all(any(answer in quote for quote in quotes) for answer in query.answers), query.id


def test_claims_know_their_article() -> None:
    suite = load_suite(SUITES / "newsroom_claims")
    assert all(claim.origin and claim.origin.title for claim in suite.claims)
    assert {claim.type for claim in suite.claims if claim.supported} == {"true"}


def test_the_library_is_judged_by_words() -> None:
    suite = load_suite(SUITES / "newsroom_library")
    assert all(query.forbid is not None for query in suite.queries)
    assert sum(query.answerable is False for query in suite.queries) == 45
    assert any(query.history for query in suite.queries)
    assert {query.type for query in suite.queries if query.gold_rule == "all"} == {
        "conflict",
        "list",
    }


def test_the_second_library_asks_in_the_same_kinds() -> None:
    first, second = (load_suite(SUITES / name) for name in ("newsroom_library", "valley_desk"))
    assert {query.type for query in second.queries} <= {query.type for query in first.queries}
    for query in second.queries:
        assert query.forbid is not None
        assert bool(query.gold) == bool(query.answers) == bool(query.answerable), query.id


def converted(kind: str, tmp_path: Path, *rows: dict[str, Any]) -> Suite:
    assert convert(kind, written(tmp_path, *rows), tmp_path / kind)
    return load_suite(tmp_path / kind)


def test_news_becomes_a_suite_of_questions(tmp_path: Path) -> None:
    suite = converted("newsroom", tmp_path, ARTICLE)
    asked, near_miss = suite.queries
    assert (asked.type, asked.answers, near_miss.type) == ("how-many", ("40",), "none")
    assert [gold.quote for gold in asked.gold] == ["It has 40 cranes."]
    assert suite.documents["a1"].published is not None


def test_news_becomes_a_suite_of_claims(tmp_path: Path) -> None:
    true, open_, false = converted("newsroom-claims", tmp_path, ARTICLE).claims
    assert (true.type, open_.type, false.type) == ("true", "not-said", "wrong-value")
    assert true.origin is not None
    assert true.origin.before == "Anna Berg leads the port."
    assert false.references == ("Anna Berg leads the port.", "It has 40 cranes.")
    assert false.origin is not None
    assert false.origin.before is None


def test_a_reading_set_becomes_a_suite(tmp_path: Path) -> None:
    rows = [
        {"id": f"{n}-{lang}", "lang": lang, "question": "?", "context": text,
         "answers": [{"text": answer, "start": text.index(answer)}]}
        for n, (lang, text, answer) in enumerate(
            [("de", "Eins. Er hat 3 Kräne. Ende.", "3"), ("zh", "他有三台。结束。", "三台"),
             ("de", "Eins. Er hat 3 Kräne. Ende.", "Ende")]
        )
    ]  # fmt: skip
    path = tmp_path / "sets.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    shown = CliRunner().invoke(
        app, ["convert", "reading", str(path), str(tmp_path / "de"), "--lang", "de"]
    )
    assert shown.exit_code == 0, shown.output
    assert "2 items" in shown.output
    suite = load_suite(tmp_path / "de")
    assert [query.gold[0].quote for query in suite.queries] == ["Er hat 3 Kräne.", "Ende."]
    assert len(suite.documents) == 1
    assert convert("reading", path, tmp_path / "all") == 3
    chinese = load_suite(tmp_path / "all").queries[1]
    assert chinese.gold[0].quote == "他有三台。"


def test_what_cannot_be_converted_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, ARTICLE)
    for kind, source, language, message in (
        ("poems", path, None, "cannot be converted"),
        ("newsroom", tmp_path / "nowhere", None, "cannot be read"),
        ("newsroom-library", path, None, "does not have the fields"),
        ("newsroom", path, "fi", "no line in the language"),
    ):
        with pytest.raises(SuiteError, match=message):
            convert(kind, source, tmp_path / "new", language)


def quotes(*texts: str) -> list[Quoted]:
    return [Quoted("a", text) for text in texts]


def test_answers_by_words() -> None:
    gold = quotes("It has 40 cranes")
    any_ = Wanted(("40 cranes",), gold, "any", ("30 cranes",))
    assert right_by_words(quotes("It has 40 cranes."), any_) == (1.0, 1.0)
    assert right_by_words(quotes("Nobody came.", "It has 40 cranes."), any_) == (1.0, 0.0)
    assert right_by_words(quotes("It had 30 cranes.", "It has 40 cranes."), any_) == (0.0, 0.0)
    assert right_by_words(quotes("It has 40 cranes.", "It had 30 cranes."), any_) == (1.0, 1.0)
    assert right_by_words([], any_) == (0.0, 0.0)
    both = Wanted(("40", "two"), [*gold, Quoted("b", "It has two")], "all", ())
    assert right_by_words(quotes("It has 40 cranes."), both) == (0.0, 1.0)
    assert right_by_words([*gold, Quoted("b", "it has “two”.")], both) == (1.0, 1.0)
    assert not is_quoted(gold[0], [Quoted("b", "It has 40 cranes")])
    assert is_quoted(gold[0], quotes("has 40 cranes"))
    assert not is_quoted(gold[0], quotes("cranes"))


WORDS = st.lists(st.sampled_from("a b, c. A".split()), min_size=1, max_size=5).map(" ".join)


@given(st.lists(WORDS, max_size=3), st.lists(WORDS, min_size=1, max_size=2), WORDS, st.booleans())
def test_answers_by_words_as_the_libraries_own_script_judges(
    shown: list[str], answers: list[str], forbidden: str, all_: bool
) -> None:
    def norm(text: str) -> str:
        return " ".join(re.sub(r"[^\w\s]", " ", text.casefold()).split())

    def hit(gold: str) -> bool:
        return any(
            norm(gold) in norm(x) or (norm(x) in norm(gold) and len(norm(x)) >= len(norm(gold)) / 2)
            for x in shown
        )

    text, first = norm(" ".join(shown)), norm(shown[0]) if shown else ""
    good = bool(shown) and norm(forbidden) not in first
    right = good and any(norm(a) in text for a in answers) and (not all_ or all(map(hit, answers)))
    wanted = Wanted(answers, quotes(*answers), "all" if all_ else "any", [forbidden])
    first_right = good and any(norm(a) in first for a in answers)
    assert right_by_words(quotes(*shown), wanted) == (float(right), float(first_right))
