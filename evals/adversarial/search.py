"""The search: every move on every true claim of a suite, several times, and what still passes."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from evals.adversarial.moves import MOVES, Target
from evals.dataset.items import ClaimItem

TRIES = 2
"""Tries of each move on each claim; equal results count once."""

Passes = Callable[[ClaimItem], bool]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A false claim, made from a true one, and whether it passed as fully supported."""

    move: str
    item: ClaimItem
    original: str
    passed: bool


def targets(items: Sequence[ClaimItem]) -> Iterator[tuple[ClaimItem, Target]]:
    """Gather the true claims, each with the sentences that other claims of its article cite."""
    known = {_article(item): dict[str, None]() for item in items}
    for item in items:
        known[_article(item)].update(dict.fromkeys(item.references))
    for item in items:
        if item.supported and item.origin is not None:
            shown = {*item.references, item.origin.before}
            elsewhere = tuple(s for s in known[_article(item)] if s not in shown)
            yield item, Target(item.claim, item.references, elsewhere)


def _article(item: ClaimItem) -> object:
    """What tells articles apart: everything known of them but the sentence before."""
    return item.origin and replace(item.origin, before=None)


def variants(target: Target, seed: str) -> list[tuple[str, str]]:
    """Make false variants of a claim, each with its move; the same seed gives the same."""
    found: dict[str, str] = {}
    for name, move in MOVES.items():
        rng = random.Random(f"{seed} {name}")  # noqa: S311 - a repeatable choice, no secret
        for _ in range(TRIES):
            made = move(target, rng)
            if made and made != target.claim:
                found.setdefault(made, name)
    return [(name, made) for made, name in found.items()]


def search(items: Iterable[ClaimItem], passes: Passes, seed: int) -> Iterator[Attempt]:
    """Try every variant of every true claim.

    Args:
        items: claims with the sentences and the article that they are judged by.
        passes: whether the judge takes a claim for fully supported.
        seed: another one makes other variants.
    """
    for item, target in targets(list(items)):
        for move, claim in variants(target, f"{seed} {item.id}"):
            made = replace(item, claim=claim, supported=False, type=move)
            yield Attempt(move, made, item.claim, passes(made))
