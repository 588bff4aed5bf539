"""Turn a source into articles: mark every stretch of its text, edit none.

`index.articles.furniture` first marks what is furniture wherever it stands, and cuts the source
where another article begins. This module finds each article's headline, cross-heads, stamps and
dateline; if no rule is sure, a stretch is body. A scrap of furniture in the body does less harm
than a sentence missing from it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from index.article import Article, DateCandidate, MarkedSpan, Notice, Page, Source, Span, SpanKind
from index.articles import publication_dates as dates
from index.articles.above_text import first_running, mark_head, outer_stamps, paper_beside_date
from index.articles.boundaries import Group, heads, mark_labels, split_groups
from index.articles.datelines import match_dateline
from index.articles.furniture import Marked, mark_furniture, stamped
from index.articles.headlines import (
    MOST_LABELS,
    fold,
    is_bullet,
    is_cross_head,
    is_headline,
    is_label,
    is_numbered_headline,
    may_head,
)
from index.articles.hidden import hidden, without_hidden
from index.articles.notices import find_notices, is_notice
from index.articles.page_frame import mark_frame
from index.articles.printed import mark_pages
from index.language.calendar import DATE
from index.language.identify import tell_language
from index.language.layout import front_matter, units
from index.readers.metadata import SourceMetadata, said_of_entry

_JOINED = frozenset({SpanKind.BODY, SpanKind.APPEAL, SpanKind.COMMENTS, SpanKind.NAVIGATION})
_BESIDE = frozenset({SpanKind.STAMP, SpanKind.CREDIT})
_TELLING = frozenset({SpanKind.TITLE, SpanKind.HEADING, SpanKind.BODY})
_INLINE_STAMP = re.compile(
    rf"(?:(?P<label>{dates.PUBLISHED}|{dates.MODIFIED})\s*:?\s*)?(?:{DATE})"
    r"(?:,?\s?T?\d{1,2}:\d\d(?::\d\d)?Z?)?(?P<mark>\s?(?:\.\.\.|…|·|\|))?\s+",
    re.IGNORECASE,
)
_DATELINE_REACH = 6
_HEAD_UNITS = 12
_FEW_HEADS = 3
_SHORT_TITLE = 3
_NOTICE = 30
_OPENING = 2000
_STATED_BASES = frozenset({"sidecar", "markup", "file", "front matter"})


@dataclass(frozen=True, slots=True)
class _Part:
    """One article's share of the source, marked."""

    spans: tuple[MarkedSpan, ...]
    title: str | None = None
    stamps: tuple[Span, ...] = ()
    dateline: Span | None = None
    agency: str | None = None
    paper: str | None = None
    notices: tuple[Notice, ...] = ()
    apart: bool = False


def clean(source: Source, metadata: SourceMetadata) -> tuple[Article, ...]:
    """Mark a source and tell its articles apart.

    Args:
        source: the text.
        metadata: what is known about it from elsewhere; its title helps to find the headline.

    Returns:
        the articles in order; none for a source of white space alone.
    """
    markdown = source.media_type == "text/markdown"
    marked = without_hidden(
        source.text, units(source.text, markdown), hidden(source.text, metadata.furniture)
    )
    if metadata.entries:
        return tuple(_entries(source, metadata, marked))
    _mark_all(marked, metadata.furniture)
    mark_pages(source.text, marked)
    if source.media_type == "text/plain":
        mark_frame(marked)
    parts = [
        _mark_part(source.text, group, metadata.title)
        for group in split_groups(source.text, marked)
    ]
    block = front_matter(source.text) if markdown else None
    if block:
        first = parts[0] if parts else _Part(())
        fence = MarkedSpan(SpanKind.NAVIGATION, block)
        parts[:1] = [replace(first, spans=(fence, *first.spans))]
    return tuple(_article(source, metadata, parts, n) for n in range(len(parts)))


