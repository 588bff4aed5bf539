"""Read evidence for a question, and put its passages in the order in which they answer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from index.article import ScoredPassage
from rag.evidence.instructions import Withheld, withhold
from rag.evidence.search import numbered
from rag.question.asked import Asked
from rag.reading.calibration import Calibration
from rag.reading.choosing import SURE, ReadPart, answering, read_part
from rag.reading.reader import Reader
from rag.types import Evidence

LEAST_PRIOR: Final = 0.1
"""A smaller one would leave nothing of the search's order."""
NEVER_SURE: Final = 2.0
"""No confidence reaches it: every passage is read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Evidence and what the reader made of it.

    Attributes:
        held: the evidence, numbered from 1, best first.
        parts: of the question, each with the sentences read for it.
    """

    held: Withheld
    parts: tuple[ReadPart, ...]


def read_evidence(
    asked: Asked,
    found: Sequence[Evidence],
    reader: Reader | None,
    calibration: Calibration,
    every: bool = False,
) -> Reading:
    """Leave out instructions, read the passages, put them in order, and number them.

    Args:
        asked: the question.
        found: passages as the search ranked them.
        reader: None where its weights are not there: words decide then.
        calibration: how far what it reads is to be trusted.
        every: it asks for all there are, so that no passage is left unread.

    Raises:
        EmbeddingModelError: the reader fails.
    """
    understood = asked.understood
    held = withhold(found, understood.text)
    if asked.topic:
        reader = None  # it asks nothing that words could answer
    sure = NEVER_SURE if every else SURE
    parts = [read_part(part, held.evidence, reader, calibration, sure) for part in understood.parts]
    gains = _gains(parts, calibration.prior)
    least = min(gains.values(), default=1.0)
    weighed = [
        replace(item, score=item.score * gains.get(item.passage.passage_id, least))
        for item in held.evidence
    ]
    evidence = numbered(sorted(weighed, key=lambda item: -item.score))
    return Reading(
        replace(held, evidence=evidence), tuple(part.renumbered(evidence) for part in parts)
    )


def rerank(ranked: Sequence[ScoredPassage], reading: Reading) -> list[ScoredPassage]:
    """Put the passages that were read in their new order, before those that were not."""
    pieces, scores = reading.held.pieces, dict[str, float]()
    for item in reading.held.evidence:
        name = item.passage.passage_id
        scores.setdefault(pieces[name].passage_id if name in pieces else name, item.score)
    read = [scored for scored in ranked if scored.passage.passage_id in scores]
    factors = [scores[one.passage.passage_id] / one.score for one in read if one.score > 0]
    least = min(factors, default=1.0)
    weighed = [
        replace(one, score=scores.get(one.passage.passage_id, least * one.score)) for one in ranked
    ]
    weighed.sort(key=lambda scored: (-scored.score, scored.rank))
    return [replace(scored, rank=rank) for rank, scored in enumerate(weighed, start=1)]


def _gains(parts: Sequence[ReadPart], prior: float) -> dict[str, float]:
    """The factor of each passage's score: how well its best sentence answers any part.

    Passages come in the order of `merit`, as the sentences that are quoted from them do.
    """
    best: dict[str, float] = {}
    for part in parts:
        for candidate in part.ranked:
            name = candidate.evidence.passage.passage_id
            best[name] = max(best.get(name, -math.inf), answering(candidate.read))
    return {name: math.exp(log / max(prior, LEAST_PRIOR)) for name, log in best.items()}
