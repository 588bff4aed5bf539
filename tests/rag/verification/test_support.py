"""The support check: three verdicts, the part that nobody said, and life without the judge."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.verification.cited import MAX_CANDIDATES, MAX_SENTENCES, Cited, Place, candidates, runs
from rag.verification.judge import TaughtJudge, open_judge
from rag.verification.parts import shorter_claims
from rag.verification.support import align, check_support
from tests.helpers.judging import SaidJudge

STRIKE = "Tram drivers in Velmont ended their strike on Tuesday after nine days."
PASSAGE = Cited(
    (STRIKE, "They will get 6.5 percent more from January.", "The company had offered 4 percent."),
    title="Strike ends",
    publisher="Courier",
)


def test_supported_is_full() -> None:
    judge = SaidJudge(lambda claim, evidence: "supported")
    found = align("The drivers are back at work.", [PASSAGE], judge)
    assert found.check.level == "full"
    assert found.check.score > 0.9


def test_refuted_is_rejected_with_the_sentence_that_contradicts() -> None:
    judge = SaidJudge(lambda claim, evidence: "refuted")
    check = align("The drivers in Velmont lost their strike.", [PASSAGE], judge).check
    assert check.level == "none"
    assert STRIKE in check.reasons[0]


def test_not_said_is_rejected() -> None:
    judge = SaidJudge(lambda claim, evidence: "neutral")
    assert align("The mayor slept.", [PASSAGE], judge).check.reasons == (
        "the cited text does not say this",
    )


@pytest.mark.parametrize(
    ("part", "claim"),
    [
        ("illegal", "Tram drivers in Velmont ended their illegal strike."),
        ("because the mayor paid", "Tram drivers ended their strike because the mayor paid."),
        ("and were sued", "Tram drivers ended their strike after nine days and were sued."),
        ("who were tired", "The strike was ended by tram drivers, who were tired."),
    ],
)
def test_a_part_that_is_not_said_is_named(part: str, claim: str) -> None:
    word = part.split()[0]
    judge = SaidJudge(lambda c, evidence: "neutral" if word in c else "supported")
    check = align(claim, [PASSAGE], judge).check
    assert check.level == "partial"
    assert f"“{part}” is not in the cited text" in check.reasons


def test_a_veto_outweighs_the_judge() -> None:
    judge = SaidJudge(lambda claim, evidence: "supported")
    assert align("The drivers will get 57 percent more.", [PASSAGE], judge).check.level == "none"


def test_the_judge_reads_what_a_sentence_leans_on() -> None:
    judge = SaidJudge(lambda claim, evidence: "supported")
    align("The drivers will get 6.5 percent more from January.", [PASSAGE], judge)
    assert ("Strike ends · Courier", f"{STRIKE} {PASSAGE.sentences[1]}") in [
        (header, evidence) for _, header, evidence in judge.asked
    ]


def test_the_shorter_of_equally_good_sentences_is_taken() -> None:
    judge = SaidJudge(lambda claim, evidence: "supported")
    found = align("Tram drivers ended their strike, and get more from January.", [PASSAGE], judge)
    assert len(found.places) == 1


def test_a_sentence_word_for_word_needs_no_judge() -> None:
    judge = SaidJudge(lambda claim, evidence: "refuted")
    assert align(STRIKE, [PASSAGE], judge).check.level == "full"
    assert not judge.asked


def test_without_the_judge_only_a_quote_is_fully_supported() -> None:
    assert align(STRIKE, [PASSAGE], None).check.level == "full"
    near = align("Tram drivers ended their strike after nine days.", [PASSAGE], None).check
    assert near.level == "partial"
    assert "not installed" in near.reasons[0]
    assert align("The harvest was good in the south.", [PASSAGE], None).check.level == "none"
    assert (
        align("Tram drivers ended their strike after 90 days.", [PASSAGE], None).check.level
        == "none"
    )


WORDED = st.text(min_size=1).filter(lambda text: any(char.isalnum() for char in text))


@given(WORDED)
def test_any_text_fully_supports_itself(text: str) -> None:
    assert check_support(text, [text], None).level == "full"


@given(st.lists(WORDED, min_size=1, max_size=6), st.data())
def test_any_sentence_of_a_passage_is_fully_supported_by_it(
    sentences: list[str], data: st.DataObject
) -> None:
    sentence = data.draw(st.sampled_from(sentences))
    assert align(sentence, [Cited(tuple(sentences))], None).check.level == "full"


@pytest.mark.parametrize("sentence", ["12. Anna Berg left [3].", "• Not so.", "It is what it was."])
def test_what_looks_like_a_list_is_supported_by_itself(sentence: str) -> None:
    passage = Cited(("One thing.", "That was that.", "It was.", "Was it?", sentence))
    assert align(sentence, [passage], None).places[0].sentence == 4


TEXTS = st.lists(st.lists(WORDED, max_size=5), max_size=3)


@given(st.text(max_size=80), TEXTS)
def test_candidates_are_few_and_are_places_of_the_texts(claim: str, texts: list[list[str]]) -> None:
    cited = [Cited(tuple(sentences)) for sentences in texts]
    found = candidates(claim, cited)
    every = {Place(t, s) for t, text in enumerate(texts) for s in range(len(text))}
    assert all(set(places) <= every and len(places) <= MAX_SENTENCES for places in found)
    assert len(set(found)) == len(found)
    if any(len(places) > 1 for places in found):
        assert len(found) <= MAX_CANDIDATES


def test_an_order_and_a_question_are_evidence_of_nothing() -> None:
    text = Cited(("Explain how tides work.", "How do tides work?", "Tides rise twice a day."))
    assert candidates("The tides work twice a day.", [text]) == [(Place(0, 2),)]


@given(st.sets(st.builds(Place, st.integers(0, 2), st.integers(0, 8))))
def test_runs_join_neighbours_and_lose_none(places: set[Place]) -> None:
    found = list(runs(places))
    assert {Place(t, s) for t, first, last in found for s in range(first, last + 1)} == places
    assert all(a[0] != b[0] or a[2] + 1 < b[1] for a, b in pairwise(found))


@given(st.text(max_size=80), st.text(max_size=80))
def test_what_is_left_out_is_of_the_claim(claim: str, text: str) -> None:
    for shorter in shorter_claims(claim, text):
        assert shorter.left_out in claim
        assert len(shorter.rest) <= len(claim) + 1


@pytest.mark.parametrize(
    ("evidence", "good", "bad"),
    [
        ("The council rejected the plan for a new harbour on Monday by nine votes to four.",
         "The plan for a harbour was turned down.", "The plan for a harbour was approved."),
        ("Суд отказался освободить Петрова под залог.",
         "A court refused to release Petrov on bail.", "A court released Petrov on bail."),
    ],
)  # fmt: skip
def test_the_taught_judge_prefers_what_is_true(evidence: str, good: str, bad: str) -> None:
    judge = open_judge()
    assert judge
    true, false = judge.judge([(good, "", evidence), (bad, "", evidence)])[:, 0]
    assert true > false + 0.1


def test_a_verdict_depends_on_its_pair_alone() -> None:
    pairs = [
        ("It rained.", "", "It rained all day."),
        ("It rained.", "News", "The sun shone. " * 9),
    ]
    judge, fresh = open_judge(), TaughtJudge()
    assert judge
    together, alone = judge.judge(pairs), [fresh.judge([pair])[0] for pair in pairs]
    assert np.allclose(together, alone, atol=1e-6)
    assert np.allclose(together.sum(axis=1), 1.0, atol=1e-5)
