"""Thoughts and wrappings around an answer, in the marks that models use for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.llm.parsing import SentenceReader, parse_draft
from rag.llm.retrying import Deadline
from rag.types import DraftClaim, ProposedCitation, Usage
from rag.writing.answerer import Request, TakenBack, write_claims
from tests.helpers.evidence import make_evidence

ANSWER = "Minsk held 33 men [1]."
CLAIM = DraftClaim("Minsk held 33 men.", (ProposedCitation(1),))
FINAL = "<|start|>assistant<|channel|>final<|message|>"


def read(text: str, size: int) -> tuple[list[DraftClaim], str]:
    """The claims of a text that comes in pieces, and what stays unread."""
    reader = SentenceReader(9)
    claims: list[DraftClaim] = []
    for at in range(0, len(text), size):
        new = list(reader.feed(text[at : at + size]))
        claims = new if reader.took_back() else [*claims, *new]
    return [*claims, *reader.finish()], reader.unread()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    "text",
    [
        f"<think>It was 34 [2]. Or so.</think>{ANSWER}",
        f"<reasoning>It was 34 [2].</reasoning>\n<answer>{ANSWER}</answer>",
        f"[THINK]It was 34 [2]. Or so.[/THINK]{ANSWER}",
        f"◁think▷It was 34 [2].◁/think▷{ANSWER}",
        f"<|START_THINKING|>34 [2].<|END_THINKING|><|START_RESPONSE|>{ANSWER}<|END_RESPONSE|>",
        f"<|begin_of_thought|>34 [2].<|end_of_thought|>{ANSWER}",
        f"<|channel>thought\nIt was 34 [2].<channel|>{ANSWER}",
        f"<|channel|>analysis<|message|>It was 34 [2]. Or so.<|end|>{FINAL}{ANSWER}<|return|>",
        f"<|channel|>commentary<|message|>34 [2].<|channel|>final<|message|>{ANSWER}",
        f"<|channel|>final<|message|>{ANSWER}",
        f"It was 34 [2]. Or so.</think>\n{ANSWER}",
        f"It was 34 [2]. Or so.[/THINK]{ANSWER}",
        f"It was 34 [2]. {FINAL}{ANSWER}",
        f"analysisThe user asks. It was 34 [2].assistantfinal{ANSWER}",
        f"```\n{ANSWER}\n```",
        f"```markdown\n{ANSWER}\n```",
        f"~~~\n{ANSWER}\n~~~",
        f"<think>```\nIt was 34 [2].\n```</think>```\n{ANSWER}\n```",
    ],
)
def test_only_the_answer_is_read(text: str, size: int) -> None:
    assert read(text, size) == ([CLAIM], "")


@pytest.mark.parametrize(
    "text",
    [
        "The analysis shows it [1].",
        "analysis of the assistantship began [1].",
        "He said [THE END] then [1].",
        "They think </b> so [1].",
        "Less < more [1].",
    ],
)
def test_what_only_looks_like_a_mark_hides_nothing(text: str) -> None:
    (claims, unread) = read(text, 3)
    assert len(claims) == 1
    assert claims[0].citations
    assert not unread


@pytest.mark.parametrize(
    "text", ["<|channel|>analysis<|message|>It was 34 [2].", "[THINK]It was 34 [2]."]
)
def test_thoughts_without_an_end_are_told_and_never_read(text: str) -> None:
    claims, unread = read(text, 5)
    assert not claims
    assert unread == "It was 34 [2]."


def test_code_beside_an_answer_stays_code() -> None:
    claims, _ = read(f"{ANSWER}\n```\nrm -rf [3]\n```", 4)
    assert claims == [CLAIM]


def test_an_answer_in_a_fence_behind_words_that_cite_nothing_is_read() -> None:
    claims, _ = read(f"Here it is:\n```\n{ANSWER}\n```", 4)
    assert claims[-1] == CLAIM


class Pieces:
    """A `ChatModel` that writes in these pieces."""

    def __init__(self, *pieces: str) -> None:
        self.pieces = pieces

    def write(self, system: str, user: str, deadline: Deadline, *, streamed: bool = False):  # type: ignore[no-untyped-def]
        yield from self.pieces
        yield Usage()

    def close(self) -> None:
        """Nothing to release."""


def test_sentences_that_turn_out_to_be_thoughts_are_taken_back() -> None:
    request = Request("Who?", [make_evidence("Minsk held 33 men.")], Deadline(5), streamed=True)
    model = Pieces("It was 34 [1]. Or so", ", I think. </think>", ANSWER)
    first, taken, *rest = write_claims(request, model)
    assert first == DraftClaim("It was 34.", (ProposedCitation(1),))
    assert taken == TakenBack()
    assert rest == [CLAIM, Usage()]


MARKS = st.sampled_from(
    "<think> </think> [THINK] [/THINK] <|channel|> <|message|> <|end|> <|start|> final analysis "
    "assistantfinal ``` ~~~ <!-- --> <script> </script> Minsk held men. [1] < [ <| a".split()
)


@given(st.lists(MARKS, max_size=25), st.sampled_from(["", " ", "\n"]), st.integers(1, 9))
def test_where_the_pieces_break_makes_no_difference(
    parts: list[str], between: str, size: int
) -> None:
    text = between.join(parts)
    claims, _ = read(text, size)
    assert tuple(claims) == parse_draft(text, 9)
