"""The set that nothing is tuned on: sound lines, other questions than the first set, no gate."""

from pathlib import Path

from evals.dataset.suites import load_suite
from evals.gating.limits import read_limits

SUITES = Path(__file__).resolve().parents[3] / "evals" / "suites"
SUITE = load_suite(SUITES / "seeds_unseen")


def test_the_suite_has_no_bad_line() -> None:
    assert SUITE.problems == ()
    assert sum(query.answerable is True for query in SUITE.queries) == 65
    assert sum(query.answerable is False for query in SUITE.queries) == 34


def test_no_question_is_of_the_set_that_was_watched() -> None:
    watched = {query.question.casefold() for query in load_suite(SUITES / "seeds").queries}
    assert not watched & {query.question.casefold() for query in SUITE.queries}


def test_it_gates_nothing() -> None:
    """A gate would tempt people to read its misses and make rules for them."""
    assert SUITE.name not in read_limits()
