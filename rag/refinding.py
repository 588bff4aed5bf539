"""Citations that last: quoted words found again after the library changed, or said to be gone.

Looked in, in this order, are the very text that was cited, the text that stands now under its name
or address, and every other text. The words must be there exactly, by the rule of the verifier
(`index.language.locate`); of several places the one with the same words around it counts.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from index.article import Article, Source, Span
from index.language.locate import folded_text, places
from index.library.library import Library

RefoundStatus = Literal["same", "moved", "elsewhere", "gone"]

_CONTEXT_CHARS = 64
_ENOUGH_CONTEXT = 8
"""Characters around a quote that is gone which say where it stood: fewer stand anywhere."""
_ROOM = 400
"""How much longer than the quote the words may be that stand in its place now."""
_WORDS = re.compile(r"[^\W_]+(?: [^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Selector:
    """What is kept of a citation: a W3C text-quote selector, and where the words stood.

    Attributes:
        quote: the words.
        prefix: those before them.
        suffix: those after them.
        start: where they began in the text.
        source_id: the text that was cited.
        name: the name of its file.
        url: the address of its article.
    """

    quote: str
    prefix: str = ""
    suffix: str = ""
    start: int | None = None
    source_id: str | None = None
    name: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Refound:
    """Where cited words are now.

    Attributes:
        status: ``same`` text and place; ``moved`` within the text, or in what stands under its name
            or address now; ``elsewhere`` in another text only; ``gone``.
        source: the text that they are in; of words that are gone, the one that they were in.
        article: the article around them.
        span: where they are; None if they are gone.
        instead: what stands between the words around them now, where they are gone.
    """

    status: RefoundStatus
    source: Source | None = None
    article: Article | None = None
    span: Span | None = None
    instead: str | None = None


def refind(selector: Selector, library: Library) -> Refound:
    """Find the words of a citation again.

    Args:
        selector: what was kept of it.
        library: as it is now.
    """
    cited = library.source(selector.source_id) if selector.source_id else None
    if cited and (span := _best(selector, cited)):
        is_same = span == Span(selector.start or 0, (selector.start or 0) + len(selector.quote))
        return _refound("same" if is_same else "moved", cited, span, library)
    successors = library.sources_like(selector.name, selector.url)
    if found := _best_of(selector, successors):
        return _refound("moved", *found, library)
    if found := _best_of(selector, library.sources_holding(_longest_words(selector.quote))):
        return _refound("elsewhere", *found, library)
    former = [source for source in (cited, *successors) if source]
    for source in former:
        if (instead := _instead(selector, source.text)) is not None:
            return Refound("gone", source=source, instead=instead)
    return Refound("gone", source=former[0] if former else None)


def _refound(status: RefoundStatus, source: Source, span: Span, library: Library) -> Refound:
    articles = library.source_articles(source.source_id)
    around = [a for a in articles if any(body.contains(span) for body in a.body)]
    return Refound(status, source, around[0] if around else None, span)


def _longest_words(quote: str) -> str:
    """Words of the quote that a text must hold letter for letter, between its marks and breaks."""
    return max(_WORDS.findall(folded_text(quote)), key=len, default=quote)


def _best_of(selector: Selector, sources: Iterable[Source]) -> tuple[Source, Span] | None:
    found = [(source, span) for source in sources if (span := _best(selector, source))]
    return max(found, key=lambda one: _likeness(selector, one[0].text, one[1]), default=None)


def _best(selector: Selector, source: Source) -> Span | None:
    """The place with the most of the words around it; the nearest, if several have as much."""
    if folded_text(selector.quote).strip() not in folded_text(source.text):
        return None
    near = selector.start or 0
    found = places(selector.quote, source.text, [Span(0, len(source.text))])
    return max(
        found,
        key=lambda span: (_likeness(selector, source.text, span), -abs(span.start - near)),
        default=None,
    )


def _likeness(selector: Selector, text: str, span: Span) -> int:
    """How many characters around a place are those around the quote."""
    before = folded_text(text[max(0, span.start - _CONTEXT_CHARS) : span.start])
    after = folded_text(text[span.end : span.end + _CONTEXT_CHARS])
    return _shared(folded_text(selector.prefix)[::-1], before[::-1]) + _shared(
        folded_text(selector.suffix), after
    )


def _shared(one: str, other: str) -> int:
    """How far two texts begin alike."""
    pairs: Iterator[bool] = (a == b for a, b in zip(one, other, strict=False))
    return next((n for n, same in enumerate(pairs) if not same), min(len(one), len(other)))


def _instead(selector: Selector, text: str) -> str | None:
    """The words that stand now between those that stood around the quote."""
    whole = [Span(0, len(text))]
    befores, afters = (
        list(places(context, text, whole)) if len(context.strip()) >= _ENOUGH_CONTEXT else []
        for context in (_whole_words(selector.prefix, 0), _whole_words(selector.suffix, -1))
    )
    return _between(befores, afters, text, len(selector.quote) + _ROOM)


def _whole_words(context: str, cut_at: int) -> str:
    """A context without the word at its outer end, which may be cut in two."""
    words = context.split()
    return " ".join(words[1:] if cut_at == 0 else words[:-1])


def _between(befores: Sequence[Span], afters: Sequence[Span], text: str, room: int) -> str | None:
    gaps = [
        Span(before.end, after.start)
        for before in befores
        for after in afters
        if 0 <= after.start - before.end <= room
    ]
    shortest = min(gaps, key=len, default=None)
    if shortest is None:  # an empty span counts as false
        return None
    return text[shortest.start : shortest.end].strip()
