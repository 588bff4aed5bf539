"""What a record says about a question: its answer, and how far each gold quote came."""

from collections.abc import Sequence
from dataclasses import dataclass

from evals.dataset.corpus import Corpus
from evals.dataset.items import Gold, Query
from evals.metrics.citations import offsets_valid
from evals.records.record import CitationOutcome, GoldOutcome, QuestionOutcome
from index.article import ScoredPassage, Span
from rag.types import Answer, Citation

# Characters shown on either side of a gold quote.
_CONTEXT = 160


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything known about one question after it was asked.

    Attributes:
        ranked: passages in order of rank, more than an answer uses; None if nobody searched
            for them.
        evidence: how many of them an answer uses.
        latency_ms: wall-clock time of the answer.
        cpu_ms: processor time of the answer, all threads.
    """

    query: Query
    answer: Answer
    ranked: Sequence[ScoredPassage] | None
    evidence: int
    latency_ms: float
    cpu_ms: float


def gold_rank(gold: Gold, ranked: Sequence[ScoredPassage], corpus: Corpus) -> int | None:
    """Rank of the first passage that covers the gold quote, or None if none does."""
    for position, found in enumerate(ranked, start=1):
        if corpus.covers(found.passage.source_id, found.passage.span, gold):
            return position
    return None


def cites(citation: Citation, gold: Gold, corpus: Corpus) -> bool:
    """Whether the citation covers the gold quote."""
    span = Span(citation.start, citation.end)
    return corpus.covers(citation.source.source_id, span, gold)


def is_valid(citation: Citation, corpus: Corpus) -> bool:
    """Whether the suite's own text has the quote at the citation's place."""
    text = corpus.texts.get(citation.source.source_id)
    return offsets_valid(text, Span(citation.start, citation.end), citation.quote)


def marked_words(citation: Citation) -> str | None:
    """The words of the quote that answer, if they are marked."""
    span = citation.answer_span
    return citation.source.text[span.start : span.end] if span else None


def question_outcome(
    seen: Seen,
    gold: Sequence[Gold],
    corpus: Corpus,
    scores: dict[str, float],
    unscored: dict[str, str],
) -> QuestionOutcome:
    """Describe a question for a record.

    Args:
        seen: the question, its answer and the passages retrieved.
        gold: the gold quotes whose documents are in the index.
        corpus: finds the suite's documents.
        scores: what could be scored.
        unscored: what could not, and why.
    """
    query, answer = seen.query, seen.answer
    return QuestionOutcome(
        id=query.id,
        type=query.type,
        portion=query.portion,
        scores=scores,
        unscored=unscored,
        question=query.question,
        as_of=query.date.isoformat() if query.date else None,
        answerable=query.answerable,
        answers=list(query.answers),
        gold_rule=query.gold_rule,
        gold=[_gold_outcome(one, seen, corpus) for one in gold],
        status=answer.status,
        answer=answer.text,
        claims=[claim.text for claim in answer.claims],
        citations=[_citation_outcome(found, gold, corpus) for found in answer.citations],
        closest=[
            _citation_outcome(found, gold, corpus)
            for found in (answer.abstention.closest if answer.abstention else ())
        ],
        passage=seen.ranked[0].passage.text if seen.ranked else None,
        confidence=answer.confidence,
        mode=answer.mode,
        fallback=answer.fallback,
        fake_answers=list(query.fake_answers or ()),
    )


def _gold_outcome(gold: Gold, seen: Seen, corpus: Corpus) -> GoldOutcome:
    places = corpus.places(gold)
    if not places:
        return GoldOutcome(doc_id=gold.doc_id, quote=None)
    text = corpus.texts[corpus.source_of[gold.doc_id]]
    start, end = places[0].start, places[0].end
    return GoldOutcome(
        doc_id=gold.doc_id,
        quote=gold.quote,
        before=text[max(0, start - _CONTEXT) : start],
        after=text[end : end + _CONTEXT],
        rank=gold_rank(gold, seen.ranked or (), corpus),
        cited=any(cites(citation, gold, corpus) for citation in seen.answer.citations),
    )


def _citation_outcome(citation: Citation, gold: Sequence[Gold], corpus: Corpus) -> CitationOutcome:
    return CitationOutcome(
        marker=citation.marker,
        doc_id=corpus.document_of.get(citation.source.source_id),
        source=citation.source.name,
        title=citation.article.title,
        publisher=citation.article.publisher,
        published_at=citation.article.published,
        quote=citation.quote,
        prefix=citation.prefix,
        suffix=citation.suffix,
        start=citation.start,
        end=citation.end,
        marked=marked_words(citation),
        valid=is_valid(citation, corpus),
        hits_gold=any(cites(citation, one, corpus) for one in gold),
    )
