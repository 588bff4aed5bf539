"""Sentences that go on over a page, in text that was taken from print: from a PDF, from microfilm.

Between their halves stand a running head, a page number, "continued from page 3". No quote may hold
these, and half a sentence is none: the lines of the page are set below the paragraph that they
interrupt. Nothing is left out, and a text in which no sentence is interrupted stays as it is.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from index.article import Span
from index.language.layout import LINE, count_words, ends_sentence, looks_like_prose, paragraphs
from index.language.printed_dates import blanked, printed_dates
from index.readers.base import Read
from index.readers.paged import PAGE_NUMBER, folded_head, unwrapped

_NUMBER: Final = re.compile(r"\d{1,4}")
_SIGNS: Final = " -–—|[](){}<>"
_SIGNED: Final = re.compile(r"[-–—|\[(<].*[-–—|\])>]|[^\W\d_].*")
"""A page's number with signs on either side, or behind a word."""
_NAMES_PAGE: Final = re.compile(r"(?<![\d.,])(\d{1,4})\W*$")
_BLANK_LINE: Final = re.compile(r"\n[ \t\r]*\n")
_BLOCK: Final = 4_000
_AROUND: Final = 50_000
"""So far around a broken word we look whether the text writes it with a hyphen."""
_HEAD_WORDS, _HEAD_CHARS = 14, 200
_LONGEST_PAGE: Final = 3
"""So many digits a page's number has; a year has more."""
_FOLLOWS_WORDS: Final = 8
_LONGEST_RUN: Final = 6
_RUNNING_WORDS: Final = 20
"""From so many words on, what breaks off without a stop is running text, not a headline."""
_LEAST_WORDS: Final = 6


@dataclass(frozen=True, slots=True)
class _Line:
    span: Span
    text: str
    fed: bool
    """Whether a form feed stands right before or behind it."""


def across_pages(read: Read) -> Read:
    """What was read, its sentences whole; a format that knows its articles or pages has them so."""
    if read.metadata.entries or read.metadata.pages:
        return read
    text = read.text
    lines = list(_lines(text))
    heads = _heads(lines)
    if not heads:
        return read
    pieces: list[str] = []
    moved: list[Span] = []
    at = written = 0
    for before, runs, after in _joined(text, list(_runs(lines, heads))):
        halves = [before, *after]
        around = text[max(0, before.start - _AROUND) : after[-1].end + _AROUND]
        whole = unwrapped("\n".join(text[half.start : half.end] for half in halves), around)
        pieces += [text[at : before.start], whole]
        written += before.start - at + len(whole)
        for line in runs:
            pieces += ["\n\n", line.text]
            moved.append(Span(written + 2, written + 2 + len(line.text)))
            written += 2 + len(line.text)
        at = after[-1].end
    if not moved:
        return read
    pieces.append(text[at:])
    known = read.metadata.furniture
    return replace(
        read,
        text="".join(pieces),
        metadata=replace(read.metadata, furniture=(*known, *moved)),
    )


def _lines(text: str) -> Iterator[_Line]:
    found = [match for match in LINE.finditer(text) if match[0].strip()]
    edges = [0, *(edge for match in found for edge in match.span()), len(text)]
    for n, match in enumerate(found):
        gaps = text[edges[2 * n] : match.start()], text[match.end() : edges[2 * n + 3]]
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        line = match[0].strip()
        yield _Line(Span(start, start + len(line)), line, any("\f" in gap for gap in gaps))


