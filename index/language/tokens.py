"""The words of a text: tokens with offsets, stems, numbers, names, negation.

The answerers and the verifier share them, so that "the number is in the quote" means the same to
both. Words compare by the stems of the lexical index.
"""

import re
from fractions import Fraction
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from index.language import stems
from index.language.folding import STOP_WORDS, fold
from index.language.languages import LANGUAGES
from index.language.name_keys import name_key
from index.language.number_words import MOST, adds_to, count_named, figures, is_one, scale_named
from index.visible import visible

# Initials with their full stops are one word: "U.S." is "US".
_TOKEN = re.compile(
    r"\d+(?:[.,:]\d+)*|(?<!\w)(?:[^\W\d_]\.){2,}(?!\w)|[^\W\d_]+(?:['’ʼ`][^\W\d_]+)*|"
    r"\d+[^\W\d_]+"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?…:]\s+|[\n\r]\s*)[\"'“”„«»‘’(\[\-–— ]*$")
_POSSESSIVE = re.compile(r"['’ʼ`]s?$")

_STOP = frozenset(STOP_WORDS)

NEGATIONS = frozenset(word for known in LANGUAGES.values() for word in known.negations)
_CONTRACTED_NOT = re.compile(r"n['’ʼ]t$")


class Token(NamedTuple):
    """A word or number of a text; a tuple, because an answer makes thousands.

    Attributes:
        text: as a reader sees it; see `index.visible`.
        start: offset in the text, code points.
        end: offset after it.
        key: for comparison: the stem of a word, the plain digits of a number.
        keys: every key under which the same word may stand elsewhere.
        is_number: written in digits, or a spelt-out number.
        is_stop: a function or question word.
        negates: says "not" in some way, ``n't`` contractions included.
        is_name: has a capital that the sentence does not ask for.
        opens: stands at the start of a sentence.
        name_key: for comparison as a name, across spellings and scripts; None for a number, a
            word in lower case, and a word that is too short.
    """

    text: str
    start: int
    end: int
    key: str
    keys: frozenset[str]
    is_number: bool
    is_stop: bool
    negates: bool
    is_name: bool
    opens: bool
    name_key: str | None = None


class _Word(NamedTuple):
    """What a word is, wherever it stands."""

    key: str
    keys: frozenset[str]
    is_number: bool
    is_stop: bool
    negates: bool
    may_be_name: bool
    name_key: str | None


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The key of a word for comparison; the same as the lexical index's."""
    plain = _POSSESSIVE.sub("", fold(word))
    return stems.stem(plain) or plain.casefold()


def _number_key(digits: str) -> str:
    """Write a number plainly: ``1,000`` and ``1000`` are one, and so are ``3.20`` and ``3.2``."""
    value = figures(digits)
    return digits.lstrip("0") or "0" if value is None else _value_key(value)


def _value_key(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    places = next(n for n in count(1) if (value * 10**n).denominator == 1)
    whole = str((value * 10**places).numerator).rjust(places + 1, "0")
    return f"{whole[:-places]}.{whole[-places:]}"


def _is_stop(word: str) -> bool:
    return _POSSESSIVE.sub("", word.casefold()) in _STOP


def _negates(word: str) -> bool:
    lower = word.casefold()
    return lower in NEGATIONS or bool(_CONTRACTED_NOT.search(lower))


@lru_cache(maxsize=200_000)
def _read_word(word: str) -> _Word:
    is_digits = word[0].isdigit()
    is_upper = word[0].isupper()
    value = None if is_digits else 1 if is_one(word) else count_named(word)
    key = _number_key(word) if is_digits else str(value) if value else stem(word)
    known_as = name_key(fold(word)) if is_upper else None
    return _Word(
        key=key,
        keys=frozenset({key, f"@{known_as}"} if known_as else {key}),
        is_number=is_digits or (value is not None and value > 1),
        is_stop=_is_stop(word),
        negates=_negates(word),
        may_be_name=is_upper and not is_digits and word != "I",
        name_key=known_as,
    )


@lru_cache(maxsize=20_000)
def tokens(text: str) -> tuple[Token, ...]:
    """Split a text into words and numbers, in order."""
    seen = visible(text)
    found = _join_spelt_numbers(_cut(seen.text))
    if seen.text == text:
        return tuple(found)
    places = (seen.original(token.start, token.end) for token in found)
    return tuple(
        token._replace(start=place.start, end=place.end)
        for token, place in zip(found, places, strict=True)
    )


def _cut(text: str) -> list[Token]:
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        start, end = match.span()
        # No sentence begins after a letter or digit and a space, as most words do.
        within = text[start - 1 : start] == " " and text[start - 2 : start - 1].isalnum()
        opens = not within and bool(_SENTENCE_START.search(text[max(0, start - 12) : start]))
        if opens and found:
            # The full stop of "U.S. Open" ends no sentence.
            opens = text[found[-1].end - 1 : start].rstrip() != "."
        known = _read_word(word)
        found.append(
            Token(
                word,
                start,
                end,
                known.key,
                known.keys,
                known.is_number,
                known.is_stop,
                known.negates,
                known.may_be_name and not opens,
                opens,
                known.name_key,
            )
        )
    return found


def _join_spelt_numbers(found: list[Token]) -> list[Token]:
    """Join spelt numbers: ``thirty-one`` becomes 31, ``two hundred`` 200."""
    joined: list[Token] = []
    for token in found:
        last = joined[-1] if joined else None
        value = _joined_value(last, token) if last and last.is_number else None
        if last is None or value is None:
            joined.append(token)
        else:
            joined[-1] = _merged(last, token, value)
    return joined


def _joined_value(last: Token, token: Token) -> Fraction | None:
    """The one number that two words are parts of; None if they are two."""
    before = figures(last.key)
    if before is None or last.end < token.start - 1:
        return None
    scale = scale_named(token.text)
    # "5 m" may be metres and "5 k" a run; only "5m" is a scale.
    if scale is not None and (len(token.text) > 1 or last.end == token.start):
        return before * scale if before * scale <= MOST else None
    number = 1 if is_one(token.text) else count_named(token.text)
    if number and not last.text[0].isdigit() and adds_to(before, number):
        return before + number
    return None


def _merged(first: Token, second: Token, value: Fraction) -> Token:
    key = _value_key(value)
    return Token(
        text=f"{first.text} {second.text}",
        start=first.start,
        end=second.end,
        key=key,
        keys=frozenset({key}),
        is_number=True,
        is_stop=False,
        negates=False,
        is_name=False,
        opens=first.opens,
    )


def all_keys(text: str) -> frozenset[str]:
    """Collect every key of every token of a text."""
    return frozenset().union(*(token.keys for token in tokens(text)))


def content_tokens(text: str) -> tuple[Token, ...]:
    """The tokens that carry meaning."""
    return tuple(token for token in tokens(text) if not token.is_stop)
