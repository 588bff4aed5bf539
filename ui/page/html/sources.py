"""A source as HTML: the whole text, white space kept, with the cited words marked.

The text between the tags is exactly the text of the source; whatever is said *about* a part of
it (what a piece of page furniture is, which citation a mark belongs to) stands in attributes.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from index.article import (
    BOILERPLATE_KINDS,
    Article,
    DateCandidate,
    MarkedSpan,
    Source,
    Span,
    SpanKind,
)
from rag.contract import DateModel
from ui.page.html.markup import (
    attribute,
    day_words,
    escape,
    isolated,
    published_words,
    shortened,
    warning_html,
)

_FURNITURE = {
    SpanKind.STAMP: "Page stamp",
    SpanKind.REPEAT: "Repeated text",
    SpanKind.CREDIT: "Credit",
    SpanKind.APPEAL: "Appeal to readers",
    SpanKind.COMMENTS: "Comment form",
    SpanKind.NAVIGATION: "Page navigation",
}
_SET_APART = {
    SpanKind.TITLE: 'class="pm-title" role="heading" aria-level="3"',
    SpanKind.HEADING: 'class="pm-heading" role="heading" aria-level="4"',
    SpanKind.DATELINE: 'class="pm-dateline"',
}
_BASIS_WORDS = {"none": "no date found"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A citation to mark in the text: its number, its words, and the words that answer."""

    marker: int
    span: Span
    answer: Span | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of text that is one thing throughout."""

    text: str
    kind: SpanKind | None
    quoted: bool
    answers: bool
    also: int | None


def _joined(text: str, spans: Sequence[MarkedSpan]) -> list[MarkedSpan]:
    """Neighbours of the same kind as one span, so that an appeal is labelled once."""
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
    text: str, spans: Sequence[MarkedSpan], focus: Mark | None, others: Sequence[Mark]
) -> Iterator[_Piece]:
    """The text cut wherever something begins or ends."""
    cuts = {0, len(text)}
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
        )


def _piece_html(piece: _Piece) -> str:
    inner = escape(piece.text)
    if piece.answers:
        inner = f'<strong class="pm-answers">{inner}</strong>'
    if piece.also is not None:
        inner = (
            f'<mark class="pm-also" data-marker="{piece.also}" '
            f'title="Citation {piece.also}">{inner}</mark>'
        )
    return inner


def _kind_html(kind: SpanKind | None, inner: str) -> str:
    if kind in _SET_APART:
        return f"<span {_SET_APART[kind]}>{inner}</span>"
    if kind in _FURNITURE:
        return (
            f'<span class="pm-furniture" data-label="{_FURNITURE[kind]}" '
            f'title="{_FURNITURE[kind]}: never used as evidence">{inner}</span>'
        )
    return inner


def text_html(
    text: str, spans: Sequence[MarkedSpan], focus: Mark | None = None, others: Sequence[Mark] = ()
) -> str:
    """The text with the focused quote in one ``<mark>``, other citations marked lighter.

    Args:
        text: the text of the source.
        spans: what each part of it is; in order, without overlap.
        focus: the citation that was asked for.
        others: further citations of the same answer.
    """
    parts: list[str] = []
    ident = ' id="pm-quote" tabindex="-1"'
    pieces = _pieces(text, _joined(text, spans), focus, others)
    for kind, of_kind in groupby(pieces, key=lambda piece: piece.kind):
        inner = ""
        for quoted, group in groupby(of_kind, key=lambda piece: piece.quoted):
            words = "".join(map(_piece_html, group))
            if quoted:
                words = f'<mark class="pm-quote"{ident}>{words}</mark>'
                ident = ""
            inner += words
        parts.append(_kind_html(kind, inner))
    return "".join(parts)


def _dates(candidates: Sequence[DateCandidate]) -> list[DateModel]:
    return [DateModel(value=d.value, basis=d.basis, role=d.role) for d in candidates]


def _when_html(article: Article) -> str:
    """When it was published and how that is known."""
    when = escape(published_words(article.published_at, _dates(article.dates)))
    basis = isolated(_BASIS_WORDS.get(article.date_basis, article.date_basis))
    return f' · <time>{when}</time> <span class="pm-why">({basis})</span>'


def _doubt_html(article: Article) -> str:
    """What is wrong with the dates, and every date that was found."""
    if not article.date_warning:
        return ""
    found = "; ".join(f"{day_words(d.value)} ({d.basis}, {d.role})" for d in article.dates)
    dates = f'<br><span class="pm-why">Dates found: {isolated(found)}</span>' if found else ""
    words = isolated(article.date_warning)
    return f'<p class="pm-doubt">{warning_html(article.date_warning)} {words}{dates}</p>'


def _link_html(url: str | None) -> str:
    """A link to the original, only where it is a web address; nothing is fetched unclicked."""
    if not url or not url.lower().startswith(("https://", "http://")):
        return ""
    return (
        f' · <a href="{attribute(url)}" target="_blank" '
        f'rel="noopener noreferrer nofollow">original</a>'
    )


def header_html(source: Source, article: Article | None) -> str:
    """What a reader must know about the source before believing it."""
    title = (article.title if article else None) or shortened(source.text, 90) or source.name
    publisher = (article.publisher if article else None) or "Unknown publisher"
    when, doubt = (_when_html(article), _doubt_html(article)) if article else ("", "")
    url = (article.url if article else None) or source.url
    return (
        f'<header class="pm-head"><h2 dir="auto">{escape(title)}</h2>'
        f'<p class="pm-meta">{isolated(publisher)}{when}</p>{doubt}'
        f'<p class="pm-file">{isolated(source.name)} · '
        f'<a href="/originals/{attribute(source.source_id)}" download>save the file</a>'
        f"{_link_html(url)}</p></header>"
    )


def source_html(
    source: Source,
    articles: Sequence[Article],
    article_id: str,
    focus: Mark | None,
    others: Sequence[Mark] = (),
) -> str:
    """A source opened at a citation.

    Args:
        source: the source.
        articles: every article in it, so that all of it is set as what it is.
        article_id: the cited article, which the header is about.
        focus: the citation that was asked for.
        others: further citations of the same answer in this source.
    """
    article = next((a for a in articles if a.article_id == article_id), None)
    spans = sorted((s for a in articles for s in a.spans), key=lambda marked: marked.span)
    text = text_html(source.text, spans, focus, others)
    return f'{header_html(source, article)}<div class="pm-text" dir="auto">{text}</div>'


def placeholder_html(headline: str, words: str) -> str:
    """What the source pane says while there is no source to show."""
    return f'<div class="pm-empty"><h2>{escape(headline)}</h2><p>{escape(words)}</p></div>'
