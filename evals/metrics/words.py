"""Answers judged by the words shown, if a suite names words that would be wrong.

A newsroom asks for the present figure while older articles give an older one. A quote that touches
the right sentence is not enough, and a quote of the wrong one must not pass. A suite asks for this
by giving its questions ``forbid``, even if the list is empty.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evals.metrics.ranking import GoldRule

_NO_WORD = re.compile(r"[^\w\s]")
COVERED = 0.5


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote and the suite's document that it is from."""

    doc_id: str | None
    quote: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question accepts.

    Attributes:
        answers: decisive words; any of them is enough.
        gold: passages that answer.
        gold_rule: whether the question needs all of them.
        forbid: words that the first quote must not hold.
    """

    answers: Sequence[str]
    gold: Sequence[Quoted]
    gold_rule: GoldRule
    forbid: Sequence[str]


def folded(text: str) -> str:
    """A text in lower case, with a single blank for everything that is not a word."""
    return " ".join(_NO_WORD.sub(" ", text.casefold()).split())


def is_quoted(gold: Quoted, quotes: Iterable[Quoted]) -> bool:
    """Whether a quote of the same document holds the gold one, or at least half of it."""
    wanted = folded(gold.quote)
    for found in quotes:
        shown = folded(found.quote)
        part = shown in wanted and len(shown) >= len(wanted) * COVERED
        if found.doc_id == gold.doc_id and (wanted in shown or part):
            return True
    return False


def right_by_words(quotes: Sequence[Quoted], wanted: Wanted) -> tuple[float, float]:
    """Whether the quotes answer, and whether the first alone does.

    The quotes answer if an accepted answer stands in them, if they quote every gold passage that
    the question needs, and if the first quote holds no forbidden words.

    Args:
        quotes: as shown, in order; none for a refusal.
        wanted: what the question accepts.
    """
    if not quotes:
        return 0.0, 0.0
    first, shown = folded(quotes[0].quote), folded(" ".join(found.quote for found in quotes))
    if any(folded(words) in first for words in wanted.forbid):
        return 0.0, 0.0
    answers = [folded(answer) for answer in wanted.answers]
    said = not answers or any(answer in shown for answer in answers)
    complete = wanted.gold_rule == "any" or all(is_quoted(one, quotes) for one in wanted.gold)
    return float(said and complete), float(any(answer in first for answer in answers))
