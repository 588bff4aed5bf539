"""What stands between the top of an article and its text: stamps, by-lines, a standfirst."""

import re
from collections.abc import Sequence

from index.article import MarkedSpan, Span, SpanKind
from index.articles.boilerplate_cues import is_credit, is_names
from index.articles.boundaries import STANDFIRST
from index.articles.datelines import agency_name
from index.articles.furniture import Marked, stamped
from index.articles.headlines import is_bracketed, is_cross_head
from index.articles.publication_dates import beside_date, is_date, is_dated

_MAX_STAMPS = 24
_BETWEEN = re.compile("[|·•—–/]")
_PAPER = re.compile(r"(?:[^\W\d_a-z][^\W\d_.]*[-’']?[^\W\d_]*\s?){2,5}")
_EMPHASIS = re.compile(r"(?<![*_\w])([*_]{1,3})(?=\S)(?P<words>[^*_\d\n]{2,60})(?<=\S)\1(?![*_\w])")


def first_running(group: Sequence[Marked]) -> int | None:
    """The place of the first paragraph of running text."""
    return next((i for i, item in enumerate(group) if item.running), None)


def mark_head(group: Sequence[Marked], story: Sequence[Marked]) -> None:
    """Mark what stands between the top of an article and its running text.

    Args:
        group: its paragraphs.
        story: those of them that are no notices of the desk.
    """
    for item in group:
        if item.kind is None and item.unit.level:
            item.kind = SpanKind.HEADING
    _mark_above_title(group)
    for item in _above_text(story):
        if item.kind not in (None, SpanKind.CREDIT):
            continue
        if stamped(item.line) or is_dated(item.line) or is_date(item.line):
            item.kind = SpanKind.STAMP
        elif item.kind is SpanKind.CREDIT:
            continue
        elif is_names(item.line) or agency_name(item.line):
            item.kind = SpanKind.CREDIT
        elif is_bracketed(item.line) or (item.unit.words <= 3 and is_cross_head(item.unit)):
            item.kind = SpanKind.HEADING


def _mark_above_title(group: Sequence[Marked]) -> None:
    """Mark lines above the headline: they are of the desk or the page, not of the story."""
    titled = next((i for i, item in enumerate(group) if item.kind is SpanKind.TITLE), 0)
    for item in group[:titled]:
        if item.kind is None and not item.unit.prose and not stamped(item.line):
            item.kind = SpanKind.HEADING


def _above_text(group: Sequence[Marked]) -> list[Marked]:
    """What stands between the top of an article and its text, above and below a standfirst.

    A sentence that sums the article up is a standfirst if nothing but furniture and one date stand
    below it: in a log of events dates stand between all the paragraphs.
    """
    running = [i for i, item in enumerate(group) if item.running]
    if not running:
        return []
    above = list(group[: running[0]])
    if len(running) == 1 or not any(item.kind is SpanKind.TITLE for item in above):
        return above
    first, second = running[0], running[1]
    below = group[first + 1 : second]
    inside = [item for item in group[first + 1 : running[-1]] if _is_dated(item)]
    if group[first].unit.words > STANDFIRST or len(inside) != 1 or inside[0] not in below:
        return above
    return [*above, *(item for item in below if item.kind is not None or _is_dated(item))]


def _is_dated(item: Marked) -> bool:
    undecided = item.kind in (None, SpanKind.CREDIT, SpanKind.STAMP) and not item.unit.prose
    return undecided and (stamped(item.line) or is_dated(item.line))


def outer_stamps(spans: Sequence[MarkedSpan], group: Sequence[Marked]) -> tuple[Span, ...]:
    """The stamps before and after the body; inside it a stamp dates a part, as in a log."""
    bodies = [item.unit for item in group if item.kind is SpanKind.BODY and item.unit.prose]
    head, foot = (bodies[0].end, bodies[-1].end) if bodies else (spans[-1].span.end, 0)
    stamps = [s.span for s in spans if s.kind is SpanKind.STAMP]
    if len(bodies) > 1 and bodies[0].words <= STANDFIRST:
        below = [span for span in stamps if head <= span.start < foot]
        # The one date in the text that stands right below its first paragraph is of the standfirst.
        if len(below) == 1 and below[0].end <= bodies[1].start:
            head = bodies[1].start
    outer = [span for span in stamps if span.end <= head or span.start >= foot]
    # Nobody stamps a page so often; a file of nothing but dates must not be read for minutes.
    return tuple(outer[:_MAX_STAMPS])


def paper_beside_date(group: Sequence[Marked]) -> str | None:
    """The paper that a line with the date names: "*Shetland Post*, 3 January 2024".

    A name beside the date may be the author's. It is the paper's in emphasis, with an article, or
    where somebody else is named as the author.
    """
    by_line = any(item.kind is SpanKind.CREDIT for item in group[: (first_running(group) or 0)])
    for item in group:
        if item.kind is not SpanKind.STAMP:
            continue
        for named in _EMPHASIS.finditer(item.unit.text):
            if not is_credit(named["words"]):
                return " ".join(named["words"].split())
        for part in _BETWEEN.split(beside_date(item.line)):
            rest = " ".join(part.split()).strip(" ,.;:()[]-")
            if _PAPER.fullmatch(rest) and (by_line or rest.startswith("The ")):
                return rest
    return None
