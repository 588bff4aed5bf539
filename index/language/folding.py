"""Words for the lexical search: how to make text alike, and which words say nothing.

The same function folds passages for the index and questions.
"""

import hashlib
import re
import unicodedata

from index.language.languages import LANGUAGES
from index.visible import visible_text

_APOSTROPHES = "’‘‛ʼʹʻ′`´＇"
_STRESS = "\u0301"
_ALIKE = str.maketrans({**dict.fromkeys(_APOSTROPHES, "'"), "ё": "е", "Ё": "Е"}) | dict.fromkeys(
    map(ord, _STRESS)
)
_POSSESSIVE = re.compile(r"(?<=\w)'s\b", re.IGNORECASE)
_INNER_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}(?!\w)")
_CYRILLIC_WORD = re.compile(r"[\u0400-\u04ff]{6,}")
_BEGINNING = 5
_GROUPED_DIGITS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def fold(text: str) -> str:
    """Make spellings of the same word alike, before it is cut into words.

    It deals with invisible characters (`index.visible`), Unicode forms, apostrophes, stress marks,
    ``ё``, the possessive ``'s``, ``U.S.`` and ``1,000``. A lone surrogate becomes a question mark.
    """
    if text.isascii() and text.isalpha():
        return text  # like most words: there is nothing to fold
    text = visible_text(text.encode("utf-8", "replace").decode("utf-8"))
    text = unicodedata.normalize("NFKC", text)
    text = text.translate(_ALIKE)
    if "'" in text:
        text = _INNER_APOSTROPHE.sub("", _POSSESSIVE.sub("", text))
    text = _INITIALS.sub(lambda found: found[0].replace(".", ""), text)
    return _GROUPED_DIGITS.sub("", text)


def _stop_words() -> tuple[str, ...]:
    listed = (word for language in LANGUAGES.values() for word in language.stop_words)
    # "it's" stands in a text as "it" once the possessive is gone.
    return tuple(sorted({fold(word) for word in listed}))


STOP_WORDS = _stop_words()
_STOP = frozenset(STOP_WORDS)
STOP_WORDS_DIGEST = hashlib.sha256(" ".join(STOP_WORDS).encode()).hexdigest()[:12]


def beginnings(text: str) -> list[str]:
    """Take the first five letters of each longer Cyrillic word, but not of stop words.

    They bring together forms that the Russian stemmer leaves apart, above all Ukrainian ones.
    """
    found = _CYRILLIC_WORD.findall(fold(text).lower())
    return [word[:_BEGINNING] for word in found if word not in _STOP]
