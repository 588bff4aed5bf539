"""A quotation of a claim is there word for word."""

from typing import Final

from index.saying import phrase
from rag.verification.beside import Beside
from rag.verification.quoted import bare, has_marks, quotations
from rag.verification.reasons import Reasons

NAME_WORDS: Final = 2
SPOKEN_WORDS: Final = 4
"""From this many words on, quotation marks say that somebody said it."""


def check(beside: Beside) -> Reasons:
    """Veto words in quotation marks that nobody says in the text."""
    if beside.foreign:
        # A quotation may be translated; the judge decides whether it is true.
        return Reasons()
    whole = bare("\n".join((*beside.context, *beside.labels)))
    found = [words.strip() for words in quotations(beside.claim) if not _is_name(words)]
    reasons = [
        phrase("the quotation “%(words)s” is not in the cited text", words=words)
        for words in found
        if bare(words) not in whole
    ]
    # A quotation that runs over several sentences has its marks in others.
    if not has_marks(beside.passage):
        spoken = (words for words in found if len(words.split()) >= SPOKEN_WORDS)
        reasons += [
            phrase("“%(words)s” is not a quotation in the cited text", words=words)
            for words in spoken
        ]
    return Reasons(vetoes=tuple(reasons))


def _is_name(words: str) -> bool:
    """Whether it is a name in quotation marks, which some languages inflect; `names` checks it."""
    return words[:1].isupper() and len(words.split()) <= NAME_WORDS
