"""What stands within a paragraph and is not of it: an editor's comment, a label of an export."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.article import Span, SpanKind
from index.articles.furniture import Marked
from index.language.layout import Unit

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def hidden(text: str, furniture: Sequence[Span]) -> list[Span]:
    """An editor's hidden comments, and what the format marks as furniture, in order."""
    found: list[Span] = []
    comments = (Span(*match.span()) for match in _COMMENT.finditer(text))
    for span in sorted([*comments, *furniture]):
        start = max(span.start, found[-1].end) if found else span.start
        if start < span.end:
            found.append(Span(start, span.end))
    return found


def without_hidden(text: str, found: Sequence[Unit], comments: Sequence[Span]) -> list[Marked]:
    """List the paragraphs, with what is hidden in one as a piece of its own."""
    if not comments:
        return [Marked(unit) for unit in found]
    marked: list[Marked] = []
    for unit in found:
        at = unit.start
        whole = Span(unit.start, unit.end)
        # A paragraph may hold several comments, and a comment may span several paragraphs.
        for comment in comments[bisect_right(comments, at, key=lambda span: span.end) :]:
            if comment.start >= unit.end:
                break
            if whole.overlap(comment):
                start, end = max(at, comment.start), min(comment.end, unit.end)
                marked.extend(_rest(text, unit, at, start))
                piece = replace(unit, start=start, end=end, text=text[start:end], prose=False)
                marked.append(Marked(piece, SpanKind.NAVIGATION))
                at = end
        marked.extend(_rest(text, unit, at, unit.end))
    return marked


def _rest(text: str, unit: Unit, start: int, end: int) -> Iterator[Marked]:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    if piece.strip():
        right = left + len(piece.strip())
        yield Marked(replace(unit, start=left, end=right, text=text[left:right]))
