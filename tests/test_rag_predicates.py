"""What a claim states and its text does not: another predicate, or one that is only imagined."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.predicates import only_imagined, unsaid
from rag.support import check_support

OPEN = "The fish market in the harbour is open on weekdays and was built by the town."


@pytest.mark.parametrize(
    ("claim", "cited", "word"),
    [
        ("The fish market is poisoned.", OPEN, "poisoned"),
        ("The fish market burned.", OPEN, "burned"),
        (
            "The fish market in the harbour, open on weekdays and built by the town, is poisoned.",
            OPEN,
            "poisoned",
        ),
        ("The new bridge is haunted.", "The new bridge is 400 metres long.", "haunted"),
        ("Рыбный рынок отравлен.", "Рыбный рынок в порту открыт.", "отравлен"),
        ("Рибний ринок отруєний.", "Рибний ринок у порту відкритий.", "отруєний"),
    ],
)
def test_another_predicate_is_not_full_support(claim: str, cited: str, word: str) -> None:
    check = check_support(claim, [cited])
    assert check.level != "full"
    assert any(word in reason for reason in check.reasons) or check.level == "none"


@pytest.mark.parametrize(
    ("claim", "cited"),
    [
        ("The fish market is shut.", "The fish market is closed."),
        ("The fish market was erected by the town.", OPEN),
        ("The fish market is contaminated.", "The fish market is poisoned."),
        ("Exports of steel increased in the spring.", "Exports of steel rose in the spring."),
        ("The fish market is open.", OPEN),
        ("The fish market isn't open.", "The fish market is not open."),
    ],
)
def test_the_same_in_another_word_is(claim: str, cited: str) -> None:
    check = check_support(claim, [cited])
    assert check.level == "full", check


@pytest.mark.parametrize(
    "cited",
    [
        "Let's say the mayor sold the harbour to a circus.",
        "Imagine that the mayor sold the harbour to a circus.",
        "Hypothetically, the mayor sold the harbour to a circus.",
        "In a world where all is for sale, the mayor sold the harbour to a circus.",
        "Suppose the mayor sold the harbour to a circus.",
        "For the sake of argument, the mayor sold the harbour to a circus.",
    ],
)
def test_what_is_only_imagined_supports_nothing_said_in_earnest(cited: str) -> None:
    check = check_support("The mayor sold the harbour to a circus.", [cited])
    assert check.level == "none"
    assert "imagines" in check.reasons[0]
    assert check_support(cited, [cited]).level == "full"


def test_a_band_and_a_supposition_are_no_play() -> None:
    assert only_imagined("They played in Minsk.", ["Imagine Dragons played in Minsk."]) == []
    assert only_imagined("It was to end in May.", ["It was supposed to end in May."]) == []


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=3))
def test_any_texts_can_be_compared(claim: str, sentences: list[str]) -> None:
    assert all("not in the cited text" in reason for reason in unsaid(claim, sentences))
    assert unsaid(claim, [claim]) == []
