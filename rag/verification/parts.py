"""Take a part out of a claim: a clause, or a word that only qualifies another.

There is no grammar here. A clause begins with a function word or after a comma, and goes at the
claim's end. A qualifying word is one that the cited text lacks and that another word follows. The
judge then tells whether the rest is supported. If so, that part is what nobody said.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from index.language.tokens import content_tokens, tokens
from rag.verification.cited import has_word

MAX_PARTS: Final = 6
MIN_REST: Final = 3
"""Words that a claim needs to remain a claim."""


@dataclass(frozen=True, slots=True)
class Shorter:
    """A claim without one of its parts.

    Attributes:
        rest: the remaining words.
        left_out: the part.
    """

    rest: str
    left_out: str


def shorter_claims(claim: str, text: str) -> list[Shorter]:
    """Take out each clause and qualifying word of a claim in turn, the shortest cuts first.

    Args:
        claim: one sentence.
        text: the sentences that it may rest on.
    """
    body = claim.rstrip(" .!?…")
    found = [*_without_words(body, text), *_without_tails(body)]
    kept = [s for s in found if len(content_tokens(s.rest)) >= MIN_REST and s.left_out]
    return list(dict.fromkeys(kept))[:MAX_PARTS]


def _without_words(claim: str, text: str) -> list[Shorter]:
    """Take out each word that the text lacks and that another word follows."""
    found, everything = [], tokens(claim)
    for word, following in pairwise(everything):
        beside = claim[word.end : following.start] == " "
        if word.is_stop or word.is_number or word.text[0].isupper() or not beside:
            continue
        if following.is_stop or has_word(word, text):
            continue
        rest = claim[: word.start] + claim[following.start :]
        found.append(Shorter(f"{rest}.", word.text))
    return found


def _without_tails(claim: str) -> list[Shorter]:
    """Cut a claim before each run of function words or after a comma, longest rest first."""
    found = []
    for before, token in reversed(list(pairwise(tokens(claim)))):
        rest = claim[: token.start].rstrip()
        comma = rest.endswith((",", ";", ":", "–", "—"))
        if comma or (token.is_stop and not before.is_stop):
            found.append(Shorter(f"{rest.rstrip(' ,;:–—')}.", claim[token.start :]))
    return found
