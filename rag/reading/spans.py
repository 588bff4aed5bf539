"""The stretch of a source to quote for a sentence: whole, with its speech, in one paragraph."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from index.article import Span
from index.language.layout import paragraphs
from index.language.pairs import in_pairs
from rag.evidence.leaning import leans_on_previous
from rag.reading.choosing import Candidate

MAX_QUOTE_WORDS: Final = 60
MAX_SPEECH_WORDS: Final = 120
"""So many words has a quotation at most that is quoted whole."""
MAX_LIST_ITEMS: Final = 8
_MOST_JOINED: Final = 6
_OPENING: Final = ' \t\xa0“„«»"「『'
_CLOSING: Final = ' \t\xa0”“»«"」』'

_ITEM = re.compile(r"\s*(?:[-–—•*·▪◦]|\(?\d{1,2}[.)])\s")


def quote_span(candidate: Candidate) -> Span:
    """Take the candidate's sentence, with those beside it that it needs.

    A sentence that leans on the one before brings it along. If a sentence begins or ends inside a
    quotation, this completes it. Neither leaves its paragraph. Where a quotation is too long for
    that, a mark without its partner at the edge is left out.
    """
    text = candidate.evidence.source.text
    sentences, at = _paragraph(candidate)

    def joined(first: int, last: int, most: int) -> Span | None:
        both = Span(sentences[first].start, sentences[last].end)
        piece = text[both.start : both.end]
        return both if len(piece.split()) <= most and in_pairs(piece) else None

    alone = sentences[at]
    leans = at > 0 and leans_on_previous(text[alone.start : alone.end])
    if leans and (wider := joined(at - 1, at, MAX_QUOTE_WORDS)) is not None:
        return wider
    for count in range(1, _MOST_JOINED + 1):
        for first in range(at, max(-1, at - count), -1):
            if first + count <= len(sentences):
                whole = joined(first, first + count - 1, MAX_SPEECH_WORDS)
                if whole is not None:
                    return whole
    return _without_half(text, alone)


def _paragraph(candidate: Candidate) -> tuple[list[Span], int]:
    """The sentences of the candidate's paragraph that are at hand, and its own place among them."""
    evidence = candidate.evidence
    known = [*((evidence.before,) if evidence.before else ()), *evidence.passage.sentences]
    own = evidence.passage.sentences[candidate.position]
    body = next((span for span in evidence.article.body if span.contains(own)), own)
    around = paragraphs(evidence.source.text, body.start, body.end)
    inside = next((span for span in around if span.contains(own)), own)
    kept = [span for span in known if inside.contains(span)]
    return kept, kept.index(own)


def _without_half(text: str, span: Span) -> Span:
    """A sentence without the mark at one edge of it whose partner is elsewhere."""
    piece = text[span.start : span.end]
    opened = len(piece) - len(piece.lstrip(_OPENING))
    closed = len(piece.rstrip(_CLOSING))
    for start, end in ((opened, len(piece)), (0, closed), (opened, closed)):
        if start < end and in_pairs(piece[start:end]):
            return Span(span.start + start, span.start + end)
    return span


def list_items(candidate: Candidate) -> Sequence[int]:
    """Find the lines of the list after a sentence that ends in a colon."""
    if not candidate.text.rstrip().endswith((":", "：")):
        return ()
    last = candidate.position + 1
    while last < len(candidate.evidence.passage.sentences) and _is_item(candidate, last):
        last += 1
    return range(candidate.position + 1, last)[:MAX_LIST_ITEMS]


def list_head(candidate: Candidate) -> int | None:
    """Find the sentence that ends in a colon and whose list a sentence is a line of."""
    at = candidate.position
    while at and _is_item(candidate, at):
        at -= 1
    head = replace(candidate, position=at)
    return at if candidate.position in list_items(head) else None


def _is_item(candidate: Candidate, at: int) -> bool:
    sentences, text = candidate.evidence.passage.sentences, candidate.evidence.source.text
    line = text[sentences[at - 1].end : sentences[at].end]
    return "\n" in line and bool(_ITEM.match(line.rpartition("\n")[2] or line))
