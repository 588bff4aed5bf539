"""The verifier: proven citations, rejections with reasons, and nothing else."""

import pytest
from evidence import make_evidence
from hypothesis import given
from hypothesis import strategies as st

from index.article import Span
from index.errors import VerificationError
from rag.answer import Draft, DraftClaim, Evidence, ProposedCitation
from rag.citations import Verified, prove, verify
from rag.markers import parse_draft

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
