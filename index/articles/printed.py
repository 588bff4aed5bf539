"""Traces of printed pages in a text: running heads, page numbers, columns."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.article import Span, SpanKind
from index.articles.furniture import Marked, stamped
from index.articles.headlines import fold
from index.language.layout import LINE, ends_sentence

_PAGE = r"(?:[^\W\d_]+\.?\s)?(?P<{}>\d{{1,4}})"
_RUNNING_HEAD = re.compile(
    rf"(?P<name>\S[^\n]*?)(?P<gap>\s+){_PAGE.format('page')}$"
    rf"|{_PAGE.format('first')}(?P<space>\s+)(?P<after>[^\n]*\S)$"
)
_PAGE_NUMBER = re.compile(r"[-–—\s]*\d{1,4}[-–—\s]*$")
_NUMBER = re.compile(r"\d+")
_INDENT = 8
_GAP = 3
_HEAD_WORDS = 14
_HEAD_CHARS = 400
"""Characters of the widest line of a page; the pattern's cost grows with the square."""
_FOLLOWS_WORDS = 8
_COLUMN_GAP = re.compile(r"(?<=\S)[ \t\xa0]{3,}(?=\S)")
_COLUMN_LINES = 3
_COLUMN_WIDTH = 15


def mark_pages(text: str, marked: Sequence[Marked]) -> None:
    """Mark running heads, page numbers, "continued from page 3", and columns side by side."""
    columns = list(_columns(text))
    for item in marked:
        # Only the first stretch that does not end before the paragraph matters.
        at = bisect_right(columns, item.unit.start, key=lambda span: span.end)
        if columns[at : at + 1] and columns[at].start < item.unit.end:
            item.kind = SpanKind.NAVIGATION
    pages = _running_heads(marked)
    turned: set[int] = set()
    for at, item in enumerate(marked):
        if item.kind is None and _PAGE_NUMBER.match(item.unit.text):
            alone = _indent(text, item.unit.start) >= _INDENT or not item.unit.text.isdigit()
            if pages or alone:
                item.kind = SpanKind.NAVIGATION
        if at in pages:
            item.kind = SpanKind.NAVIGATION
            _mark_follower(marked, at, turned)
            turned.add(pages[at])


def has_columns(text: str) -> bool:
    """Whether prose stands in columns side by side, which leaves no sentence whole."""
    return next(_columns(text), None) is not None


def _mark_follower(marked: Sequence[Marked], at: int, pages: set[int]) -> None:
    """Whether the line below a running head says from which page the text goes on."""
    if at + 1 == len(marked):
        return
    unit = marked[at + 1].unit
    named = {int(number) for number in _NUMBER.findall(unit.text[:200])}
    if not unit.prose and unit.words <= _FOLLOWS_WORDS and named & pages:
        marked[at + 1].kind = SpanKind.NAVIGATION


def _running_heads(marked: Sequence[Marked]) -> dict[int, int]:
    """Find the running heads, with their page numbers.

    The same words stand beside several numbers: twice with a gap between, as in print, or three
    times with numbers that count on.
    """
    found: dict[str, list[tuple[int, int, bool]]] = defaultdict(list)
    for at, item in enumerate(marked):
        unit = item.unit
        if unit.prose or unit.words > _HEAD_WORDS or len(unit.text) > _HEAD_CHARS:
            continue
        if item.kind is SpanKind.STAMP or stamped(item.line):
            continue  # the days of briefs count on as pages do
        match = _RUNNING_HEAD.match(unit.text)
        if match:
            name = fold(match["name"] or match["after"])
            page = int(match["page"] or match["first"])
            found[name].append((at, page, len(match["gap"] or match["space"]) >= _GAP))
    pages: dict[int, int] = {}
    for places in found.values():
        numbers = [page for _, page, _ in places]
        counts_on = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        gaps = all(gap for _, _, gap in places)
        if len(set(numbers)) > 1 and (gaps or (counts_on and len(numbers) > _GAP - 1)):
            pages.update((at, page) for at, page, _ in places)
    return pages


def _indent(text: str, start: int) -> int:
    """Count the blanks before a paragraph in its line."""
    before = text[max(0, start - 120) : start]
    return len(before) - len(before.rstrip(" \t\xa0"))


def _columns(text: str) -> Iterator[Span]:
    """Find stretches of lines with a gap at one place, and prose on either side of it."""
    run: list[tuple[Span, int, int]] = []
    for line in LINE.finditer(text):
        if not line[0].strip():
            continue
        gaps = list(_COLUMN_GAP.finditer(line[0].rstrip()))
        gap = (gaps[0].start(), gaps[0].end()) if len(gaps) == 1 else None
        if run and (gap is None or gap[1] != run[-1][2]):
            yield from _prose_in(text, run)
            run = []
        if gap:
            run.append((Span(line.start(), line.end()), *gap))
    yield from _prose_in(text, run)


def _prose_in(text: str, run: Sequence[tuple[Span, int, int]]) -> Iterator[Span]:
    if len(run) < _COLUMN_LINES:
        return
    left = [text[line.start : line.start + end].strip() for line, end, _ in run]
    right = [text[line.start + begin : line.end].strip() for line, _, begin in run]
    if all(_is_column(side) for side in (left, right)):
        yield Span(run[0][0].start, run[-1][0].end)


def _is_column(lines: Sequence[str]) -> bool:
    """Whether sentences go on from line to line, as they never do in a table."""
    wide = sum(map(len, lines)) >= _COLUMN_WIDTH * len(lines)
    goes_on = (b[:1].islower() and not ends_sentence(a) for a, b in pairwise(lines))
    return wide and any(goes_on)