def _entries(
    source: Source, metadata: SourceMetadata, marked: Sequence[Marked]
) -> Iterator[Article]:
    """Cut the articles that the file's format tells apart; the text alone cuts none further."""
    starts = [item.unit.start for item in marked]
    number = 0
    for entry in metadata.entries:
        begin, end = bisect_left(starts, entry.span.start), bisect_left(starts, entry.span.end)
        group = marked[begin:end]
        if group:
            number += 1
            said = said_of_entry(metadata, entry)
            _mark_all(group, metadata.furniture)
            part = _mark_part(source.text, Group(list(group)), said.title)
            article = _article(source, said, [part], 0)
            yield replace(article, article_id=f"{source.source_id}-{number}")


def _mark_all(marked: Sequence[Marked], furniture: Sequence[Span]) -> None:
    """Mark furniture, including what the format itself marks."""
    mark_furniture(marked)
    starts = [span.start for span in furniture]
    for item in marked:
        at = bisect_right(starts, item.unit.start) - 1
        if at >= 0 and furniture[at].end >= item.unit.end:
            item.kind = SpanKind.NAVIGATION


def _mark_part(text: str, whole: Group, known_title: str | None) -> _Part:
    """Mark what is undecided in one article, and split its first lines."""
    group = whole.items
    paper = mark_labels(whole)
    # A notice above the headline is neither headline nor the beginning of the text.
    story = [item for item in group if item.kind or not is_notice(item.line, item.unit.prose)]
    title = _mark_title(story, known_title, whole.apart)
    if title:
        folded = fold(title)
        for item in group:
            if item.kind is None and not item.unit.prose and _repeats(item, folded):
                item.kind = SpanKind.REPEAT
    mark_head(group, story)
    paper = paper or paper_beside_date(group)
    _mark_cross_heads(group)
    for item in group:
        item.kind = item.kind or SpanKind.BODY
    spans, dateline, agency = _split_openings(group)
    stamps = outer_stamps(spans, group)
    told = (Span(i.unit.start, i.unit.end) for i in group if i.kind in _TELLING)
    notices = find_notices(text, title, told)
    return _Part(_join(spans), title, stamps, dateline, agency, paper, notices, whole.apart)


def _repeats(item: Marked, folded: str) -> bool:
    text = item.unit.text
    return len(text) < 400 and not is_bullet(text) and fold(item.line) == folded


def _mark_title(group: Sequence[Marked], known_title: str | None, apart: bool) -> str | None:
    """Find the headline: a Markdown one, the known one, or the first by its place or looks."""
    top = next((item for item in group if item.unit.level == 1), None)
    if top is None and known_title:
        wanted = fold(known_title.rstrip(" .…"))
        top = next((i for i in group[:_HEAD_UNITS] if _is_known(i, wanted)), None)
    if top is None:
        top = _first_by_place(group, apart) or _below_a_notice(group)
    first = first_running(group)
    if top is None and first is not None:
        head = [i for i in group[:first] if i.kind is None and not i.unit.level]
        head = [item for item in head if not _is_date(item)]
        top = next((item for item in head if is_headline(item.unit)), None)
        top = top or next((item for item in head if is_numbered_headline(item.unit)), None)
        if (
            top is None
            and head
            and _is_short_title(head[-1])
            and _stands_above(head[-1], group[:first])
        ):
            top = head[-1]
    if top is None:
        return None
    top.kind = SpanKind.TITLE
    return " ".join(top.line.split())


def _stands_above(last: Marked, head: Sequence[Marked]) -> bool:
    """Whether nothing but dates and credits stand between a line and the text."""
    below = head[head.index(last) + 1 :]
    return all(item.kind in _BESIDE or _is_date(item) for item in below)


def _is_date(item: Marked) -> bool:
    return dates.is_dated(item.line) or dates.is_date(item.line)


def _is_short_title(item: Marked) -> bool:
    """Whether a line of one to three words, right above the text, may be its headline."""
    unit = item.unit
    plain_end = unit.text[-1].isalnum() or unit.text[-1] in "?!"
    return unit.words <= _SHORT_TITLE and may_head(unit) and plain_end and not unit.prose


