"""A question in, ranked passages and evidence out: search, search, fuse, cut.

Plain functions; `rag.pipeline` puts them in order.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from numpy.typing import NDArray

from index.article import PassageHit, ScoredPassage, SearchFilters
from index.embedding.local import embed_question
from index.library.library import Library
from index.search.cache import ranked
from index.search.stores import SearchIndex
from rag.question.periods import Period, named_period
from rag.types import Evidence, Question

SEARCH_DEPTH = 50
WORDS_WEIGHT = 0.75
"""What the best BM25 score counts beside the best cosine; chosen on the dev portion of our news."""
FRESH_DAYS = 7
"""An article's age begins to count after about so many days."""


def search_filters(question: Question) -> SearchFilters:
    """The question's filters, and nothing that was published after it is asked."""
    return replace(question.filters, not_after=question.asked_on)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is searched for.

    Attributes:
        text: standalone.
        vector: its unit vector.
        period: that it names, if any.
    """

    text: str
    vector: NDArray[np.float32]
    period: Period | None


def ask(text: str, as_of: date, embedding: BaseEmbedding) -> Asked:
    """A question with its vector and the period that it names.

    Args:
        text: the standalone question.
        as_of: the day on which it is asked.
        embedding: that ranks the passages.

    Raises:
        EmbeddingModelError: the embedding fails.
    """
    return Asked(text, embed_question(embedding, text), named_period(text, as_of))


def search(
    asked: Asked, stores: SearchIndex, allowed: frozenset[str] | None, depth: int = SEARCH_DEPTH
) -> tuple[list[PassageHit], list[PassageHit]]:
    """Rank passages by words (BM25) and by meaning (cosine).

    Args:
        asked: the question.
        stores: the open stores.
        allowed: ids of the articles to search in; None for all.
        depth: hits of each kind, at most.
    """
    by_words = stores.search_words(asked.text, depth, allowed)
    return by_words, stores.search_vectors(asked.vector, depth, allowed)


def fuse(by_words: Sequence[PassageHit], by_meaning: Sequence[PassageHit]) -> list[PassageHit]:
    """Add up each passage's scores, brought to one scale.

    A convex combination of scores (Bruch, Gai and Ingber, ACM TOIS 42(1), 2023). BM25 begins at
    0. Cosines of one encoder lie close together, far from 0, so theirs begin at the last hit.

    Args:
        by_words: hits of the lexical retriever, best first.
        by_meaning: hits of the vectors, best first.

    Returns:
        One ranking; equal scores are in order of passage id, so it is the same every time.
    """
    shares: dict[tuple[str, str], list[float]] = defaultdict(list)
    least = min((hit.score for hit in by_meaning), default=0.0) if len(by_meaning) > 1 else 0.0
    for hits, floor, weight in ((by_words, 0.0, WORDS_WEIGHT), (by_meaning, least, 1.0)):
        room = max((hit.score for hit in hits), default=0.0) - floor
        for hit in hits if room > 0.0 else ():
            share = weight * max(hit.score - floor, 0.0) / room
            shares[hit.passage_id, hit.article_id].append(share)
    # An exact sum, so that the order of the retrievers cannot break a tie.
    rows = [(passage, math.fsum(parts), article) for (passage, article), parts in shares.items()]
    return ranked(rows, len(rows), "fused")


def weigh_dates(
    hits: Sequence[PassageHit],
    published: Mapping[str, date],
    period: Period | None,
    as_of: date,
    decay: float,
) -> list[PassageHit]:
    """Rank again, with what was written nearest to the time in question counting more.

    An article's weight is ``(1 + days / 7) ** -decay``, with the days between it and the period
    that the question names, or else the day it is asked. A power law has no edge, unlike a
    window, so that a question asked later finds the same, and interest in news is known to fade
    like one (Dezső et al., Physical Review E 73, 2006). How steep was chosen on a public set of
    news questions, asked on their day and later (docs/decisions/0009-dates-in-ranking.md).

    Args:
        hits: passages, best first.
        published: days of publication by article id. An undated article gets the mean weight of
            the dated ones, and so is neither favoured nor lost.
        period: that the question names. One that has not ended counts as now.
        as_of: the day on which it is asked.
        decay: how quickly an article counts less; 0 leaves dates out.
    """
    if period is None or period.last >= as_of:
        period = Period(as_of, as_of)
    weights = {
        name: (1.0 + period.distance(published[name]) / FRESH_DAYS) ** -decay
        for name in {hit.article_id for hit in hits}
        if name in published
    }
    if not weights:
        return list(hits)
    mean = math.fsum(weights.values()) / len(weights)
    rows = [
        (hit.passage_id, hit.score * weights.get(hit.article_id, mean), hit.article_id)
        for hit in hits
    ]
    return ranked(rows, len(rows), "fused")


def load(hits: Sequence[PassageHit], library: Library, limit: int) -> list[ScoredPassage]:
    """The passages behind the best hits, one copy of each text.

    Args:
        hits: best first; one that the library no longer has is left out.
        library: that holds the passages.
        limit: how many at most; no more than needed are read.
    """
    kept: dict[str, ScoredPassage] = {}
    for start in range(0, len(hits), limit):
        batch = hits[start : start + limit]
        passages = library.passages([hit.passage_id for hit in batch])
        for hit in batch:
            if (passage := passages.get(hit.passage_id)) is None:
                continue
            words = " ".join(passage.text.casefold().split())
            kept.setdefault(words, ScoredPassage(passage, hit.score, hit.rank, hit.retriever))
        if len(kept) >= limit:
            break
    return list(kept.values())[:limit]


def to_evidence(found: Sequence[ScoredPassage], library: Library, limit: int) -> list[Evidence]:
    """The best passages with their articles and sources, numbered from 1."""
    best = found[:limit]
    articles = library.articles([scored.passage.article_id for scored in best])
    sources = library.sources([scored.passage.source_id for scored in best])
    return [
        Evidence(
            marker=marker,
            passage=scored.passage,
            article=articles[scored.passage.article_id],
            source=sources[scored.passage.source_id],
            score=scored.score,
        )
        for marker, scored in enumerate(best, start=1)
    ]
