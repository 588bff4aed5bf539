"""Sentences that cannot stand alone: they lean on the one before, or begin inside a speech."""

from index.language.pairs import in_pairs
from index.language.tokens import tokens
from rag.types import Evidence

_LEANING = frozenset(
    (
        "he she it they him her them his hers its their theirs this that these those such "
        "он она оно они его её ее их ему ей им это этот эта эти він вона воно вони його "
        "її їх йому їй це цей ця ці"
    ).split()
)


def leans_on_previous(sentence: str) -> bool:
    """Whether a sentence opens with a pronoun, or in the middle of somebody's speech."""
    words = [token.text.casefold() for token in tokens(sentence)]
    return any(word in _LEANING for word in words[:2]) or not in_pairs(sentence)


def leaned_on(item: Evidence) -> str:
    """Find the words that a passage leans on; nothing if it can stand alone."""
    first = item.passage.sentences[0] if item.passage.sentences else item.passage.span
    leans = leans_on_previous(item.source.text[first.start : first.end])
    return item.words_before if leans else ""
