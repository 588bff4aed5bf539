"""A source as HTML: the whole text, white space kept, with the cited words marked.

The text between the tags is exactly the text of the source. Everything said *about* a part of it
(what a piece of page furniture is, which citation a mark belongs to) stands in attributes.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final, NamedTuple

from index.article import (
    BOILERPLATE_KINDS,
    Article,
    MarkedSpan,
    Source,
    Span,
    SpanKind,
)
from ui.page.html.markup import rendered, shortened
from ui.page.originals import opened_at, opened_at_words
from ui.page.wording.catalogues import _, later
from ui.page.wording.days import page_phrase

_FURNITURE = {
    SpanKind.STAMP: later("Page stamp"),
    SpanKind.REPEAT: later("Repeated text"),
    SpanKind.CREDIT: later("Credit"),
    SpanKind.APPEAL: later("Appeal to readers"),
    SpanKind.COMMENTS: later("Comment form"),
    SpanKind.NAVIGATION: later("Page navigation"),
}
# The class of the element, and its level as a heading.
_SET_APART = {
    SpanKind.TITLE: ("pm-title", 3),
    SpanKind.HEADING: ("pm-heading", 4),
    SpanKind.DATELINE: ("pm-dateline", None),
}
LONG: Final = 40_000
"""Characters; a browser lays out a longer text leaf by leaf, as they come into sight."""
LEAF: Final = 8_000
"""Characters of a leaf, at least; it ends with a line."""
_BASIS_WORDS = {"none": later("no date found")}


@dataclass(frozen=True, slots=True)
class Mark:
    """A citation to mark in the text: its number, its words, and the words that answer."""

    marker: int
    span: Span
    answer: Span | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Other articles of the library that tell the same story as one of them.

    Attributes:
        later: versions that supersede it.
        earlier: versions that it supersedes.
        copies: the same story elsewhere.
    """

    later: tuple[Article, ...] = ()
    earlier: tuple[Article, ...] = ()
    copies: tuple[Article, ...] = ()