def _heads(lines: Sequence[_Line]) -> dict[int, int | None]:
    """Which lines are running heads or page numbers, with the number of the page.

    The same words stand beside numbers that count on, or twice at the edge of a page. A number
    alone may be one of the text, unless others count on from it or signs stand around it.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        if len(line.text) <= _HEAD_CHARS and _may_head(line.text):
            places[folded_head(line.text)].append(at)
    found: dict[int, int | None] = {}
    for same in places.values():
        if len(same) == 1 or _is_date(lines[same[0]].text):
            continue
        numbers = [_page_of(lines[at].text) for at in same]
        counts = any(b == a + 1 for a, b in pairwise(numbers) if a is not None and b is not None)
        if counts or sum(lines[at].fed for at in same) > 1:
            found.update(zip(same, numbers, strict=True))
    for at, line in enumerate(lines):
        if PAGE_NUMBER.fullmatch(line.text) and (line.fed or _SIGNED.fullmatch(line.text)):
            found[at] = _page_of(line.text.strip(_SIGNS))
    return found


def _may_head(line: str) -> bool:
    """Whether a line may be a running head: short, no sentence, no entry of a list."""
    return len(line.split()) <= _HEAD_WORDS and line[0].isalnum() and not _is_prose(line)


def _is_date(line: str) -> bool:
    """Whether a line is a date or a year, and nothing else."""
    if not any(char.isalpha() for char in line):
        return any(len(number) > _LONGEST_PAGE for number in _NUMBER.findall(line))
    dates = printed_dates(line)
    return bool(dates) and not any(char.isalpha() for char in blanked(line, dates))


def _page_of(line: str) -> int | None:
    """The number at the beginning or the end of a line."""
    words = line.split()
    return next((int(word) for word in (words[-1], words[0]) if _NUMBER.fullmatch(word)), None)


def _runs(lines: Sequence[_Line], heads: Mapping[int, int | None]) -> Iterator[list[_Line]]:
    """Furniture that stands together, with the lines beside it that name its page."""
    beside = {page + step for page in heads.values() if page is not None for step in (-1, 1)}

    def follows(at: int) -> bool:
        text = lines[at].text
        named = _NAMES_PAGE.search(text)
        short = len(text.split()) <= _FOLLOWS_WORDS and not ends_sentence(text)
        return short and named is not None and int(named[1]) in beside

    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and end - at < _LONGEST_RUN and (end in heads or follows(end)):
            end += 1
        if any(n in heads for n in range(at, end)):
            yield list(lines[at:end])
        at = max(end, at + 1)


def _joined(
    text: str, runs: Sequence[list[_Line]]
) -> Iterator[tuple[Span, list[_Line], list[Span]]]:
    """The paragraphs that runs interrupt: the first part, the runs, the other parts."""
    first: Span | None = None
    moved: list[_Line] = []
    parts: list[Span] = []
    edges = [0, *(run[-1].span.end for run in runs)]
    begins = [*(run[0].span.start for run in runs), len(text)]
    for n, run in enumerate(runs):
        above = paragraphs(text, edges[n], begins[n])
        below = paragraphs(text, edges[n + 1], begins[n + 1])
        goes_on = bool(above and below) and _goes_on(text, above[-1], below[0])
        if first and not (goes_on and parts[-1:] == above[-1:]):
            yield first, moved, parts
            first, moved, parts = None, [], []
        if goes_on:
            first = first or above[-1]
            moved = [*moved, *run]
            parts = [*parts, below[0]]
    if first:
        yield first, moved, parts


def _goes_on(text: str, before: Span, after: Span) -> bool:
    """Whether a paragraph breaks off within a sentence that the other goes on with."""
    above, below = text[before.start : before.end], text[after.start : after.end]
    if ends_sentence(above) or not (above[-1].isalnum() or above[-1] in ",;-\xad\u2010–—"):
        return False
    if below[0].islower():
        return count_words(above) >= _LEAST_WORDS
    around = text[max(0, before.start - _BLOCK) : before.end]
    block = _BLANK_LINE.split(around)[-1]
    # A headline neither ends in a stop nor is so long.
    text_below = ends_sentence(below) or count_words(below) >= 2 * _LEAST_WORDS
    return count_words(block) >= _RUNNING_WORDS and text_below


def _is_prose(text: str) -> bool:
    return looks_like_prose(text, count_words(text))
