"""Evidence that was read for a question, in the order in which its passages answer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from index.article import ScoredPassage
from rag.evidence.instructions import Withheld, withhold
from rag.question.understanding import Understood
from rag.reading.choosing import ReadPart, read_part
from rag.reading.reader import open_reader
from rag.types import Evidence

READ_SHARE: Final = 0.15
"""How much the reader's log odds say of a passage's rank, beside what the search found."""
SPREAD: Final = 6.0
"""Log odds beyond so many, either way, say no more."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Evidence and what was made of it.

    Attributes:
        held: the evidence, numbered from 1, best first.
        parts: of the question, each with the sentences that were read for it.
    """

    held: Withheld
    parts: tuple[ReadPart, ...]


def read_evidence(found: Sequence[Evidence], understood: Understood) -> Reading:
    """Leave out instructions, read the passages, and put them in order.

    Args:
        found: passages as the search ranked them.
        understood: the question.

    Raises:
        EmbeddingModelError: the reader fails.
    """
    held = withhold(found, understood.text)
    # A topic asks nothing that words could answer.
    reader = None if understood.topic else open_reader()
    parts = [read_part(part, held.evidence, reader) for part in understood.parts]
    gains = _gains(parts)
    weighed = [
        replace(item, score=item.score * gains.get(item.passage.passage_id, 1.0))
        for item in held.evidence
    ]
    weighed.sort(key=lambda item: (-item.score, item.marker))
    evidence = [replace(item, marker=marker) for marker, item in enumerate(weighed, start=1)]
    return Reading(
        replace(held, evidence=evidence), tuple(part.renumbered(evidence) for part in parts)
    )


def rerank(ranked: Sequence[ScoredPassage], reading: Reading) -> list[ScoredPassage]:
    """The search's ranking with the passages that were read in their new order."""
    pieces, scores = reading.held.pieces, dict[str, float]()
    for item in reading.held.evidence:
        name = item.passage.passage_id
        scores.setdefault(pieces[name].passage_id if name in pieces else name, item.score)
    weighed = [
        replace(scored, score=scores.get(scored.passage.passage_id, scored.score))
        for scored in ranked
    ]
    weighed.sort(key=lambda scored: (-scored.score, scored.rank))
    return [replace(scored, rank=rank) for rank, scored in enumerate(weighed, start=1)]


def _gains(parts: Sequence[ReadPart]) -> dict[str, float]:
    """What each passage's score is multiplied by: its best sentence's log odds, in any part."""
    best: dict[str, float] = {}
    for part in parts:
        for candidate in part.ranked:
            name = candidate.evidence.passage.passage_id
            best[name] = max(best.get(name, -SPREAD), min(candidate.read, SPREAD))
    return {name: math.exp(READ_SHARE * read) for name, read in best.items()}
