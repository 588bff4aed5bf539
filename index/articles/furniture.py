"""Which paragraphs are page furniture, and where one article ends and the next begins.

A first pass over the paragraphs of a source. What it leaves undecided,
`index.articles.cleaning` marks within each article.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from index.article import SpanKind
from index.articles import boilerplate_cues as cues
from index.articles.headlines import fold, is_headline, lower_words, starts_article
from index.articles.publication_dates import MODIFIED, is_stamp
from index.language.layout import Unit

_HEADING_SIGNS = re.compile(r"^\s{0,3}#{1,6}\s+")
_SELF_STAMPED = re.compile(
    rf"(?:{MODIFIED}|(?:first |originally )?(?:published|posted)|опубликован[оа]?|опубліковано)\b",
    re.IGNORECASE,
)
_SHORT = 200
_APPEAL_GAP = 2
_APPEAL_REACH = 15
_RELATED_REACH = 10
_BESIDE = frozenset({SpanKind.STAMP, SpanKind.CREDIT, SpanKind.REPEAT})


@dataclass(slots=True)
class Marked:
    """A paragraph with what it has been found to be; None while undecided."""

    unit: Unit
    kind: SpanKind | None = None
    line: str = field(init=False)

    def __post_init__(self) -> None:
        # A paragraph too long to be a headline or a label is not looked at as one.
        self.line = plain(self.unit.text) if len(self.unit.text) <= 2 * _SHORT else self.unit.text

    @property
    def running(self) -> bool:
        """Whether it is running text that nothing else has claimed."""
        return self.kind is None and self.unit.prose


def plain(line: str) -> str:
    """A line without the signs that make it a Markdown heading or emphasis."""
    bare = _HEADING_SIGNS.sub("", line).rstrip()
    if len(bare) < len(line):
        bare = bare.rstrip("#").rstrip()
    return bare.strip("*_").strip() or line


def mark_furniture(marked: Sequence[Marked]) -> None:
    """Mark what is furniture wherever it stands, and the regions that such lines open."""
    for item in marked:
        if item.unit.level < 0:
            item.kind = SpanKind.NAVIGATION
        elif len(item.unit.text) <= 2 * _SHORT:
            item.kind = _standing_alone(item.line)
    _mark_stamps(marked)
    _mark_related(marked)
    _mark_comments(marked)
    _mark_appeals(marked)


def split_groups(marked: Sequence[Marked]) -> list[list[Marked]]:
    """Cut a source where another article begins."""
    tops = [i for i, item in enumerate(marked) if item.unit.level == 1]
    has_headings = any(item.unit.level for item in marked)
    cuts = tops[1:] if has_headings else _article_starts(marked)
    cuts = [_with_stamps_before(marked, cut) for cut in cuts]
    edges = [0, *cuts, len(marked)]
    return [list(marked[a:b]) for a, b in pairwise(edges) if a < b]


def _standing_alone(line: str) -> SpanKind | None:
    if cues.is_credit(line):
        return SpanKind.CREDIT
    return cues.line_kind(line)


def _mark_stamps(marked: Sequence[Marked]) -> None:
    """A date alone on its line is a page stamp at the head or the foot of the text.

    In between it may be an entry of a timeline or a list ("Date: Feb. 25"); there only a line
    that says of itself to be a stamp ("Updated 10:42 a.m.") is one.
    """
    running = [i for i, item in enumerate(marked) if item.running]
    first, last = (running[0], running[-1]) if running else (len(marked), -1)
    for i, item in enumerate(marked):
        outside = not first < i < last or _SELF_STAMPED.match(item.unit.text)
        if item.kind is None and outside and is_stamp(item.line):
            item.kind = SpanKind.STAMP


def _mark_related(marked: Sequence[Marked]) -> None:
    """The headlines listed under "Related articles" are as much navigation as it is."""
    for i, item in enumerate(marked):
        if item.kind is SpanKind.NAVIGATION and cues.opens_related_list(item.unit.text):
            for j in range(i + 1, min(i + 1 + _RELATED_REACH, len(marked))):
                here = marked[j]
                after = marked[j + 1] if j + 1 < len(marked) else None
                # The line before running text, a stamp or a byline may be a headline of ours.
                ends_list = after is not None and (after.kind is not None or after.unit.prose)
                if here.kind is not None or here.unit.prose or here.unit.level or ends_list:
                    break
                here.kind = SpanKind.NAVIGATION


def _mark_comments(marked: Sequence[Marked]) -> None:
    """A form for comments, or a counted list of them and all that follows it."""
    seen = 0
    for i, item in enumerate(marked):
        seen += item.running
        line = item.line.strip(" *")
        if len(line) > 120 or not cues.COMMENTS_OPENER.fullmatch(line):
            continue
        item.kind = SpanKind.COMMENTS
        counted = any(char.isdigit() for char in line) and seen >= 2
        for j in range(i + 1, len(marked)):
            follower = marked[j]
            if follower.unit.level == 1:
                break
            form = follower.kind is SpanKind.NAVIGATION or (
                len(follower.unit.text) <= _SHORT
                and cues.COMMENTS_FORM.fullmatch(follower.line.strip(" *"))
            )
            if not counted and not form:
                break
            follower.kind = SpanKind.COMMENTS
        if counted:
            return


def _mark_appeals(marked: Sequence[Marked]) -> None:
    """An appeal to the reader runs from the line that announces it to the last that asks."""
    running = sum(item.running for item in marked)
    if not running:
        return
    for i, item in enumerate(marked):
        line = item.line
        if item.kind or len(line) > 120 or not cues.APPEAL_OPENER.fullmatch(line):
            continue
        last, asking = i, 0
        for j in range(i + 1, min(i + 1 + _APPEAL_REACH, len(marked))):
            if marked[j].unit.level == 1 or j - last > _APPEAL_GAP:
                break
            if marked[j].kind is SpanKind.APPEAL or _asks(marked[j]):
                last, asking = j, asking + 1
        region = marked[i : last + 1]
        inside = sum(one.running for one in region)
        # A text that is nothing but an appeal is somebody's open letter: that is the article.
        if asking >= 2 and inside < running:
            for one in region:
                one.kind = SpanKind.APPEAL


def _asks(item: Marked) -> bool:
    text = item.unit.text
    return len(text) <= 2000 and text[0] not in '"“«„' and cues.asks_reader(text)


def _article_starts(marked: Sequence[Marked]) -> list[int]:
    """Where, after the first, articles begin in a text without Markdown headings."""
    starts: list[int] = []
    begin, read, running = 0, 0, 0
    known: set[str] = set()
    for i, item in enumerate(marked):
        if item.kind is None and running >= 2 and is_headline(item.unit):
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


def _lede_after(marked: Sequence[Marked], i: int) -> Unit | None:
    """The running text that follows a headline, past stamps, credits and its repetition."""
    title = fold(marked[i].unit.text)
    for item in marked[i + 1 : i + 6]:
        if item.running:
            return item.unit
        repeated = fold(item.unit.text) == title
        if item.kind not in _BESIDE and not repeated and not is_stamp(item.line):
            return None
    return None


def _beside_stamp(marked: Sequence[Marked], i: int) -> bool:
    beside = [marked[j] for j in (i - 1, i + 1) if 0 <= j < len(marked)]
    return any(item.kind is SpanKind.STAMP or is_stamp(item.line) for item in beside)


def _is_titled(head: Sequence[Marked]) -> bool:
    for item in head:
        if item.running:
            return False
        if item.kind is None and is_headline(item.unit):
            return True
    return False


def _with_stamps_before(marked: Sequence[Marked], cut: int) -> int:
    """Stamps that stand directly before a headline belong to it."""
    while cut > 1 and not marked[cut - 1].unit.prose and is_stamp(marked[cut - 1].line):
        cut -= 1
    return cut
