"""Put sentences in the order in which they answer a question, whoever read them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.article import Span
from index.saying import Said
from rag.reading.asked_names import absent_names
from rag.reading.calibration import Calibration
from rag.reading.corrections import put_right
from rag.reading.reader import Reader, ReadSentence
from rag.reading.words import match_sentences
from rag.types import Evidence

READ_FIRST = 4
"""Passages to read at once; the rest follow only if these leave doubt."""
LEAST_SHARE = 0.05
"""A passage's share in the search counts as at least this."""
SURE = 0.97
"""The reader stops early if the best sentence is right with this probability."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be quoted, and how well it answers.

    Attributes:
        position: index of the sentence in its passage.
        words: those that answer, as a span of the source; None if there are none.
        read: log odds of the words against "this passage does not answer".
        score: to compare candidates of one question; higher is better.
    """

    evidence: Evidence
    position: int
    words: Span | None
    read: float
    score: float

    @property
    def span(self) -> Span:
        """The sentence's place in its source."""
        return self.evidence.passage.sentences[self.position]

    @property
    def text(self) -> str:
        """The sentence."""
        return self.evidence.source.text[self.span.start : self.span.end]

    @property
    def answer(self) -> str:
        """The words that answer; empty if there are none."""
        return self.evidence.source.text[self.words.start : self.words.end] if self.words else ""


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A part of a question with the sentences of the evidence.

    Attributes:
        question: the part, standalone.
        ranked: every sentence read, best first; empty without evidence.
        confidence: probability, 0 to 1, that the best of them answers.
        taught: whether the reader read them; otherwise words decided.
        refusal: why it has no answer, where more is known than that it is not sure.
    """

    question: str
    ranked: tuple[Candidate, ...]
    confidence: float
    taught: bool
    refusal: Said | None = None

    def renumbered(self, evidence: Sequence[Evidence]) -> "ReadPart":
        """Take over the numbers that the passages have now."""
        known = {item.passage.passage_id: item for item in evidence}
        moved = (replace(c, evidence=known[c.evidence.passage.passage_id]) for c in self.ranked)
        return replace(self, ranked=tuple(moved))


def read_part(
    question: str,
    evidence: Sequence[Evidence],
    reader: Reader | None,
    calibration: Calibration,
    sure: float = SURE,
) -> ReadPart:
    """Read the evidence for one part of a question.

    Args:
        question: the part, standalone.
        evidence: passages in rank order.
        reader: None if its weights are missing; then words decide.
        calibration: how far what it reads is to be trusted.
        sure: confidence at which the reader stops early.

    Raises:
        EmbeddingModelError: the reader fails.
    """
    if reader is None:
        ranked = _rank(evidence, match_sentences(question, evidence), calibration.prior)
        best = ranked[0].read if ranked else -math.inf
        return ReadPart(question, ranked, 1.0 / (1.0 + math.exp(-best)), taught=False)
    read = reader.read(question, evidence[:READ_FIRST])
    part = _part(question, evidence[:READ_FIRST], read, calibration)
    if part.confidence >= sure or len(evidence) <= READ_FIRST:
        return part
    read += reader.read(question, evidence[READ_FIRST:])
    return _part(question, evidence, read, calibration)


def _part(
    question: str,
    evidence: Sequence[Evidence],
    read: Sequence[Sequence[ReadSentence]],
    calibration: Calibration,
) -> ReadPart:
    ranked = _rank(evidence, read, calibration.prior)
    confidence = calibration.probability(signals(question, ranked)) if ranked else 0.0
    return ReadPart(question, ranked, confidence, taught=True)


def _rank(
    evidence: Sequence[Evidence], read: Sequence[Sequence[ReadSentence]], prior: float
) -> tuple[Candidate, ...]:
    best = max((item.score for item in evidence), default=0.0) or 1.0
    found = [
        Candidate(item, at, s.words, s.score, merit(s.score, item.score / best, prior))
        for item, sentences in zip(evidence, read, strict=True)
        for at, s in put_right(item, sentences)
    ]
    # What ties stays in the order of the passages and of their sentences.
    return tuple(sorted(found, key=lambda c: -c.score))


def merit(read: float, share: float, prior: float) -> float:
    """Score a sentence, to compare sentences of several passages.

    The score is the log of a product: the probability that the sentence answers if its passage is
    the right one, and the probability that it is, for which the search's share stands.

    Args:
        read: the reader's log odds.
        share: of the passage in the search's best score, 0 to 1.
        prior: weight of the share.
    """
    return answering(read) + prior * math.log(max(share, LEAST_SHARE))


def answering(read: float) -> float:
    """The log of the probability that a sentence answers, from the reader's log odds."""
    return min(read, 0.0) - math.log1p(math.exp(-abs(read)))


def signals(question: str, ranked: Sequence[Candidate]) -> dict[str, float]:
    """Compute the signals of the confidence; every one rests on what was read.

    ``read`` of the best sentence, its ``lead`` over the best that gives other words, its passage's
    ``share`` in the search, the share of the question's names that its article lacks (``absent``),
    the ``most`` that was read anywhere, and the mean of what comes ``next``.

    Args:
        question: standalone.
        ranked: candidates, best first; not empty.
    """
    first = ranked[0]
    best = max(c.evidence.score for c in ranked) or 1.0
    rivals = [c.score for c in ranked[1:] if not same_words(c.answer, first.answer)]
    lead = first.score - rivals[0] if rivals else 6.0
    reads = sorted((max(-12.0, min(c.read, 12.0)) for c in ranked), reverse=True)
    return {
        "read": max(-12.0, min(first.read, 12.0)),
        "most": reads[0],
        "next": math.fsum(reads[1:4]) / max(1, len(reads[1:4])),
        "lead": max(0.0, min(lead, 6.0)),
        "share": first.evidence.score / best,
        "absent": absent_names(question, first.evidence),
    }


def same_words(one: str, other: str) -> bool:
    """Whether two answers are the same words, or one holds the other."""
    a, b = (" ".join(text.casefold().split()) for text in (one, other))
    return bool(a and b) and (a in b or b in a)
