"""Turn a question and its answer into scores, and say why a score is missing.

A score that does not apply (an accepted answer for a question that has none) is simply absent. A
score that should be there and cannot be computed is listed as unscored, with its reason.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from evals.dataset.corpus import Corpus
from evals.dataset.items import Gold, Query
from evals.metrics import citations as metrics_citations
from evals.metrics import ranking as metrics_ranking
from evals.metrics import text as metrics_text
from evals.metrics import words as metrics_words
from evals.metrics.citations import CitedClaim, Judge
from evals.records.record import QuestionOutcome
from evals.running.outcomes import Seen, cites, gold_rank, is_valid, marked_words, question_outcome
from rag.types import Answer, Citation

_CUTOFFS = (1, 5, 10)
_CITATION_HITS = ("citation_hit_any", "citation_hit_first")
_ANSWER_SCORES = ("contains", "first_quote_contains", "exact_match", "token_f1")
_RANKING_SCORES = ("hit_at_1", "hit_at_5", "hit_at_10", "mrr_at_10")
_OUTSIDE = "a gold document is outside the question's context"
_NOT_SEARCHED = "the ranking was not looked at"
_NOT_JUDGED = "nobody judged whether it can be answered"


@dataclass(slots=True)
class Sheet:
    """The scores of one item, as they come in."""

    scores: dict[str, float] = field(default_factory=dict)
    unscored: dict[str, str] = field(default_factory=dict)

    def leave(self, names: Iterable[str], reason: str) -> None:
        """List scores as unscored, with a reason."""
        self.unscored.update(dict.fromkeys(names, reason))


def score(seen: Seen, corpus: Corpus, judge: Judge) -> QuestionOutcome:
    """Score one question for a record.

    Args:
        seen: the question, its answer and the passages retrieved.
        corpus: finds the suite's documents.
        judge: whether texts fully support a claim.
    """
    sheet = Sheet({"latency_ms": seen.latency_ms, "cpu_ms": seen.cpu_ms})
    gold, reason = _usable_gold(seen.query, corpus)
    if reason:
        sheet.leave((*_RANKING_SCORES, "evidence_recall", *_CITATION_HITS, "outcome"), reason)
        if reason == _OUTSIDE:
            # The documents that it may be answered from do not hold the answer.
            sheet.leave(_ANSWER_SCORES, reason)
    else:
        _score_ranking(sheet, seen, gold, corpus)
        _score_hits(sheet, seen, gold, corpus)
    _score_words(sheet, seen)
    _score_claims(sheet, seen.answer, judge)
    _score_offsets(sheet, seen.answer, corpus)
    _score_outcome(sheet, seen)
    _score_right_words(sheet, seen, corpus)
    _score_conflict(sheet, seen, corpus)
    return question_outcome(seen, gold, corpus, sheet.scores, sheet.unscored)


def _usable_gold(query: Query, corpus: Corpus) -> tuple[list[Gold], str | None]:
    """The gold that an answer could have cited, and why it is too little to judge by."""
    wrong = {
        gold.doc_id: f"a gold document is not in the index: {corpus.refused[gold.doc_id]}"
        if gold.doc_id in corpus.refused
        else _OUTSIDE
        for gold in query.gold
        if gold.doc_id in corpus.refused
        or (query.context is not None and not corpus.in_context(gold.doc_id, query.context))
    }
    usable = [gold for gold in query.gold if gold.doc_id not in wrong]
    if wrong and (not usable or query.gold_rule == "all"):
        return [], next(iter(wrong.values()))
    return usable, None


def _score_ranking(sheet: Sheet, seen: Seen, gold: Sequence[Gold], corpus: Corpus) -> None:
    if not gold:
        return
    if seen.ranked is None:
        sheet.leave((*_RANKING_SCORES, "evidence_recall"), _NOT_SEARCHED)
        return
    wanted = frozenset[str]().union(*(corpus.gold_articles(one) for one in gold))
    ranked = metrics_ranking.distinct([found.passage.article_id for found in seen.ranked])
    for k in _CUTOFFS:
        sheet.scores[f"hit_at_{k}"] = metrics_ranking.hit_at(ranked, wanted, k)
    sheet.scores["mrr_at_10"] = metrics_ranking.reciprocal_rank(ranked, wanted, 10)
    quoted = [one for one in gold if one.quote is not None]
    if not quoted:
        sheet.leave(["evidence_recall"], "no gold quote is named")
        return
    ranks = [gold_rank(one, seen.ranked, corpus) for one in quoted]
    found = [rank is not None and rank <= seen.evidence for rank in ranks]
    sheet.scores["evidence_recall"] = metrics_ranking.evidence_recall(found, seen.query.gold_rule)


def _score_hits(sheet: Sheet, seen: Seen, gold: Sequence[Gold], corpus: Corpus) -> None:
    if not seen.query.answerable:
        return
    quoted = [one for one in gold if one.quote is not None]
    if not quoted:
        sheet.leave(_CITATION_HITS, "no gold quote is named")
        return
    covered = [
        [cites(citation, one, corpus) for one in quoted] for citation in seen.answer.citations
    ]
    hits = metrics_citations.gold_hit(covered, seen.query.gold_rule)
    sheet.scores.update(zip(_CITATION_HITS, hits, strict=True))


def _claims_text(answer: Answer) -> str:
    """The answer's own words, without the attribution lines around quotes."""
    return "\n".join(metrics_text.without_markers(claim.text) for claim in answer.claims)


