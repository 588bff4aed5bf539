"""Moves: each makes one true claim false, in any language written with capitals or digits.

Everything that knows English stands in `evals.adversarial.planted`; this module reuses it.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evals.adversarial.planted import KINDS, Reading, spoilt

_NUMBER = re.compile(r"(?<![\w.,:/-])\d+(?:[.,]\d+)*(?![\w:/-])")
# An apostrophe is part of a name (O'Brien) if more than the "s" of a possessive follows.
_CAPITALISED = r"[A-ZÀ-ÖØ-ÞА-ЯЁІЇЄҐЎ](?:[\w-]|[’'](?=\w\w))+"
_RUN = re.compile(rf"(?<![\w’'-]){_CAPITALISED}(?: {_CAPITALISED})*")
# Words that deny, in the Slavic languages of the articles; the English ones are in `planted`.
_NOT = re.compile(r"\bне ", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:–—] ")
MIN_CLAUSE, MAX_CLAUSE = 4, 14
"""Words of a clause that is moved."""


@dataclass(frozen=True, slots=True)
class Target:
    """A true claim, and the material to spoil it with.

    Attributes:
        claim: the claim.
        cited: the sentences that support it.
        elsewhere: sentences of the same article that it does not rest on.
    """

    claim: str
    cited: tuple[str, ...]
    elsewhere: tuple[str, ...]


Move = Callable[[Target, random.Random], str | None]


def _replaced(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _exchange(text: str, found: Sequence[re.Match[str]], rng: random.Random) -> str | None:
    """Swap two different matches."""
    pairs = [
        (one, other)
        for place, one in enumerate(found)
        for other in found[place + 1 :]
        if one.group() != other.group()
    ]
    if not pairs:
        return None
    one, other = rng.choice(pairs)
    between = text[one.end() : other.start()]
    return text[: one.start()] + other.group() + between + one.group() + text[other.end() :]


def swap_names(target: Target, rng: random.Random) -> str | None:
    """Swap two names of the claim."""
    found = [m for m in _RUN.finditer(target.claim) if m.start() or " " in m.group()]
    return _exchange(target.claim, found, rng)


def swap_numbers(target: Target, rng: random.Random) -> str | None:
    """Swap two numbers of the claim."""
    return _exchange(target.claim, list(_NUMBER.finditer(target.claim)), rng)


def other_number(target: Target, rng: random.Random) -> str | None:
    """Take another number from the sentences cited, or change a digit."""
    found = list(_NUMBER.finditer(target.claim))
    if not found:
        return None
    match = rng.choice(found)
    own = {m.group() for m in found}
    near = sorted({n for text in target.cited for n in _NUMBER.findall(text)} - own)
    if near and rng.random() < 0.5:
        return _replaced(target.claim, match, rng.choice(near))
    old = match.group()
    place = rng.choice([i for i, char in enumerate(old) if char.isdigit()])
    new = rng.choice([digit for digit in "123456789" if digit != old[place]])
    return _replaced(target.claim, match, old[:place] + new + old[place + 1 :])


def drop_negation(target: Target, rng: random.Random) -> str | None:
    """Remove a denial."""
    found = list(_NOT.finditer(target.claim))
    return _replaced(target.claim, rng.choice(found), "") if found else None


def move_clause(target: Target, rng: random.Random) -> str | None:
    """Put a clause of another sentence at the end of the claim."""
    clauses = [
        clause.strip(' .!?"”»')
        for sentence in target.elsewhere
        for clause in _CLAUSE.split(sentence)[1:]
    ]
    fitting = [c for c in clauses if MIN_CLAUSE <= len(c.split()) <= MAX_CLAUSE]
    return f"{target.claim.rstrip(' .!?')}, {rng.choice(fitting)}." if fitting else None


def lend_end(target: Target, rng: random.Random) -> str | None:
    """Join the claim up to a name with what another sentence says after one: a mosaic."""
    own = [m for m in _RUN.finditer(target.claim) if " " in m.group()]
    ends = [
        sentence[match.end() :]
        for sentence in target.elsewhere
        for match in _RUN.finditer(sentence)
        if " " in match.group() and len(sentence[match.end() :].split()) >= MIN_CLAUSE
    ]
    if not own or not ends:
        return None
    return target.claim[: own[0].end()] + rng.choice(ends)


def _planted(kind: str) -> Move:
    """Make a kind of `evals.adversarial.planted` a move."""

    def move(target: Target, rng: random.Random) -> str | None:
        reading = Reading("claim", (*target.cited, *target.elsewhere))
        return spoilt(kind, target.claim, reading, (), rng)

    return move


# An invented quotation changes the claim in more than one place.
_TAKEN = tuple(kind for kind in KINDS if kind not in ("number", "invented quotation"))
MOVES: Mapping[str, Move] = {
    "names swapped": swap_names,
    "numbers swapped": swap_numbers,
    "number altered": other_number,
    "«не» dropped": drop_negation,
    "clause moved in": move_clause,
    "end of another sentence": lend_end,
    **{kind: _planted(kind) for kind in _TAKEN},
}
