"""Numbers with their units, compared by what they say: ``1.5 million`` is ``1,500,000``.

Percentages and fractions are shares of one (half is 50 percent), money keeps its currency, spelt
numbers are read in every language of `languages`. Nothing is rounded and no unit is converted.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from index.language.number_words import (
    BETWEEN,
    FRACTIONS,
    MOST,
    NO_SHARE_BEFORE,
    ORDINAL_END,
    SHARE,
    SIGNS,
    VULGAR,
    adds_to,
    begins_unit,
    count_named,
    figures,
    is_linking,
    is_one,
    scale_named,
    unit_named,
)

_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_PIECE = re.compile(
    rf"{_DIGITS.pattern}|[{''.join(VULGAR)}]|°\s?[CF]\b|[%{SIGNS}]"
    r"|[^\W\d_]+(?:['’ʼ][^\W\d_]+)*\.?"
)
_ORDINAL_END = re.compile(rf"(?:{ORDINAL_END})\b", re.IGNORECASE)
_JOINS_RANGE = re.compile(rf"\s*(?:-|–|—|,|{BETWEEN})\s*$", re.IGNORECASE)
_NOT_A_SHARE = re.compile(rf"\b(?:{NO_SHARE_BEFORE})\W+$", re.IGNORECASE)
_REACH = 10


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, as a text gives it.

    Attributes:
        text: as written, with its unit.
        value: after scale and fraction; a share is a part of one.
        unit: canonical name, or None for a bare count.
        start: offset in the text.
        end: offset after it.
        ordinal: ``20th``.
    """

    text: str
    value: Fraction
    unit: str | None
    start: int
    end: int
    ordinal: bool = False

    def matches(self, other: "Quantity") -> bool:
        """Whether the other one says the same; a bare count may be of years (an age)."""
        if self.value != other.value:
            return False
        if self.unit == other.unit:
            return True
        if self.unit is None:
            return other.unit != SHARE
        return other.unit is None and self.unit in ("year", "point", "time")


def _piece(match: re.Match[str]) -> tuple[str, int, int]:
    """A piece and its place. Scales and units are shortened ("млн."); a stop after a count ends."""
    bare = match.group().rstrip(".")
    word = bare if count_named(bare) is not None else match.group()
    return word, match.start(), match.start() + len(word)


