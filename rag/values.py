"""Two answers to one question, compared: a number, a date or a name that rules out the other.

Whatever may be said of the same thing in other words does not contradict: a rounded number, a
coarser date, a name of which the other is a part, a value that both texts have.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from index.article import Span
from rag.moments import moments
from rag.names import same_people
from rag.quantities import Quantity, quantities
from rag.text import Token, all_keys, tokens

ValueKind = Literal["number", "date", "name"]

_YEAR = re.compile(r"(?<![\d.,])(?:1[0-9]|20)\d\d(?![\d%]|[.,]\d)")
_AT_LEAST = re.compile(
    r"\b(?:at least|more than|over|above|no fewer than|не менее|более|больше|свыше|понад|більше|"
    r"щонайменше|не менше)\s+\W?$",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"\b(?:at most|up to|less than|fewer than|under|below|до|менее|меньше|менше|не более)\s+\W?$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"\b(?:about|around|roughly|nearly|almost|some|approximately|close to|an estimated|estimated|"
    r"около|почти|примерно|порядка|близько|майже|приблизно)\s+\W?$",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,.;:!?()–—]")
_ROUNDED = Fraction(1, 20)
_ABOUT_BY = Fraction(1, 5)
_COUNTED_WITHIN = 3


@dataclass(frozen=True, slots=True)
class Value:
    """What the marked words of a sentence say, as far as it can be compared.

    Attributes:
        words: as marked.
        sentence: in which they stand.
        passage: the text around, for whether it has the other value too.
        quantity: of a number.
        day: year, month and day of a date, as far as they are named.
        names: the words of a name.
    """

    kind: ValueKind
    words: str
    sentence: str
    passage: str
    quantity: Quantity | None = None
    day: tuple[int | None, int | None, int | None] = (None, None, None)
    names: tuple[Token, ...] = ()


def read_value(sentence: str, marked: Span, passage: str) -> Value | None:
    """The value that marked words give; None where they are no single number, date or name."""
    words = sentence[marked.start : marked.end]
    day = _day(sentence, marked)
    if day:
        return Value("date", words, sentence, passage, day=day)
    inside = [
        quantity
        for quantity in quantities(sentence)
        if quantity.start < marked.end and marked.start < quantity.end and not quantity.ordinal
    ]
    if len(inside) == 1:
        return Value("number", words, sentence, passage, quantity=inside[0])
    said = [t for t in tokens(sentence) if marked.start <= t.start < marked.end and not t.is_stop]
    if inside or not said or not all(t.text[0].isupper() for t in said):
        return None
    return Value("name", words, sentence, passage, names=tuple(said))


def _day(sentence: str, marked: Span) -> tuple[int | None, int | None, int | None] | None:
    named = [
        m
        for m in moments(sentence)
        if m.start < marked.end and marked.start < m.end and (m.year or m.month)
    ]
    years = [
        int(m.group())
        for m in _YEAR.finditer(sentence)
        if marked.start <= m.start() and m.end() <= marked.end
    ]
    if len(named) == 1:
        moment = named[0]
        return moment.year or (years[0] if len(years) == 1 else None), moment.month, moment.day
    if not named and len(years) == 1:
        counted = sentence[marked.start : marked.end].strip()
        return (years[0], None, None) if len(counted.split()) <= 3 else None
    return None


def contradict(one: Value, other: Value) -> bool:
    """Whether two values cannot both be the answer."""
    if one.kind != other.kind:
        return False
    match one.kind:
        case "number":
            return _numbers_differ(one, other)
        case "date":
            return _days_differ(one, other) and not (_has_day(one, other) or _has_day(other, one))
        case "name":
            return _names_differ(one, other) and _names_differ(other, one)


def _numbers_differ(one: Value, other: Value) -> bool:
    first, second = one.quantity, other.quantity
    if first is None or second is None or first.unit != second.unit:
        return False
    if first.unit is None and not _same_counted(one, other):
        return False
    # Each number must stand on its own side only.
    if second.value in {q.value for q in quantities(one.passage)}:
        return False
    if first.value in {q.value for q in quantities(other.passage)}:
        return False
    return not (_allows(one, second.value) or _allows(other, first.value))


def _allows(value: Value, number: Fraction) -> bool:
    """Whether a number as it is put leaves room for another one."""
    quantity = value.quantity
    if quantity is None:
        return True
    before, own = value.sentence[: quantity.start], quantity.value
    if _AT_LEAST.search(before):
        return number >= own
    if _AT_MOST.search(before):
        return number <= own
    gap = abs(number - own)
    larger = max(abs(number), abs(own))
    if _ABOUT.search(before):
        return gap <= larger * _ABOUT_BY
    # 19 and 19.3 billion, 1,487,000 and 1.5 million: one is the other, rounded.
    return larger >= 10 and gap <= larger * _ROUNDED and _is_round(own) != _is_round(number)


def _is_round(number: Fraction) -> bool:
    """Whether a number has at most two digits that are not zeros at its end."""
    digits = str(float(number)).replace(".", "").lstrip("0").rstrip("0")
    return len(digits) <= 2


def _counted(value: Value) -> list[Token]:
    """The words right after a number: what it counts."""
    end = value.quantity.end if value.quantity else 0
    ends = _CLAUSE_END.search(value.sentence, end)
    until = ends.start() if ends else len(value.sentence)
    after = [t for t in tokens(value.sentence) if end <= t.start < until and not t.is_stop]
    return after[:_COUNTED_WITHIN]


def _same_counted(one: Value, other: Value) -> bool:
    """Whether two numbers count the same: 33 Russian citizens are no 31 Ukrainian citizens."""
    first, second = _counted(one), _counted(other)

    def keys(words: Iterable[Token]) -> frozenset[str]:
        return frozenset().union(*(word.keys for word in words))

    whose, its = keys(t for t in first if t.is_name), keys(t for t in second if t.is_name)
    return bool(keys(first) & keys(second)) and not (whose and its and not whose & its)


def _days_differ(one: Value, other: Value) -> bool:
    return any(
        mine is not None and its is not None and mine != its
        for mine, its in zip(one.day, other.day, strict=True)
    )


def _has_day(value: Value, other: Value) -> bool:
    """Whether the text around one date has the other one as well."""
    year, month, day = other.day
    for moment in moments(value.passage):
        fits = [(year, moment.year), (month, moment.month), (day, moment.day)]
        if month and all(a is None or b is None or a == b for a, b in fits):
            return True
    return month is None and str(year) in value.passage


def _names_differ(one: Value, other: Value) -> bool:
    """Whether no word of one name stands anywhere around the other."""
    around = all_keys(other.passage)
    if any(token.keys & around for token in one.names):
        return False
    return not any(same_people(a.text, b.text) for a in one.names for b in _capitalised(other))


def _capitalised(value: Value) -> Iterable[Token]:
    return (t for t in tokens(value.passage) if t.text[0].isupper() and len(t.text) > 1)
