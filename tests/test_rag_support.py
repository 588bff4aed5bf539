"""The support check: what a claim may and may not take from the text it cites."""

import pytest

from rag.support import check_support

CITED = (
    "The Kremlin on Friday asked ex-Soviet ally Belarus to release 33 Russian men detained in "
    "Minsk over an alleged plot. «They missed their plane,» Dmitry Peskov said."
)


@pytest.mark.parametrize(
    "claim",
    [
        "The Kremlin asked Belarus to release 33 Russian men detained in Minsk.",
        "The Kremlin asked Belarus to release thirty-three Russian men.",
        "Peskov said «They missed their plane».",
        'Dmitry Peskov said: "They missed their plane"',
        CITED,
    ],
)
def test_supported(claim: str) -> None:
    assert check_support(claim, [CITED]).level == "full"


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The Kremlin asked Belarus to release 32 Russian men.", "the number 32"),
        ("The Kremlin asked Latvia to release 33 Russian men.", "Latvia"),
        ("The Kremlin did not ask Belarus to release the men.", "“not”"),
        ("Peskov said «They took their plane».", "quotation"),
        ("The harvest was good throughout the fertile southern provinces.", "content words"),
    ],
)
def test_unsupported_with_a_reason(claim: str, reason: str) -> None:
    check = check_support(claim, [CITED])
    assert check.level == "none"
    assert reason in "; ".join(check.reasons)


def test_a_dropped_not_is_no_support() -> None:
    check = check_support("The court convicted her.", ["The court did not convict her."])
    assert check.level == "none"


def test_numbers_are_compared_by_value() -> None:
    assert check_support("1,000 men left.", ["Exactly 1000 men left."]).level == "full"
    assert check_support("3.20 percent of men left.", ["3.2 percent of men left."]).level == "full"
    assert check_support("3.2 percent of men left.", ["13.2 percent of men left."]).level == "none"


def test_several_references_count_together() -> None:
    claim = "Minsk detained 33 men and Kyiv wants 28 of them."
    first, second = "Minsk detained 33 men.", "Kyiv wants 28 of them."
    assert check_support(claim, [first]).level == "none"
    assert check_support(claim, [first, second]).level == "full"


def test_links_must_be_in_the_cited_text() -> None:
    check = check_support("The Kremlin asked Belarus, see https://evil.example/33.", [CITED])
    assert check.level == "none"
    assert "link" in "; ".join(check.reasons)