_ALONE = Related()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of text that is one thing throughout."""

    text: str
    kind: SpanKind | None
    quoted: bool
    answers: bool
    also: int | None
    page: str | None


class _Run(NamedTuple):
    """Pieces in a row that are all in the focused quote, or all outside it."""

    quoted: bool
    first: bool
    pieces: list[_Piece]


class _Stretch(NamedTuple):
    """Runs of one kind of text: set apart by a class, or labelled as page furniture, or neither."""

    set_apart: tuple[str, int | None] | None
    furniture: str | None
    runs: list[_Run]


def _turns(text: str) -> Iterator[int]:
    """Where the leaves of a long text may begin, each with a line."""
    at = LEAF
    while len(text) > LONG and (at := text.find("\n", at) + 1):
        yield at
        at += LEAF


def _joined(text: str, spans: Sequence[MarkedSpan]) -> list[MarkedSpan]:
    """Join neighbours of the same kind into one span, so that an appeal gets one label."""
    joined: list[MarkedSpan] = []
    for marked in spans:
        last = joined[-1] if joined else None
        if (
            last
            and last.kind == marked.kind
            and last.kind in BOILERPLATE_KINDS
            and not text[last.span.end : marked.span.start].strip()
        ):
            joined[-1] = MarkedSpan(last.kind, Span(last.span.start, marked.span.end))
        else:
            joined.append(marked)
    return joined


def _pieces(
    text: str,
    spans: Sequence[MarkedSpan],
    focus: Mark | None,
    others: Sequence[Mark],
    pages: Mapping[int, int],
) -> Iterator[_Piece]:
    """Cut the text wherever something begins or ends."""
    cuts = {0, len(text), *_turns(text), *(start for start in pages if start <= len(text))}
    marks = [*others, *([focus] if focus else [])]
    answer = focus.answer if focus else None
    for span in (*(s.span for s in spans), *(m.span for m in marks), *([answer] if answer else ())):
        cuts |= {min(span.start, len(text)), min(span.end, len(text))}
    starts = [marked.span.start for marked in spans]
    for start, end in pairwise(sorted(cuts)):
        here = Span(start, end)
        at = bisect_right(starts, start) - 1
        inside = at >= 0 and spans[at].span.contains(here)
        yield _Piece(
            text=text[start:end],
            kind=spans[at].kind if inside and spans[at].kind != SpanKind.BODY else None,
            quoted=focus is not None and focus.span.contains(here),
            answers=answer is not None and answer.contains(here),
            also=next((mark.marker for mark in others if mark.span.contains(here)), None),
            page=_("Page %(page)s") % {"page": pages[start]} if start in pages else None,
        )


def _stretches(
    text: str,
    spans: Sequence[MarkedSpan],
    focus: Mark | None,
    others: Sequence[Mark],
    pages: Mapping[int, int],
) -> Iterator[_Stretch]:
    pieces = _pieces(text, _joined(text, spans), focus, others, pages)
    met = False
    for kind, of_kind in groupby(pieces, key=lambda piece: piece.kind):
        runs = []
        for quoted, group in groupby(of_kind, key=lambda piece: piece.quoted):
            runs.append(_Run(quoted, quoted and not met, list(group)))
            met = met or quoted
        yield _Stretch(
            _SET_APART.get(kind) if kind else None,
            _(_FURNITURE.get(kind, "")) or None if kind else None,
            runs,
        )


def _leaves(stretches: Iterable[_Stretch]) -> Iterator[list[_Stretch]]:
    """Put the stretches of a long text on leaves, cut where a line ends outside the quote."""
    leaf: list[_Stretch] = []
    size = 0
    for stretch in stretches:
        for part in _parts(stretch):
            leaf.append(part)
            pieces = [piece for run in part.runs for piece in run.pieces]
            size += sum(len(piece.text) for piece in pieces)
            if size >= LEAF and pieces[-1].text.endswith("\n"):
                yield leaf
                leaf, size = [], 0
    if leaf:
        yield leaf


def _parts(stretch: _Stretch) -> Iterator[_Stretch]:
    """The pieces of plain text one by one; what is marked or set apart stays whole."""
    if stretch.set_apart or stretch.furniture:
        yield stretch
        return
    for run in stretch.runs:
        for pieces in [run.pieces] if run.quoted else [[piece] for piece in run.pieces]:
            yield stretch._replace(runs=[run._replace(pieces=pieces)])


def text_html(
    text: str, spans: Sequence[MarkedSpan], focus: Mark | None = None, others: Sequence[Mark] = ()
) -> str:
    """Render the text with the focused quote in one ``<mark>``, and lighter marks for others.

    Args:
        text: the text of the source.
        spans: what each part of it is; in order, without overlap.
        focus: the citation to show.
        others: further citations of the same answer.
    """
    return rendered("text", leaves=_text_leaves(text, spans, focus, others, {}))


def _text_leaves(
    text: str,
    spans: Sequence[MarkedSpan],
    focus: Mark | None,
    others: Sequence[Mark],
    pages: Mapping[int, int],
) -> list[list[_Stretch]]:
    """The whole text on one leaf, or on several if it is long."""
    stretches = _stretches(text, spans, focus, others, pages)
    return [list(stretches)] if len(text) <= LONG else list(_leaves(stretches))


def source_html(
    source: Source,
    articles: Sequence[Article],
    article_id: str,
    focus: Mark | None,
    others: Sequence[Mark] = (),
    related: Related = _ALONE,
) -> str:
    """Render a source opened at a citation.

    Args:
        source: the source.
        articles: every article in it, so that each part looks like what it is.
        article_id: the cited article, which the header is about.
        focus: the citation to show.
        others: further citations of the same answer in this source.
        related: other articles that tell the same story.
    """
    article = next((a for a in articles if a.article_id == article_id), None)
    spans = sorted((s for a in articles for s in a.spans), key=lambda marked: marked.span)
    pages = {page.start: page.number for a in articles for page in a.pages}
    url = (article.url if article else None) or source.url
    # Only a web address becomes a link; nothing is fetched without a click.
    url = url if url and url.lower().startswith(("https://", "http://")) else None
    page = article.page_at(focus.span.start) if article and focus else None
    if url and focus:
        url = opened_at_words(url, source.text[focus.span.start : focus.span.end])
    return rendered(
        "source",
        source=source,
        article=article,
        title=_title(article, source),
        notices=_notices(article, source),
        related=related,
        publisher=(article.publisher if article else None) or _("Unknown publisher"),
        basis=_(_BASIS_WORDS.get(article.date_basis, article.date_basis)) if article else "",
        url=url,
        page=page_phrase(page) if page is not None else None,
        view=opened_at(source, page or (article.pages[0].number if article and pages else None)),
        leaves=_text_leaves(source.text, spans, focus, others, pages),
    )


def _title(article: Article | None, source: Source) -> str:
    """The headline, or else the first words of the article, or else the file's name."""
    if article and article.title:
        return article.title
    start = article.body[0].start if article and article.body else 0
    return shortened(source.text[start : start + 300], 90) or source.name


def _notices(article: Article | None, source: Source) -> list[tuple[str, str]]:
    """What the article says about itself: the kind, and its own words on one line."""
    return [
        (notice.kind, " ".join(source.text[notice.span.start : notice.span.end].split()))
        for notice in (article.notices if article else ())
    ]


def placeholder_html(headline: str, words: str) -> str:
    """Render what the source pane says while there is no source to show."""
    return rendered("placeholder", headline=headline, words=words)
