"""How alike a claim and the sentences it rests on are, where nothing can be told for certain.

Word by word, and where the local model can read both also by meaning: each word of the claim
looks for the word of the sentences that means most nearly the same where it stands (ColBERT,
arXiv:2004.12832). The weights are learnt by ``evals/support_training.py`` and lie beside this
file with the record of how.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from index.embedding import local_token_vectors
from index.errors import EmbeddingModelError
from index.token_vectors import TokenVectors
from rag.alignment import covered, weight
from rag.glossary import is_cyrillic
from rag.text import content_tokens

WEIGHTS_PATH = Path(__file__).with_name("support_weights.json")

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a claim and the sentences it rests on have in common; all 0 to 1.

    Attributes:
        coverage: weighted share of the claim's content words that the sentences have.
        pairs: share of its pairs of neighbouring content words that they have.
        meaning: weighted mean of the best match of each content word; None where no local
            model reads them.
    """

    coverage: float
    pairs: float
    meaning: float | None


def read_meaning(text: str) -> TokenVectors | None:
    """Token vectors of the local model; None where it is not installed or cannot read a text."""
    if is_cyrillic(text):
        return None
    try:
        return local_token_vectors(text)
    except EmbeddingModelError:
        return None


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    keys = [token.key for token in content_tokens(text)]
    return frozenset(pairwise(keys))


def _shared_pairs(claim: str, sentences: Sequence[str]) -> float:
    wanted = _pairs(claim)
    if not wanted:
        # Of one word there are no pairs.
        return covered(claim, sentences)
    known = frozenset().union(*(_pairs(sentence) for sentence in sentences))
    return len(wanted & known) / len(wanted)


def _meaning(claim: str, sentences: Sequence[str], proven: Spans) -> float | None:
    ours, read = read_meaning(claim), [read_meaning(sentence) for sentence in sentences]
    theirs = [vectors for vectors in read if vectors is not None and len(vectors.starts)]
    if ours is None or not len(ours.starts) or len(theirs) < len(sentences):
        return None
    best = np.stack([(ours.vectors @ other.vectors.T).max(axis=1) for other in theirs]).max(axis=0)
    total = matched = 0.0
    for token in content_tokens(claim):
        inside = (ours.starts < token.end) & (ours.ends > token.start)
        if any(start < token.end and token.start < end for start, end in proven):
            found = 1.0
        elif inside.any():
            found = float(best[inside].mean())
        else:
            # Behind the last token that the model reads.
            continue
        total, matched = total + weight(token), matched + weight(token) * found
    return matched / total if total else None


def compare(claim: str, sentences: Sequence[str], proven: Spans = ()) -> Likeness:
    """Compare a claim with the sentences it rests on.

    Args:
        claim: one sentence.
        sentences: not empty.
        proven: spans of the claim that are known to be there in other words: dates, numbers.
    """
    return Likeness(
        coverage=covered(claim, sentences, proven),
        pairs=_shared_pairs(claim, sentences),
        meaning=_meaning(claim, sentences, proven),
    )


@dataclass(frozen=True, slots=True)
class SupportModel:
    """Two logistic models over `Likeness`: with the meaning of words, and without.

    Attributes:
        full: from this probability on, a claim that nothing contradicts is fully supported.
        partial: from this one on, partly.
    """

    meaning: Mapping[str, float]
    words: Mapping[str, float]
    full: float
    partial: float

    def probability(self, likeness: Likeness) -> float:
        """Probability, 0 to 1, that sentences with this likeness support the claim."""
        weights = self.words if likeness.meaning is None else self.meaning
        values = {**asdict(likeness), "bias": 1.0}
        logit = sum(value * values[name] for name, value in weights.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


@cache
def load_support_model() -> SupportModel:
    """The committed weights."""
    stored = json.loads(WEIGHTS_PATH.read_text(encoding="utf-8"))
    return SupportModel(stored["meaning"], stored["words"], **stored["thresholds"])
