"""Words of Pressmark's own that hold values: the pattern and the values stay known.

``phrase("No article mentions %(name)s.", name="Anna Lee")`` is the English text, a `str` like any
other. It also remembers what it was made of, so that a door can say the same in another language:
the English pattern is the key of a translation, and the values stand in it by name. Patterns are
written out where they are used; `tools/wording.py` collects them for those who translate.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from index.days import Day

Value: TypeAlias = "str | int"
"""A name as it is, a number, or a text that remembers more: a `Said` or a `ToldDay`."""


_NAMED = re.compile(r"%\((\w+)\)s")


def filled(words: str, values: Mapping[str, str]) -> str:
    """Words with values in the places that name them; a place that names none of them stays."""
    return _NAMED.sub(lambda place: values.get(place[1], place[0]), words)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern and the values in it.

    Attributes:
        words: in English; of a counted pattern, for one.
        values: by name.
        many: of a counted pattern, the words for any other number.
        count: of a counted pattern, the number that decides.
    """

    words: str
    values: Mapping[str, Value] = field(default_factory=dict)
    many: str | None = None
    count: int = 0

    def __str__(self) -> str:
        words = self.words if self.many is None or self.count == 1 else self.many
        shown = {n: f"{v:,}" if isinstance(v, int) else v for n, v in self.values.items()}
        return filled(words, shown)


class Said(str):
    """English words that know what they were made of.

    Attributes:
        patterns: sentences or clauses, in order, with a blank between them.
    """

    __slots__ = ("patterns",)
    patterns: tuple[Pattern, ...]

    def __new__(cls, patterns: Sequence[Pattern]) -> "Said":
        """Put the patterns into English words."""
        made = super().__new__(cls, " ".join(map(str, patterns)))
        made.patterns = tuple(patterns)
        return made

    def __getnewargs__(self) -> tuple[tuple[Pattern, ...]]:  # type: ignore[override]
        """Give what a copy is made of."""
        return (self.patterns,)


class ToldDay(str):
    """A day in English words that knows which day it is."""

    __slots__ = ("day",)
    day: Day

    def __new__(cls, words: str, day: Day) -> "ToldDay":
        """Keep the day beside its words."""
        made = super().__new__(cls, words)
        made.day = day
        return made

    def __getnewargs__(self) -> tuple[str, Day]:  # type: ignore[override]
        """Give what a copy is made of."""
        return str(self), self.day


def phrase(words: str, /, **values: Value) -> Said:
    """Words with values in them.

    Args:
        words: in English, each value as ``%(name)s``.
        values: by name.
    """
    return Said([Pattern(words, values)])


def counted_phrase(one: str, many: str, count: int, /, **values: Value) -> Said:
    """Words for so many of something.

    Args:
        one: the words for one.
        many: the words for any other number.
        count: how many; it stands in the words as ``%(count)s``.
        values: further ones, by name.
    """
    return Said([Pattern(one, {"count": count, **values}, many, count)])


def sentences(*said: Said) -> Said:
    """Sentences one after the other."""
    return Said([pattern for one in said for pattern in one.patterns])


def either(names: Sequence[str]) -> str:
    """``A``, ``A or B``, ``A or B or C``: names of which each would do."""
    first, *rest = names
    return phrase("%(first)s or %(rest)s", first=first, rest=either(rest)) if rest else first


def one_by_one(clauses: Sequence[Said]) -> Said:
    """``A``, ``A; B``: clauses that stand beside each other."""
    if not clauses:
        return Said(())
    first, *rest = clauses
    if not rest:
        return first
    return phrase("%(first)s; %(rest)s", first=first, rest=one_by_one(rest))
