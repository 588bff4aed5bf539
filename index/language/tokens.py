"""The words of a text: tokens with offsets, stems, numbers, names, negation.

The answerers and the verifier share them, so that "the number is in the quote" means the same to
both. Words compare by the stems of the lexical index.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from index.language import stems
from index.language.folding import STOP_WORDS, fold
from index.language.name_keys import name_key
from index.visible import visible

# Initials with their full stops are one word: "U.S." is "US".
_TOKEN = re.compile(
    r"\d+(?:[.,:]\d+)*|(?<!\w)(?:[^\W\d_]\.){2,}(?!\w)|[^\W\d_]+(?:['’ʼ`][^\W\d_]+)*|"
    r"\d+[^\W\d_]+"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?…:]\s+|[\n\r]\s*)[\"'“”„«»‘’(\[\-–— ]*$")
_POSSESSIVE = re.compile(r"['’ʼ`]s?$")

_STOP = frozenset(STOP_WORDS)

NEGATIONS = frozenset(
    (
        "not no never none nobody nothing neither nor cannot without deny denied denies "
        "refuse refused refuses reject rejected rejects fail failed fails не нет ни "
        "никогда никто ничего без отказался отказалась отрицает ні немає ніколи ніхто"
    ).split()
)
_CONTRACTED_NOT = re.compile(r"n['’ʼ]t$")

_UNITS = dict(
    zip(
        (
            "zero one two three four five six seven eight nine ten eleven twelve thirteen "
            "fourteen fifteen sixteen seventeen eighteen nineteen"
        ).split(),
        range(20),
        strict=True,
    )
)
_TENS = {
    word: 10 * n
    for n, word in enumerate(
        ("twenty thirty forty fifty sixty seventy eighty ninety").split(), start=2
    )
}
_SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}


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
    plain = digits
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits):
        plain = digits.replace(",", "")
    elif re.fullmatch(r"\d+,\d+", digits):
        plain = digits.replace(",", ".")
    if re.fullmatch(r"\d+\.\d+", plain):
        plain = plain.rstrip("0").rstrip(".")
    return plain.lstrip("0") or "0"


def _is_stop(word: str) -> bool:
    return _POSSESSIVE.sub("", word.casefold()) in _STOP


def _negates(word: str) -> bool:
    lower = word.casefold()
    return lower in NEGATIONS or bool(_CONTRACTED_NOT.search(lower))


@lru_cache(maxsize=200_000)
def _read_word(word: str) -> _Word:
    is_digits = word[0].isdigit()
    is_upper = word[0].isupper()
    value = None if is_digits else _UNITS.get(word.casefold(), _TENS.get(word.casefold()))
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
        if last and last.is_number and last.end >= token.start - 1:
            word = token.text.casefold()
            if last.text.casefold() in _TENS and 0 < _UNITS.get(word, 0) < 10:
                joined[-1] = _merged(last, token, int(last.key) + _UNITS[word])
                continue
            if word in _SCALES and last.key.replace(".", "", 1).isdigit():
                joined[-1] = _merged(last, token, float(last.key) * _SCALES[word])
                continue
        joined.append(token)
    return joined


def _merged(first: Token, second: Token, value: float) -> Token:
    key = str(int(value)) if value == int(value) else repr(value)
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
