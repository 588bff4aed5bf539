"""Words for the lexical search: how text is made alike, and which words say nothing.

The same function goes over passages before they are indexed and over questions.
"""

import hashlib
import importlib.util
import re
import unicodedata
from pathlib import Path

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

# The Russian list has no question words of these; Ukrainian has no list at all.
_MORE_RUSSIAN = """
    почему сколько откуда отчего чей чья чье чьи каков какова каковы какое какие каким каких
    который которая которое которые которого которой которых которым которую это также
"""
_UKRAINIAN = """
    а або але без би б був була були було бути в вам вас ваш він від вона вони воно все всі
    всіх все ви да де для до дуже є ж же з за зі і із інші й його йому її їй їм їх як яка яке
    який які якого якої яких якщо коли крім ледве лише ми мене мені мій моя між може можна на
    над нас наш не нема немає неї них ні ніби ним ними ньому о об однак ось по поки при про
    під після саме себе свій своя свою свого своєї своїх сам сама самі та так також такий така
    таке такі там те тебе теж ти тим тих то тоді того той тому ту тут тобі у уже вже хоча хто
    це цей ця ці цього цьому цієї цих цим чи через щоб що щось я чому скільки звідки куди навіщо
    чий чия чиє чиї яким котрий котра котре котрі проте тільки також теж
"""


def fold(text: str) -> str:
    """Make spellings of the same word alike, before it is cut into words.

    What is not seen (`index.visible`), Unicode forms, apostrophes, stress marks, ``ё``, the
    possessive ``'s``, ``U.S.`` and ``1,000``; a lone surrogate becomes a question mark.
    """
    if text.isascii() and text.isalpha():
        return text  # as most words are: there is nothing to fold
    text = visible_text(text.encode("utf-8", "replace").decode("utf-8"))
    text = unicodedata.normalize("NFKC", text)
    text = text.translate(_ALIKE)
    if "'" in text:
        text = _INNER_APOSTROPHE.sub("", _POSSESSIVE.sub("", text))
    text = _INITIALS.sub(lambda found: found[0].replace(".", ""), text)
    return _GROUPED_DIGITS.sub("", text)


def _stop_words() -> tuple[str, ...]:
    """English and Russian as llama-index-core ships them with its nltk data, and our own."""
    spec = importlib.util.find_spec("llama_index.core")
    if spec is None or spec.origin is None:
        raise ImportError("llama-index-core is not installed")
    folder = Path(spec.origin).parent / "_static" / "nltk_cache" / "corpora" / "stopwords"
    listed = [(folder / name).read_text(encoding="utf-8") for name in ("english", "russian")]
    words = " ".join([*listed, _MORE_RUSSIAN, _UKRAINIAN]).split()
    # "it's" stands in a text as "it" once the possessive is gone.
    return tuple(sorted({fold(word) for word in words}))


STOP_WORDS = _stop_words()
_STOP = frozenset(STOP_WORDS)
STOP_WORDS_DIGEST = hashlib.sha256(" ".join(STOP_WORDS).encode()).hexdigest()[:12]


def beginnings(text: str) -> list[str]:
    """The first five letters of each longer Cyrillic word, without those that say nothing.

    They bring together forms that the Russian stemmer leaves apart, above all Ukrainian ones.
    """
    found = _CYRILLIC_WORD.findall(fold(text).lower())
    return [word[:_BEGINNING] for word in found if word not in _STOP]
