"""What a sentence needs to be an answer at all: it states something, and holds no link.

A model that obeys an article repeats its questions and its orders. Both may be quoted word for
word, and neither is an answer. This module rejects sentences by their form, whoever wrote them.
"""

import re
from collections.abc import Sequence

from index.language.forms import ASKS, IMPERATIVE
from index.saying import Said, phrase
from rag.evidence.instructions import is_instruction
from rag.llm.parsing import LINK

_WORD = re.compile(r"[^\W\d_]+")
MIN_GLUED = 9
"""Letters; a shorter word may stand across two words by chance."""
_SPOILT = re.compile(r"\b\w*[^\W\d_](?:\d+|[@#$%&*+=^~|<>\\]+)[^\W\d_]\w*\b")
"""Digits or signs within a word ("W3lc0me", "w#lc%me"); in a passage, such a word is a name."""
_GLUED = re.compile(r"[^\W\d_]{28,}")


def unfit(sentence: str, read: Sequence[str] = ()) -> Said | None:
    """Say why a written sentence cannot be an answer, whatever supports it; None if it can.

    Args:
        sentence: as a model wrote it.
        read: the passages behind it.
    """
    if LINK in sentence:
        return phrase("it has a link, and answers have none")
    if _GLUED.search(sentence) or _runs_words_together(sentence, read):
        return phrase("it is not written in words")
    if ASKS.search(sentence):
        return phrase("it asks rather than answers")
    if is_instruction(sentence) or IMPERATIVE.search(sentence):
        return phrase("it tells somebody what to do rather than what happened")
    return None


def _runs_words_together(sentence: str, read: Sequence[str]) -> bool:
    """Whether a word joins two or more words of a passage, or is spoilt."""
    words = {word.casefold() for word in _WORD.findall(sentence)}
    spoilt = _SPOILT.findall(sentence)
    if read and any(not any(word in passage for passage in read) for word in spoilt):
        return True
    for passage in read:
        apart = [word.casefold() for word in _WORD.findall(passage)]
        known, glued = set(apart), "".join(apart)
        for word in words:
            if len(word) >= MIN_GLUED and word in glued and not any(word in one for one in known):
                return True
    return False
