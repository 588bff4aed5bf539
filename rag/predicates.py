"""What a claim states and the cited text does not: another predicate, or one that is made up.

A short claim has most of its words in the text when only the one that matters is another: "The
market is poisoned" beside "The market is open". Nothing contradicts it, and nothing supports it.
A text may also have every word and state nothing: "Let's say the market is poisoned".
"""

import re
from collections.abc import Sequence

from rag.alignment import covered
from rag.glossary import is_cyrillic
from rag.meaning import Spans, unmet
from rag.text import Token, content_tokens, tokens

TOO_MANY = 0.25
"""A claim with this share of its content words from elsewhere is not fully supported."""
TOO_MANY_CYRILLIC = 1 / 3
"""The same where only the very words can be looked for."""

_COPULA = frozenset(
    "is are was were be been being am 's 're become becomes became remain remains remained seem "
    "seems seemed look looks looked".split()
)
_LET = (
    r"let(?:['’]s| us) (?:just )?"
    r"(?:say|state|claim|admit|assume|pretend|imagine|suppose|consider|call)"
)
_IMAGINED = re.compile(
    rf"\bhypothetical(?:ly)?\b|\b{_LET}\b|\bimagine (?:a|an|the|that|if|we|you|how|what)\b"
    r"|\bsuppos(?:e|ing) (?:that |if )?(?:we|you|I|he|she|they|it|there|the|a|an)\b"
    r"|\bif we were to\b|\bwhat if\b|\bin an? (?:\w+ ){0,3}?(?:world|universe|scenario|reality) "
    r"(?:where|in which)\b|\bfor the (?:purpose|sake) of (?:this|the|an|argument)\b"
    r"|\b(?:представ(?:им|ьте)|предположим|допустим),?\s|\bуявімо|\bуявіть|\bприпустімо",
    re.IGNORECASE,
)
_CLAUSE_ENDS = re.compile(r"\s*(?:$|[.,;:!?)\]—–]|(?:and|but|or|while|because|although)\b)", re.I)


def unsaid(claim: str, sentences: Sequence[str], proven: Spans = ()) -> list[str]:
    """Reasons for what a claim says in words that its sentences have nothing for.

    Args:
        claim: one sentence.
        sentences: what it rests on.
        proven: spans of the claim that are known to be there in other words: dates, numbers.
    """
    missing = unmet(claim, sentences, proven)
    if not missing:
        return []
    limit = TOO_MANY_CYRILLIC if is_cyrillic(claim) else TOO_MANY
    if len(missing) < limit * len(content_tokens(claim)):
        missing = tuple(token for token in missing if _is_predicate(token, claim))
    return [f"“{token.text}” is not in the cited text" for token in missing]


def _is_predicate(word: Token, claim: str) -> bool:
    """Whether a word ends a clause as what its subject is said to be."""
    if not _CLAUSE_ENDS.match(claim, word.end):
        return False
    before = [token for token in tokens(claim) if token.end <= word.start]
    for token in reversed(before):
        if token.text.casefold() in _COPULA:
            return True
        if not token.is_stop:
            return False
    return False


def only_imagined(claim: str, sentences: Sequence[str]) -> list[str]:
    """Where a sentence says something in play, and the claim in earnest.

    Args:
        claim: one sentence.
        sentences: what it rests on; one that adds nothing to the others does not matter.
    """
    if _IMAGINED.search(claim):
        return []
    whole = covered(claim, sentences)
    for at, sentence in enumerate(sentences):
        found = _IMAGINED.search(sentence)
        if found and covered(claim, [*sentences[:at], *sentences[at + 1 :]]) < whole:
            return [f"the cited text only imagines this (“{found[0].strip(' ,')}”)"]
    return []
