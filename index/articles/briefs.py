"""Files of briefs: stories of a paragraph or two, with nothing between them but their heads.

Two layouts are plain enough. Each story opens with a dateline of its own; or each is one paragraph
below one headline, says what day it is about, and speaks of people and places that the others do
not know. The parts of one article go on about the same ones.
"""

import re
from collections.abc import Iterator, Sequence

from index.article import SpanKind
from index.articles.datelines import match_dateline
from index.articles.furniture import Marked
from index.articles.headlines import is_label, lower_words, may_head, mostly_new
from index.language.calendar import DATE_RE, NAMES_DAY
from index.language.layout import ends_sentence
from index.language.printed_dates import names_weekday, printed_dates

_FEWEST = 3
_NUMBER_ALONE = re.compile(r"[(\[]?(?:第|№|N[or]\.)?\s?(\d{1,3})(?:/\d{1,3})?[.)\]]*")
_OPENING = 400


def brief_starts(marked: Sequence[Marked]) -> list[int]:
    """Find where the second brief and those after it begin; nothing if the file holds no briefs."""
    return _filed(marked) or _one_paragraph_each(marked)


def _filed(marked: Sequence[Marked]) -> list[int]:
    """The stories that open with a dateline which names another place or day than the last."""
    opened = [(i, place) for i, item in enumerate(marked) if (place := _filed_from(item))]
    starts = [i for (i, place), (_, last) in zip(opened[1:], opened, strict=False) if place != last]
    if not starts:
        return []
    headed = [_with_headline(marked, i) for i in starts]
    first = opened[0][0]
    if headed == starts and first and is_label(marked[first - 1].unit):
        # Where no other brief has a headline, the line above the first names the column.
        marked[first - 1].kind = SpanKind.HEADING
    return headed


def _filed_from(item: Marked) -> str | None:
    """The dateline of a paragraph, where it names an agency or a day."""
    if not item.running:
        return None
    text = item.unit.text[:_OPENING]
    found = match_dateline(text)
    if found is None or not (found.agency or printed_dates(text[: found.end])):
        return None
    return text[: found.end]


def _with_headline(marked: Sequence[Marked], start: int) -> int:
    above = marked[start - 1]
    return start - 1 if above.kind is None and may_head(above.unit) and not above.running else start


def _one_paragraph_each(marked: Sequence[Marked]) -> list[int]:
    """The headlines of a file in which each stands above one paragraph of news."""
    numbers = _numbers_alone(marked)
    lines = [i for i, item in enumerate(marked) if item.kind is None and i not in numbers]
    while len(lines) > 1 and is_label(marked[lines[0]].unit) and not marked[lines[1]].unit.prose:
        lines = lines[1:]
    pairs = list(zip(lines[::2], lines[1::2], strict=False))
    if len(pairs) < _FEWEST or len(lines) % 2:
        return []
    known: set[str] = set()
    for head, lede in pairs:
        if not _is_brief(marked[head], marked[lede], known):
            return []
        known |= lower_words(marked[lede].unit.text)
    for number in numbers:
        marked[number].kind = SpanKind.NAVIGATION
    return [head - (head - 1 in numbers) for head, _ in pairs[1:]]


def _numbers_alone(marked: Sequence[Marked]) -> frozenset[int]:
    """The lines that number the stories, each on its own: "1.", "(2)", "3/9"."""
    found = [
        (i, match)
        for i, item in enumerate(marked)
        if item.kind is None and (match := _NUMBER_ALONE.fullmatch(item.unit.text))
    ]
    counts = [int(match[1]) for _, match in found] == list(range(1, len(found) + 1))
    return frozenset(i for i, _ in found) if counts else frozenset()


def _is_brief(head: Marked, lede: Marked, known: set[str]) -> bool:
    title, text = head.unit, lede.unit.text[:_OPENING]
    if title.prose or title.level or not may_head(title) or title.text[-1] in "?!":
        return False
    if not lede.unit.prose or not ends_sentence(lede.unit.text) or not any(_days(text)):
        return False
    return mostly_new(text, known, least=1)


def _days(text: str) -> Iterator[bool]:
    yield NAMES_DAY.search(text) is not None
    yield DATE_RE.search(text) is not None
    yield names_weekday(text)
