"""Names in claims and in cited text: other spellings, nationalities, initials.

`index.language.tokens` gives a word that looks like a name the keys under which its spellings meet.
This module goes beyond one word: Russian and Russia, FBI and Federal Bureau of Investigation.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.language.tokens import Token, tokens
from index.saying import Said, phrase

_DEMONYM_END = frozenset(
    "|a|n|an|ian|ians|ans|ns|s|ese|ish|y|i|is|e|ia|ine|ines|ic|er|ers|der|th".split("|")
)
_STEM_LETTERS = 4
_IRREGULAR = tuple(
    frozenset(group.split())
    for group in (
        "france french frenchman frenchmen",
        "britain british uk briton britons england english",
        "us usa america american americans states united",
        "poland polish pole poles",
        "spain spanish spaniard spaniards",
        "netherlands dutch holland",
        "denmark danish danes",
        "sweden swedish swedes",
        "turkey turkish turks türkiye",
        "greece greek greeks",
        "germany german germans",
        "ireland irish",
        "wales welsh",
        "switzerland swiss",
        "norway norwegian norwegians",
        "peru peruvian",
        "ukraine ukrainian ukrainians",
        "belarus belarusian belarussian belarusians byelorussia",
        "russia russian russians",
        "moscow muscovite",
        "россия российский русский россиян россияне",
        "украина украинский украинец украинцы",
        "беларусь белорусский белоруссия",
        "україна український українець українці",
    )
)
_INITIALISM = re.compile(r"(?:[A-ZА-ЯІЇЄ]\.?){2,6}$")
_LINKING = frozenset("of the for and de la du and&".split())


def _plain(word: str) -> str:
    return re.sub(r"['’ʼ]s?$", "", word.casefold())


@lru_cache(maxsize=50_000)
def same_people(one: str, other: str) -> bool:
    """Whether one word is the country and the other its people or their adjective."""
    first, second = _plain(one), _plain(other)
    if any(first in group and second in group for group in _IRREGULAR):
        return True
    common = 0
    while common < min(len(first), len(second)) and first[common] == second[common]:
        common += 1
    ends = first[common:], second[common:]
    return common >= _STEM_LETTERS and _DEMONYM_END.issuperset(ends)


def same_name(one: Token, other: Token) -> bool:
    """Whether two words are one name, in any spelling, or a country and its people."""
    return bool(one.keys & other.keys) or same_people(one.text, other.text)


@lru_cache(maxsize=8_192)
def initials(text: str) -> frozenset[str]:
    """The initials of each run of capitalised words, as ``fbi``."""
    found: set[str] = set()
    run = ""
    for token in (*tokens(text), None):
        if token is not None and token.text[0].isupper():
            run += token.text[0].casefold()
            continue
        if token is not None and run and token.text.casefold() in _LINKING:
            continue
        found.update(run[i:j] for i in range(len(run)) for j in range(i + 2, len(run) + 1))
        run = ""
    return frozenset(found)


@lru_cache(maxsize=8_192)
def _spelt(text: str) -> tuple[Token, ...]:
    """The capitalised words and initialisms of a text."""
    return tuple(token for token in tokens(text) if token.text[0].isupper())


def is_named(token: Token, text: str) -> bool:
    """Whether a word of the text is, or may be, part of a name written in the same text."""
    if token.is_stop or token.is_number:
        return False
    return any(same_name(token, other) for other in _spelt(text))


def has_name(token: Token, text: str) -> bool:
    """Whether a text has a name in this or another spelling, or something that stands for it."""
    if any(token.keys & other.keys for other in tokens(text)) or is_named(token, text):
        return True
    plain = token.text.replace(".", "").casefold()
    if _INITIALISM.match(token.text) and plain in initials(text):
        return True
    return any(
        _INITIALISM.match(other.text) and token.text[0].casefold() in other.text.casefold()
        for other in _spelt(text)
    )


_OPENERS = frozenset(
    "also however later soon today yesterday meanwhile additionally furthermore moreover "
    "eventually finally currently recently according originally initially instead earlier among "
    "despite although since upon within without along like unlike thus therefore hence even "
    "still yet nearly about late early mid on in at by for from with of as when while after "
    "before during under over another other such overall first second third".split()
)
_NOT_A_NAME = re.compile(r"n['’ʼ]t$", re.IGNORECASE)


def may_name(token: Token) -> bool:
    """Whether a word may be part of a name: it has a capital, and more than one letter."""
    if token.is_stop or token.is_number or not token.text[0].isupper():
        return False
    if len(token.text) == 1 or not token.text[1:2].isalpha() or _NOT_A_NAME.search(token.text):
        return False
    return not (token.opens and token.text.casefold() in _OPENERS)


@lru_cache(maxsize=8_192)
def names_of(text: str) -> tuple[Token, ...]:
    """Find the names of a text; a sentence's first capital counts if another follows."""
    found = []
    everything = tokens(text)
    for at, token in enumerate(everything):
        if not may_name(token):
            continue
        following = everything[at + 1] if at + 1 < len(everything) else None
        runs_on = (
            following is not None
            and following.text[0].isupper()
            and not following.is_stop
            and text[token.end : following.start] == " "
        )
        if token.is_name or runs_on or _INITIALISM.match(token.text):
            found.append(token)
    return tuple(found)


def _joined(names: Sequence[Token], text: str) -> list[list[Token]]:
    """Group names that stand side by side: first name and surname."""
    found: list[list[Token]] = []
    for token in names:
        if found and text[found[-1][-1].end : token.start] in (" ", "-", ". "):
            found[-1].append(token)
        else:
            found.append([token])
    return found


@dataclass(frozen=True, slots=True)
class MissingNames:
    """Names that the cited text does not have.

    Attributes:
        whole: reasons for names of which no part is there.
        parts: reasons for names of which a part is there: the surname without the first name.
    """

    whole: tuple[Said, ...]
    parts: tuple[Said, ...]


def missing_names(
    claim: str,
    cited: str,
    labels: Sequence[str] = (),
    passage: str = "",
    judged: Sequence[tuple[int, int]] = (),
) -> MissingNames:
    """Find the names of a claim that the cited text does not have.

    Args:
        claim: one sentence.
        cited: what it rests on.
        labels: publishers and titles of the cited articles; a claim may name those.
        passage: the surroundings, which may have a first name if the cited text has the surname.
        judged: spans of the claim that other rules judge: dates and quotations.
    """
    around = "\n".join((cited, *labels))
    whole, parts = list[Said](), list[Said]()
    for run in _joined(names_of(claim), claim):
        absent = [token for token in run if not has_name(token, around)]
        absent = [t for t in absent if not any(s < t.end and t.start < e for s, e in judged)]
        if not absent:
            continue
        named = " ".join(token.text for token in absent)
        reason = phrase("%(name)s is not in the cited text", name=named)
        if len(absent) == len(run):
            whole.append(reason)
        elif not all(token.opens or has_name(token, passage) for token in absent):
            # The first capital of a sentence is not a first name: "Initially Chumachenko …".
            parts.append(reason)
    return MissingNames(tuple(whole), tuple(parts))
