"""A question in, ranked passages and evidence out: search, search, fuse, cut.

Plain functions; `rag.pipeline` puts them in order.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from index.article import Article, Passage, PassageHit, ScoredPassage, SearchFilters, Source, Span
from index.library.library import Library
from index.search.ranking import ranked
from index.search.stores import SearchIndex
from rag.evidence.instructions import is_instruction
from rag.evidence.stories import is_told
from rag.question.asked import Asked
from rag.question.periods import Period
from rag.types import Evidence, Question

SEARCH_DEPTH = 50
WORDS_WEIGHT = 0.75
"""Weight of the best BM25 score beside the best cosine; chosen on the dev portion of our news."""
FRESH_DAYS = 7
"""An article's age begins to count after about this many days."""


def search_filters(question: Question) -> SearchFilters:
    """The question's filters, without articles published after the day of asking."""
    return replace(question.filters, not_after=question.asked_on)


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
    by_words = stores.search_words(asked.understood.text, depth, allowed)
    return by_words, stores.search_vectors(asked.vector, depth, allowed)


def fuse(by_words: Sequence[PassageHit], by_meaning: Sequence[PassageHit]) -> list[PassageHit]:
    """Add up each passage's scores, on one scale.

    A convex combination of scores (Bruch, Gai and Ingber, ACM TOIS 42(1), 2023). BM25 begins at
    0. Cosines of one encoder lie close together, far from 0, so theirs begin at the last hit.

    Args:
        by_words: hits of the lexical retriever, best first.
        by_meaning: hits of the vectors, best first.

    Returns:
        One ranking; equal scores stand in order of passage id, so that it never changes.
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
    """Rank again, and give more weight to articles near the time in question.

    An article's weight is ``(1 + days / 7) ** -decay``, with the days between it and the period
    that the question names, or else the day of asking. Unlike a window, a power law has no edge, so
    that a later question finds the same; and interest in news fades like one (Dezső et al.,
    Physical Review E 73, 2006). A public set of news questions, asked on their day and later,
    decided how steep it is (docs/decisions/0009-dates-in-ranking.md).

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
    """The passages behind the best hits, one copy of each text and of each story.

    Args:
        hits: best first; this leaves out one that the library no longer has.
        library: holds the passages.
        limit: how many at most; this reads no more than it needs.
    """
    kept: dict[str, ScoredPassage] = {}
    copies = library.holdings().copies
    for start in range(0, len(hits), limit):
        batch = hits[start : start + limit]
        passages = library.passages([hit.passage_id for hit in batch])
        for hit in batch:
            if (passage := passages.get(hit.passage_id)) is None:
                continue
            words = " ".join(passage.text.casefold().split())
            scored = ScoredPassage(passage, hit.score, hit.rank, hit.retriever)
            if not is_told(scored, list(kept.values()), copies):
                kept.setdefault(words, scored)
        if len(kept) >= limit:
            break
    return list(kept.values())[:limit]


def to_evidence(
    found: Sequence[ScoredPassage], library: Library, limit: int, as_of: date
) -> list[Evidence]:
    """The best passages with their articles, their sources and the sentences before them.

    Args:
        found: passages, best first.
        library: that holds them.
        limit: how many at most.
        as_of: the day; copies and later versions that were published after it are not named.
    """
    best = found[:limit]
    articles = library.articles([scored.passage.article_id for scored in best])
    sources = library.sources([scored.passage.source_id for scored in best])
    preceding = library.passages_before([scored.passage.passage_id for scored in best])
    # Another process may have dropped an article since its passages were found.
    best = [scored for scored in best if scored.passage.article_id in articles]
    best = [scored for scored in best if scored.passage.source_id in sources]
    evidence = [
        _evidence(
            scored,
            articles[scored.passage.article_id],
            sources[scored.passage.source_id],
            preceding.get(scored.passage.passage_id),
        )
        for scored in best
    ]
    known = library.holdings()
    return [
        replace(
            item,
            copies=known.out_by(as_of, known.copies.get(item.article.article_id, ())),
            later=known.out_by(as_of, known.later.get(item.article.article_id, ())),
        )
        for item in evidence
    ]


def _evidence(
    scored: ScoredPassage, article: Article, source: Source, preceding: Passage | None
) -> Evidence:
    before = _sentence_before(scored.passage, preceding, article, source) if preceding else None
    return Evidence(0, scored.passage, article, source, scored.score, before)


def _sentence_before(
    passage: Passage, preceding: Passage, article: Article, source: Source
) -> Span | None:
    """The sentence right before a passage in the same body span, if it may be quoted."""
    body = next((span for span in article.body if span.contains(passage.span)), None)
    if body is None or not body.contains(preceding.span) or not preceding.sentences:
        return None
    last, text = preceding.sentences[-1], source.text
    # What was left out of a body is not bridged, nor is an order let in this way.
    if text[last.end : passage.start].strip() or is_instruction(text[last.start : last.end]):
        return None
    return last


def numbered(evidence: Iterable[Evidence]) -> list[Evidence]:
    """Evidence in its order, under the numbers by which an answer cites it."""
    return [replace(item, marker=marker) for marker, item in enumerate(evidence, start=1)]
