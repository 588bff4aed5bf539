"""Numbers are read alike in every language, and a word that is none stays a word."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.language.languages import LANGUAGES
from index.language.number_words import SHARE, count_named, figures
from index.language.quantities import quantities
from index.language.tokens import tokens

COUNTS = [
    (form, number)
    for language in LANGUAGES.values()
    for number, forms in language.numbers.counts.items()
    for form in forms
]


@pytest.mark.parametrize("code", [*LANGUAGES])
def test_every_language_counts_to_a_hundred(code: str) -> None:
    numbers = LANGUAGES[code].numbers
    known = {*numbers.counts, *numbers.scales}
    assert known >= {*range(2, 21), *range(20, 101, 10)}
    assert {10**3, 10**6, 10**9, 10**12} <= set(numbers.scales)


@given(st.sampled_from(COUNTS))
def test_a_word_for_a_number_is_that_number_wherever_it_is_asked(count: tuple[str, int]) -> None:
    form, number = count
    assert count_named(form.upper()) == number
    for written in (f"— {form} —", f"— {form}."):
        assert [(q.value, q.unit) for q in quantities(written)] == [(Fraction(number), None)]
    assert tokens(form)[0].key == str(number)
    assert tokens(form)[0].is_number


@given(st.integers(0, 10**12), st.integers(0, 999))
def test_figures_are_one_number_however_they_are_written(whole: int, part: int) -> None:
    value = whole + Fraction(part, 1000)
    for written in (f"{whole}.{part:03}", f"{whole:,}.{part:03}"):
        assert figures(written) == value
        assert Fraction(tokens(written)[0].key) == value


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("тридцати одного метра", 31, "metre"),
        ("дев'ятсот вісімдесят", 980, None),
        ("пяцьсот трыццаць кіламетраў", 530, "kilometre"),
        ("2,5 мільёна долараў", 2_500_000, "dollar"),
        ("twenty a day", 20, None),
        ("a million euros", 10**6, "euro"),
        ("two hundred and five years", 205, "year"),
        ("2 percentage points", 2, "percentage point"),
        ("2 процентных пункта", 2, "percentage point"),
        ("2 percentage", Fraction(2, 100), SHARE),
        ("40 per cent", Fraction(40, 100), SHARE),
        ("палову", Fraction(1, 2), SHARE),
        ("5га", 5, "hectare"),
        ("31 грамадзян", 31, None),
        ("до двадцати семи.", 27, None),
        ("one hundred and five. That", 105, None),
        ("5 млн. руб.", 5_000_000, "rouble"),
    ],
)
def test_a_number_is_read_with_its_unit(text: str, value: Fraction, unit: str | None) -> None:
    (found,) = quantities(text)
    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize("text", ["с семью и друзьями", "one", "the second half", "half an hour"])
def test_a_word_that_is_no_number_is_left(text: str) -> None:
    assert quantities(text) == ()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("4.1 billion", "4100000000"),
        ("тридцать пять", "35"),
        ("12,3 млн", "12300000"),
        ("two hundred five", "205"),
        ("0,50", "0.5"),
    ],
)
def test_words_of_one_number_are_one_token(text: str, key: str) -> None:
    (token,) = tokens(text)
    assert token.key == key


@pytest.mark.parametrize(
    "text",
    ["9" * 6_000, "0." + "7" * 6_000, "5 " + "million " * 3_000, "two " + "hundred " * 3_000],
)
def test_no_text_makes_a_number_without_end(text: str) -> None:
    assert all(number.value <= 10**30 for number in quantities(text))
    assert all(len(token.key) < 50 or token.key in text for token in tokens(text))


@pytest.mark.parametrize("text", ["5 m", "20 31", "five hundred-year-old"])
def test_words_of_two_numbers_stay_apart(text: str) -> None:
    assert len(tokens(text)) > 1
