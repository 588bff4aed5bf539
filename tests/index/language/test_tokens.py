"""Tokens, stems and numbers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language import tokens as text_module
from index.language.tokens import content_tokens, stem, tokens
from index.visible import visible_text


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("thirty-one men", {"31"}),
        ("1,000 and 1000.0", {"1000"}),
        ("3,5 percent", {"3.5"}),
        ("2 million people", {"2000000"}),
        ("two hundred people", {"200"}),
        ("on Aug. 9 at 06:59", {"9", "6:59"}),
    ],
)
def test_numbers(text: str, numbers: set[str]) -> None:
    assert {token.key for token in tokens(text) if token.is_number} == numbers


def test_words_meet_by_stem() -> None:
    assert stem("released") == stem("release")
    assert stem("президента") == stem("президент")
    assert stem("Lukashenko’s") == stem("lukashenko")


def test_names_are_capitalised_inside_a_sentence() -> None:
    names = {token.text for token in tokens("Yesterday Minsk spoke. Later, Kiev answered.")}
    found = {
        token.text
        for token in tokens("Yesterday Minsk spoke. Later, Kiev answered.")
        if token.is_name
    }
    assert found == {"Minsk", "Kiev"} < names


def test_question_words_carry_no_meaning() -> None:
    meant = content_tokens("Who was the man that they held?")
    assert [token.key for token in meant] == [stem("man"), stem("held")]


@given(st.text())
def test_tokens_stand_where_they_say(text: str) -> None:
    found = tokens(text)
    assert all(0 <= t.start < t.end <= len(text) for t in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(st.text() | st.text(alphabet='aB9é .!?…:\n\r\t"“”«(–-,'))
def test_a_sentence_begins_where_the_pattern_says(text: str) -> None:
    """The quick look at the two characters before a word changes nothing."""
    text, end = visible_text(text), 0  # what is not seen stands before no word
    for token in tokens(text):
        before = text[max(0, token.start - 12) : token.start]
        after_initials = end and text[end - 1 : token.start].rstrip() == "."
        begins = not after_initials and text_module._SENTENCE_START.search(before)
        assert token.opens == bool(begins)
        end = token.end


def test_initials_are_one_word_with_or_without_their_full_stops() -> None:
    dotted, plain = tokens("Who won the U.S. Open?"), tokens("Who won the US Open?")
    assert [word.key for word in dotted] == [word.key for word in plain]
    assert [word.text for word in dotted if word.is_name] == ["U.S.", "Open"]
    assert [word.text for word in tokens("J.K. Rowling wrote it.")] == [
        "J.K.",
        "Rowling",
        "wrote",
        "it",
    ]
    assert [
        word.text for word in tokens("He got a B. A reader won.")
    ] == "He got a B A reader won".split()
