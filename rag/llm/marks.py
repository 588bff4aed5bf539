"""Bring the shapes in which models cite a passage to one: ``[1]``.

Models write [1], [1, 2], [1]-[3], 【1:0†source】, [^1], (1), (passage 1), {1}, ¹, [cite: 1],
<cite>1</cite> and other digits. The sentence stays as a reader would read it, without a stub.
"""

import re

MAX_RANGE = 10

_LABEL = (
    r"(?:\^|\#|[SPD](?=\d)|(?:ID|no\.?|passages?|sources?|documents?|docs?|refs?|articles?|cite|"
    r"citations?|footnotes?)\s*(?:[_:#.]\s*)?)?"
)
_ROUND_LABEL = r"(?:(?:ID|passages?|sources?|documents?|docs?|refs?|citations?)\s*(?:[:#.]\s*)?)"
_LINK_WORD = r"\s+[^\W\d_]{1,3}\s+"
"""Words between two numbers in any language: and, und, et, и."""
_BETWEEN = rf"(?:\s*[,;&/|–—-]\s*|{_LINK_WORD})"
_NUMBERS = rf"\d{{1,3}}(?:{_BETWEEN}(?:\^|{_LABEL})?\d{{1,3}})*"
_WHERE = r"\^?(?:\s*:\s*\d{1,3})?\s*(?:[†:,;|–—-]\s*[^\d\s\]］】〕][^\]］】〕]{0,80})?"
"""What some models write after the number: a place in the passage, or the source's name."""
_SQUARE = rf"[\[［【〔]\s*{_LABEL}(?P<square>{_NUMBERS}){_WHERE}[\]］】〕]"
_ROUND = (
    rf"[(（]\s*(?P<round>(?:{_ROUND_LABEL}{_NUMBERS})|\d{{1,2}}(?:\s*[,;]\s*\d{{1,2}})*)\s*[)）]"
)
MARKER = re.compile(rf"{_SQUARE}|{_ROUND}", re.IGNORECASE)
LEADING = re.compile(rf"\s*(?:{_SQUARE}\s*)+".replace("?P<square>", "?:"), re.IGNORECASE)
_ANY = _SQUARE.replace("?P<square>", "?:")
_RANGE = re.compile(r"(\d{1,3})\s*[-–—]\s*(?:\^|ID:?\s*)?(\d{1,3})|(\d{1,3})", re.IGNORECASE)

_TAGS = r"cite|citation|sup|ref|reference|source|doc|document|passage"
_TAGGED = re.compile(
    rf"<(?P<tag>{_TAGS})\b[^<>]*>\s*\[?(?P<inner>{_NUMBERS})\]?\s*</(?P=tag)\s*>", re.IGNORECASE
)
_WRAPPED = re.compile(
    rf"<(?P<tag>{_TAGS}|co)(?:[\s:][^<>\d]*(?P<number>\d{{1,3}}(?:\s*,\s*\d{{1,3}}){{0,9}})[^<>]{{0,99}})>"
    r"(?:(?P<words>[^<>]{1,600})</(?P=tag)\b[^<>]*>)?",
    re.IGNORECASE,
)
_BRACED = re.compile(rf"\{{{{1,2}}\s*{_LABEL}(\d{{1,3}}(?:\s*,\s*\d{{1,3}})*)\s*\}}{{1,2}}", re.I)
_CARETS = re.compile(r"(?<=\S)\^(\d{1,3})\^")
_CITE_START = re.compile(r"\[cite_(?:start|end)\]\s?", re.IGNORECASE)
_RAISED = re.compile(
    r"(?:(?<=[^\W\d_]{3})|(?<=[.,;:!?\"”»)…\]]))[⁰¹²³⁴-⁹]{1,3}(?:\s?[,⁻–]?\s?[⁰¹²³⁴-⁹]{1,3})*"
)
"""Not after a unit of one or two letters: "9 km²" holds no mark."""
_RAISED_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_FROM_TO = re.compile(r"(?<=\d)[\]］】〕]\s*[-–—]\s*[\[［【〔](?=\s*\d)")
_BETWEEN_MARKS = re.compile(
    rf"(?<=[\d\w][\]］】〕])(?:\s*[,;&/|]\s*|{_LINK_WORD})(?={_ANY})", re.IGNORECASE
)
_IN_ROUND = re.compile(
    rf"[(（]\s*(?:[^\W\d_]+[.:]\s*|[^\W\d_]{{2,6}}\s+)?((?:{_ANY}\s*)+)[)）]", re.IGNORECASE
)
_ACCORDING = re.compile(
    rf"\A\s*(?:[^\W\d_]+\s+(?:[^\W\d_]{{1,2}}\s+)?|as\s+\w+\s+(?:in|by)\s+)"
    rf"((?:{_ANY}\s*)+),\s*(?=\S)",
    re.IGNORECASE,
)
"""A preposition whose object is the mark: "According to [1], …", "Laut [1], …"."""


def untagged(text: str) -> str:
    """Rewrite marks in tags, in braces or raised as ``[1]``."""
    text = _CITE_START.sub("", text)
    text = _TAGGED.sub(r" [\g<inner>]", text)
    text = _WRAPPED.sub(_behind, text)
    text = _BRACED.sub(r"[\1]", text)
    text = _CARETS.sub(r"[\1]", text)
    return _RAISED.sub(_lowered, text)


def _lowered(match: re.Match[str]) -> str:
    """Rewrite raised digits as a mark; a comma or a dash stood between them."""
    between = re.sub(r"[,\s]+", ", ", match[0])
    return f"[{between.translate(_RAISED_DIGITS)}]"


def _behind(match: re.Match[str]) -> str:
    """Put the mark after the words that a tag wraps."""
    return f"{match['words'] or ''} [{match['number']}]"


def taken_out(sentence: str, passages: int) -> tuple[str, tuple[int, ...]]:
    """Split a sentence into its words and the passages that its marks name, in order.

    Args:
        sentence: as `untagged` left it.
        passages: how many there are; a higher number in round brackets is not a mark.
    """
    sentence = _FROM_TO.sub("-", sentence)
    sentence = _BETWEEN_MARKS.sub("", sentence)
    sentence = _IN_ROUND.sub(r"\1", sentence)
    if lead := _ACCORDING.match(sentence):
        rest = sentence[lead.end() :]
        sentence = f"{lead[1]}{rest[0].upper()}{rest[1:]}"
    found: list[int] = []

    def take(match: re.Match[str]) -> str:
        numbers = _numbers(match, passages)
        if numbers is None:
            return match[0]
        found.extend(numbers)
        return " "

    return MARKER.sub(take, sentence), tuple(dict.fromkeys(found))


def _numbers(match: re.Match[str], passages: int) -> list[int] | None:
    """Read the passages that a mark names; None if it is not one, such as "(2020)"."""
    if match["round"]:
        numbers = _ranges(match["round"])
        return numbers if all(0 < number <= passages for number in numbers) else None
    return _ranges(match["square"])


def _ranges(text: str) -> list[int]:
    numbers: list[int] = []
    for first, last, single in _RANGE.findall(text):
        if single:
            numbers.append(int(single))
        elif 0 <= int(last) - int(first) <= MAX_RANGE:
            numbers.extend(range(int(first), int(last) + 1))
        else:
            numbers.extend((int(first), int(last)))
    return numbers
