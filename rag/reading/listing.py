"""Every sentence that answers a question which asks for all there are ("Which countries …?")."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rag.reading.choosing import Candidate, same_words
from rag.reading.spans import list_head, list_items

MAX_ITEMS: Final = 8
ITEM_MARGIN: Final = 4.0
"""An item is quoted where its sentence's score is within this of the best one's."""
ITEM_READ: Final = 1.0
"""And where the reader by itself takes it for an answer: log odds of its words, at least."""


def choose_items(ranked: Sequence[Candidate]) -> list[Candidate]:
    """The best sentence, with its list, and each other that answers with words not given yet.

    A sentence that opens a list brings its lines, and a line brings the others and what opens them.

    Args:
        ranked: candidates of one question, best first; not empty.
    """
    first = ranked[0]
    head = first if (at := list_head(first)) is None else replace(first, position=at, words=None)
    items = (replace(first, position=at, words=None) for at in list_items(head))
    chosen = [head, *(first if item.position == first.position else item for item in items)]
    for candidate in ranked[1:]:
        if candidate.score < first.score - ITEM_MARGIN or len(chosen) >= MAX_ITEMS:
            break
        known = any(
            same_words(candidate.answer, other.answer) or candidate.span == other.span
            for other in chosen
        )
        if candidate.words and candidate.read >= ITEM_READ and not known:
            chosen.append(candidate)
    return chosen
