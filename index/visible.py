"""What a reader sees of a text, with the way back to the text on disk.

The same word may lie on a disk in other code points: accents as marks of their own, soft hyphens,
zero-width characters, blanks and hyphens that do not break, a hyphen and a line end in its middle.
Code that compares, cuts or embeds words takes them from here, so that they meet. An offset in the
visible text leads back to the text as written.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.article import Span

# Soft hyphen, zero width, direction marks, tags: invisible.
_UNSEEN = (
    "\u00ad\u034f\u061c\u180b-\u180f\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\U000e0000-\U000e0fff"
)
# The joiner and the variation selectors make one picture of several; in words they are invisible.
_PICTURED = "\u200d\ufe00-\ufe0f"
_BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_HYPHENS = "\u2010\u2011\ufe63\uff0d"
_PADDING = f"[{_UNSEEN} \\t{_BLANKS}]*"
_IS_UNSEEN = re.compile(
    rf"(?<=\w)[{_UNSEEN}{_PICTURED}]+|[{_UNSEEN}{_PICTURED}]{{1,64}}+(?=\w)|[{_UNSEEN}]+"
)
_IS_BLANK = re.compile(f"[{_BLANKS}]")
_IS_HYPHEN = re.compile(f"[{_HYPHENS}]")
# A word that goes on in the next line. If a capital or a digit follows, the hyphen is meant, and a
# word of its own comes after it.
BROKEN_WORD = re.compile(
    f"(?<=[^\\W\\d_]|[\u0300-\u036f])[{_UNSEEN}]*(?:-|[{_HYPHENS}]){_PADDING}"
    f"(?:\r\n|\n|\r){_PADDING}(?=[^\\W\\d_])"
)
_ODD = re.compile(f"[{_UNSEEN}{_PICTURED}{_BLANKS}{_HYPHENS}]")
_FIRST_MARK = 0x300


@dataclass(frozen=True, slots=True)
class Visible:
    """A text as a reader sees it.

    Attributes:
        text: the visible text.
        starts: for each of its code points, where its original begins.
        ends: for each of its code points, where its original ends.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def original(self, start: int, end: int) -> Span:
        """Find a stretch that is not empty in the text as written."""
        return Span(self.starts[start], self.ends[end - 1])


@lru_cache(maxsize=16_384)
def visible(text: str) -> Visible:
    """Compose the letters of a text, make blanks and hyphens plain, and drop what nobody sees."""
    if not _is_odd(text):
        return Visible(text, range(len(text)), range(1, len(text) + 1))
    kept = _kept(text)
    seen: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(kept):
        end = at + 1
        cluster = text[kept[at]]
        while end < len(kept) and _composes(cluster, text[kept[end]]):
            cluster += text[kept[end]]
            end += 1
        for char in _plain(cluster):
            seen.append(char)
            starts.append(kept[at])
            ends.append(kept[end - 1] + 1)
        at = end
    return Visible("".join(seen), tuple(starts), tuple(ends))


def well_formed(text: str) -> str:
    """Join surrogate pairs and replace lone surrogates by U+FFFD: nothing else accepts either."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def visible_text(text: str) -> str:
    """Get the text of `visible`, without the way back."""
    return visible(text).text if _is_odd(text) else text


def _is_odd(text: str) -> bool:
    if _goes_on(text):
        return True
    return not text.isascii() and bool(
        _ODD.search(text) or not unicodedata.is_normalized("NFC", text)
    )


def _goes_on(text: str) -> bool:
    has_lines = "\n" in text or "\r" in text
    return has_lines and any(_is_broken(text, found) for found in BROKEN_WORD.finditer(text))


def _is_broken(text: str, found: re.Match[str]) -> bool:
    return text[found.end()].islower()


def _kept(text: str) -> list[int]:
    """Find the places of the visible characters."""
    dropped = bytearray(len(text))
    for unseen in _IS_UNSEEN.finditer(text):
        dropped[unseen.start() : unseen.end()] = b"\1" * len(unseen[0])
    for found in BROKEN_WORD.finditer(text):
        if _is_broken(text, found):
            dropped[found.start() : found.end()] = b"\1" * len(found[0])
    return [at for at, gone in enumerate(dropped) if not gone]


def _composes(cluster: str, following: str) -> bool:
    """Whether a character is a mark on those before it, or forms one character with them."""
    if ord(following) < _FIRST_MARK:
        return False
    if unicodedata.combining(following):
        return True
    alone = len(unicodedata.normalize("NFC", cluster))
    return len(unicodedata.normalize("NFC", cluster + following)) <= alone


def _plain(cluster: str) -> str:
    composed = unicodedata.normalize("NFC", cluster)
    return _IS_HYPHEN.sub("-", _IS_BLANK.sub(" ", composed))
