"""Whether a claim is as sure, as negative and as general as the text that it cites.

A negation or a hedge is read with its reach, the next content words of its clause: "did not
ask for it, but left" denies the asking and not the leaving.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.lexicon import (
    AT_LEAST,
    AT_MOST,
    CLAIM_HEDGES,
    EXTREMES,
    HEDGES,
    NEGATIVE_VERBS,
    NOT_NEGATING,
    OPPOSITES,
    PLAIN_HEDGES,
    SOME,
    STANDS_FOR,
    TO_DO,
)
from rag.text import NEGATIONS, Token, stem, tokens

REACH = 3
"""How many content words after a negation or a hedge are governed by it."""

_CONTRACTED = re.compile(r"n['’ʼ]t$", re.IGNORECASE)
_CLAUSE_END = re.compile(
    r"[,;:.!?()\[\]—–\"“”«»]|\s-\s|\b(?:but|and|while|although|because|который|но|але|який)\b", re.I
)
# "Most of them" and "most men", not "the most famous".
_MOST_OF = re.compile(
    r"(?<!the )\bmost\s+(?:of\b|\w+(?<!ou)s\b|people\b)|\b(?:majority|большинств|більш)", re.I
)
# What follows an article or a possessive: "the first ship", not "when it first sailed".
_DETERMINER = re.compile(
    r"(?:\b(?:the|a|an|its|his|her|their|our|my|your|single|very|world)|['’]s|\d)[\s-]+$", re.I
)
_SUPERLATIVES = frozenset(EXTREMES) - {"all", "most", "only", "never"}
# They say "only" at times, and more often say little.
_HARDLY = frozenset({"just", "alone", "merely"})
_ANSWER = re.compile(r"^\W*(?:no|нет|ні)[.,]\s", re.IGNORECASE)
_STOP = re.compile(r"[,;:.!?\n]")
_LIGHT = frozenset(
    "be been being was were is are am do did does done have has had ever yet still also even "
    "longer".split()
)


@dataclass(frozen=True, slots=True)
class Governed:
    """A word that changes what follows it.

    Attributes:
        word: as written.
        start: offset in the text.
        keys: of the content words it governs, nearest first.
    """

    word: str
    start: int
    keys: tuple[str, ...]


def _folded(token: Token) -> str:
    return token.text.casefold().replace("’", "'").replace("ʼ", "'")


def _reach(text: str, at: int, everything: Sequence[Token]) -> tuple[str, ...]:
    """Keys of the content words after a token, in its clause."""
    keys: list[str] = []
    last = everything[at].end
    for token in everything[at + 1 :]:
        between = text[last : token.end]
        if _STOP.search(between) or (keys and _CLAUSE_END.search(between)):
            break
        if not token.is_stop and _folded(token) not in _LIGHT and not token.is_number:
            keys.append(token.key)
            last = token.end
        if len(keys) == REACH:
            break
    return tuple(keys)


@lru_cache(maxsize=8_192)
def negated(text: str) -> tuple[Governed, ...]:
    """The negations of a text with what they deny."""
    skipped = [match.span() for p in (NOT_NEGATING, _ANSWER) for match in p.finditer(text)]
    everything = tokens(text)
    found = []
    for at, token in enumerate(everything):
        word = _folded(token)
        if word not in NEGATIONS | NEGATIVE_VERBS and not _CONTRACTED.search(word):
            continue
        if not any(start <= token.start < end for start, end in skipped):
            found.append(Governed(token.text, token.start, _reach(text, at, everything)))
    return tuple(found)


def turns(token: Token) -> dict[str, str]:
    """What a word does to its sentence, by kind: ``negation``, ``certainty``, ``extent``."""
    word, found = _folded(token), {}
    if word in NEGATIONS or word in NEGATIVE_VERBS or _CONTRACTED.search(word):
        found["negation"] = "not"
    lists = (PLAIN_HEDGES, {"will": {"would"}, "may": {"could", "can", "likely", "possible"}})
    hedge = next((kind for words in lists for kind in words if word in words[kind]), None)
    if hedge and not token.is_name and word not in TO_DO:
        found["certainty"] = hedge
    extent = next((kind for kind, words in EXTREMES.items() if word in words), None)
    if extent:
        found["extent"] = extent
    return found


def _words(text: str) -> dict[str, Token]:
    return {_folded(token): token for token in tokens(text)}


def _hedges(text: str, lists: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, Governed]]:
    everything = tokens(text)
    for at, token in enumerate(everything):
        # In the middle of a sentence "May" is a month and "Will" a man.
        if token.is_name:
            continue
        for kind, words in lists.items():
            if _folded(token) in words:
                following = everything[at + 1].text if at + 1 < len(everything) else ""
                if _folded(token) in TO_DO and following != "to":
                    # A plan for a bridge is a thing; to plan to build it leaves it open.
                    continue
                yield kind, Governed(token.text, token.start, _reach(text, at, everything))


def _stated(text: str) -> frozenset[str]:
    return frozenset(token.key for token in tokens(text) if not token.is_stop)


def negation_reasons(claim: str, cited: str) -> list[str]:
    """Where claim and cited text disagree about a "not"."""
    ours, theirs = negated(claim), negated(cited)
    said, given = _stated(claim), _stated(cited)
    we_deny = {key for found in ours for key in found.keys}
    they_deny = {key for found in theirs for key in found.keys}
    reasons = []
    for found in ours:
        shared = set(found.keys) & given
        if not theirs or (shared and not shared & they_deny and not _alike(found, theirs)):
            reasons.append(f"it says “{found.word}” where the cited text does not")
    for found in theirs:
        first = set(found.keys[:2])
        if stem(found.word) in said:
            continue
        if first and first <= said and not first & we_deny:
            reasons.append(f"it leaves out a “{found.word}” of the cited text")
    return reasons


def _alike(found: Governed, others: Sequence[Governed]) -> bool:
    """Whether the cited text negates by the same word, a verb such as "denied"."""
    return any(
        other.word.casefold() == found.word.casefold() and found.word.casefold() in NEGATIVE_VERBS
        for other in others
    )


def hedge_reasons(claim: str, cited: str) -> list[str]:
    """Where one of the two is less sure, or speaks of what is yet to come."""
    said, given = _stated(claim), _stated(cited)
    claim_kinds = {kind for kind, _ in _hedges(claim, HEDGES)}
    cited_kinds = {kind for kind, _ in _hedges(cited, HEDGES)}
    claim_words, cited_words = _words(claim), _words(cited)
    reasons = []
    for kind, found in _hedges(cited, PLAIN_HEDGES):
        first = found.keys[0] if found.keys else None
        kept = claim_kinds & STANDS_FOR[kind]
        if first in said and not kept and not _plain_too(first, found, cited):
            reasons.append(f"the cited text says this only with “{found.word}”")
    for kind, found in _hedges(claim, CLAIM_HEDGES):
        first = found.keys[0] if found.keys else None
        if first not in given or cited_kinds & STANDS_FOR[kind]:
            continue
        if kind == "will" and not _is_past(first, cited):
            # What always happens "will" happen, too.
            continue
        if found.word.casefold() not in cited_words and found.word.casefold() in claim_words:
            reasons.append(f"it says “{found.word}” where the cited text does not")
    return reasons


def _is_past(key: str | None, text: str) -> bool:
    return any(token.key == key and _folded(token).endswith("ed") for token in tokens(text))


def _plain_too(key: str | None, found: Governed, text: str) -> bool:
    """Whether the same word also stands in the text before the hedge, out of its reach."""
    return any(token.key == key and token.start < found.start for token in tokens(text))


def extreme_reasons(claim: str, cited: str) -> list[str]:
    """Where the claim says "all", "only" or "first" and the cited text does not."""
    ours, theirs = _words(claim), set(_words(cited))
    reasons = []
    for kind, words in EXTREMES.items():
        used = [word for word in ours if word in words]
        if kind == "most" and not _MOST_OF.search(claim):
            continue
        used = [word for word in used if kind not in _SUPERLATIVES or _is_the(ours[word], claim)]
        used = [word for word in used if word not in _HARDLY]
        if used and not theirs & words:
            reasons.append(f"it says “{ours[used[0]].text}” where the cited text does not")
    if AT_LEAST.search(claim) and not AT_LEAST.search(cited) and AT_MOST.search(cited):
        reasons.append("it gives as the least what the cited text gives as the most")
    if AT_MOST.search(claim) and not AT_MOST.search(cited) and AT_LEAST.search(cited):
        reasons.append("it gives as the most what the cited text gives as the least")
    return reasons


def _is_the(word: Token, text: str) -> bool:
    """Whether a superlative is one, or in a language without articles."""
    before = text[max(0, word.start - 12) : word.start]
    return bool(_DETERMINER.search(before)) or not word.text.isascii()


def dropped_some(claim: str, cited: str) -> list[str]:
    """Where the cited text speaks of some, and the claim of them without a limit."""
    if set(_words(claim)) & SOME or any(token.is_number for token in tokens(claim)):
        return []
    everything, said = tokens(cited), _stated(claim)
    for at, token in enumerate(everything):
        following = everything[at + 1].key if at + 1 < len(everything) else None
        if _folded(token) == "some" and following in said:
            return [f"the cited text says “{token.text}”"]
    return []


def opposite_reasons(claim: str, cited: str) -> list[str]:
    """Where the claim says the opposite word: rose for fell, before for after."""
    ours, theirs = _words(claim), set(_words(cited))
    reasons = []
    for pair in OPPOSITES:
        for side, other in (pair, pair[::-1]):
            used = [word for word in ours if word in side]
            opposed = sorted(theirs & other)
            if used and opposed and not theirs & side and not set(ours) & other:
                reasons.append(
                    f"it says “{ours[used[0]].text}” where the cited text says “{opposed[0]}”"
                )
    return reasons
