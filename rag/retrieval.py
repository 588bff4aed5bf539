"""A question in, ranked passages and evidence out: search, search, fuse, cut.

Plain functions; `rag.pipeline` puts them in order.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from index.article import PassageHit, ScoredPassage, SearchFilters
from index.embedding import can_read
from index.library import Library
from index.store import SearchIndex
from rag.answer import Evidence, Question
from rag.features import Asked, Vector
from rag.glossary import gloss
from rag.locate import fold

RRF_K = 60
SEARCH_DEPTH = 50


def search_filters(question: Question, today: date) -> SearchFilters:
    """The question's filters, and nothing that was published after it is asked."""
    asked_on = question.as_of or today
    return replace(question.filters, not_after=asked_on.isoformat())


def ask_in_forms(text: str, embedding: BaseEmbedding) -> tuple[Asked, ...]:
    """A question as it stands and, where it is Russian or Ukrainian, word by word in English."""
    forms = (text,) if (english := gloss(text)) is None else (text, english)
    return tuple(Asked(form, _vector(form, embedding)) for form in forms)


def _vector(text: str, embedding: BaseEmbedding) -> Vector | None:
    if not can_read(embedding, text):
        return None
    return np.asarray(embedding.get_query_embedding(text), dtype=np.float32)


def search(
    forms: Sequence[Asked],
    stores: SearchIndex,
    allowed: frozenset[str] | None,
    depth: int = SEARCH_DEPTH,
) -> list[list[PassageHit]]:
    """Rank passages by words (BM25) and by meaning (cosine), for each form of the question.

    Args:
        forms: the standalone question; in English too, where that is not its language.
        stores: the open stores.
        allowed: ids of the articles to search in; None for all.
        depth: hits of each kind, at most.
    """
    rankings = []
    for form in forms:
        rankings.append(stores.search_words(form.text, depth, allowed))
        if form.vector is not None:
            rankings.append(stores.search_vectors(form.vector, depth, allowed))
    return rankings


def fuse(rankings: Iterable[Sequence[PassageHit]], k: int = RRF_K) -> list[PassageHit]:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009).

    Args:
        rankings: hits of each retriever, best first; ranks start at 1.
        k: dampens the weight of the first ranks.

    Returns:
        One ranking; equal scores are in order of passage id, so it is the same every time.
    """
    shares: dict[str, list[float]] = defaultdict(list)
    for ranking in rankings:
        for hit in ranking:
            shares[hit.passage_id].append(1.0 / (k + hit.rank))
    # An exact sum, so that the order of the retrievers cannot break a tie.
    scores = {passage_id: math.fsum(parts) for passage_id, parts in shares.items()}
    ordered = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    return [
        PassageHit(passage_id=passage_id, score=score, rank=rank, retriever="rrf")
        for rank, (passage_id, score) in enumerate(ordered, start=1)
    ]


def load(hits: Sequence[PassageHit], library: Library) -> list[ScoredPassage]:
    """The passages behind the hits; one that the library no longer has is left out."""
    passages = library.passages([hit.passage_id for hit in hits])
    return [
        ScoredPassage(passages[hit.passage_id], hit.score, hit.rank, hit.retriever)
        for hit in hits
        if hit.passage_id in passages
    ]


def drop_copies(ranked: Sequence[ScoredPassage]) -> list[ScoredPassage]:
    """One copy of each text: of passages with the same words, the best ranked is kept."""
    seen: set[str] = set()
    kept = []
    for scored in ranked:
        words = fold(scored.passage.text).text.casefold().strip()
        if words not in seen:
            seen.add(words)
            kept.append(scored)
    return kept


def to_evidence(ranked: Sequence[ScoredPassage], library: Library, limit: int) -> list[Evidence]:
    """The best passages with their articles and sources, numbered from 1."""
    best = list(ranked)[:limit]
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
