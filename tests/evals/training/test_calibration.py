"""Fitting the confidence: small libraries cut from a suite, and the logistic model."""

from __future__ import annotations

import random

import numpy as np
import pytest

from evals.dataset.finding import SUITES
from evals.dataset.items import Query
from evals.dataset.suites import load_suite
from evals.training.calibration import _logistic, small_libraries, without_shortcuts


@pytest.mark.parametrize("articles", [12, 50, 1_000])
def test_small_libraries_hold_every_article_and_question_once(articles: int) -> None:
    suite = load_suite(SUITES / "newsroom")
    parts = list(small_libraries(suite, articles))
    assert [name for part in parts for name in part.documents] == list(suite.documents)
    assert all(0 < len(part.documents) <= articles for part in parts)
    assert sorted(q.id for part in parts for q in part.queries) == sorted(
        q.id for q in suite.queries
    )
    for part in parts:
        assert all(gold.doc_id in part.documents for q in part.queries for gold in q.gold)
    # Near misses go with the article that they are near.
    assert any(not query.gold for query in parts[0].queries)


def test_the_logistic_model_finds_what_made_the_labels() -> None:
    rng = np.random.default_rng(1)
    matrix = np.column_stack([rng.normal(size=4_000), np.ones(4_000)])
    chance = 1 / (1 + np.exp(-(matrix @ np.array([1.5, -0.5]))))
    labels = (rng.random(4_000) < chance).astype(np.float64)
    assert _logistic(matrix, labels) == pytest.approx([1.5, -0.5], abs=0.15)


def test_no_form_of_question_has_more_without_an_answer_than_all_have() -> None:
    amounts = [Query(f"a{n}", f"How much is {n}?", answerable=n < 5) for n in range(20)]
    people = [Query(f"p{n}", f"Who is {n}?", answerable=n < 18) for n in range(20)]
    kept = without_shortcuts([*amounts, *people], random.Random(1))
    assert [query for query in kept if query.id.startswith("p")] == people
    left = [query for query in kept if query.id.startswith("a")]
    assert [query for query in left if query.answerable] == amounts[:5]
    # 17 of the 40 have no answer, 23 have one.
    assert len(left) - 5 == round(5 * 17 / 23)
    assert without_shortcuts(amounts[5:], random.Random(1)) == ()