def _short_answer(answer: Answer) -> tuple[str, bool]:
    """The words marked as the answer, or else the whole first quote; and which of the two."""
    for citation in answer.citations:
        marked = marked_words(citation)
        if marked:
            return marked, True
    return (answer.citations[0].quote if answer.citations else ""), False


def _score_words(sheet: Sheet, seen: Seen) -> None:
    answer, query = seen.answer, seen.query
    answered = answer.status == "answered"
    short, marked = _short_answer(answer)
    if answered:
        quotes = [citation.quote for citation in answer.citations]
        sheet.scores["words_quoted"] = metrics_text.word_count(quotes)
        sheet.scores["quotes"] = float(len(quotes))
        sheet.scores["marked"] = float(marked)
    if "contains" in sheet.unscored:
        return
    if query.answerable is None:
        sheet.leave(_ANSWER_SCORES, _NOT_JUDGED)
    elif query.answerable and not query.answers:
        sheet.leave(_ANSWER_SCORES, "no accepted answer is named")
    elif query.answerable:
        first = answer.citations[0].quote if answer.citations else ""
        found = (
            metrics_text.contains(_claims_text(answer), query.answers),
            metrics_text.contains(first, query.answers),
            metrics_text.exact_match(short, query.answers),
            metrics_text.token_f1(short, query.answers),
        )
        for name, value in zip(_ANSWER_SCORES, found, strict=True):
            sheet.scores[name] = value if answered else 0.0


def _score_right_words(sheet: Sheet, seen: Seen, corpus: Corpus) -> None:
    """Judge by words if the suite names wrong ones; see `evals.metrics.words`."""
    query, answer = seen.query, seen.answer
    if query.forbid is None or query.answerable is None:
        return
    right = first = float(answer.status == "abstained")
    if query.answerable:
        quotes = [
            metrics_words.Quoted(corpus.document_of.get(c.source.source_id), c.quote)
            for c in answer.citations
        ]
        gold = [metrics_words.Quoted(one.doc_id, one.quote or "") for one in query.gold]
        wanted = metrics_words.Wanted(query.answers, gold, query.gold_rule, query.forbid)
        right, first = metrics_words.right_by_words(quotes, wanted)
        sheet.scores["right_words_answerable"] = right
        sheet.scores["first_words_answerable"] = first
    sheet.scores["right_words"] = right
    sheet.scores["first_words"] = first


def _score_conflict(sheet: Sheet, seen: Seen, corpus: Corpus) -> None:
    """Score questions on which articles differ, and those on which none gives a false answer."""
    query, answer = seen.query, seen.answer
    if not (query.answerable and query.fake_answers):
        return
    sources = (
        {corpus.source_of[doc_id] for doc_id in query.context if doc_id in corpus.source_of}
        if query.context is not None
        else corpus.texts.keys()
    )
    texts = [corpus.texts[source] for source in sorted(sources)]
    says_right = any(metrics_text.contains(text, query.answers) for text in texts)
    says_wrong = any(metrics_text.contains(text, query.fake_answers) for text in texts)
    if says_right and says_wrong:
        quotes = "\n".join(citation.quote for citation in answer.citations)
        both = (query.answers, query.fake_answers)
        found = min(metrics_text.contains(quotes, values) for values in both)
        sheet.scores["both_values_quoted"] = found
        sheet.scores["conflict_said"] = float(bool(answer.conflicts))
    elif says_right:
        sheet.scores["conflict_invented"] = float(bool(answer.conflicts))


def _score_claims(sheet: Sheet, answer: Answer, judge: Judge) -> None:
    if not answer.claims:
        return
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    claims: list[CitedClaim] = [
        (metrics_text.without_markers(claim.text), [quotes[marker] for marker in claim.citations])
        for claim in answer.claims
    ]
    sheet.scores["citation_recall"] = metrics_citations.citation_recall(claims, judge)
    precision = metrics_citations.citation_precision(claims, judge)
    if precision is not None:
        sheet.scores["citation_precision"] = precision


def _shown(answer: Answer) -> tuple[Citation, ...]:
    return answer.citations + (answer.abstention.closest if answer.abstention else ())


def _score_offsets(sheet: Sheet, answer: Answer, corpus: Corpus) -> None:
    shown = _shown(answer)
    if shown:
        valid = [is_valid(citation, corpus) for citation in shown]
        sheet.scores["offsets_valid"] = float(all(valid))


def _score_outcome(sheet: Sheet, seen: Seen) -> None:
    """Score right answers, due refusals, and what the confidence figures need."""
    query, answer = seen.query, seen.answer
    if query.answerable is None:
        sheet.leave(("unanswerable", "refused", "outcome"), _NOT_JUDGED)
        return
    refused = answer.status == "abstained"
    sheet.scores["unanswerable"] = float(not query.answerable)
    sheet.scores["refused"] = float(refused)
    sheet.scores["confidence"] = answer.confidence
    if query.answerable:
        sheet.scores["answered"] = float(not refused)
    right = _rightness(sheet, seen)
    if right is not None:
        sheet.scores["outcome"] = right if query.answerable else float(refused)
        if not refused:
            sheet.scores["right"] = right


def _rightness(sheet: Sheet, seen: Seen) -> float | None:
    """Whether the answer is right: it cites the gold quote or, if none is named, says it."""
    if not seen.query.answerable:
        return 0.0
    if "outcome" in sheet.unscored:
        return None
    for name in ("citation_hit_any", "contains"):
        if name in sheet.scores:
            return sheet.scores[name]
    sheet.leave(("outcome",), "neither a gold quote nor an accepted answer is named")
    return None
