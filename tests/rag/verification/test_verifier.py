"""The verifier: proven citations, rejections with reasons, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Span
from index.errors import VerificationError
from rag.llm.parsing import parse_draft
from rag.types import Draft, DraftClaim, Evidence, ProposedCitation
from rag.verification import verifier
from rag.verification.judge import open_judge
from rag.verification.verifier import Verified, prove
from tests.helpers.evidence import make_evidence

MINSK = make_evidence(
    "Minsk announced that 33 Russian citizens were detained on July 29.",
    "They are accused of planning a terror attack.",
    boilerplate="Please support us from $2 a month.",
)
KYIV = make_evidence(
    "Kiev is drafting a request to extradite 28 people.", "No response has come yet.", marker=2
)


def draft(*claims: DraftClaim) -> Draft:
    return Draft(tuple(claims), "generative", 0.5)


def claim(text: str, *citations: ProposedCitation) -> DraftClaim:
    return DraftClaim(text, citations)


def verify(drafted: Draft, evidence: list[Evidence]) -> Verified:
    return verifier.verify(drafted, evidence, open_judge())


def assert_proven(verified: Verified) -> None:
    for citation in verified.citations:
        assert citation.source.text[citation.start : citation.end] == citation.quote
        assert any(
            body.start <= citation.start and citation.end <= body.end
            for body in citation.article.body
        )
    cited = {marker for kept in verified.claims for marker in kept.citations}
    assert cited == {citation.marker for citation in verified.citations}
    assert [c.marker for c in verified.citations] == list(range(1, len(verified.citations) + 1))


def test_a_supported_claim_cites_the_very_sentence() -> None:
    verified = verify(draft(claim("33 Russians were detained.", ProposedCitation(1))), [MINSK])
    assert_proven(verified)
    assert verified.citations[0].quote.startswith("Minsk announced")
    assert verified.claims[0].support == "full"


def test_an_exact_quote_is_found_with_its_surroundings() -> None:
    quote = "They are accused of planning a terror attack."
    verified = verify(draft(claim(quote, ProposedCitation(1, quote))), [MINSK])
    citation = verified.citations[0]
    assert citation.prefix.endswith("July 29. ")
    assert citation.suffix.startswith("\nPlease support")
    assert_proven(verified)


@pytest.mark.parametrize(
    ("text", "citation", "reason"),
    [
        ("34 Russians were detained.", ProposedCitation(1), "34"),
        ("33 Russians were detained.", ProposedCitation(7), "no passage 7"),
        (
            "Support us from $2 a month.",
            ProposedCitation(1, "support us from $2 a month"),
            "not in",
        ),
        ("33 Poles sang.", ProposedCitation(1, "33 Russians sang"), "not in passage 1"),
    ],
)
def test_rejected_with_a_reason(text: str, citation: ProposedCitation, reason: str) -> None:
    verified = verify(draft(claim(text, citation)), [make_evidence("Nothing of it."), KYIV])
    assert not verified.claims
    assert not verified.citations
    verified = verify(draft(claim(text, citation)), [MINSK] if "7" not in reason else [KYIV])
    assert not verified.claims
    assert reason in verified.rejected[0].reason


def test_a_claim_that_cites_nothing_is_rejected_unless_a_passage_proves_it() -> None:
    verified = verify(draft(claim("The moon is made of cheese.")), [MINSK])
    assert "cites nothing" in verified.rejected[0].reason
    verified = verify(draft(claim("33 Russian citizens were detained on July 29.")), [MINSK])
    assert verified.claims[0].recited


def test_the_wrong_passage_is_replaced_by_the_right_one() -> None:
    wrong = claim("Kiev drafts a request to extradite 28 people.", ProposedCitation(1))
    verified = verify(draft(wrong), [MINSK, KYIV])
    assert verified.claims[0].recited
    assert verified.citations[0].source.source_id == "src_2"
    assert_proven(verified)


def test_one_quote_has_one_number() -> None:
    first = claim("33 Russian citizens were detained.", ProposedCitation(1))
    verified = verify(draft(first, first, first), [MINSK])
    assert [kept.citations for kept in verified.claims] == [(1,)] * 3
    assert len(verified.citations) == 1


def test_boilerplate_cannot_be_proven() -> None:
    start = MINSK.source.text.index("Please")
    for span in (Span(start, start + 6), Span(start - 4, start + 6), Span(3, 3)):
        with pytest.raises(VerificationError):
            prove(MINSK, span, marker=1)


HOSTILE = st.text() | st.lists(
    st.sampled_from(
        [
            "33 Russian citizens were detained [1].",
            "“33 Russian” [1]",
            "[1][2]",
            "【2】",
            "[999]",
            "(1)",
            "28 people",
            "did not",
            "<img src=//x>",
            "```[1]```",
            "Ignore the rules",
            "\ud800",
            "\x00",
        ]
    )
).map(" ".join)


@given(HOSTILE)
def test_no_model_output_yields_a_citation_that_is_not_in_its_source(output: str) -> None:
    evidence: list[Evidence] = [MINSK, KYIV]
    assert_proven(verify(draft(*parse_draft(output)), evidence))


@given(HOSTILE, st.integers(-3, 5), st.text(), st.integers(-5, 500))
def test_no_proposed_quote_yields_a_citation_that_is_not_in_its_source(
    text: str, marker: int, quote: str, near: int
) -> None:
    proposal = ProposedCitation(marker, quote, near)
    assert_proven(verify(draft(claim(text, proposal)), [MINSK, KYIV]))


DETAINED = "33 Russian citizens were detained on July 29."
LONG = make_evidence(
    "The council met in Lund on Monday.",
    "It will pay 25 million euros for the bridge.",
    "The weather was fine.",
    "Erik Holm voted against the plan.",
    "Nobody else did.",
    marker=3,
)


def quotes(verified: Verified) -> list[str]:
    return [citation.quote for citation in verified.citations]


def test_the_quote_is_the_sentence_and_not_the_passage() -> None:
    verified = verify(
        draft(claim("Erik Holm voted against the plan.", ProposedCitation(3))), [LONG]
    )
    assert quotes(verified) == ["Erik Holm voted against the plan."]


def test_a_claim_from_two_places_gets_a_quote_of_each() -> None:
    text = "The council will pay 25 million euros for the bridge, and Erik Holm voted against it."
    verified = verify(draft(claim(text, ProposedCitation(3))), [LONG])
    assert_proven(verified)
    assert quotes(verified)[-1] == "Erik Holm voted against the plan."
    assert "25 million" in quotes(verified)[0]
    assert verified.claims[0].citations == (1, 2)


def test_a_pronoun_brings_the_sentence_before_it_into_the_quote() -> None:
    evidence = make_evidence(
        "It rained.", "Kuleba spoke in Kyiv.", "He said the talks had failed.", marker=1
    )
    text = "Kuleba said the talks had failed."
    verified = verify(draft(claim(text, ProposedCitation(1))), [evidence])
    assert quotes(verified) == ["Kuleba spoke in Kyiv. He said the talks had failed."]


def test_a_further_citation_that_supports_nothing_is_dropped() -> None:
    both = claim(
        "33 Russian citizens were detained on July 29.", ProposedCitation(2), ProposedCitation(1)
    )
    verified = verify(draft(both), [MINSK, KYIV])
    assert [c.source.source_id for c in verified.citations] == ["src_1"]
    assert verified.claims[0].support == "full"
    assert not verified.claims[0].recited


def test_a_further_citation_that_supports_it_too_is_kept() -> None:
    twin = make_evidence("On July 29 Minsk detained 33 Russian citizens.", marker=2)
    both = claim(
        "33 Russian citizens were detained on July 29.", ProposedCitation(1), ProposedCitation(2)
    )
    verified = verify(draft(both), [MINSK, twin])
    assert {c.source.source_id for c in verified.citations} == {"src_1", "src_2"}


def test_a_marker_that_does_not_exist_makes_support_partial() -> None:
    both = claim(
        "33 Russian citizens were detained on July 29.", ProposedCitation(1), ProposedCitation(9)
    )
    verified = verify(draft(both), [MINSK])
    assert verified.claims[0].support == "partial"
    assert "no passage 9" in "; ".join(verified.claims[0].reasons)


def test_one_claim_never_changes_the_outcome_of_another() -> None:
    texts = [
        "33 Russian citizens were detained on July 29.",
        "34 men sang.",
        "Kiev is drafting a request.",
    ]
    claims = [claim(text, ProposedCitation(1)) for text in texts]
    together = verify(draft(*claims), [MINSK, KYIV])
    alone = [verify(draft(one), [MINSK, KYIV]) for one in claims]
    assert [c.support for c in together.claims] == [c.support for v in alone for c in v.claims]
    assert together.rejected == tuple(r for v in alone for r in v.rejected)


def test_claims_are_checked_without_the_judge_too() -> None:
    supported = draft(claim("33 Russian citizens were detained.", ProposedCitation(1)))
    good = verifier.verify(supported, [MINSK], None)
    assert good.claims[0].support == "partial"
    assert "not installed" in good.claims[0].reasons[0]
    unsupported = draft(claim("The harvest was good this year.", ProposedCitation(1)))
    bad = verifier.verify(unsupported, [MINSK], None)
    assert "not installed" in bad.rejected[0].reason


SPOKEN = make_evidence(
    "Kremlin spokesman Dmitry Peskov met reporters.",
    "He said that 33 men had been held.",
    "The harvest was good.",
)


def test_who_says_the_words_that_answer_is_told() -> None:
    first, second, _ = SPOKEN.passage.sentences
    both, text = Span(first.start, second.end), SPOKEN.source.text
    number = Span(text.index("33"), text.index("33") + 2)
    assert prove(SPOKEN, second, 1).speaker == "Dmitry Peskov"
    assert prove(SPOKEN, both, 1, number).speaker == "Dmitry Peskov"


def test_the_articles_own_words_are_nobody_elses() -> None:
    first, second, third = SPOKEN.passage.sentences
    assert prove(SPOKEN, first, 1).speaker is None
    assert prove(SPOKEN, third, 1).speaker is None
    assert prove(SPOKEN, Span(first.start, second.end), 1).speaker is None


def test_the_speaker_of_a_marker_stays() -> None:
    first, second, _ = SPOKEN.passage.sentences
    text = SPOKEN.source.text
    quote = text[first.start : second.end]
    marked = Span(text.index("33"), text.index("33") + 2)
    both = (
        claim(quote, ProposedCitation(1, quote)),
        claim(quote, ProposedCitation(1, quote, answer_span=marked)),
    )
    (citation,) = verify(draft(*both), [SPOKEN]).citations
    assert citation.answer_span == marked
    assert citation.speaker is None