def _first_by_place(group: Sequence[Marked], apart: bool) -> Marked | None:
    """Take the first line, if a stamp stands below it or the file sets its articles apart.

    A label of a few words may stand above it ("NEWS IN BRIEF").
    """
    labels = 0
    for i, item in enumerate(group):
        if item.kind is None and not stamped(item.line):
            alone = apart and not item.unit.prose and may_head(item.unit)
            below = group[i + 1] if i + 1 < len(group) else None
            filed = below is not None and below.running and match_dateline(below.unit.text)
            by_place = alone or heads(group, i) or (filed and may_head(item.unit))
            if by_place or not is_label(item.unit) or labels == MOST_LABELS:
                return item if not item.unit.level and by_place else None
            labels += 1
    return None


def _below_a_notice(group: Sequence[Marked]) -> Marked | None:
    """The headline of a copied page that says something to its reader first; that is marked.

    "You have read 2 of 3 free articles": one sentence above a headline with a date below it.
    """
    first = first_running(group)
    if first is None or group[first].unit.words > _NOTICE:
        return None
    for i in range(first + 1, min(_HEAD_UNITS, len(group) - 1)):
        if group[i].running or group[i].unit.level:
            return None
        if group[i].kind is None and heads(group, i) and any(x.running for x in group[i + 1 :]):
            for item in group[:i]:
                item.kind = item.kind or SpanKind.NAVIGATION
            return group[i]
    return None


def _is_known(item: Marked, wanted: str) -> bool:
    """Whether a line is the known title, which may be cut short."""
    if item.kind is not None or len(item.unit.text) > 400 or not wanted:
        return False
    line = fold(item.line)
    return line == wanted or (len(wanted) >= 20 and line.startswith(wanted))


def _mark_cross_heads(group: Sequence[Marked]) -> None:
    """Mark cross-heads, which stand alone between two paragraphs of running text.

    If every third paragraph looks like one, they are the entries of a list (states, songs) and
    belong to the text.
    """
    found: list[Marked] = []
    for before, item, after in zip(group, group[1:], group[2:], strict=False):
        if item.kind is None and after.running and is_cross_head(item.unit):
            furniture = before.kind not in (None, SpanKind.BODY, SpanKind.HEADING, SpanKind.TITLE)
            if before.running or furniture or _closes(before):
                found.append(item)
    if len(found) <= max(_FEW_HEADS, 0.3 * sum(item.running for item in group)):
        for item in found:
            item.kind = SpanKind.HEADING


def _closes(item: Marked) -> bool:
    """Whether a short paragraph is a sentence ("They left," he said.), not an entry in a list."""
    return item.kind is None and item.unit.words >= 3 and item.unit.text[-1] in '.!?"”»'


def _split_openings(
    group: Sequence[Marked],
) -> tuple[list[MarkedSpan], Span | None, str | None]:
    """Split the leading stamp and the dateline off the paragraphs that hold them."""
    spans: list[MarkedSpan] = []
    dateline: Span | None = None
    agency: str | None = None
    bodies = 0
    for item in group:
        start, unit = item.unit.start, item.unit
        kind = item.kind or SpanKind.BODY
        if kind is SpanKind.BODY:
            bodies += 1
            if bodies <= _DATELINE_REACH and dateline is None:
                cut = _inline_stamp(unit.text) if bodies == 1 else 0
                if cut:
                    spans.append(_piece(SpanKind.STAMP, unit.text, start, 0, cut))
                found = match_dateline(unit.text[cut : cut + 400])
                if found:
                    agency = found.agency
                    spans.append(_piece(SpanKind.DATELINE, unit.text, start, cut, cut + found.end))
                    dateline = spans[-1].span
                    cut += found.end
                if cut:
                    start += cut + len(unit.text[cut:]) - len(unit.text[cut:].lstrip())
        if start < unit.end:
            spans.append(MarkedSpan(kind, Span(start, unit.end)))
    return spans, dateline, agency


def _inline_stamp(paragraph: str) -> int:
    """Find the end of a stamp that opens a paragraph; 0 if there is none."""
    match = _INLINE_STAMP.match(paragraph)
    if not match or match.end() == len(paragraph):
        return 0
    if match["label"] or match["mark"] or match_dateline(paragraph[match.end() :][:400]):
        return match.end()
    return 0


