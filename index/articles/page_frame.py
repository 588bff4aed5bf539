"""The frame of a copied page: the menus above an article and the lists of other stories below.

The article is where the running text is thickest: the stretch of paragraphs whose words count
most against the short lines among them (maximum subsequence segmentation; Pasternack and Roth,
"Extracting article text from the web with maximum subsequence segmentation", WWW 2009). Only
where many short lines without figures stand outside it has a page been copied; results, prices
and other lists of an article hold figures.
"""

from collections.abc import Sequence
from typing import Final

from index.article import SpanKind
from index.articles.furniture import Marked
from index.language.layout import ends_sentence

_SHORT_COST: Final = 9.0
_MOST_WORDS: Final = 60
_FRAME_LINES: Final = 10
"""So many short lines stand outside an article if its page was copied with all that is on it."""
_FRAME_SHARE: Final = 0.6
_SPOKEN: Final = frozenset(":“”„«»")
_HEAD: Final = 8
"""Lines right above the text are left alone: headline, standfirst and by-line are among them."""
_TEXT_WORDS: Final = 90
"""Running text of so many words without a line between is nobody's teaser."""


def mark_frame(marked: Sequence[Marked]) -> None:
    """Mark what stands around the article of a copied page."""
    begin, end = _thickest([_weight(item) for item in marked])
    above, below = marked[: _head_begins(marked, begin)], marked[end:]
    if _is_frame(above):
        _mark(above)
    if _is_frame(below):
        _mark(below)


def _head_begins(marked: Sequence[Marked], text: int) -> int:
    """Where the lines right above the text begin; furniture among them does not count."""
    at = left = text
    while at and left > text - _HEAD:
        at -= 1
        left -= marked[at].kind is None
    return at


def _weight(item: Marked) -> float:
    if item.unit.level:
        return 0.0
    if item.unit.prose:
        return float(min(item.unit.words, _MOST_WORDS))
    return -_SHORT_COST if _is_bare(item) else -1.0


def _is_bare(item: Marked) -> bool:
    """Whether a line is short and neither a sentence, a question or speech, nor holds a figure."""
    text = item.unit.text
    if item.unit.prose or any(char.isdigit() or char in _SPOKEN for char in text):
        return False
    return not ends_sentence(text)


def _thickest(weights: Sequence[float]) -> tuple[int, int]:
    """Where the stretch of the greatest sum begins and ends."""
    best, best_begin, best_end = 0.0, 0, len(weights)
    total, begin = 0.0, 0
    for at, weight in enumerate(weights):
        if total <= 0:
            total, begin = 0.0, at
        total += weight
        if total > best:
            best, best_begin, best_end = total, begin, at + 1
    return best_begin, best_end


def _is_frame(part: Sequence[Marked]) -> bool:
    if any(item.unit.level for item in part):
        return False
    bare = sum(map(_is_bare, part))
    return bare >= _FRAME_LINES and bare >= _FRAME_SHARE * len(part)


def _mark(part: Sequence[Marked]) -> None:
    """Mark all but running text that goes on for more than a teaser does."""
    at = 0
    while at < len(part):
        run = at
        while run < len(part) and part[run].unit.prose:
            run += 1
        if sum(item.unit.words for item in part[at:run]) < _TEXT_WORDS:
            for item in part[at : max(run, at + 1)]:
                item.kind = item.kind or SpanKind.NAVIGATION
        at = max(run, at + 1)
