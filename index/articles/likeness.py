"""Whether two articles tell one story: the words they share in a row, and where they differ.

A text is the set of its runs of three words. MinHash (Broder, "On the resemblance and containment
of documents", 1997) keeps of each set as much as tells which texts may share some; those are then
compared as they stand. What counts is the share of the shorter text, so that a story that was cut
short, or printed with another, is still found. Articles made after one pattern share their words,
too, but name other people, places or days: they are no copies.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from index.language.folding import fold
from index.language.tokens import Token, tokens

PERMUTATIONS: Final = 128
_RUN: Final = 3
_LEAST_RUNS: Final = 8
"""A text of fewer runs is too short to be known again."""
_MATCHES: Final = 5
"""So many of the values that are kept are alike in two texts that are worth comparing."""
_MOST: Final = 50
_SHARED: Final = 0.5
"""The share of the shorter text's runs that the longer one holds."""
_TAKEN_AGAIN: Final = 0.3
"""The same of a story that says of itself that it is another take: its numbers are new."""
_SAME_SENTENCE: Final = 0.6
_SERIES: Final = 1 / 3
"""If so many of the sentences in common name somebody else, it is another story."""
_TOKEN = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|\\d+(?:[.,]\\d+)*|[^\\W\\d_]+")
_AS_CORRECTED = re.compile(r"\W*(?:corrected|correction|correct)\b", re.IGNORECASE)
_AS_UPDATED = re.compile(r"\W*(?:update|lead|wrapup)\s*(?P<number>\d{1,2})\b", re.IGNORECASE)
_CORRECTED: Final = 1_000

Relation = Literal["copy", "earlier", "later"]
Sketch = NDArray[np.uint32]


@dataclass(frozen=True)
class Story:
    """An article as it is compared with others.

    Attributes:
        article_id: of the article.
        title: its headline.
        publisher: who published it.
        published: the day.
        sentences: of its body, in order.
        corrected: whether it says of itself that it is corrected.
    """

    article_id: str
    title: str | None
    publisher: str | None
    published: date | None
    sentences: tuple[str, ...]
    corrected: bool = False

    @cached_property
    def runs(self) -> frozenset[str]:
        """The runs of three words in its body."""
        return word_runs(" ".join(self.sentences))

    @cached_property
    def take(self) -> int:
        """Which take of its story it says it is; 0 where it says nothing."""
        title = self.title or ""
        if self.corrected or _AS_CORRECTED.match(title):
            return _CORRECTED
        update = _AS_UPDATED.match(title)
        return int(update["number"]) if update else 0

    @cached_property
    def parsed(self) -> tuple[frozenset[str], ...]:
        """The words of each sentence."""
        return tuple(frozenset(_words(sentence)) for sentence in self.sentences)


def word_runs(text: str) -> frozenset[str]:
    """The runs of three words in a text; a sign of a script without blanks counts as a word."""
    words = _words(text)
    return frozenset(" ".join(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))


def sketch(runs: frozenset[str]) -> Sketch:
    """What is kept of a text: the least values of its runs under so many permutations."""
    # It imports SciPy, and whoever only reads a library does not wait for it.
    from datasketch import MinHash

    made = MinHash(num_perm=PERMUTATIONS, scheme="affine32")
    if len(runs) >= _LEAST_RUNS:
        made.update_batch([run.encode() for run in runs])
    return np.asarray(made.hashvalues, dtype=np.uint32)


def alike(one: Sketch, others: NDArray[np.uint32]) -> list[int]:
    """The places of the sketches among others whose texts may share words, the likeliest first.

    No more than fifty: a thousand bulletins of one pattern must not be compared each with each.
    """
    if not len(others) or one.min() == one.max():
        return []
    matches = np.count_nonzero(others == one, axis=1)
    places = np.flatnonzero(matches >= _MATCHES)
    likeliest = places[np.argsort(-matches[places], kind="stable")]
    return [int(place) for place in likeliest[:_MOST]]


def relation(one: Story, other: Story) -> Relation | None:
    """What the other article is to this one: a copy, an earlier or a later version, or nothing."""
    shorter = min(len(one.runs), len(other.runs))
    least = _SHARED if one.take == other.take else _TAKEN_AGAIN
    if shorter < _LEAST_RUNS or len(one.runs & other.runs) < least * shorter:
        return None
    pairs = _same_sentences(one, other)
    differing = [_differ(a, b) for a, b in pairs]
    renamed = sum(names for names, _ in differing)
    recounted = sum(numbers for _, numbers in differing)
    if one.take != other.take:
        return "later" if one.take < other.take else "earlier"
    if renamed >= _SERIES * max(len(pairs), 1) and renamed:
        return None
    days = _days_later(one, other)
    if recounted and 2 * recounted > len(pairs) and days:
        return None
    same_house = one.publisher is not None and one.publisher == other.publisher
    if days and (recounted or same_house):
        return "later" if days > 0 else "earlier"
    return "copy"


def retells(passage: str, others: Sequence[str]) -> bool:
    """Whether passages of a copy hold what a passage says, its numbers included."""
    runs, told = word_runs(passage), [word_runs(other) for other in others]
    shared = len(runs & frozenset().union(*told))
    if not runs or shared < 0.8 * len(runs):
        return False
    numbers = frozenset().union(*(_numbers(tokens(other)) for other in others))
    return _numbers(tokens(passage)) <= numbers


def _words(text: str) -> list[str]:
    return _TOKEN.findall(fold(text).casefold())


def _days_later(one: Story, other: Story) -> int:
    if one.published is None or other.published is None:
        return 0
    return (other.published - one.published).days


def _same_sentences(one: Story, other: Story) -> list[tuple[str, str]]:
    """The sentences that stand in both, each with what it is in the other, changed or not."""
    found: list[tuple[str, str]] = []
    places: dict[str, list[int]] = {}
    for at, words in enumerate(other.parsed):
        for word in words:
            places.setdefault(word, []).append(at)
    for sentence, words in zip(one.sentences, one.parsed, strict=True):
        if len(words) < _RUN:
            continue
        shared: dict[int, int] = {}
        for word in words:
            for at in places.get(word, ()):
                shared[at] = shared.get(at, 0) + 1
        best = max(shared, key=lambda at: shared[at] / len(words | other.parsed[at]), default=None)
        if best is not None:
            dice = 2 * shared[best] / (len(words) + len(other.parsed[best]))
            if dice >= _SAME_SENTENCE:
                found.append((sentence, other.sentences[best]))
    return found


def _differ(one: str, other: str) -> tuple[bool, bool]:
    """Whether two forms of a sentence name others, and whether they give other numbers."""
    if one == other:
        return False, False
    a, b = tokens(one), tokens(other)
    names = _names(a) - _all_names(b), _names(b) - _all_names(a)
    numbers = _numbers(a) - _numbers(b), _numbers(b) - _numbers(a)
    return all(names), all(numbers)


def _names(found: Sequence[Token]) -> frozenset[str]:
    return frozenset(token.name_key or token.key for token in found if token.is_name)


def _all_names(found: Sequence[Token]) -> frozenset[str]:
    """Names and whatever may be one at the start of a sentence."""
    keys = {key for token in found for key in (token.name_key, token.key) if key}
    return frozenset(keys)


def _numbers(found: Sequence[Token]) -> frozenset[str]:
    return frozenset(token.key for token in found if token.is_number)
