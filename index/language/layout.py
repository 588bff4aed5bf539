"""The layout of a text: its paragraphs, and what each looks like from outside.

A unit is one paragraph. Most files give every paragraph a line of its own. Plain text wrapped by
hand or by a mail program breaks inside sentences; its wrapped lines form one unit. Nothing here
looks at the meaning of words.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from index.article import Span
from index.visible import BROKEN_WORD

LINE = re.compile("[^\\n\\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]+")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_ATX = re.compile(r"\s{0,3}(#{1,6})(?:\s|$)")
_SETEXT = re.compile(r"\s{0,3}(=+|-+)\s*$")
_FRONT_EDGE = {"---": ("---", "..."), "+++": ("+++",)}
_FRONT_LINE = re.compile(r"\s*(?:#.*|-\s.*|[\w.-]+\s*[:=].*|\s+\S.*)?$")
_FRONT_LINES = 100
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CLOSERS = "\"'”’»)]}*_ "
FINAL = ".!?…。！？؟।።"
_WRAP_MIN, _WRAP_MAX = 40, 132
_NUMBERED = re.compile(r"\(?\d{1,3}[.)]\s")


@dataclass(frozen=True, slots=True)
class Unit:
    """One paragraph, from its first to its last non-space character.

    Attributes:
        words: how many words; two ideographs count as one.
        level: 1 to 6 for a Markdown heading, else 0.
        prose: whether it reads like running text.
    """

    start: int
    end: int
    text: str
    words: int
    level: int
    prose: bool


def front_matter(text: str) -> Span | None:
    """Find the block of metadata that may open a Markdown file, including its fences."""
    lines = LINE.finditer(text, 0, min(len(text), 20_000))
    first = next(lines, None)
    if first is None or first.start() != 0 or first[0].rstrip() not in _FRONT_EDGE:
        return None
    closing = _FRONT_EDGE[first[0].rstrip()]
    for _, line in zip(range(_FRONT_LINES), lines, strict=False):
        if line[0].rstrip() in closing:
            return Span(0, line.start() + len(line[0].rstrip()))
        if not _FRONT_LINE.match(line[0]):
            return None
    return None


def paragraphs(text: str, start: int, end: int) -> list[Span]:
    """Find the paragraphs of ``[start, end)``, each from non-space to non-space.

    A line is a paragraph, unless a block of lines was plainly wrapped at a fixed width: then the
    whole block is one. A line that breaks off within a word or a sentence goes on in the next,
    whatever its width.
    """
    blocks = list(_blocks(text, start, end))
    widths = sorted(w for block in blocks if len(block) > 2 and (w := _wrap_width(text, block)))
    found: list[Span] = []
    for block in blocks:
        if len(block) > 1 and _is_wrapped(text, block, widths):
            found.append(Span(block[0].start, block[-1].end))
        else:
            found.extend(_continued(text, block))
    return found


def units(text: str, markdown: bool) -> list[Unit]:
    """Cut a text into paragraphs, and describe the looks of each."""
    skip = front_matter(text) if markdown else None
    begin = skip.end if skip else 0
    if not markdown:
        return [_unit(text, span, 0) for span in paragraphs(text, begin, len(text))]
    levels = _markdown_levels(text, begin)
    found: list[Unit] = []
    for span in paragraphs(text, begin, len(text)):
        cuts = list(_lines(text, span.start, span.end))
        if any(line.start in levels for line in cuts):
            found.extend(_unit(text, line, levels.get(line.start, 0)) for line in cuts)
        else:
            found.append(_unit(text, span, 0))
    return found


def count_words(text: str) -> int:
    """Count words; two ideographs count as one."""
    return len(text.split()) + len(_CJK.findall(text)) // 2


def ends_sentence(text: str, finals: str = FINAL) -> bool:
    """Whether the last character, closing quotation marks and brackets aside, is final."""
    tail = text[-12:].rstrip(_CLOSERS)
    return bool(tail) and tail[-1] in finals


def looks_like_prose(text: str, words: int) -> bool:
    """Whether a paragraph reads like running text rather than a headline or a label.

    A question or an exclamation may be a headline; a full stop of six words is not.
    """
    if words >= 25:
        return True
    return words >= 6 and ends_sentence(text, ".…。।።:")


def _unit(text: str, span: Span, level: int) -> Unit:
    content = text[span.start : span.end]
    words = count_words(content)
    prose = not level and looks_like_prose(content, words)
    return Unit(span.start, span.end, content, words, level, prose)


def _trim(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    return Span(left, right) if left < right else None


def _lines(text: str, start: int, end: int) -> Iterator[Span]:
    for match in LINE.finditer(text, start, end):
        span = _trim(text, match.start(), match.end())
        if span:
            yield span


def _blocks(text: str, start: int, end: int) -> Iterator[list[Span]]:
    """Runs of lines with nothing but one line break between them."""
    block: list[Span] = []
    for span in _lines(text, start, end):
        if block and not _single_break(text, block[-1].end, span.start):
            yield block
            block = []
        block.append(span)
    if block:
        yield block


def _single_break(text: str, start: int, end: int) -> bool:
    if end - start > 400:
        return False
    return len(text[start:end].replace("\r\n", "\n").strip(" \t\xa0")) == 1


def _wrap_width(text: str, block: list[Span]) -> int:
    """The width at which a block was wrapped, or 0 if it was not.

    Filling lines to a width leaves a trace that a list or verse does not: no line had room for the
    first word of the next.
    """
    width = max(len(line) for line in block)
    if not _WRAP_MIN <= width <= _WRAP_MAX:
        return 0
    return width if _fills(text, block, width) else 0


def _fills(text: str, block: list[Span], width: int) -> bool:
    for line, following in pairwise(block):
        word = text[following.start : following.end].split(None, 1)[0]
        if len(line) > width or len(line) + 1 + len(word) <= width:
            return False
    return True


def _is_wrapped(text: str, block: list[Span], widths: list[int]) -> bool:
    if len(block) > 2:
        return _wrap_width(text, block) > 0
    # Two lines alone prove little: they must fit the width of a longer block.
    longest = max(len(line) for line in block)
    at = bisect_left(widths, longest)
    return at < len(widths) and _fills(text, block, widths[at])


def _continued(text: str, block: list[Span]) -> Iterator[Span]:
    """Join the lines of a block that go on in the next."""
    width = max(len(line) for line in block)
    breaks = [_goes_on(text, line, following, width) for line, following in pairwise(block)]
    # If lower-case beginnings show that lines were wrapped, a name may begin one as well.
    wrapped = 2 * sum(breaks) >= len(breaks) and width <= _WRAP_MAX
    start = block[0].start
    for (line, following), joins in zip(pairwise(block), breaks, strict=True):
        if joins or (wrapped and len(line) >= _WRAP_MIN and _is_open(text, line, following)):
            continue
        yield Span(start, line.end)
        start = following.start
    yield Span(start, block[-1].end)


def _goes_on(text: str, line: Span, following: Span, width: int) -> bool:
    """Whether a line breaks off within a word, or within a sentence that the next goes on with."""
    if not text[following.start].islower():
        return False
    if BROKEN_WORD.match(text, line.end - 1, following.end):
        return True
    # The lines of one paragraph have about the same length, except the last.
    wide = width >= _WRAP_MIN and 2 * len(line) >= width
    return wide and not ends_sentence(text[line.start : line.end])


def _is_open(text: str, line: Span, following: Span) -> bool:
    """Whether a sentence may go on after a line."""
    if _NUMBERED.match(text, following.start):
        return False
    last, first = text[line.end - 1], text[following.start]
    return (last.isalnum() or last in ",–—") and (first.isalnum() or first in "\"'“‘«„(")


def _markdown_levels(text: str, start: int) -> dict[int, int]:
    """Find headings by their first non-space character, with their levels.

    The underline of a setext heading has its heading's level, negative.
    """
    levels: dict[int, int] = {}
    fenced = False
    previous: Span | None = None
    for span in _lines(text, start, len(text)):
        line = text[span.start : span.end]
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and (atx := _ATX.match(line)):
            levels[span.start] = len(atx[1])
        elif (
            not fenced
            and (under := _SETEXT.match(line))
            and previous
            and previous.start not in levels
            and _single_break(text, previous.end, span.start)
        ):
            levels[previous.start] = 1 if under[1][0] == "=" else 2
            levels[span.start] = -levels[previous.start]
        previous = span
    return levels
