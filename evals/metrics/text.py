"""Answers compared with accepted answers: SQuAD's rules, for any alphabet.

Rajpurkar et al. 2016, "SQuAD: 100,000+ Questions for Machine Comprehension of Text": lower
case, no punctuation, no English articles, single spaces. Lewis et al. 2020 ("MLQA") extended it to
other languages: punctuation is every character of Unicode's P categories, and a Chinese or Japanese
character is a word of its own. Accents and letters stay.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
# string.punctuation of the original holds these symbols beside the P categories.
_ASCII_SYMBOLS = frozenset("$+<=>^`|~")
# Kana and Han are written without blanks between words.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_MARKER = re.compile(r"\s*\[\d+\]")
_WORD = re.compile(r"\w+(?:['’.,:-]\w+)*")


def _kept(char: str) -> bool:
    category = unicodedata.category(char)
    return not (category.startswith("P") or category == "Cf" or char in _ASCII_SYMBOLS)


def normalise(text: str) -> str:
    """SQuAD's normal form (Rajpurkar et al. 2016), punctuation as in Lewis et al. 2020."""
    folded = unicodedata.normalize("NFC", text).lower()
    bare = "".join(char for char in folded if _kept(char))
    return " ".join(_ARTICLES.sub(" ", _UNSPACED.sub(r" \1 ", bare)).split())


def without_markers(text: str) -> str:
    """Drop the ``[n]`` citation markers from the text of an answer."""
    return _MARKER.sub("", text)


def contains(text: str, answers: Iterable[str]) -> float:
    """1 if an accepted answer stands in the text as whole words (Mallen et al. 2023, PopQA).

    Whole words, because "131" does not answer "31".
    """
    padded = f" {normalise(text)} "
    wanted = (normalise(answer) for answer in answers)
    return float(any(answer and f" {answer} " in padded for answer in wanted))


def exact_match(text: str, answers: Iterable[str]) -> float:
    """1 if the text is an accepted answer (Rajpurkar et al. 2016)."""
    given = normalise(text)
    return float(any(given == normalise(answer) for answer in answers))


def _f1(given: list[str], wanted: list[str]) -> float:
    shared = sum((Counter(given) & Counter(wanted)).values())
    if not shared:
        return float(given == wanted)
    precision, recall = shared / len(given), shared / len(wanted)
    return 2 * precision * recall / (precision + recall)


def token_f1(text: str, answers: Iterable[str]) -> float:
    """Overlap of words with the closest accepted answer (Rajpurkar et al. 2016)."""
    given = normalise(text).split()
    return max((_f1(given, normalise(answer).split()) for answer in answers), default=0.0)


def word_count(texts: Iterable[str]) -> float:
    """Count the words of all texts: what a reader has to read, so that length buys nothing."""
    return float(sum(len(_WORD.findall(text)) for text in texts))
