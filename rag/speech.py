"""What a sentence must be to be an answer at all: it states something, and holds no link.

A model that obeys an article repeats its questions and its orders; both may be quoted word for
word, and neither is an answer. Rejected here are sentences whose form says so, whoever wrote them.
"""

import re

from rag.forms import ASKS, IMPERATIVE
from rag.instructions import is_instruction
from rag.markers import LINK

_GLUED = re.compile(r"[^\W\d_]{28,}")


def unfit(sentence: str) -> str | None:
    """Why a written sentence cannot be an answer, whatever supports it; None if it can be."""
    if LINK in sentence:
        return "it has a link, and answers have none"
    if _GLUED.search(sentence):
        return "it is not written in words"
    if ASKS.search(sentence):
        return "it asks rather than answers"
    if is_instruction(sentence) or IMPERATIVE.search(sentence):
        return "it tells somebody what to do rather than what happened"
    return None
