"""Find quoted words in a source, exactly, and say where they stand.

An offset map folds invisible characters (`index.visible`), white space and quotation marks, because
people and models retype those; it folds nothing else. There is no fuzzy matching: "3.9 percent"
must never pass for "3.2 percent", nor "did convict" for "did not convict".
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.article import Span
from index.visible import visible, visible_text

_SINGLE = dict.fromkeys("‘’‚‛`´ʼʹ′＇", "'")
_DOUBLE = dict.fromkeys("“”„‟«»″＂〝〞", '"')
_QUOTES = {**_SINGLE, **_DOUBLE}
_TRANSLATED = str.maketrans(_QUOTES)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A text folded for comparison, with the way back.

    Attributes:
        text: the folded text.
        starts: for each folded code point, where its original begins.
        ends: for each folded code point, where its original ends.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@lru_cache(maxsize=4_096)
def fold(text: str) -> FoldedText:
    """Fold the visible text: white space to single spaces, quotation marks to ``'`` and ``"``."""
    seen = visible(text)
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for char, start, end in zip(seen.text, seen.starts, seen.ends, strict=True):
        is_space = char.isspace()
        if is_space and folded and folded[-1] == " ":
            ends[-1] = end
            continue
        folded.append(" " if is_space else _QUOTES.get(char, char))
        starts.append(start)
        ends.append(end)
    return FoldedText("".join(folded), tuple(starts), tuple(ends))


def folded_text(text: str) -> str:
    """Get the text of `fold` without the way back, which takes far longer."""
    return _SPACES.sub(" ", visible_text(text)).translate(_TRANSLATED)


def _cuts_a_word(text: str, start: int, end: int) -> bool:
    """Whether a match begins or ends inside a word or a number."""

    def glued(before: str, left: str, right: str, after: str) -> bool:
        if left.isalnum() and right.isalnum():
            return True
        inner_mark = left in ".,:" and right.isdigit() and before.isdigit()
        return inner_mark or (right in ".,:" and left.isdigit() and after.isdigit())

    padded = f"  {text}  "
    first, last = start + 2, end + 2
    return glued(*padded[first - 2 : first + 2]) or glued(*padded[last - 2 : last + 2])


def locate(quote: str, text: str, within: Sequence[Span], near: int | None = None) -> Span | None:
    """Find quoted words in a text.

    Args:
        quote: the words, as somebody retyped them.
        text: the source's text.
        within: spans of the text that may hold the quote; this searches each by itself.
        near: prefer the place that starts closest to this offset.

    Returns:
        The span whose text equals the quote after folding, or None. It never cuts a word or
        a number in two.
    """
    wanted = folded_text(quote).strip()
    if not any(char.isalnum() for char in wanted):
        return None
    if near is not None and any(_stands_at(near, quote, text, span) for span in within):
        return Span(near, near + len(quote))
    return min(
        _places(wanted, text, within),
        key=lambda s: (abs(s.start - near) if near is not None else 0, s.start),
        default=None,
    )


def places(quote: str, text: str, within: Sequence[Span]) -> Iterator[Span]:
    """Every place where the quoted words stand in a text, by the rule of `locate`.

    Args:
        quote: the words, as somebody retyped them.
        text: the source's text.
        within: spans of the text that the quote must lie inside; each is searched by itself.
    """
    wanted = folded_text(quote).strip()
    if any(char.isalnum() for char in wanted):
        yield from _places(wanted, text, within)


def _stands_at(start: int, quote: str, text: str, within: Span) -> bool:
    """Whether a quote stands at a place letter for letter, with space around: the quick case."""
    end = start + len(quote)
    edges = (quote[0], quote[-1])
    return (
        within.start <= start
        and end <= within.end
        and text.startswith(quote, start)
        and (start == within.start or text[start - 1].isspace())
        and (end == within.end or text[end].isspace())
        and not any(c.isspace() or not visible_text(c) or unicodedata.combining(c) for c in edges)
    )


def _places(wanted: str, text: str, within: Sequence[Span]) -> Iterator[Span]:
    """Find every place of folded words that cuts no word in two."""
    for span in within:
        folded = fold(text[span.start : span.end])
        at = folded.text.find(wanted)
        while at >= 0:
            end = at + len(wanted)
            if not _cuts_a_word(folded.text, at, end):
                yield Span(span.start + folded.starts[at], span.start + folded.ends[end - 1])
            at = folded.text.find(wanted, at + 1)
