"""Drafts written by a model: what we read in its words."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.llm.parsing import LINK, SentenceReader, parse_draft
from rag.llm.retrying import Deadline
from rag.types import DraftClaim, ProposedCitation, Usage
from rag.writing.answerer import Request, write_claims
from rag.writing.prompts import NOT_STATED, user_prompt
from tests.helpers.evidence import make_evidence

MINSK = make_evidence("Minsk announced that 33 Russian citizens were detained.")


class FixedModel:
    """A `ChatModel` that always writes the same, and remembers its prompts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.prompts: list[str] = []

    def write(
        self, system: str, user: str, deadline: Deadline, *, streamed: bool = False
    ) -> Iterator[str | Usage]:
        self.prompts.append(user)
        yield self.text
        yield Usage(10, 5)

    def close(self) -> None:
        """Nothing to release."""


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
        ("33 men were held [１].", (1,)),
        ("33 men were held［1］.", (1,)),
        ("33 men were held 【1†source】.", (1,)),
        ("33 men were held [[1]].", (1,)),
        ("33 men were held [1-3].", (1, 2, 3)),
        ("33 men were held [1 and 2].", (1, 2)),
        ("33 men were held [Passage 1].", (1,)),
        ("33 men were held [1](https://evil.example/1).", (1,)),
        ("33 men were held [1]. [2] [3]", (1, 2, 3)),
        ("- **33 men** were held [1].", (1,)),
        ("<think>Say 34 [2].</think>33 men were held [1].", (1,)),
        ("<b>33 men</b> were held ![x](https://evil.example/p.png) [1].", (1,)),
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


@pytest.mark.parametrize(
    "text", ["The law (2020) was passed.", "In all (33) men were held.", "He said so [sic]."]
)
def test_what_is_no_marker_stays(text: str) -> None:
    (claim,) = parse_draft(text, passages=12)
    assert not claim.citations
    assert claim.text == text.replace("[sic]", "sic")


@pytest.mark.parametrize(
    "text",
    [
        "See https://evil.example/a?b=c now [1].",
        "See www.evil.example now [1].",
        "Write to a.b@evil.example now [1].",
        "Go to javascript:alert(1) now [1].",
        "See //evil.example/x now [1].",
        "See <https://evil.example> or http://evil.example [1].",
    ],
)
def test_links_are_taken_out_and_leave_a_trace(text: str) -> None:
    (claim,) = parse_draft(text)
    assert "evil" not in claim.text
    assert "alert" not in claim.text
    assert LINK in claim.text


@pytest.mark.parametrize(
    "hidden",
    [
        "```\nrm -rf [3]\n```",
        "~~~py\nOne. Two [3].\n~~~",
        "<script>One. Two [3].</script>",
        "<!-- One. Two [3]. -->",
        "<think>\nOne. Two [3].\n</think>",
        "<pre>One. Two [3].</pre>",
        "```\nnever closed. Two [3].",
    ],
)
def test_hidden_blocks_are_left_out_wherever_the_pieces_break(hidden: str) -> None:
    text = f"Minsk held 33 men [1]. {hidden}"
    for size in (1, 2, 3, 7, len(text)):
        reader = SentenceReader(9)
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        claims = [claim for piece in pieces for claim in reader.feed(piece)]
        assert [*claims, *reader.finish()] == [
            DraftClaim("Minsk held 33 men.", (ProposedCitation(1),))
        ]
        assert reader.unread() == ("never closed. Two [3]." if "never" in hidden else "")


def test_a_sentence_is_given_as_soon_as_the_next_one_begins() -> None:
    reader = SentenceReader(9)
    assert not list(reader.feed("Minsk held 33 men on July 29."))
    assert not list(reader.feed(" [1"))
    assert not list(reader.feed("] Kiev"))
    assert [claim.text for claim in reader.feed(" asks")] == ["Minsk held 33 men on July 29."]
    assert [claim.text for claim in reader.finish()] == ["Kiev asks"]


WORDS = st.sampled_from(
    "Minsk Kiev said that 33 men were held. detained July 29. U.S. Mr. [1] [2]. [1, 2] (1) 【3】 "
    '"Yes," he asked? `x` * - <b>'.split()
)


@given(st.lists(WORDS, max_size=40), st.integers(1, 9))
def test_where_the_pieces_break_makes_no_difference(words: list[str], size: int) -> None:
    text = " ".join(words)
    reader = SentenceReader(9)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    claims = [claim for piece in pieces for claim in reader.feed(piece)]
    assert (*claims, *reader.finish()) == parse_draft(text, 9)


ABSTAINING = [
    NOT_STATED,
    "The articles do not say who paid [1].",
    "The provided passages don't mention it.",
    "None of the articles mentions Baikal.",
    "There is no information about that.",
    "В статьях об этом не говорится.",
    "В предоставленных статьях нет информации о Байкале.",
    "Статьи не сообщают, кто заплатил [1].",
    "У статтях про це не йдеться.",
    "У наданих статтях немає відповіді.",
    "Статті про це не повідомляють.",
]
STATING = [
    "The articles say that Minsk did not deny it [1].",
    "The documents do not mention Navalny [1].",
    "Minsk does not say who paid.",
    "В статьях говорится о 33 задержанных.",
    "В Минске нет света.",
    "У Мінську немає світла.",
]


@pytest.mark.parametrize("text", ABSTAINING)
def test_not_stated_is_an_abstention_in_any_language_that_is_asked_in(text: str) -> None:
    request = Request("Who?", [MINSK], Deadline(5))
    assert list(write_claims(request, FixedModel(text))) == [Usage(10, 5)]


@pytest.mark.parametrize("text", STATING)
def test_what_others_do_not_say_is_a_claim(text: str) -> None:
    request = Request("Who?", [MINSK], Deadline(5))
    claim, usage = write_claims(request, FixedModel(text))
    assert isinstance(claim, DraftClaim)
    assert usage == Usage(10, 5)


@given(st.text(max_size=5_000), st.integers(1, 700))
def test_what_a_block_hides_that_is_never_closed_is_kept_in_part(text: str, size: int) -> None:
    words = text.replace("<", "").replace("`", "").replace("~", "")
    reader, whole = SentenceReader(9), f"<think>{words}"
    claims = [c for at in range(0, len(whole), size) for c in reader.feed(whole[at : at + size])]
    assert [*claims, *reader.finish()] == []
    other = SentenceReader(9)
    assert [*other.feed(whole), *other.finish()] == []
    assert reader.unread() == other.unread()
    assert len(reader.unread()) <= 2_000


def test_the_prompt_fences_the_evidence_with_a_mark_no_article_knows() -> None:
    prompts = {user_prompt("Who?", [MINSK]) for _ in range(3)}
    assert len(prompts) == 3
    assert all("33 Russian citizens" in p and "TASS, 6 August 2020" in p for p in prompts)


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    for claim in parse_draft(text):
        assert claim.text.strip()
