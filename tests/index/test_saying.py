"""Words that know what they were made of."""

import pickle
from copy import deepcopy
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from index.saying import (
    Said,
    ToldDay,
    counted_phrase,
    either,
    filled,
    one_by_one,
    phrase,
    sentences,
)


def test_a_phrase_is_its_english_words_and_knows_its_values() -> None:
    said = phrase("No article quotes %(name)s on this.", name="Anna Lee")

    assert said == "No article quotes Anna Lee on this."
    assert isinstance(said, str)
    assert [(p.words, dict(p.values)) for p in said.patterns] == [
        ("No article quotes %(name)s on this.", {"name": "Anna Lee"})
    ]


def test_words_are_counted() -> None:
    def counted(count: int) -> Said:
        return counted_phrase("%(count)s article", "%(count)s articles", count)

    assert [counted(1), counted(2), counted(0), counted(1204)] == [
        "1 article",
        "2 articles",
        "0 articles",
        "1,204 articles",
    ]


def test_phrases_stand_in_phrases_and_beside_each_other() -> None:
    day = ToldDay("6 August 2020", date(2020, 8, 6))
    one = phrase("The library covers %(days)s.", days=day)
    both = sentences(phrase("The articles do not say."), one)

    assert both == "The articles do not say. The library covers 6 August 2020."
    assert [p.words for p in both.patterns] == [
        "The articles do not say.",
        "The library covers %(days)s.",
    ]
    assert either(["A", "B", "C"]) == "A or B or C"
    assert either(["A"]) == "A"
    assert one_by_one([]) == ""
    assert one_by_one([phrase("a"), phrase("b"), phrase("c")]) == "a; b; c"


@given(st.text(), st.text())
def test_a_value_stands_as_it_is_whatever_it_holds(name: str, words: str) -> None:
    assert phrase("It is %(name)s.", name=name) == f"It is {name}."
    assert phrase(words) == filled(words, {})
    assert filled(words, {}) == words


def test_copies_are_the_same_words_and_know_the_same() -> None:
    day = ToldDay("6 August 2020", date(2020, 8, 6))
    said = phrase("The library covers %(days)s.", days=day)

    for copied in (deepcopy(said), pickle.loads(pickle.dumps(said))):  # noqa: S301 - our own
        assert copied == said
        assert copied.patterns == said.patterns
        told = copied.patterns[0].values["days"]
        assert isinstance(told, ToldDay)
        assert told.day == day.day
