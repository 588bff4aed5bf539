"""Examples as token ids, in the layout that the program reads and judges."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evals.training.pair_data import Pair
from evals.training.reading_data import ReadingExample
from evals.training.sources import Span
from evals.training.support_data import SupportExample
from index.embedding.e5 import E5Tokenizer
from rag.reading import reader
from rag.verification import judge

ASKED_TOKENS: Final = 48
FOUND_TOKENS: Final = 176
"""Of a question and of a passage that the encoder reads apart."""
_SPECIAL: Final = 4
"""The begin mark, and three end marks."""


@dataclass(frozen=True, slots=True)
class ReadingInput:
    """A question, a header and a passage.

    Attributes:
        ids: of all tokens, specials included.
        first: place of the passage's first token.
        count: tokens of the passage.
        starts: places where an answer begins; the very first token if there is none.
        ends: where each answer ends.
    """

    ids: list[int]
    first: int
    count: int
    starts: list[int]
    ends: list[int]


@dataclass(frozen=True, slots=True)
class SupportInput:
    """A claim, a header and evidence, with the right label."""

    ids: list[int]
    label: int
    binary: bool


@dataclass(frozen=True, slots=True)
class PairInput:
    """A question, a passage and perhaps a wrong one, each alone, and the passages' articles."""

    question: list[int]
    passage: list[int]
    article: str
    wrong: list[int]
    wrong_article: str


def covering(
    starts: NDArray[np.int64], ends: NDArray[np.int64], span: Span
) -> tuple[int, int] | None:
    """Find the first and the last token of a span. Return None if it begins past the end.

    Args:
        starts: where each kept token begins.
        ends: where each ends.
        span: of characters; whatever lies past the last token is cut off.
    """
    first = int(np.searchsorted(ends, span[0], side="right"))
    last = int(np.searchsorted(starts, span[1], side="left")) - 1
    return (first, last) if first <= last else None


def reading_input(tokenizer: E5Tokenizer, example: ReadingExample) -> ReadingInput:
    """Lay out a question and its passage."""
    question = tokenizer.encode("query: " + example.question).ids[: reader.QUESTION_TOKENS]
    header = _header(tokenizer, example.header, reader.HEADER_TOKENS)
    passage = tokenizer.encode(example.passage)
    room = reader.INPUT_TOKENS - len(question) - len(header) - _SPECIAL
    first = len(question) + len(header) + 3
    starts, ends = passage.starts[:room], passage.ends[:room]
    found = [covering(starts, ends, span) for span in example.spans]
    places = [(first + place[0], first + place[1]) for place in found if place] or [(0, 0)]
    ids = _joined(tokenizer, question, header, passage.ids[:room])
    count = min(room, len(passage.ids))
    return ReadingInput(ids, first, count, [s for s, _ in places], [e for _, e in places])


def support_input(tokenizer: E5Tokenizer, example: SupportExample) -> SupportInput:
    """Lay out a claim and its evidence."""
    claim = tokenizer.encode("query: " + example.claim).ids[: judge.CLAIM_TOKENS]
    header = _header(tokenizer, example.header, judge.HEADER_TOKENS)
    room = judge.INPUT_TOKENS - len(claim) - len(header) - _SPECIAL
    shown = tokenizer.encode(example.evidence).ids[:room]
    return SupportInput(_joined(tokenizer, claim, header, shown), example.label, example.binary)


def pair_input(tokenizer: E5Tokenizer, pair: Pair) -> PairInput:
    """Lay out a question and its passage, as the search embeds them."""
    question = tokenizer.encode("query: " + pair.question).ids[:ASKED_TOKENS]
    passage = tokenizer.encode("passage: " + pair.passage).ids[:FOUND_TOKENS]
    wrong = tokenizer.encode("passage: " + pair.wrong).ids[:FOUND_TOKENS] if pair.wrong else []
    return PairInput(
        _joined(tokenizer, question), _joined(tokenizer, passage), pair.article,
        _joined(tokenizer, wrong) if wrong else [], pair.wrong_article,
    )  # fmt: skip


def _header(tokenizer: E5Tokenizer, header: str, most: int) -> list[int]:
    return tokenizer.encode(header).ids[:most] if header else []


def _joined(tokenizer: E5Tokenizer, *parts: Sequence[int]) -> list[int]:
    ids = [tokenizer.bos]
    for part in parts:
        ids += [*part, tokenizer.eos]
    return ids
