"""Rules for what is certain: one rule a file, each with one `check(beside) -> Reasons`.

A rule stays only while it rejects more false claims than true ones, on claims that it was not
written for; the figures are in docs/decisions/0034-a-judge-beside-rules.md.
"""

from collections.abc import Callable
from typing import Final

from rag.verification.beside import Beside
from rag.verification.reasons import Reasons
from rag.verification.rules import copied, dates, links, names, numbers, quotations

Rule = Callable[[Beside], Reasons]

RULES: Final[tuple[Rule, ...]] = (
    numbers.check,
    dates.check,
    names.check,
    quotations.check,
    links.check,
    copied.check,
)


def apply_rules(beside: Beside) -> Reasons:
    """Gather everything that the rules say about a claim, each reason once."""
    found = [rule(beside) for rule in RULES]
    return Reasons(
        tuple(dict.fromkeys(reason for one in found for reason in one.vetoes)),
        tuple(dict.fromkeys(reason for one in found for reason in one.open_points)),
    )
