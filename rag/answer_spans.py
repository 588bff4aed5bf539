"""The words of a quoted sentence that answer the question: "33", "Foreign Minister Kuleba".

Every run of words that could answer gets a probability from a log-linear model over
`rag.span_features`; the run is marked that overlaps most with what the probable ones say, and
none where even that is not to be expected to overlap enough. The answerer proposes the mark;
whether it lies inside the quote is the verifier's business.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.article import Span
from index.token_vectors import TokenVectors
from rag.kinds import AnswerKind, offers
from rag.span_features import FEATURES, Runs, find_runs, read_asking

WEIGHTS_PATH = Path(__file__).with_name("span_weights.json")
MARK_FROM = 0.5
"""Words are marked from this expected overlap (token F1) with the words that answer."""
_PROBABLE = 40
"""So many of the most probable runs are weighed against one another."""
_PLAIN_KINDS = frozenset({AnswerKind.NUMBER, AnswerKind.DATE, AnswerKind.TIME, AnswerKind.DURATION})
"""Who asks for one of these gets words that are one, or no words."""
# A question that "yes" or "no" would answer has no words to mark.
_YES_OR_NO = re.compile(
    r"^\W*(?:(?:is|are|was|were|do|does|did|can|could|has|have|had|will|would|should|may|might)"
    r"(?:n['’]t)?|правда\s+ли|верно\s+ли|чи|разве|хіба)\s|^\W*\w+\s+ли\s",
    re.IGNORECASE,
)
_ASKING_WORD = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_BEFORE = re.compile(r"[$€£¥₽₴#№~≈+−-]$|(?<=\s)[A-Z]{0,2}\$$")
_AFTER = re.compile(r"^\s?(?:%|°[CF]?)")

Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MarkedWords:
    """Words proposed as the answer.

    Attributes:
        span: in the sentence.
        expected: overlap (token F1, 0 to 1) to expect with the words that answer.
    """

    span: Span
    expected: float


@cache
def load_weights() -> Weights:
    """The committed weights, in the order of `FEATURES`."""
    stored: Mapping[str, float] = json.loads(WEIGHTS_PATH.read_text(encoding="utf-8"))["weights"]
    return np.array([stored.get(name, 0.0) for name in FEATURES])


def expects_words(question: str) -> bool:
    """Whether a question asks for words rather than for yes or no."""
    return not _YES_OR_NO.search(question) or bool(_ASKING_WORD.search(question))


def mark_words(
    question: str,
    sentence: str,
    read_question: TokenVectors | None = None,
    read: TokenVectors | None = None,
    offset: int = 0,
    weights: Weights | None = None,
) -> MarkedWords | None:
    """The words of a sentence that answer a question best, however unsure.

    Args:
        question: one part of the question, in the language of the sentence if possible.
        sentence: where the answer is looked for.
        read_question: what the question's tokens mean, where that is known.
        read: the same of the text that the sentence is read in.
        offset: where the sentence begins in that text.
        weights: of the features; the committed ones by default.
    """
    if not expects_words(question):
        return None
    asking = read_asking(question, read_question)
    runs = find_runs(asking, sentence, read, offset)
    if not len(runs.first):
        return None
    chosen, expected = decide(runs, load_weights() if weights is None else weights)
    first, last = runs.words[runs.first[chosen]], runs.words[runs.last[chosen]]
    span = _trimmed(sentence, first.start, last.end)
    kinds = asking.kinds & _PLAIN_KINDS
    words = sentence[span.start : span.end]
    if kinds and kinds == asking.kinds and not any(offers(k, words, asking.keys) for k in kinds):
        return None
    return MarkedWords(span, expected)


def probabilities(runs: Runs, weights: Weights) -> NDArray[np.float64]:
    """How likely each run is the one that answers; they sum to 1."""
    scores = runs.rows @ weights
    likely = np.exp(scores - scores.max())
    return np.asarray(likely / likely.sum())


def decide(runs: Runs, weights: Weights) -> tuple[int, float]:
    """The run with the greatest expected token F1 with the answer, and how great that is.

    Choosing by expected overlap rather than by the one highest probability lets runs that differ
    by a word or two support each other (minimum Bayes risk, Kumar and Byrne 2004).
    """
    likely = probabilities(runs, weights)
    top = np.argsort(-likely, kind="stable")[:_PROBABLE]
    first, last = runs.first[top], runs.last[top]
    shared = np.minimum.outer(last, last) - np.maximum.outer(first, first) + 1
    length = last - first + 1
    f1 = 2.0 * np.maximum(shared, 0) / np.add.outer(length, length)
    expected = f1 @ likely[top]
    best = int(np.argmax(expected))
    return int(top[best]), float(expected[best])


def _trimmed(sentence: str, start: int, end: int) -> Span:
    """With the signs that belong to a number, and a bracket that was opened inside."""
    if sign := _BEFORE.search(sentence[:start]):
        start = sign.start()
    if unit := _AFTER.search(sentence[end:]):
        end += unit.end()
    inside = sentence[start:end]
    for opening, closing in ("()", "[]", "“”", "«»"):
        if inside.count(opening) > inside.count(closing) and sentence[end : end + 1] == closing:
            end += 1
    return Span(start, end)
