"""A question in, ranked passages and evidence out: search, search, fuse, cut.

Plain functions; `rag.pipeline` puts them in order.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from llama_index.core.base.embeddings.base import BaseEmbedding

from index.article import PassageHit, ScoredPassage, SearchFilters
from index.derived import ranked
from index.embedding import embed_question
from index.library import Library
from index.store import SearchIndex
from rag.answer import Evidence, Question
from rag.glossary import gloss
from rag.matching import Asked
from rag.periods import Period, named_period

SEARCH_DEPTH = 50
FRESH_DAYS = 7
"""An article's age begins to count after about so many days."""


def search_filters(question: Question) -> SearchFilters:
    """The question's filters, and nothing that was published after it is asked."""
    return replace(question.filters, not_after=question.asked_on.isoformat())


def ask_in_forms(text: str, as_of: date, embedding: BaseEmbedding) -> tuple[Asked, ...]:
    """A question as it stands and, where it is Russian or Ukrainian, word by word in English.

    Args:
        text: the standalone question, or one part of it.
        as_of: the day on which it is asked.
        embedding: that ranks the passages.
    """
    period = named_period(text, as_of)
    forms = (text,) if (english := gloss(text)) is None else (text, english)
    return tuple(Asked(form, *embed_question(embedding, form), period) for form in forms)


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


def fuse(rankings: Iterable[Sequence[PassageHit]]) -> list[PassageHit]:
    """Add up each passage's scores, relative to the best one of their ranking.

    A convex combination of scores (Bruch, Gai and Ingber, ACM TOIS 42(1), 2023), with 0 as the
    least score of every retriever. Unlike ranks, scores tell how far the best passage leads.

    Args:
        rankings: hits of each retriever, best first.

    Returns:
        One ranking; equal scores are in order of passage id, so it is the same every time.
    """
    shares: dict[tuple[str, str], list[float]] = defaultdict(list)
    for ranking in rankings:
        best = max((hit.score for hit in ranking), default=0.0)
        for hit in ranking if best > 0.0 else ():
            shares[hit.passage_id, hit.article_id].append(max(hit.score, 0.0) / best)
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
