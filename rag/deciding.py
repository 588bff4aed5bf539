"""Questions that want yes or no: the sentence that decides, and the word that opens the answer.

The reader looks for words that answer, and a yes/no question has none; the judge tells better
which sentence is to the point. "Yes" and "No" are claims of their own, and the judge tells them too
badly from sentences as short as those of news: it takes "the canteen was closed" for a
contradiction of "is the canteen closed". What is certain is that somebody denies what is asked:
the article says so, and of whom.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from index.language.languages import LANGUAGES
from index.language.tokens import tokens
from index.saying import Said, phrase
from rag.question.periods import Period
from rag.reading.choosing import Candidate, ReadPart
from rag.reading.reader import article_header, header
from rag.types import Citation
from rag.verification.judge import NEUTRAL, Judge
from rag.verification.quoted import outside_quotations

LOOKED_AT: Final = 10
"""Sentences that the judge reads beside a question, the best by the reader."""
TO_THE_POINT: Final = 0.1
"""Up to this probability of "says nothing about it", by the judge, a sentence decides."""
ON_THE_MATTER: Final = 0.15
"""Up to this one it may tell of a later state of what another sentence decides."""
DECIDED: Final = 0.5
"""Confidence in a sentence that the judge finds to the point, at least."""
BESIDE_THE_POINT: Final = 0.3
"""From this probability on, by the judge, a sentence says nothing about what is asked."""

_DENIES: Final = {code: frozenset(language.speech.denies) for code, language in LANGUAGES.items()}


def deciding_leads(part: ReadPart, period: Period | None, judge: Judge | None) -> ReadPart:
    """Put the sentence first that decides a yes/no question, in its newest state.

    Args:
        part: of a question that wants yes or no, read.
        period: that the question names; what it asks for is then no present state.
        judge: None where its weights are not there: the reader's order stays then.

    Raises:
        EmbeddingModelError: the judge fails.
    """
    if judge is None or not part.ranked or part.refusal:
        return part
    tried = part.ranked[:LOOKED_AT]
    claim = part.question.rstrip(" ?")
    verdicts = judge.judge([(claim, header(one.evidence), one.text) for one in tried])
    open_ = [float(row[NEUTRAL]) for row in verdicts]
    deciding = next((n for n, share in enumerate(open_) if share <= TO_THE_POINT), None)
    if deciding is None:
        return part
    best = tried[deciding]
    if period is None:
        best = _newest(
            best, [one for one, n in zip(tried, open_, strict=True) if n <= ON_THE_MATTER]
        )
    ranked = (best, *(one for one in part.ranked if one is not best))
    return replace(part, ranked=ranked, confidence=max(part.confidence, DECIDED))


def _newest(best: Candidate, others: Sequence[Candidate]) -> Candidate:
    """The one of the newest article; the best of those of one day."""
    for one in others:
        day, known = one.evidence.article.published, best.evidence.article.published
        if day and known and day > known:
            best = one
    return best


def denied_words(question: str, first: Citation, judge: Judge | None) -> tuple[Said, ...]:
    """Say who denies what is asked, if the first quote is a denial of it.

    Args:
        question: that wants yes or no, standalone.
        first: the first citation of its answer.
        judge: None where its weights are not there: nothing is said then.

    Raises:
        EmbeddingModelError: the judge fails.
    """
    denies = _DENIES.get(first.article.language or "", frozenset())
    said = {token.text.casefold() for token in tokens(outside_quotations(first.quote))}
    if judge is None or not first.speaker or not said & denies:
        return ()
    evidence = article_header(first.article)
    verdict = judge.judge([(question.rstrip(" ?"), evidence, first.quote)])
    if verdict[0, NEUTRAL] >= BESIDE_THE_POINT:
        return ()
    return (phrase("Denied by %(name)s.", name=" ".join(first.speaker.split())),)