def _piece(kind: SpanKind, text: str, offset: int, start: int, end: int) -> MarkedSpan:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    return MarkedSpan(kind, Span(offset + left, offset + start + len(piece.rstrip())))


def _join(spans: Sequence[MarkedSpan]) -> tuple[MarkedSpan, ...]:
    """Join neighbours of a kind into one span, with the white space between them."""
    joined: list[MarkedSpan] = []
    for marked in spans:
        if joined and joined[-1].kind is marked.kind and marked.kind in _JOINED:
            whole = Span(joined[-1].span.start, marked.span.end)
            joined[-1] = MarkedSpan(marked.kind, whole)
        else:
            joined.append(marked)
    return tuple(joined)


def _article(source: Source, metadata: SourceMetadata, parts: Sequence[_Part], n: int) -> Article:
    part = parts[n]
    bodies = [m.span for m in part.spans if m.kind is SpanKind.BODY]
    opening = "\n".join(source.text[s.start : min(s.end, s.start + _OPENING)] for s in bodies[:8])
    findings = _date_findings(source, metadata, parts, n)
    own = part.apart or (part.stamps and _all_stamped(parts))
    shared = 1 if own else len(parts)
    month = dates.implied_month(opening[:_OPENING])
    choice = dates.choose_date(findings, shared, month, datetime.now(UTC).date())
    warnings = [w for w in (metadata.date_note, choice.warning) if w]
    return Article(
        article_id=f"{source.source_id}-{n + 1}",
        source_id=source.source_id,
        title=part.title or (metadata.title if len(parts) == 1 else None),
        publisher=metadata.publisher or part.paper or part.agency,
        published=choice.published,
        date_basis=choice.basis,
        language=metadata.language or tell_language(opening),
        spans=part.spans,
        dates=findings.candidates,
        date_warning=" ".join(warnings) or None,
        url=metadata.url or source.url,
        notices=part.notices,
        pages=_pages(metadata.pages, part.spans),
    )


def _pages(starts: Sequence[int], spans: Sequence[MarkedSpan]) -> tuple[Page, ...]:
    """The pages of the file that an article stands on."""
    if not starts or not spans:
        return ()
    first = max(bisect_right(starts, spans[0].span.start) - 1, 0)
    last = bisect_left(starts, spans[-1].span.end)
    return tuple(Page(n + 1, starts[n]) for n in range(first, last))


def _date_findings(
    source: Source, metadata: SourceMetadata, parts: Sequence[_Part], n: int
) -> dates.Findings:
    """Find the dates of one article; on a page of several, a stamp belongs to the page."""
    stated: list[DateCandidate] = []
    if metadata.published:
        basis = metadata.basis.get("published", "")
        word = basis if basis in _STATED_BASES else "sidecar"
        stated.append(DateCandidate(metadata.published, word))
    stated.extend(metadata.other_dates)
    names = (PurePosixPath(source.name).name, "file name"), (metadata.url or "", "address")
    if len(parts) == 1 and not metadata.entries:
        stated.extend(found for name in names if (found := dates.date_in_name(*name)))
        stated.extend(dates.date_in_headline(parts[n].title or metadata.title or ""))
    stamps = parts[n].stamps
    shared = len(parts) > 1 and not parts[n].apart and not _all_stamped(parts)
    if shared:
        stamps = tuple(stamp for part in parts for stamp in part.stamps)
    findings = dates.find_date_candidates(source.text, stamps, parts[n].dateline, stated)
    if shared:
        of_page = [
            replace(c, role="page") if c.basis == "page stamp" and c.role == "published" else c
            for c in findings.candidates
        ]
        findings = replace(findings, candidates=tuple(dict.fromkeys(of_page)))
    return findings


def _all_stamped(parts: Sequence[_Part]) -> bool:
    """Whether every article on the page has a stamp of its own."""
    return all(part.stamps for part in parts)
