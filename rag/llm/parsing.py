"""What a model wrote, read as sentences with the passages they cite: tolerant, and plain text only.

Models write markers in many ways ([1], [1, 2], [1][2], 【1†source】, (1), [^1], [ID:1], other
digits), wrap sentences in lists and emphasis, think aloud, and may be made to write markup. What
leaves this module is words: no markup, no link, no control character.
"""

import re
from collections.abc import Iterator

from index.language.sentences import split_sentences
from rag.llm.hidden import HiddenBlocks
from rag.types import DraftClaim, ProposedCitation

LINK = "[link]"
"""Stands where a link was; a sentence that has one is no answer."""
MAX_RANGE = 10
MAX_SENTENCE_WINDOW = 6_000

_LABEL = r"(?:\^|#|(?:ID|no\.?|passages?|sources?|documents?|docs?|refs?)\s*[:#.]?\s*)?"
_NUMBERS = r"\d{1,3}(?:\s*(?:[,;&]|and|[-–—])\s*(?:\^|ID:?\s*)?\d{1,3})*"
_SQUARE = rf"[\[［【〔]\s*{_LABEL}(?P<square>{_NUMBERS})\s*(?:†[^\]］】〕]{{0,80}})?[\]］】〕]"
_ROUND = r"[(（]\s*(?P<round>\d{1,2}(?:\s*[,;]\s*\d{1,2})*)\s*[)）]"
_MARKER = re.compile(rf"{_SQUARE}|{_ROUND}", re.IGNORECASE)
_LEADING = re.compile(rf"\s*(?:{_SQUARE}\s*)+", re.IGNORECASE)
_RANGE = re.compile(r"(\d{1,3})\s*[-–—]\s*(?:\^|ID:?\s*)?(\d{1,3})|(\d{1,3})", re.IGNORECASE)

_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?")
_LINKED = re.compile(r"(\[[^\[\]]*\])\((?:[^()\s]|\([^()]*\))*(?:\s+[\"'(][^)]*)?\)")
_DEFINITION = re.compile(r"^\s*\[[^\]]+\]:\s*\S+.*$", re.MULTILINE)
_TAG = re.compile(r"<\|[^<>|]*\|>|</?[a-z!?][^<>]*(?:>|\Z)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}:/{1,2}[^\s\]】)>]+|\bwww\.[^\s\]】)>]+|\b(?:javascript|data|mailto|tel):"
    r"[^\s\]】)>]+|(?<![\w.])//[\w-]+\.[^\s\]】)>]+|\b[\w.+-]+@[\w-]+\.[\w.-]+",
    re.IGNORECASE,
)
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_LINE_START = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+•‣][ \t]+|\d{1,2}[.)][ \t]+|\|)+", re.M
)
_EMPHASIS = re.compile(r"\*{1,3}|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|`+")
_SETTLED = re.compile(r"\w\S*\s")


def _plain(text: str) -> str:
    """Words without markup; a link that was shown as one leaves a trace."""
    text = _CONTROL.sub("", text)
    text = _DEFINITION.sub(" ", text)
    text = _IMAGE.sub(" ", text)
    text = _LINKED.sub(r"\1", text)
    text = _TAG.sub(" ", text)
    text = _ADDRESS.sub(LINK, text)
    text = _LINE_START.sub("", text)
    return _EMPHASIS.sub("", text)


def _numbers(match: re.Match[str], passages: int) -> list[int] | None:
    """The passages that a marker names; None for what is no marker, such as "(2020)"."""
    if match["round"]:
        found = [int(number) for number in re.findall(r"\d+", match["round"])]
        return found if all(0 < number <= passages for number in found) else None
    numbers: list[int] = []
    for first, last, single in _RANGE.findall(match["square"]):
        if single:
            numbers.append(int(single))
        elif 0 <= int(last) - int(first) <= MAX_RANGE:
            numbers.extend(range(int(first), int(last) + 1))
        else:
            numbers.extend((int(first), int(last)))
    return numbers


def _claim(sentence: str, passages: int) -> DraftClaim:
    markers: list[int] = []

    def take(match: re.Match[str]) -> str:
        numbers = _numbers(match, passages)
        if numbers is None:
            return match[0]
        markers.extend(numbers)
        return " "

    text = _MARKER.sub(take, sentence)
    # Brackets of a link whose words were kept, and around markers.
    text = re.sub(r"\[(?!link\])([^\[\]]*)\]", r"\1", text)
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([.,;:!?…。])", r"\1", text)
    return DraftClaim(text, tuple(ProposedCitation(marker) for marker in dict.fromkeys(markers)))


def _sentences(text: str) -> list[tuple[str, int]]:
    """Sentences, each with the markers right after its full stop, and where it ends."""
    found: list[tuple[str, int]] = []
    for span in split_sentences(text, 0, len(text)):
        sentence, start = text[span.start : span.end], span.start
        leading = _LEADING.match(sentence)
        if leading and found:
            found[-1] = (f"{found[-1][0]} {leading[0].strip()}", start + leading.end())
            sentence = sentence[leading.end() :]
        if sentence.strip():
            found.append((sentence.strip(), span.end))
    return found


class SentenceReader:
    """Turns pieces of a model's text into claims, each as soon as its sentence is complete.

    A sentence is complete when the first word of the next one is: until then its markers may
    still come.

    Args:
        passages: how many passages were shown; a number in round brackets beyond is no marker.
    """

    def __init__(self, passages: int) -> None:
        self._passages = passages
        self._hidden = HiddenBlocks()
        self._text = ""

    def feed(self, piece: str) -> Iterator[DraftClaim]:
        """Take a piece of text; give the claims that are complete now."""
        visible = self._hidden.feed(piece)
        self._text += visible
        if not any(char.isspace() for char in visible):
            return
        while (cut := self._first_end()) is not None:
            ready, self._text = self._text[:cut], self._text[cut:]
            yield from self._claims(ready)

    def finish(self) -> Iterator[DraftClaim]:
        """Give what is left, at the end of the text."""
        ready, self._text = self._text + self._hidden.finish(), ""
        yield from self._claims(ready)

    def unread(self) -> str:
        """After the end: words that a block hides because it was never closed, else nothing."""
        return re.sub(r"\s+", " ", _plain(self._hidden.unclosed)).strip()

    def _claims(self, text: str) -> Iterator[DraftClaim]:
        for sentence, _ in _sentences(_plain(text)):
            claim = _claim(sentence, self._passages)
            if any(char.isalnum() for char in claim.text):
                yield claim

    def _first_end(self) -> int | None:
        """Where the first sentence ends, if it surely does."""
        sentences = _sentences(self._text[:MAX_SENTENCE_WINDOW])
        if len(sentences) < 2 or not _SETTLED.search(self._text, sentences[0][1]):
            return None
        return sentences[0][1]


def parse_draft(text: str, passages: int = 99) -> tuple[DraftClaim, ...]:
    """The sentences of a whole reply with the passages that each cites."""
    reader = SentenceReader(passages)
    return (*reader.feed(text), *reader.finish())
