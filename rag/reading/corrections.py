"""Numbers that an article takes back: a sentence that holds one is no answer."""

import math
from collections.abc import Sequence
from dataclasses import replace

from index.articles.notices import says_it_was_wrong
from index.language.sentences import split_sentences
from index.language.tokens import tokens
from rag.reading.reader import ReadSentence
from rag.types import Evidence


def void_numbers(evidence: Evidence) -> frozenset[str]:
    """Find the numbers that a correction calls wrong and does not itself put right."""
    text, article = evidence.source.text, evidence.article
    wrong: set[str] = set()
    right: set[str] = set()
    for notice in article.notices:
        if notice.kind != "corrected":
            continue
        span = notice.span
        for sentence in split_sentences(text, span.start, span.end, article.language):
            told = text[sentence.start : sentence.end]
            (wrong if says_it_was_wrong(told) else right).update(_numbers(told))
    return frozenset(wrong - right)


def put_right(
    evidence: Evidence, read: Sequence[ReadSentence]
) -> Sequence[tuple[int, ReadSentence]]:
    """Drop the sentences of a passage that were taken back, and keep the places of the rest.

    What the correction says instead answers as surely as what it corrects.
    """
    wrong = void_numbers(evidence)
    if not wrong:
        return list(enumerate(read))
    spans = evidence.passage.sentences
    numbers = [_numbers(evidence.source.text[span.start : span.end]) for span in spans]
    void = {at for at, held in enumerate(numbers) if held & wrong}
    surest = max((read[at].score for at in void), default=-math.inf)
    notices = [notice.span for notice in evidence.article.notices if notice.kind == "corrected"]
    found = []
    for at, sentence in enumerate(read):
        corrects = numbers[at] and any(notice.contains(spans[at]) for notice in notices)
        score = max(sentence.score, surest) if corrects else sentence.score
        if at not in void:
            found.append((at, replace(sentence, score=score)))
    return found


def _numbers(text: str) -> set[str]:
    return {token.key for token in tokens(text) if token.is_number}
