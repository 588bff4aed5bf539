"""Evidence that was read for a question: every sentence scored, the passages in order of them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.article import ScoredPassage
from index.embedding import local_token_vectors
from index.library import Library
from rag.answer import Evidence
from rag.instructions import Withheld, withhold
from rag.matching import Asked
from rag.sentences import Candidate, EvidenceVectors, ReadPart, score_sentences

SENTENCE_SHARE = 0.1
"""How much a passage's best sentence says of its rank, beside what the search found."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Evidence and what was made of it.

    Attributes:
        held: the evidence, numbered from 1, best first.
        vectors: of its sentences and tokens.
        part: the whole question with every sentence of the evidence.
    """

    held: Withheld
    vectors: EvidenceVectors
    part: ReadPart


def read_evidence(
    found: Sequence[Evidence], question: str, forms: Sequence[Asked], library: Library
) -> Reading:
    """Leave out instructions, score the sentences, and put the passages in order.

    Args:
        found: passages as the search ranked them.
        question: the standalone question.
        forms: of the question.
        library: that holds the passages' vectors.
    """
    held = withhold(found, question)
    vectors = vectors_of(held, library)
    candidates = score_sentences(forms, held.evidence, vectors)
    gains = _gains(candidates)
    weighed = [
        replace(item, score=item.score * gains.get(item.passage.passage_id, 1.0))
        for item in held.evidence
    ]
    weighed.sort(key=lambda item: (-item.score, item.marker))
    evidence = [replace(item, marker=marker) for marker, item in enumerate(weighed, start=1)]
    renumbered = {item.passage.passage_id: item for item in evidence}
    ranked = [replace(c, evidence=renumbered[c.evidence.passage.passage_id]) for c in candidates]
    return Reading(replace(held, evidence=evidence), vectors, ReadPart(forms, ranked))


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


def _gains(candidates: Sequence[Candidate]) -> Mapping[str, float]:
    """What each passage's score is multiplied by; 1 for the one that answers worst.

    Sentence scores are log odds, so they add up where scores are multiplied.
    """
    best: dict[str, float] = {}
    for candidate in candidates:
        best.setdefault(candidate.evidence.passage.passage_id, candidate.score)
    least = min(best.values(), default=0.0)
    return {name: math.exp(SENTENCE_SHARE * (score - least)) for name, score in best.items()}


def vectors_of(held: Withheld, library: Library) -> EvidenceVectors:
    """What the library holds of the evidence, and of pieces of it."""
    names = [item.passage.passage_id for item in held.evidence]
    whole = {held.pieces[name].passage_id if name in held.pieces else name for name in names}
    sentences = dict(library.sentence_vectors(sorted(whole)))
    for name, piece in held.pieces.items():
        if piece.passage_id in sentences:
            sentences[name] = sentences[piece.passage_id][piece.first : piece.last + 1]
    tokens = dict(library.token_vectors(whole))
    for item in held.evidence:
        name = item.passage.passage_id
        if (cut := held.pieces.get(name)) is None:
            continue
        # Beside an order a piece is read anew: its tokens should mean nothing of what was left out.
        tokens[name] = (
            local_token_vectors(item.passage.text)
            if cut.beside_order or cut.passage_id not in tokens
            else tokens[cut.passage_id].within(cut.inside.start, cut.inside.end)
        )
    return EvidenceVectors(sentences, tokens)
