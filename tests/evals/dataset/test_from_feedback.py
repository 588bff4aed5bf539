"""A suite made of what people said of answers: what a verdict says, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evals.dataset.from_feedback import suite_from_feedback
from evals.dataset.items import Gold, Query
from evals.dataset.suites import load_suite
from index.errors import SuiteError
from index.library.library import Library
from index.library.notes import Feedback, Verdict
from tests.helpers.answers import citation, response
from tests.index.library.test_library import DIMENSION, shelve

TEXT = "It was August. Then 33 men were held. They went home."
QUOTE = "Then 33 men were held."
START = TEXT.index(QUOTE)
CITED = citation(
    source={"id": "src_a.txt", "name": "a.txt", "sha256": "0"},
    quote=QUOTE,
    start=START,
    end=START + len(QUOTE),
    answer_span=(START + 5, START + 7),
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "home") as opened:
        opened.bind_model("model/1", DIMENSION)
        shelve(opened, "a.txt", TEXT, publisher="TASS", published=date(2020, 8, 6))
        shelve(opened, "b.txt", "Another story. It is dull.")
        yield opened


def said(library: Library, verdict: Verdict, **changes: Any) -> None:
    refused = changes.pop("refused", False)
    answer = response(citations=[] if refused else [CITED])
    if refused:
        answer = answer.model_copy(update={"status": "abstained", "claims": []})
    note: dict[str, Any] = {"question": "How many?", "response": answer.model_dump_json()}
    library.notes.add_feedback(Feedback(verdict, **note | changes))


def made(library: Library, folder: Path) -> list[Query]:
    suite_from_feedback(library, folder)
    suite = load_suite(folder)
    assert not suite.problems
    assert set(suite.documents) == {"src_a.txt", "src_b.txt"}
    return list(suite.queries)


@pytest.mark.parametrize(
    ("verdict", "changes", "answerable", "gold", "forbid"),
    [
        ("right", {}, True, (Gold("src_a.txt", QUOTE),), None),
        ("right", {"refused": True}, False, (), None),
        ("wrong_words", {}, True, (Gold("src_a.txt", None),), ("33",)),
        ("wrong_source", {}, None, (), ("33",)),
        ("should_have_refused", {}, False, (), None),
        ("should_have_answered", {"refused": True}, None, (), None),
    ],
)
def test_a_verdict_says_what_is_right(
    library: Library,
    tmp_path: Path,
    verdict: Verdict,
    changes: dict[str, Any],
    answerable: bool | None,
    gold: tuple[Gold, ...],
    forbid: tuple[str, ...] | None,
) -> None:
    said(library, verdict, **changes)
    (query,) = made(library, tmp_path / "suite")

    assert (query.answerable, query.gold, query.forbid) == (answerable, gold, forbid)


@pytest.mark.parametrize("verdict", ["wrong_source", "should_have_answered"])
def test_the_right_words_make_a_question_answerable(
    library: Library, tmp_path: Path, verdict: Verdict
) -> None:
    said(library, verdict, expected="34", as_of="2020-08-10")
    (query,) = made(library, tmp_path / "suite")

    assert query.answerable
    assert query.answers == ("34",)
    assert str(query.date) == "2020-08-10"


def test_the_last_verdict_counts_and_history_makes_another_question(
    library: Library, tmp_path: Path
) -> None:
    said(library, "right")
    said(library, "should_have_refused")
    said(library, "right", history='[{"question": "Who?", "answer": "Men."}]')
    first, second = made(library, tmp_path / "suite")

    assert first.answerable is False
    assert second.history == (("Who?", "Men."),)


def test_words_that_are_gone_leave_a_question_unscored(library: Library, tmp_path: Path) -> None:
    gone = response(citations=[CITED.model_copy(update={"quote": "99 men were held."})])
    said(library, "right", response=gone.model_dump_json())
    (query,) = made(library, tmp_path / "suite")

    assert query.answerable is None


def test_without_feedback_there_is_no_suite(library: Library, tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="Nobody has said"):
        suite_from_feedback(library, tmp_path / "suite")