class _Reader:
    """Walks over the pieces of a text and reads one number after another."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pieces = [_piece(match) for match in _PIECE.finditer(text)]

    def read(self) -> list[Quantity]:
        found: list[Quantity] = []
        at = 0
        while at < len(self.pieces):
            value, after = self._number(at)
            if value is None:
                at += 1
                continue
            found.append(self._quantity(at, after, value))
            at = after
        return self._share_units(found)

    def _number(self, at: int) -> tuple[Fraction | None, int]:
        """Read the number that begins at a piece, and find the piece after it."""
        word = self.pieces[at][0]
        if word[0].isdigit():
            value = figures(word)
            if value is None:
                return None, at + 1
            return self._scaled(*self._with_vulgar(value, at + 1))
        if word in VULGAR:
            return VULGAR[word], at + 1
        return self._spelt(at)

    def _with_vulgar(self, value: Fraction, at: int) -> tuple[Fraction, int]:
        if at < len(self.pieces) and self.pieces[at][0] in VULGAR:
            return value + VULGAR[self.pieces[at][0]], at + 1
        return value, at

    def _near(self, at: int) -> bool:
        """Whether a piece stands right after the one before it."""
        between = self.text[self.pieces[at - 1][2] : self.pieces[at][1]]
        return at < len(self.pieces) and len(between) <= 1 and between in ("", " ", "-", "\u00a0")

    def _scaled(self, value: Fraction, at: int) -> tuple[Fraction, int]:
        while at < len(self.pieces) and self._near(at):
            factor = scale_named(self.pieces[at][0])
            short = len(self.pieces[at][0].rstrip(".")) == 1
            # "5 m" may be metres and "5 k" a run; only "5m" and "$5 m" are scales.
            if factor is None or (short and self.pieces[at - 1][2] != self.pieces[at][1]):
                break
            if value * factor > MOST:
                break
            value, at = value * factor, at + 1
        return value, at

    def _spelt(self, at: int) -> tuple[Fraction | None, int]:
        total, begun = 0, False
        start = at
        while at < len(self.pieces):
            word = self.pieces[at][0]
            if begun and not self._near(at):
                break
            following = self.pieces[at + 1][0] if at + 1 < len(self.pieces) else ""
            counts = scale_named(following) is not None and len(following) > 2
            if begun and total >= 100 and is_linking(word) and count_named(following) is not None:
                at += 1
                continue
            number = count_named(word)
            if number is None and (begun or counts) and is_one(word, article=not begun):
                number = 1
            if number is None or (begun and not adds_to(total, number)):
                break
            total, begun, at = total + number, True, at + 1
            hundred = at < len(self.pieces) and scale_named(self.pieces[at][0]) == 100
            if hundred and self._near(at) and total < 100:
                total, at = total * 100, at + 1
        if not begun:
            return None, start + 1
        return self._scaled(Fraction(total), at)

    def _quantity(self, first: int, after: int, value: Fraction) -> Quantity:
        start, end = self.pieces[first][1], self.pieces[after - 1][2]
        ordinal = bool(self.pieces[first][0][0].isdigit() and _ORDINAL_END.match(self.text, end))
        unit: str | None = None
        if first and self.pieces[first - 1][0] in SIGNS and self._near(first):
            unit, start = unit_named(self.pieces[first - 1][0]), self.pieces[first - 1][1]
        elif after < len(self.pieces) and not ordinal:
            unit, end = self._unit(after, end)
        if unit == SHARE:
            value /= 100
        return Quantity(self.text[start:end].rstrip("."), value, unit, start, end, ordinal)

    def _unit(self, at: int, end: int) -> tuple[str | None, int]:
        """The unit that a piece and the next name together, else the piece alone, and its end."""
        if self.text[end : self.pieces[at][1]] not in ("", " ", "-", "\u00a0", " - ", "  "):
            return None, end
        word, _, finish = self.pieces[at]
        if begins_unit(word) and at + 1 < len(self.pieces) and self._near(at + 1):
            following, _, last = self.pieces[at + 1]
            if (unit := unit_named(f"{word} {following}")) is not None:
                return unit, last
        unit = unit_named(word)
        return unit, finish if unit else end

    def _share_units(self, found: list[Quantity]) -> list[Quantity]:
        """Share units: in "between 20 and 30 percent" both numbers are percentages."""
        for at in range(len(found) - 2, -1, -1):
            one, other = found[at], found[at + 1]
            between = self.text[one.end : other.start]
            if one.unit is None and other.unit and _JOINS_RANGE.match(between):
                value = one.value / 100 if other.unit == SHARE else one.value
                found[at] = Quantity(one.text, value, other.unit, one.start, one.end)
        return found


def _fractions(text: str) -> list[Quantity]:
    found = []
    for value, pattern in FRACTIONS:
        for match in pattern.finditer(text):
            if not _NOT_A_SHARE.search(text[max(0, match.start() - _REACH) : match.start()]):
                span = match.span()
                found.append(Quantity(match.group(), value, SHARE, *span))
    return found


@lru_cache(maxsize=8_192)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Read the numbers of a text in order; "one" alone says too little to count."""
    shares = _fractions(text)
    numbers = [
        number
        for number in _Reader(text).read()
        if not any(s.start < number.end and number.start < s.end for s in shares)
    ]
    return tuple(sorted([*numbers, *shares], key=lambda q: q.start))


def unreadable(text: str) -> tuple[tuple[int, int], ...]:
    """Find digits of a text that are not a number, such as ``2.10.4``."""
    return tuple(match.span() for match in _DIGITS.finditer(text) if figures(match.group()) is None)
