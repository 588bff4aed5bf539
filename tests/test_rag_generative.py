"""Drafts written by a model: what is read out of its words."""

import pytest
from evidence import make_evidence
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import ProposedCitation, Usage
from rag.generative import draft_text, parse_draft
from rag.llm import Reply
from rag.prompts import NOT_STATED, user_prompt

MINSK = make_evidence("Minsk announced that 33 Russian citizens were detained.")


class FixedModel:
    """A `ChatModel` that always writes the same, and remembers what it was told."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.prompts: list[str] = []

    def reply(self, system: str, user: str) -> Reply:
        self.prompts.append(user)
        return Reply(self.text, Usage(10, 5))


@pytest.mark.parametrize(
    ("text", "markers"),
    [
        ("33 men were held [1].", (1,)),
        ("33 men were held. [1]", (1,)),
        ("33 men were held [1, 2].", (1, 2)),
        ("33 men were held [1][2].", (1, 2)),
        ("33 men were held【3】.", (3,)),
        ("33 men were held (1).", (1,)),
        ("33 men were held [^1].", (1,)),
        ("33 men were held [ID:1].", (1,)),
        ("33 men were held [٣].", (3,)),
        ("33 men were held.", ()),
    ],
)
def test_markers_are_read_however_they_are_written(text: str, markers: tuple[int, ...]) -> None:
    (claim,) = parse_draft(text)
    assert claim.text == "33 men were held."
    assert tuple(citation.marker for citation in claim.citations) == markers


def test_sentences_are_claims_and_code_is_not() -> None:
    claims = parse_draft("One came [1]. Two left. [2]\n```\nrm -rf [3]\n```\n[1]")
    assert [claim.text for claim in claims] == ["One came.", "Two left."]
    assert claims[1].citations == (ProposedCitation(2), ProposedCitation(1))


def test_not_stated_is_an_abstention() -> None:
    draft = draft_text("Who?", [MINSK], FixedModel(NOT_STATED))
    assert not draft.claims
    assert draft.abstention
    assert draft.usage == Usage(10, 5)


def test_the_prompt_fences_the_evidence_with_a_mark_no_article_knows() -> None:
    prompts = {user_prompt("Who?", [MINSK]) for _ in range(3)}
    assert len(prompts) == 3
    assert all("33 Russian citizens" in p and "TASS, 6 August 2020" in p for p in prompts)


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    for claim in parse_draft(text):
        assert claim.text.strip()
