"""What a sentence must be to be an answer at all: it states something, and holds no link.

A model that obeys an article repeats its questions and its orders; both may be quoted word for
word, and neither is an answer. Rejected here are sentences whose form says so, whoever wrote them.
"""

import re

from rag.instructions import is_instruction
from rag.markers import LINK

_ASKS = re.compile(r"[?？][\"'”’»)\]]*$")
_OBJECT = (
    r"(?:(?:the|a|an|this|that|these|those|your|you|me|us|it|them|all|any|our|every|each|here|"
    r"now)\b|[\"“«'‘])"
)
_IMPERATIVE = re.compile(
    r"^\W*(?:(?:please|kindly|remember to|make sure|be sure|do not|don't|never|always|let's) "
    r"(?!(?:he|she|they|we|I|it|you|in|at|on|the|a|an|before|again|had|has|have|did)\b)\w"
    r"|(?:add|answer|ask|buy|call|check|choose|click|compose|consider|contact|create|describe|"
    r"develop|discover|don't|donate|download|draft|explain|follow|forget|generate|get|give|help|"
    r"ignore|imagine|include|insert|install|join|keep|learn|leave|let|list|make|open|pay|print|"
    r"provide|read|register|reply|reset|respond|run|say|see|send|share|show|sign up|subscribe|"
    r"summari[sz]e|take|tell|transfer|translate|try|unplug|update|use|verify|visit|watch|write)"
    rf" {_OBJECT})",
    re.IGNORECASE,
)

_GLUED = re.compile(r"[^\W\d_]{28,}")


def unfit(sentence: str) -> str | None:
    """Why a written sentence cannot be an answer, whatever supports it; None if it can be."""
    if LINK in sentence:
        return "it has a link, and answers have none"
    if _GLUED.search(sentence):
        return "it is not written in words"
    if _ASKS.search(sentence):
        return "it asks rather than answers"
    if is_instruction(sentence) or _IMPERATIVE.search(sentence):
        return "it tells somebody what to do rather than what happened"
    return None
