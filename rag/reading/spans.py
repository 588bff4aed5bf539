"""The stretch of a source to quote for a sentence: whole, with its speech, in one paragraph."""

import re
from collections.abc import Sequence
from typing import Final

from index.article import Span
from rag.evidence.leaning import is_balanced, leans_on_previous
from rag.reading.choosing import Candidate

MAX_QUOTE_WORDS: Final = 60
MAX_LIST_ITEMS: Final = 8

_ITEM = re.compile(r"\s*(?:[-–—•*·▪◦]|\(?\d{1,2}[.)])\s")


def quote_span(candidate: Candidate) -> Span:
    """Take the candidate's sentence, with those beside it that it needs.

    A sentence that leans on the one before brings it along. If a sentence begins or ends inside a
    quotation, this completes it. Neither leaves its paragraph.
    """
    passage, text = candidate.evidence.passage, candidate.evidence.source.text
    first = last = candidate.position
    sentences = passage.sentences
    span = sentences[first]

    def joined(other: Span) -> Span | None:
        both = Span(min(span.start, other.start), max(span.end, other.end))
        piece = text[both.start : both.end]
        return both if "\n" not in piece and len(piece.split()) <= MAX_QUOTE_WORDS else None

    if leans_on_previous(text[span.start : span.end]):
        before = sentences[first - 1] if first else candidate.evidence.before
        wider = joined(before) if before else None
        if wider and is_balanced(text[wider.start : wider.end]):
            return wider
    whole = span
    while not is_balanced(text[span.start : span.end]) and last + 1 < len(sentences):
        last += 1
        if (longer := joined(sentences[last])) is None:
            return whole
        span = longer
    return span if is_balanced(text[span.start : span.end]) else whole


def list_items(candidate: Candidate) -> Sequence[int]:
    """Find the lines of the list after a sentence that ends in a colon."""
    if not candidate.text.rstrip().endswith((":", "：")):
        return ()
    passage, text = candidate.evidence.passage, candidate.evidence.source.text
    found = []
    for at in range(candidate.position + 1, len(passage.sentences)):
        span = passage.sentences[at]
        line = text[passage.sentences[at - 1].end : span.end]
        if "\n" not in line or not _ITEM.match(line.rpartition("\n")[2] or line):
            break
        found.append(at)
    return found[:MAX_LIST_ITEMS]
