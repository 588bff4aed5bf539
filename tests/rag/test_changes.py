"""What a later article has changed."""

from dataclasses import replace
from datetime import date

import pytest

from rag.changes import newest_first, newest_leads, superseded, superseded_words
from rag.question.periods import Period
from rag.types import Draft, DraftClaim, Evidence, ProposedCitation
from rag.verification.verifier import verify
from tests.helpers.evidence import candidate, make_evidence, part

OLD = "The bridge will cost 48 million euros."
NEW = "The bridge will cost 71 million euros."


def evidence(
    old: date | None = date(2023, 3, 14), new: date | None = date(2025, 6, 2)
) -> list[Evidence]:
    return [
        make_evidence(OLD, marker=1, published=old),
        make_evidence(NEW, marker=2, published=new),
    ]


def draft() -> Draft:
    claims = tuple(
        DraftClaim(text, (ProposedCitation(marker, text),))
        for marker, text in enumerate((OLD, NEW), start=1)
    )
    return Draft(claims, "extractive", 0.8, conflicts=((0, 1),))


def test_a_later_value_comes_first_and_is_no_conflict() -> None:
    found = newest_first(draft(), evidence(), None)
    assert [claim.text for claim in found.claims] == [NEW, OLD]
    assert found.conflicts == ()
    assert found.changes == ((0, 1),)


@pytest.mark.parametrize(
    ("old", "new"),
    [(date(2025, 6, 1), date(2025, 6, 2)), (None, date(2025, 6, 2)), (date(2025, 6, 2), None)],
)
def test_values_of_one_time_or_of_none_stay_a_conflict(old: date | None, new: date | None) -> None:
    assert newest_first(draft(), evidence(old, new), None) == draft()


def test_a_question_about_a_time_asks_for_no_present_state() -> None:
    period = Period(date(2023, 1, 1), date(2023, 12, 31))
    assert newest_first(draft(), evidence(), period) == draft()


def test_what_was_superseded_is_said_with_its_date() -> None:
    found = newest_first(draft(), evidence(), None)
    verified = verify(found, evidence(), None)
    assert superseded(found, verified) == {2: 1}
    (words,) = superseded_words({2: 1}, verified)
    assert words == ("Superseded: [2], TASS, 14 March 2023, says otherwise than the newer [1].")


def test_a_side_that_did_not_stand_the_check_supersedes_nothing() -> None:
    found = newest_first(draft(), evidence(), None)
    only = verify(replace(found, claims=found.claims[:1]), evidence(), None)
    assert superseded(found, only) == {}


def leading(period: Period | None = None, new: float = 4.5, words: str = "71 million") -> str:
    """The first sentence, where the older one answers a little more surely."""
    older, newer = evidence()
    read = part(candidate(older, 0, "48 million", 5.0), candidate(newer, 0, words, new))
    return newest_leads(read, period).ranked[0].text


def test_of_two_that_answer_as_surely_the_newest_leads() -> None:
    assert leading() == NEW


def test_what_answers_less_surely_does_not_lead_for_being_new() -> None:
    assert leading(new=3.0) == OLD


def test_the_same_answer_needs_no_newer_source() -> None:
    older, newer = evidence()
    read = part(candidate(older, 0, "bridge"), candidate(newer, 0, "The bridge", 4.9))
    assert newest_leads(read, None) == read


def test_a_question_about_a_time_keeps_its_order() -> None:
    assert leading(Period(date(2023, 1, 1), date(2023, 12, 31))) == OLD


def test_an_undated_article_is_not_older() -> None:
    older, newer = evidence(old=None)
    read = part(candidate(older, 0, "48 million"), candidate(newer, 0, "71 million", 4.9))
    assert newest_leads(read, None) == read
