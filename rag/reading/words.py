"""The fallback without the reader's weights: how many of the question's words a sentence has."""

import math
from collections.abc import Sequence

from index.language.tokens import all_keys, content_tokens
from rag.reading.reader import ReadSentence
from rag.types import Evidence

MOST = 2.0
"""Log odds of a sentence that has every word of the question: words alone are never sure."""


def match_sentences(question: str, evidence: Sequence[Evidence]) -> list[list[ReadSentence]]:
    """Give the sentences of each passage log odds by shared words, and mark no words.

    The fewer passages have a word, the more it counts.

    Args:
        question: standalone.
        evidence: the passages.
    """
    terms = content_tokens(question)
    passages = [all_keys(item.passage.text) for item in evidence]
    weights = [
        math.log(1.0 + (len(passages) + 1.0) / (sum(bool(t.keys & p) for p in passages) + 0.5))
        for t in terms
    ]
    total = math.fsum(weights) or 1.0
    found = []
    for item in evidence:
        shares = (
            math.fsum(w for t, w in zip(terms, weights, strict=True) if t.keys & all_keys(text))
            for text in item.passage.sentence_texts()
        )
        found.append([ReadSentence(MOST * (2.0 * share / total - 1.0), None) for share in shares])
    return found
