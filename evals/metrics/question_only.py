"""What the questions alone give away: the baseline to read a refusal figure beside.

If a classifier that reads no article tells answerable questions from unanswerable ones, then a
good refusal figure may come from the wording of the questions (Gururangan et al. 2018,
"Annotation Artifacts"). The classifier is multinomial naive Bayes over words (McCallum and
Nigam 1998), cross-validated; questions with the same words stay in one fold.
"""

import math
import random
import re
from collections import Counter
from collections.abc import Sequence

from evals.metrics.intervals import SEED

FOLDS = 10
_WORD = re.compile(r"\w+")
_SMOOTHING = 1.0

Words = tuple[str, ...]


def _words(question: str) -> Words:
    return tuple(_WORD.findall(question.casefold()))


def _word_odds(questions: Sequence[Words], labels: Sequence[bool]) -> dict[str, float]:
    """How much each word speaks for the class True, as a log ratio."""
    counts = {label: Counter[str]() for label in (True, False)}
    for words, label in zip(questions, labels, strict=True):
        counts[label].update(words)
    known = set(counts[True]) | set(counts[False])
    totals = {label: counts[label].total() + _SMOOTHING * len(known) for label in counts}
    return {
        word: math.log((counts[True][word] + _SMOOTHING) / totals[True])
        - math.log((counts[False][word] + _SMOOTHING) / totals[False])
        for word in known
    }


def _folds(questions: Sequence[Words], seed: int) -> list[int]:
    """Give each question a fold, the same for the same words."""
    distinct = sorted(set(questions))
    random.Random(seed).shuffle(distinct)  # noqa: S311 - not a secret
    fold_of = {words: place % FOLDS for place, words in enumerate(distinct)}
    return [fold_of[words] for words in questions]


def question_only_scores(
    questions: Sequence[str], labels: Sequence[bool], seed: int = SEED
) -> list[float]:
    """Score of each question for the class True, by a model that has not seen the question.

    The class prior is left out: the rarer a class is in the fold held out, the more frequent it is
    in the other folds, which would bias the scores of pooled folds.
    """
    words = [_words(question) for question in questions]
    folds = _folds(words, seed)
    scores = [0.0] * len(words)
    for held_out in range(FOLDS):
        learnt = [place for place, fold in enumerate(folds) if fold != held_out]
        odds = _word_odds([words[p] for p in learnt], [labels[p] for p in learnt])
        for place, fold in enumerate(folds):
            if fold == held_out:
                scores[place] = sum(odds.get(word, 0.0) for word in words[place])
    return scores
