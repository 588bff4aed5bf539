"""What kind of answer a question wants, and what it is about."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.embedding.local import E5Embedding, embed_question, model_fingerprint, open_encoder
from rag.question.kinds import KINDS, Kind, KindTeller, load_kinds
from rag.question.periods import named_period
from rag.question.topic import Topic, known_words, topic_of

ASKED = json.loads(Path(__file__).with_name("asked_kinds.json").read_text(encoding="utf-8"))
DAY = date(2024, 6, 1)
PLAIN = ("answer", "yes_no")


def about(text: str, kind: Kind) -> Topic:
    return topic_of(text, load_kinds().framing(kind), DAY)


@pytest.fixture(scope="module")
def told() -> list[tuple[str, str, str]]:
    """Questions that nothing was fitted on: as asked, the kind they are, the kind they are told."""
    rows = [(text, kind) for language in ASKED.values() for text, kind in language]
    vectors = open_encoder().encode(["query: " + text for text, _ in rows])
    kinds = load_kinds()
    return [
        (text, kind, kinds.kind_of(text, vector, named_period(text, DAY) is not None))
        for (text, kind), vector in zip(rows, vectors, strict=True)
    ]


def test_it_was_fitted_on_the_encoder_in_use() -> None:
    assert load_kinds().encoder == model_fingerprint(E5Embedding())


def test_hardly_a_plain_question_is_taken_for_something_else(
    told: list[tuple[str, str, str]],
) -> None:
    plain = [found for _, kind, found in told if kind in PLAIN]
    assert sum(found in PLAIN for found in plain) >= 0.9 * len(plain)


def test_what_is_told_is_mostly_right(told: list[tuple[str, str, str]]) -> None:
    special = [(kind, found) for _, kind, found in told if found not in PLAIN]
    # A timeline of a month is an overview in another order.
    alike = {"overview": "articles", "timeline": "articles"}
    right = sum(alike.get(kind, kind) == alike.get(found, found) for kind, found in special)
    assert right >= 0.85 * len(special)
    assert len(special) >= 0.5 * sum(kind not in PLAIN for _, kind, _ in told)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("How many articles mention Brandt?", "count"),
        ("Timeline of the bridge", "timeline"),
        ("What is the latest on the strike?", "overview"),
        ("Что известно о пароме?", "overview"),
        ("hello", "about"),
        ("Дякую!", "about"),
        ("How many people died in the fire?", "answer"),
        ("Кто такой Брандт?", "answer"),
    ],
)
def test_kinds_of_plain_cases(text: str, kind: str) -> None:
    vector = embed_question(E5Embedding(), text)
    assert KindTeller(load_kinds()).kind_of(text, vector) == kind


@given(st.integers(0, 2**32 - 1))
def test_probabilities_are_probabilities(seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(3, 384)).astype(np.float32)
    shares = load_kinds().probabilities(vectors)
    assert shares.shape == (3, len(KINDS))
    assert (shares >= 0).all()
    assert np.allclose(shares.sum(axis=1), 1.0, atol=1e-4)


def test_a_topic_is_what_is_left_of_a_question() -> None:
    topic = about("What happened in Oslo in March 2023?", "overview")
    assert topic.text == "Oslo"
    assert topic.period is not None
    assert topic.period.first == date(2023, 3, 1)
    assert about("How many articles mention the bridge over the Orne?", "count").shown == (
        "bridge over the Orne"
    )
    assert not about("What happened last week?", "overview").words


def test_words_that_no_article_holds_are_left_out_but_never_names() -> None:
    topic = about("rundown of the Oslo dispute", "overview")
    assert known_words(topic, lambda word: word == "dispute").text == "Oslo dispute"
    assert known_words(topic, lambda word: False).text == "Oslo"
    plain = about("rundown of the dispute", "overview")
    assert known_words(plain, lambda word: False) == plain
