"""Does the cited text support the claim? Decided without a model, and always with reasons.

The check is conservative by kinds: every number, name and quotation of the claim must be in
the cited text, negation must agree, and enough of the other content words must be there. A
claim that merely resembles its citation is not supported by it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.answer import Support
from rag.locate import fold
from rag.text import Token, content_tokens, negated_keys, negations, tokens

FULL_COVERAGE = 0.6
PARTIAL_COVERAGE = 0.4

_QUOTED = re.compile(r'"([^"]{3,})"|«([^»]{3,})»|“([^”]{3,})”')
_LINK = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+", re.IGNORECASE)
_EDGE_PUNCTUATION = " \t\n.,;:!?…"


@dataclass(frozen=True, slots=True)
class SupportCheck:
    """The outcome of a support check.

    Attributes:
        level: ``full``, ``partial`` or ``none``.
        score: 0 to 1, for ranking and for measuring; not a probability.
        reasons: what is missing or contradicted, in words a reader understands.
    """

    level: Support
    score: float
    reasons: tuple[str, ...] = ()


@lru_cache(maxsize=8_192)
def _keys(text: str) -> frozenset[str]:
    return frozenset(token.key for token in tokens(text))


def _missing_numbers(claim: str, known: frozenset[str]) -> list[str]:
    return [
        f"the number {token.text} is not in the cited text"
        for token in tokens(claim)
        if token.is_number and token.key not in known
    ]


def _missing_names(claim: str, known: frozenset[str]) -> list[str]:
    return [
        f"{token.text} is not in the cited text"
        for token in tokens(claim)
        if token.is_name and not token.is_stop and token.key not in known
    ]


def _missing_quotations(claim: str, cited: str) -> list[str]:
    folded = fold(cited).text.casefold()
    reasons = []
    for match in _QUOTED.finditer(claim):
        words = next(group for group in match.groups() if group)
        if fold(words).text.strip(_EDGE_PUNCTUATION).casefold() not in folded:
            reasons.append(f"the quotation “{words}” is not in the cited text")
    return reasons


def _missing_links(claim: str, cited: str) -> list[str]:
    return [
        "it has a link that is not in the cited text"
        for match in _LINK.finditer(claim)
        if match.group().rstrip(_EDGE_PUNCTUATION) not in cited
    ]


def _negation_reasons(claim: str, cited: str) -> list[str]:
    claim_says_not, cited_says_not = bool(negations(claim)), bool(negations(cited))
    if claim_says_not and not cited_says_not:
        return ["it says “not” where the cited text does not"]
    if cited_says_not and not claim_says_not:
        stated = {token.key for token in content_tokens(claim)}
        if negated_keys(cited) & stated:
            return ["it leaves out a “not” of the cited text"]
    return []


def _weight(token: Token) -> float:
    return 2.0 if token.is_name or token.is_number else 1.0


def _coverage(claim: str, known: frozenset[str]) -> float:
    content = content_tokens(claim)
    total = sum(_weight(token) for token in content)
    if not total:
        return 0.0
    return sum(_weight(token) for token in content if token.key in known) / total


def check_support(claim: str, references: Sequence[str]) -> SupportCheck:
    """Check a claim against the texts it cites, taken together.

    Args:
        claim: one sentence.
        references: the cited texts.

    Returns:
        ``none`` when a number, name or quotation is missing, negation disagrees, or fewer than
        `PARTIAL_COVERAGE` of the content words are there; ``full`` from `FULL_COVERAGE`.
    """
    cited = "\n".join(references)
    known = _keys(cited)
    coverage = _coverage(claim, known)
    contradictions = [
        *_missing_numbers(claim, known),
        *_missing_names(claim, known),
        *_missing_quotations(claim, cited),
        *_missing_links(claim, cited),
        *_negation_reasons(claim, cited),
    ]
    if contradictions:
        return SupportCheck("none", coverage / 2, tuple(dict.fromkeys(contradictions)))
    if coverage >= FULL_COVERAGE:
        return SupportCheck("full", coverage)
    share = f"only {coverage:.0%} of its content words are in the cited text"
    if coverage >= PARTIAL_COVERAGE:
        return SupportCheck("partial", coverage, (share,))
    return SupportCheck("none", coverage, (share,))
