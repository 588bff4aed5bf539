"""How numbers are written, of all languages together: figures, words, scales, units, shares.

`quantities` reads the numbers of a text with these; `tokens` and the periods of questions ask what
a single word or figure is.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TypeVar

from index.language.language import Forms, NumberWords
from index.language.languages import LANGUAGES
from index.language.patterns import any_of, plain

Name = TypeVar("Name", int, str, Fraction)

SHARE = "percent"
_KNOWN = tuple(language.numbers for language in LANGUAGES.values())
# Signs and symbols are of no language.
_SIGNS = {
    "$": "dollar", "€": "euro", "£": "pound sterling", "₽": "rouble", "₴": "hryvnia", "¥": "yen",
    "₹": "rupee",
}  # fmt: skip
_SYMBOLS = _SIGNS | {"%": SHARE, "°c": "degree C", "°f": "degree F"}
SIGNS = "".join(_SIGNS)
"""What may stand before a number as its unit."""
VULGAR = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4), "⅓": Fraction(1, 3)}
MOST = 10**30
"""No news counts further; a row of a thousand "millions" is no number."""
_LONGEST = 40
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_DOTTED = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")
_DECIMAL_COMMA = re.compile(r"\d+,\d+")


def _words(of: Callable[[NumberWords], Forms]) -> str:
    return any_of(form for known in _KNOWN for form in of(known))


def _counts() -> dict[str, int]:
    found: dict[str, int] = {}
    for known in _KNOWN:
        for number, forms in known.counts.items():
            for form in forms:
                if found.setdefault(plain(form), number) != number:
                    raise ValueError(f"{form!r} names two numbers")
    return found


_COUNTS = _counts()
_ONES = frozenset(plain(form) for known in _KNOWN for form in known.one)
_ARTICLES = frozenset(plain(form) for known in _KNOWN for form in known.articles)
_LINKING = frozenset(plain(form) for known in _KNOWN for form in known.linking)

# Patterns for any case, without groups.
COUNT = any_of(
    form
    for known in _KNOWN
    for forms in (known.one, known.articles, *known.counts.values())
    for form in forms
)
BETWEEN = _words(lambda numbers: numbers.between)
ORDINAL_END = _words(lambda numbers: numbers.ordinal_endings)
NO_SHARE_BEFORE = _words(lambda numbers: numbers.no_share_before)
_NO_SHARE_AFTER = _words(lambda numbers: numbers.no_share_after)


def _by_name(tables: Iterable[Mapping[Name, Forms]]) -> tuple[tuple[Name, str], ...]:
    """The forms of each unit, scale or share of all languages as one pattern."""
    found: dict[Name, list[str]] = {}
    for table in tables:
        for name, forms in table.items():
            found.setdefault(name, []).extend(forms)
    return tuple((name, any_of(forms)) for name, forms in found.items())


FRACTIONS = tuple(
    (share, re.compile(rf"\b{forms}\b(?!\s+{_NO_SHARE_AFTER}\b)", re.IGNORECASE))
    for share, forms in _by_name(known.fractions for known in _KNOWN)
)
_SCALES = [
    (factor, re.compile(forms, re.IGNORECASE))
    for factor, forms in _by_name(known.scales for known in _KNOWN)
]
_UNITS = [
    (unit, re.compile(forms, re.IGNORECASE))
    for unit, forms in _by_name(known.units for known in _KNOWN)
]
_FIRST_OF_TWO = frozenset(
    plain(form).split()[0]
    for known in _KNOWN
    for forms in known.units.values()
    for form in forms
    if " " in form
)


def figures(digits: str) -> Fraction | None:
    """The number that figures are, as ``1,000.5`` or ``3,5``; None if they are none."""
    if len(digits) > _LONGEST:
        return None
    if _GROUPED.fullmatch(digits):
        digits = digits.replace(",", "")
    elif _DOTTED.fullmatch(digits):
        digits = digits.replace(".", "")
    elif _DECIMAL_COMMA.fullmatch(digits):
        digits = digits.replace(",", ".")
    try:
        return Fraction(digits)
    except ValueError:
        return None


@lru_cache(maxsize=8_192)
def count_named(word: str) -> int | None:
    """The whole number that a word is, but for one."""
    return _COUNTS.get(plain(word))


def is_one(word: str, article: bool = False) -> bool:
    """Whether a word says one; an article does before a scale only ("a million")."""
    return plain(word) in _ONES or (article and plain(word) in _ARTICLES)


def is_linking(word: str) -> bool:
    """Whether a word stands within a number ("two hundred and five")."""
    return plain(word) in _LINKING


def adds_to(total: Fraction | int, number: int) -> bool:
    """Whether a word goes on with a number: "five" after "twenty", "forty" after "two hundred"."""
    if total % 100 == 0:
        return total >= 100 and number < 100
    return total % 10 == 0 and number < 10


@lru_cache(maxsize=8_192)
def scale_named(word: str) -> int | None:
    """By what a word multiplies the number before it."""
    written = word.rstrip(".")
    return next((factor for factor, forms in _SCALES if forms.fullmatch(written)), None)


def begins_unit(word: str) -> bool:
    """Whether a unit of two words may begin with this one ("per cent")."""
    return plain(word) in _FIRST_OF_TWO


@lru_cache(maxsize=8_192)
def unit_named(words: str) -> str | None:
    """The unit that a sign, a word or two words name."""
    written = " ".join(word.rstrip(".") for word in words.split())
    if sign := _SYMBOLS.get(written.replace(" ", "").lower()):
        return sign
    return next((unit for unit, forms in _UNITS if forms.fullmatch(written)), None)
