"""The word that opens an answer to a yes/no question."""

from dataclasses import replace
from datetime import date

from rag.deciding import DECIDED, deciding_leads, denied_words
from rag.question.periods import Period
from rag.types import Citation, ProposedCitation
from rag.verification.judge import Judge, open_judge
from rag.verification.verifier import prove_quotes
from tests.helpers.evidence import candidate, make_evidence, part
from tests.helpers.judging import SaidJudge

DENIAL = "Anna Berg, the mayor, denied that the bridge had been sold to a bank."
ASKED = "Has the bridge been sold to a bank?"


def cited(*sentences: str) -> Citation:
    """The first sentence of an article, cited."""
    item = make_evidence(*sentences)
    (found,) = prove_quotes([ProposedCitation(1, sentences[0])], [item])
    return found


def test_who_denies_what_is_asked_is_named() -> None:
    assert denied_words(ASKED, cited(DENIAL), open_judge()) == ("Denied by Anna Berg.",)


def test_a_denial_of_something_else_decides_nothing() -> None:
    asked = "Were the trams late on Friday?"
    assert denied_words(asked, cited(DENIAL), open_judge()) == ()


def test_what_is_said_without_a_denial_is_none() -> None:
    said = "Anna Berg, the mayor, said that the bridge had been sold to a bank."
    assert denied_words(ASKED, cited(said), open_judge()) == ()


def test_a_denial_within_somebodys_quotation_is_not_the_speakers() -> None:
    said = '"The bank denied that it had bought the bridge," said Anna Berg.'
    assert denied_words(ASKED, cited(said), open_judge()) == ()


def test_without_a_judge_nothing_is_said() -> None:
    assert denied_words(ASKED, cited(DENIAL), None) == ()


OLDER = make_evidence(
    "The ferry to Varn has been suspended since Monday.", published=date(2025, 1, 13)
)
NEWER = make_evidence(
    "The ferry to Varn began to run again on Tuesday.", marker=2, published=date(2025, 2, 11)
)
OTHER = make_evidence("A choir from Lund sang in the church.", marker=3, published=date(2025, 3, 1))


def leading(period: Period | None = None, judge: Judge | None = None) -> tuple[str, float]:
    """The first sentence, and the confidence in it, where the reader took another for the best."""
    ranked = [candidate(item, 0, read=-3.0) for item in (OTHER, OLDER, NEWER)]
    read = replace(part(*ranked, confidence=0.1), question="Is the ferry to Varn suspended?")
    found = deciding_leads(read, period, judge)
    return found.ranked[0].text, found.confidence


def verdict(claim: str, evidence: str) -> str:
    """Whatever speaks of a ferry is to the point."""
    return "refuted" if "ferry" in evidence else "neutral"


def test_the_newest_sentence_to_the_point_leads() -> None:
    text, confidence = leading(judge=SaidJudge(verdict))
    assert text == NEWER.passage.text
    assert confidence >= DECIDED


def test_a_question_about_a_time_is_not_of_the_present_state() -> None:
    january = Period(date(2025, 1, 1), date(2025, 1, 31))
    assert leading(january, SaidJudge(verdict))[0] == OLDER.passage.text


def test_without_a_sentence_to_the_point_nothing_changes() -> None:
    nothing = SaidJudge(lambda claim, evidence: "neutral")
    assert leading(judge=nothing) == (OTHER.passage.text, 0.1)
    assert leading() == (OTHER.passage.text, 0.1)
