"""A true claim made false by rule: a number or a name of the same text, or two names exchanged.

In any language written in Latin or Cyrillic letters. For measuring there is `evals.planted`,
which knows English, has more kinds, and is never learnt from.
"""

import random
import re

from evals.training.sources import Span

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[a-zа-яіїє,] )[A-ZА-ЯІЇЄ][\w’'-]+(?: [A-ZА-ЯІЇЄ][\w’'-]+)*")
_OPENING = " x "
"""Put before a claim, so that a name may open it."""
_STEPS = (1, 2, -1, 10, 5)


def spoil(claim: str, text: str, rng: random.Random) -> str | None:
    """A false variant of a true claim; None where the kind that was drawn cannot be had.

    Args:
        claim: one sentence.
        text: what other numbers and names are taken from.
        rng: source of chance.
    """
    kind = rng.choice(("number", "name", "swap", "number"))
    if kind == "number":
        return _other_number(claim, text, rng)
    places = _names(claim)
    if kind == "name":
        return _other_name(claim, places, text, rng)
    return _exchanged(claim, places, rng)


def _other_number(claim: str, text: str, rng: random.Random) -> str | None:
    found = list(_NUMBER.finditer(claim))
    if not found:
        return None
    match = rng.choice(found)
    new: str
    others = [n for n in _NUMBER.findall(text) if n != match.group() and n not in claim]
    if others and rng.random() < 0.6:
        new = rng.choice(others)
    else:
        new = str(int(re.sub(r"\D", "", match.group()) or 1) + rng.choice(_STEPS))
    if new == match.group() or new.startswith("-"):
        return None
    return claim[: match.start()] + new + claim[match.end() :]


def _names(claim: str) -> list[Span]:
    shift = len(_OPENING)
    places = [(m.start(), m.end()) for m in _NAME.finditer(_OPENING + claim)]
    return [(start - shift, end - shift) for start, end in places if start >= shift]


def _other_name(claim: str, places: list[Span], text: str, rng: random.Random) -> str | None:
    if not places:
        return None
    start, end = rng.choice(places)
    old = claim[start:end]
    found: list[str] = _NAME.findall(text)
    others = [name for name in found if not (name in claim or old in name or name in old)]
    return claim[:start] + rng.choice(others) + claim[end:] if others else None


def _exchanged(claim: str, places: list[Span], rng: random.Random) -> str | None:
    if len(places) < 2:
        return None
    (a, b), (c, d) = sorted(rng.sample(places, 2))
    if claim[a:b] == claim[c:d] or b > c:
        return None
    return claim[:a] + claim[c:d] + claim[b:c] + claim[a:b] + claim[d:]
