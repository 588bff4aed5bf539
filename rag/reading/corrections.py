"""Numbers that an article takes back: a sentence that holds one is no answer."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from index.articles.notices import says_it_was_wrong
from index.language.sentences import split_sentences
from index.language.tokens import Token, tokens
from rag.reading.reader import ReadSentence
from rag.types import Evidence

_NOT_ELSEWHERE = frozenset("nicht pas non no não nie niet inte ikke ikkje ei".split())
"""What denies a number in languages that have no file of their own."""
_TO_FROM = re.compile(r"\bto\s+[^.;]*?\d[^.;]*?\bfrom\b", re.IGNORECASE)


def void_numbers(evidence: Evidence) -> frozenset[str]:
    """Find the numbers that a correction calls wrong and does not itself put right.

    "An earlier version said 71 percent", "it lost 5.5 million, not 55 million", "corrects to 16
    from 17".
    """
    text, article = evidence.source.text, evidence.article
    wrong: set[str] = set()
    right: set[str] = set()
    for notice in article.notices:
        if notice.kind != "corrected":
            continue
        span = notice.span
        for sentence in split_sentences(text, span.start, span.end, article.language):
            told = text[sentence.start : sentence.end]
            denied = _denied(told)
            if denied:
                wrong.update(denied)
                right.update(_numbers(told) - denied)
            else:
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


def _denied(text: str) -> set[str]:
    """The numbers of a sentence that it denies; none if it states no other."""
    words = tokens(text)
    denied = {
        word.key
        for at, word in enumerate(words)
        if word.is_number and at and _denies(words[at - 1])
    }
    replaced = _TO_FROM.search(text)
    if replaced:
        behind = (word.key for word in words if word.is_number and word.start >= replaced.end())
        denied |= set(islice(behind, 1))
    return denied if denied < _numbers(text) else set()


def _denies(word: Token) -> bool:
    return word.negates or word.text.casefold() in _NOT_ELSEWHERE


def _numbers(text: str) -> set[str]:
    return {token.key for token in tokens(text) if token.is_number}
