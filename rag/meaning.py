"""Whether the words of a claim are in its text at all, by themselves and not where they stand.

Where it stands a word takes colour from its neighbours, so that "poisoned" in "the market is
poisoned" is not far from "open" in "the market is open". By itself it is.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.embedding import local_token_vectors
from index.errors import EmbeddingModelError
from rag.alignment import has_word
from rag.glossary import is_cyrillic
from rag.lexicon import OPPOSITES
from rag.modality import turns
from rag.text import Token, content_tokens

Spans = Sequence[tuple[int, int]]
Numbers = NDArray[np.float32]

SAME_SENSE = 0.25
"""Two words less alike than this by themselves do not say the same."""


@lru_cache(maxsize=50_000)
def _direction(word: str) -> Numbers | None:
    """What a word means by itself, as a vector of length 1; None of one without letters."""
    vectors = local_token_vectors(word).vectors
    if not len(vectors):
        return None
    mean = vectors.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


def _alone(word: str) -> Numbers | None:
    """The same; None also where the model is not installed or cannot read it."""
    if is_cyrillic(word):
        return None
    try:
        # What it raises is not remembered.
        return _direction(word)
    except EmbeddingModelError:
        return None


def unmet(claim: str, sentences: Sequence[str], proven: Spans = ()) -> tuple[Token, ...]:
    """Content words of a claim that the sentences have neither themselves nor by a like word.

    Names, numbers, dates, and words such as "not", "may" and "all" are left to their own rules.
    Without the model only the same word counts.
    """
    missing = [
        token
        for token in content_tokens(claim)
        if not (token.is_name or token.is_number or _overlaps(token, proven) or turns(token))
        and not any(has_word(token, sentence) for sentence in sentences)
    ]
    if not missing:
        return ()
    others = {token.text.casefold() for s in sentences for token in content_tokens(s)}
    known = [vector for word in sorted(others) if (vector := _alone(word)) is not None]
    return tuple(
        token
        for token in missing
        if not _has_sense(token.text.casefold(), known)
        and not _on_one_side(token.text.casefold(), others)
    )


def _overlaps(token: Token, spans: Spans) -> bool:
    return any(start < token.end and token.start < end for start, end in spans)


def _has_sense(word: str, known: Sequence[Numbers]) -> bool:
    vector = _alone(word)
    return vector is not None and any(float(vector @ other) >= SAME_SENSE for other in known)


def _on_one_side(word: str, others: AbstractSet[str]) -> bool:
    """Whether the text has another word of those that are opposed to the same ones."""
    return any(word in side and others & side for pair in OPPOSITES for side in pair)
