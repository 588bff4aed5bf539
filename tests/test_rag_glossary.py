"""Russian and Ukrainian questions, word by word in English."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.glossary import gloss, is_cyrillic


@pytest.mark.parametrize(
    ("question", "english"),
    [
        ("Сколько украинцев помиловал Лукашенко?", "how many Ukrainians pardoned Lukashenko?"),
        ("Коли Київ припинив контакти з Мінськом?", "when Kyiv paused contacts Minsk?"),
        ("Кого задержали 29 июля?", "whom detained 29?"),
    ],
)
def test_known_words_and_names(question: str, english: str) -> None:
    assert gloss(question) == english


@pytest.mark.parametrize(
    "question", ["How many Ukrainians?", "Who is this Mr Лукашенко?", "123?", "🙂"]
)
def test_what_is_not_cyrillic_is_left_alone(question: str) -> None:
    assert gloss(question) is None


def test_scripts_are_told_apart() -> None:
    assert is_cyrillic("Київ сьогодні")
    assert not is_cyrillic("Kyiv today")
    assert not is_cyrillic("2020")


@given(st.text(alphabet="абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБВ ?'’-12"))
def test_the_gloss_has_no_cyrillic_left(question: str) -> None:
    english = gloss(question)
    assert english is None or not is_cyrillic(english)
