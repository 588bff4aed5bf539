"""Articles that answer one question with words that cannot both be right.

A wrong "sources differ" sows doubt where there is none, so both sides must answer, by the
reader's own measure, and one must contradict the other, by the judge's.
"""

from collections.abc import Callable, Sequence
from typing import Final

from rag.reading.choosing import Candidate, ReadPart, same_words

RIVALS: Final = 3
"""Articles beside the best one whose best sentence is compared."""
MARGIN: Final = 6.0
"""A rival's score is within this of the best one's."""
LEAST_READ: Final = 2.0
"""Both sides answer with these log odds at least."""
MAX_SIDES: Final = 3

Contradicts = Callable[[Candidate, Candidate], bool]
"""Whether two sentences of different articles cannot both be right."""


def find_conflict(part: ReadPart, contradicts: Contradicts) -> list[Candidate]:
    """The sentences that contradict each other, the best first; empty where none do.

    Args:
        part: a part of the question, read.
        contradicts: the judge.
    """
    if not part.ranked or not part.taught or part.ranked[0].read < LEAST_READ:
        return []
    sides = [part.ranked[0]]
    for rival in _rivals(part.ranked):
        if len(sides) < MAX_SIDES and all(contradicts(side, rival) for side in sides):
            sides.append(rival)
    return sides if len(sides) > 1 else []


def _rivals(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The best sentence of each other article, where it answers with other words."""
    first = ranked[0]
    seen = {first.evidence.article.article_id}
    found: list[Candidate] = []
    for candidate in ranked[1:]:
        if candidate.score < first.score - MARGIN or len(found) == RIVALS:
            break
        article = candidate.evidence.article.article_id
        if article in seen or candidate.read < LEAST_READ or not candidate.words:
            continue
        seen.add(article)
        if not same_words(candidate.answer, first.answer):
            found.append(candidate)
    return found
