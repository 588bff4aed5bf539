"""Which paragraphs are page furniture.

This is a first pass over the paragraphs of a source. `index.articles.cleaning` marks within each
article what it leaves undecided.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from index.article import SpanKind
from index.articles import boilerplate_cues as cues
from index.articles.headlines import is_slug
from index.articles.notices import is_notice
from index.articles.publication_dates import MODIFIED, is_signed, is_stamp
from index.language.layout import Unit

_HEADING_SIGNS = re.compile(r"^\s{0,3}#{1,6}\s+")
# What an agency's wire sends for the typesetter: "^Bridge collapses<".
_TYPESETTING = re.compile(r"^\^(.*)[<=]$")
_SELF_STAMPED = re.compile(
    rf"(?:{MODIFIED}|(?:first |originally )?(?:published|posted)|опубликован[оа]?|опубліковано)\b",
    re.IGNORECASE,
)
_SHORT = 200
_APPEAL_GAP = 2
_APPEAL_REACH = 15
_RELATED_REACH = 10
_BELOW_HEADLINE = frozenset({SpanKind.STAMP, SpanKind.CREDIT})


stamped = lru_cache(maxsize=8_192)(is_stamp)
"""`is_stamp`, remembered, because callers ask about one line again and again."""


@dataclass(slots=True)
class Marked:
    """A paragraph with its kind, which is None while undecided."""

    unit: Unit
    kind: SpanKind | None = None
    line: str = field(init=False)

    def __post_init__(self) -> None:
        # A paragraph this long is neither a headline nor a label.
        self.line = plain(self.unit.text) if len(self.unit.text) <= 2 * _SHORT else self.unit.text

    @property
    def running(self) -> bool:
        """Whether it is running text that nothing else has claimed."""
        return self.kind is None and self.unit.prose


def plain(line: str) -> str:
    """A line without the signs of a Markdown heading or emphasis."""
    bare = _TYPESETTING.sub(r"\1", _HEADING_SIGNS.sub("", line)).rstrip()
    if len(bare) < len(line):
        bare = bare.rstrip("#").rstrip()
    return bare.strip("*_").strip() or line


def mark_furniture(marked: Sequence[Marked]) -> None:
    """Mark what is furniture wherever it stands, and the regions that such lines open."""
    for item in marked:
        if item.unit.level < 0:
            item.kind = SpanKind.NAVIGATION
        elif item.kind is None and len(item.unit.text) <= 2 * _SHORT:
            item.kind = _standing_alone(item.line)
            if item.kind is None and not item.unit.prose and is_slug(item.line):
                item.kind = SpanKind.HEADING
        elif cues.is_code(item.unit.text):
            item.kind = SpanKind.NAVIGATION
    _mark_menus(marked)
    _mark_stamps(marked)
    _mark_related(marked)
    _mark_comments(marked)
    _mark_appeals(marked)


def _standing_alone(line: str) -> SpanKind | None:
    if cues.is_credit(line) or cues.is_caption(line):
        return SpanKind.CREDIT
    return SpanKind.NAVIGATION if cues.is_code(line) else cues.line_kind(line)


def _mark_menus(marked: Sequence[Marked]) -> None:
    """Mark menus and the path to a page, which stand above its text."""
    for item in marked:
        if item.running:
            return
        if item.kind is None and cues.is_menu(item.line):
            item.kind = SpanKind.NAVIGATION


def _mark_stamps(marked: Sequence[Marked]) -> None:
    """Mark page stamps: a date alone on its line at the head or the foot of the text.

    In between it may be an entry of a timeline or a list ("Date: Feb. 25"). There, only a line that
    calls itself a stamp ("Updated 10:42 a.m.") is one.
    """
    running = [i for i, item in enumerate(marked) if item.running and not is_signed(item.line)]
    first, last = (running[0], running[-1]) if running else (len(marked), -1)
    for i, item in enumerate(marked):
        if item.kind is not None or is_notice(item.line, item.unit.prose):
            continue
        outside = not first < i < last
        signed = outside and item.unit.prose and is_signed(item.line)
        by_place = outside or _SELF_STAMPED.match(item.unit.text)
        if signed or (by_place and stamped(item.line)):
            item.kind = SpanKind.STAMP


def _mark_related(marked: Sequence[Marked]) -> None:
    """Mark the headlines under "Related articles": they are navigation, too."""
    for i, item in enumerate(marked):
        if item.kind is SpanKind.NAVIGATION and cues.opens_related_list(item.unit.text):
            for j in range(i + 1, min(i + 1 + _RELATED_REACH, len(marked))):
                here = marked[j]
                after = marked[j + 1] if j + 1 < len(marked) else None
                # The line before running text, a stamp or a byline may be a headline of ours.
                ends_list = after is not None and (after.kind in _BELOW_HEADLINE or after.running)
                if here.kind is not None or here.unit.prose or here.unit.level or ends_list:
                    break
                here.kind = SpanKind.NAVIGATION


def _mark_comments(marked: Sequence[Marked]) -> None:
    """Mark a form for comments, or a counted list of them and everything after it."""
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
    """Mark an appeal to the reader, from the line that announces it to the last that asks."""
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
        # A text that is nothing but an appeal is somebody's open letter, and so the article.
        if asking >= 2 and inside < running:
            for one in region:
                one.kind = SpanKind.APPEAL


def _asks(item: Marked) -> bool:
    text = item.unit.text
    return len(text) <= 2000 and text[0] not in '"“«„' and cues.asks_reader(text)
