"""A true claim made false by rule, and a question about somebody whom a text does not name.

In any language written in Latin or Cyrillic letters. To measure, use `evals.adversarial.planted`,
which knows English and more kinds; nothing learns from that.
"""

import random
import re

from evals.training.sources import Span

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[a-zа-яіїє,] )[A-ZА-ЯІЇЄ][\w’'-]+(?: [A-ZА-ЯІЇЄ][\w’'-]+)*")
_OPENING = " x "
"""Stands before a claim, so that a name may open it."""
_STEPS = (1, 2, -1, 10, 5)


def spoil(claim: str, text: str, rng: random.Random) -> str | None:
    """Make a false variant of a true claim. Return None if the kind drawn does not apply.

    Args:
        claim: one sentence.
        text: gives other numbers and names.
        rng: source of chance.
    """
    kind = rng.choice(("number", "name", "swap", "number"))
    if kind == "number":
        return _other_number(claim, text, rng)
    places = _names(claim)
    if kind == "name":
        return _other_name(claim, places, text, rng)
    return _exchanged(claim, places, rng)


def spoil_question(question: str, text: str, elsewhere: str, rng: random.Random) -> str | None:
    """Ask about somebody or something that a text does not name. Return None if no name is there.

    Sometimes half of a name stays: the first name of one with the surname of another.

    Args:
        question: one that the text answers.
        text: the article that it is about.
        elsewhere: an article that gives other names.
        rng: source of chance.
    """
    places = [m.span() for m in _NAME.finditer(question) if m.group() in text]
    if not places:
        return None
    start, end = rng.choice(places)
    words = question[start:end].split()
    found: list[str] = _NAME.findall(elsewhere)
    others = [name for name in found if not any(word in text for word in name.split())]
    if not others:
        return None
    new = rng.choice(others)
    if len(words) == 2 and len(new.split()) == 2 and rng.random() < 0.6:
        halves = (f"{words[0]} {new.split()[1]}", f"{new.split()[0]} {words[1]}")
        new = rng.choice(halves)
    return question[:start] + new + question[end:]


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
