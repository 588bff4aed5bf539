"""Where one article ends and the next begins in a file that holds several.

Explicit signs come first: "2 of 3 DOCUMENTS", a line of signs, a form feed, the same layout of
headline and date again and again. Without any of these, a headline in the middle must look the part
and news must follow it (`index.articles.headlines.starts_article`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.article import SpanKind
from index.articles.boilerplate_cues import is_field, is_separator
from index.articles.briefs import brief_starts
from index.articles.datelines import match_dateline
from index.articles.furniture import Marked, stamped
from index.articles.headlines import (
    MOST_LABELS,
    fold,
    is_headline,
    is_label,
    lower_words,
    may_head,
    starts_article,
)
from index.articles.publication_dates import beside_date, is_dated
from index.language.layout import Unit

_COUNTER = re.compile(
    r"\W*(?:[^\W\d_]+\s+)?(?P<n>\d{1,4})\s*(?:/|[^\W\d_]{1,4})\s*(?P<of>\d{1,4})"
    r"(?:\s+[^\W\d_]+)?\W*$"
)
_COUNTED_HEAD = 8
_CLOSING_WORDS, _CLOSES = 2, 2
STANDFIRST = 45
"""So many words a standfirst has at most."""
_BESIDE_DATE = " ,.;:|·•—–/()[]-"
_BESIDE = frozenset({SpanKind.STAMP, SpanKind.CREDIT, SpanKind.REPEAT})
_PAST = _BESIDE | {SpanKind.NAVIGATION, SpanKind.HEADING}


@dataclass(frozen=True, slots=True)
class Group:
    """The paragraphs of one article.

    Attributes:
        items: in order.
        apart: whether the file itself sets the articles apart, so that a stamp among them belongs
            to this one alone.
        counted: whether a line such as "2 of 3 DOCUMENTS" stands above it.
    """

    items: list[Marked]
    apart: bool = False
    counted: bool = False


def split_groups(text: str, marked: Sequence[Marked]) -> list[Group]:
    """Cut a source where another article begins."""
    counters = _counters(marked)
    if counters:
        return _cut(marked, counters[1:], apart=True, counted=True)
    tops = [i for i, item in enumerate(marked) if item.unit.level == 1]
    if any(item.unit.level for item in marked):
        cuts, apart = tops[1:], False
    else:
        cuts, apart = _separated(text, marked), True
        if not cuts:
            cuts, apart = brief_starts(marked) or _article_starts(marked), False
    return _cut(marked, [_with_stamps_before(marked, cut) for cut in cuts], apart)


def _cut(
    marked: Sequence[Marked], cuts: Sequence[int], apart: bool, counted: bool = False
) -> list[Group]:
    edges = [0, *cuts, len(marked)]
    several = apart and len(cuts) > 0
    return [Group(list(marked[a:b]), several, counted) for a, b in pairwise(edges) if a < b]


def _counters(marked: Sequence[Marked]) -> list[int]:
    """Find the lines that count documents; unlike page numbers, each has a date above its text."""
    found: list[int] = []
    last = total = 0
    for i, item in enumerate(marked):
        match = _COUNTER.fullmatch(item.unit.text) if item.unit.words <= 6 else None
        if match is None or item.kind not in (None, SpanKind.NAVIGATION):
            continue
        number, of = int(match["n"]), int(match["of"])
        if (
            number == last + 1
            and of >= max(2, number)
            and of == (total or of)
            and _dated(marked, i)
        ):
            found.append(i)
            last, total = number, of
    if len(found) < 2 or any(item.running for item in marked[: found[0]]):
        return []
    for i in found:
        marked[i].kind = SpanKind.NAVIGATION
    return found


def _dated(marked: Sequence[Marked], counter: int) -> bool:
    for item in marked[counter + 1 : counter + 1 + _COUNTED_HEAD]:
        dated = not item.unit.prose and is_dated(item.line)
        if item.kind is SpanKind.STAMP or stamped(item.line) or dated:
            return True
        if item.running:
            return match_dateline(item.unit.text) is not None
    return False


def mark_labels(group: Group) -> str | None:
    """Mark the head and foot of a counted document: its labelled fields, and its publisher.

    Returns:
        the name of the paper, which stands alone above the date; None if there is none.
    """
    if not group.counted:
        return None
    for item in group.items:
        if item.kind is None and is_field(item.unit.text):
            item.kind = SpanKind.CREDIT
    head = [item for item in group.items if item.kind in (None, SpanKind.STAMP)][:2]
    if head and not head[0].unit.prose and not stamped(head[0].line) and is_dated(head[0].line):
        head[0].kind = SpanKind.STAMP
        return beside_date(head[0].line).strip(_BESIDE_DATE) or None
    if len(head) == 2 and not head[0].unit.prose and head[0].kind is None and stamped(head[1].line):
        head[0].kind = SpanKind.CREDIT
        return " ".join(head[0].line.split())
    return None


def heads(marked: Sequence[Marked], i: int) -> bool:
    """Whether a line is a headline by its place: a stamp stands below it, or below its credit."""
    if not may_head(marked[i].unit) or stamped(marked[i].line):
        return False
    for item in marked[i + 1 : i + 4]:
        if item.kind is SpanKind.STAMP or stamped(item.line):
            return True
        if not item.unit.prose and is_dated(item.line):
            return True
        if item.kind is not SpanKind.CREDIT:
            return False
    return False


def _separated(text: str, marked: Sequence[Marked]) -> list[int]:
    """Find the articles that begin after lines of signs and form feeds."""
    closes = _closing_line(marked)
    signs = [
        i
        for i, item in enumerate(marked)
        if is_separator(item.unit.text) or (closes and item.line == closes)
    ]
    feeds = [
        i
        for i, (before, item) in enumerate(pairwise(marked), start=1)
        if "\f" in text[before.unit.end : item.unit.start]
    ]
    free = _next_free(marked)
    body = next((i for i, item in enumerate(marked) if item.running), len(marked))
    firsts = [free[i] for i in (0, *signs)]
    named = [first is not None and _has_lede(marked, first) for first in firsts]
    # Signs also set apart the parts of one article, but those do not all bear headlines.
    all_named = len(firsts) > 2 and all(named)
    found: set[int] = set()
    for at in (*signs, *feeds):
        first = free[at]
        if first is None or body >= at:
            continue
        if _is_news(marked, first) or (all_named and at in signs):
            found.add(first)
    return sorted(found)


def _closing_line(marked: Sequence[Marked]) -> str | None:
    """The line of a word or two that closes every story of a file: "ENDS", "(Fin)"."""
    last = marked[-1] if marked else None
    if last is None or last.kind is not None or last.unit.words > _CLOSING_WORDS:
        return None
    same = [item for item in marked if item.line == last.line]
    if len(same) < _CLOSES or any(item.unit.prose or item.kind for item in same):
        return None
    for item in same:
        item.kind = SpanKind.NAVIGATION
    return last.line


def _next_free(marked: Sequence[Marked]) -> list[int | None]:
    """Find, for each place, the next paragraph that is neither furniture nor a stamp."""
    found: list[int | None] = [None] * (len(marked) + 1)
    for i in range(len(marked) - 1, -1, -1):
        free = marked[i].kind not in _PAST and not stamped(marked[i].line)
        found[i] = i if free else found[i + 1]
    return found


def _has_lede(marked: Sequence[Marked], i: int) -> bool:
    """Whether a line that is not a sentence stands above running text."""
    unit = marked[i].unit
    return not unit.prose and may_head(unit) and _lede_after(marked, i, subheads=1) is not None


def _is_news(marked: Sequence[Marked], i: int) -> bool:
    """Whether a headline begins here with a date above it, below it or in its dateline."""
    if heads(marked, i):
        return True
    lede = _lede_after(marked, i, subheads=1)
    if lede is None or not may_head(marked[i].unit):
        return False
    below = marked[i + 1 : i + 6]
    dated = any(stamped(item.line) for item in below if item.unit.start < lede.start)
    if dated or match_dateline(lede.text) is not None or _beside_stamp(marked, i):
        return True
    return lede.words <= STANDFIRST and _dated_below(below, lede)


def _dated_below(below: Sequence[Marked], standfirst: Unit) -> bool:
    """Whether a date stands between a standfirst and the text."""
    for item in below:
        if item.unit.start > standfirst.start:
            if item.running:
                return False
            if stamped(item.line) or is_dated(item.line):
                return True
    return False


def _article_starts(marked: Sequence[Marked]) -> list[int]:
    """Find where later articles begin in a text without Markdown headings or signs."""
    starts: list[int] = []
    begin, read, running = 0, 0, 0
    known: set[str] = set()
    uniform = _opens_uniform(marked)
    for i, item in enumerate(marked):
        undecided = item.kind is None and not item.unit.prose
        if uniform and undecided and running and heads(marked, i) and _lede_after(marked, i):
            starts.append(i)
            begin, read, running, known = i, i, 0, set()
        elif item.kind is None and running >= 2 and is_headline(item.unit):
            lede = _lede_after(marked, i)
            if lede is not None:
                for earlier in marked[read:i]:
                    known |= lower_words(earlier.unit.text)
                read = i
                if starts_article(
                    item.unit,
                    lede,
                    known,
                    beside_stamp=_beside_stamp(marked, i),
                    titled=_is_titled(marked[begin : begin + 8]),
                ):
                    starts.append(i)
                    begin, running, known = i, 0, set()
        running += item.running
    return starts


def _opens_uniform(marked: Sequence[Marked]) -> bool:
    """Whether the text opens with a headline above a date, be it below a label or two."""
    labels = 0
    for i, item in enumerate(marked):
        if item.kind in _PAST or stamped(item.line):
            continue
        if heads(marked, i):
            return True
        if labels == MOST_LABELS or not is_label(item.unit):
            return False
        labels += 1
    return False


def _lede_after(marked: Sequence[Marked], i: int, subheads: int = 0) -> Unit | None:
    """Find the running text after a headline, past stamps, credits and a repetition of it."""
    title = fold(marked[i].unit.text)
    for item in marked[i + 1 : i + 6]:
        if item.running:
            return item.unit
        repeated = fold(item.unit.text) == title
        if item.kind in _BESIDE or repeated or stamped(item.line):
            continue
        if item.kind is not None or not subheads:
            return None
        subheads -= 1
    return None


def _beside_stamp(marked: Sequence[Marked], i: int) -> bool:
    beside = [marked[j] for j in (i - 1, i + 1) if 0 <= j < len(marked)]
    return any(item.kind is SpanKind.STAMP or stamped(item.line) for item in beside)


def _is_titled(head: Sequence[Marked]) -> bool:
    for item in head:
        if item.running:
            return False
        if item.kind is None and is_headline(item.unit):
            return True
    return False


def _with_stamps_before(marked: Sequence[Marked], cut: int) -> int:
    """Stamps that stand directly before a headline belong to it."""
    while cut > 1 and not marked[cut - 1].unit.prose and stamped(marked[cut - 1].line):
        cut -= 1
    return cut
