"""Every number of a claim is in the text, with its unit, or follows from those that are."""

import re
from collections.abc import Collection, Sequence
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Final

from index.language.moments import dated_spans
from index.language.number_words import SHARE
from index.language.quantities import Quantity, quantities, unreadable
from index.saying import Said, phrase
from rag.verification.beside import Beside
from rag.verification.reasons import Reasons, says_another

SMALL: Final = 12
"""Texts put bare counts up to this one in other words too often: "both", "the eighth"."""
OFTEN_RETOLD: Final = frozenset({"time", "point", "day", "week", "month", "year", "decade"})
"""Units that also retell small counts: "since August" becomes "for two months"."""
ROUNDED: Final = Fraction(1, 10)
"""A number of one or two digits and zeros may stand for one this near: "2,000" for 2,140."""
SCALES_SHARED: Final = (10**3, 10**6, 10**9)
SHARED_BELOW: Final = 1_000
_YEAR: Final = re.compile(r"(?<!\d)(?:1[0-9]|20)\d\d(?!\d)")


def check(beside: Beside) -> Reasons:
    """Veto numbers that the text neither gives nor implies."""
    texts = (*beside.context, *beside.labels, beside.passage)
    known = [quantity for text in texts for quantity in quantities(text)]
    dated = dated_spans(beside.claim)
    reasons = list[Said]()
    for wanted in quantities(beside.claim):
        if _overlaps((wanted.start, wanted.end), dated):
            continue
        if any(wanted.matches(other) for other in known) or _is_loose(wanted, beside.claim):
            continue
        if beside.foreign and any(_same_digits(wanted, other) for other in known):
            continue
        same = next((other for other in known if other.value == wanted.value), None)
        if same and wanted.unit != same.unit and not wanted.ordinal and not same.ordinal:
            if same.unit and wanted.unit:
                reasons.append(says_another(wanted.text, same.text))
            continue
        if follows(wanted, known, _years(texts, beside.published)):
            continue
        reasons.append(_missing(wanted.text))
    whole = " ".join(texts)
    odd = [span for span in unreadable(beside.claim) if not _overlaps(span, dated)]
    written = [beside.claim[start:end] for start, end in odd]
    reasons += [_missing(words) for words in written if words not in whole]
    return Reasons(vetoes=tuple(reasons))


def _missing(number: str) -> Said:
    return phrase("the number %(number)s is not in the cited text", number=number)


def _overlaps(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _is_loose(wanted: Quantity, claim: str) -> bool:
    """Whether a text may well put a number in other words: a fraction, a count up to twelve."""
    written = claim[wanted.start : wanted.end]
    if not any(char.isdigit() for char in written) and wanted.unit == SHARE:
        return True
    return (wanted.unit is None or wanted.unit in OFTEN_RETOLD) and wanted.value <= SMALL


def _same_digits(one: Quantity, other: Quantity) -> bool:
    """Whether two numbers look the same, whatever their units are called."""
    first, second = ("".join(filter(str.isdigit, q.text)) for q in (one, other))
    return bool(first) and first == second


def _years(texts: Sequence[str], published: date | None) -> set[int]:
    years = {int(match) for text in texts for match in _YEAR.findall(text)}
    return years | ({published.year} if published else set())


def follows(wanted: Quantity, known: Sequence[Quantity], years: Collection[int] = ()) -> bool:
    """Whether a number follows from those of a text, or rounds one of them."""
    value = wanted.value
    values = {q.value for q in known} | {Fraction(year) for year in years}
    if any(abs(value - year) == 1 for year in years):
        return True
    is_round = value >= 100 and len(str(int(value)).rstrip("0")) <= 2
    if is_round and any(other and abs(other - value) <= ROUNDED * other for other in values):
        return True
    if wanted.unit == SHARE:
        values |= {1 - q.value for q in known if q.unit == SHARE}
        values |= {q.value / 100 for q in known if q.unit != SHARE}
    # "From 3.2 billion to 4.6": the second shares the scale of the first.
    scales = {scale for scale in SCALES_SHARED if any(other >= scale for other in values)}
    values |= {other * scale for other in values for scale in scales if 1 <= other < SHARED_BELOW}
    if value in values:
        return True
    return any(value in _results(one, other) for one, other in combinations(values, 2))


def _results(one: Fraction, other: Fraction) -> set[Fraction]:
    results = {one + other, abs(one - other), one * other}
    return results | {one / other, other / one} if one and other else results
