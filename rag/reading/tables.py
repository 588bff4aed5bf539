"""A row of a table means nothing without its header, and a cell nothing without its column."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from index.article import Span
from index.language.layout import LINE
from index.language.tokens import all_keys, content_tokens
from rag.reading.choosing import Candidate, ReadPart

_BETWEEN: Final = re.compile(r"\s*\|\s*|\t+|\s{3,}")
_RULE: Final = re.compile(r"[\s|:+=-]+$")
_LEAST_CELLS: Final = 2
_TABLE_CHARS: Final = 20_000
"""So far above a row we look for its header."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, with its header, which may stand in a passage before.

    Attributes:
        cells: of the row, as spans of the source.
        header: the line of the header, as a span of the source.
        names: of the columns, as they stand in the header; as many as there are cells.
    """

    cells: tuple[Span, ...]
    header: Span
    names: tuple[str, ...]


def row_of(candidate: Candidate) -> Row | None:
    """The row that a sentence is; None if it is no row, or is the header."""
    text, span = candidate.evidence.source.text, candidate.span
    cells = _cells(text, span)
    if len(cells) < _LEAST_CELLS:
        return None
    first = None
    for line in _above(candidate):
        if not _is_row(text, line, len(cells)):
            break
        first = line
    header = _cells(text, first) if first else []
    if first is None or len(header) != len(cells):
        return None
    return Row(tuple(cells), first, tuple(text[cell.start : cell.end] for cell in header))


def _above(candidate: Candidate) -> Iterator[Span]:
    """The sentences above one in its passage, and the lines above that, from the nearest up."""
    passage, text = candidate.evidence.passage, candidate.evidence.source.text
    yield from reversed(passage.sentences[: candidate.position])
    body = next((s for s in candidate.evidence.article.body if s.contains(passage.span)), None)
    start, end = body.start if body else passage.start, passage.start
    lines = LINE.finditer(text, max(start, end - _TABLE_CHARS), end)
    for line in reversed([line for line in lines if line[0].strip()]):
        left = line.start() + len(line[0]) - len(line[0].lstrip())
        yield Span(left, left + len(line[0].strip()))


def with_rows_read(part: ReadPart) -> ReadPart:
    """The sentences without the rows of a table that another row answers better.

    The row is the one that holds a word or number of the question, where one does; in it the cell
    is marked whose column the question names, or none.
    """
    rows = {at: row for at, found in enumerate(part.ranked) if (row := row_of(found))}
    if not rows:
        return part
    asked = frozenset().union(*(token.keys for token in content_tokens(part.question)))
    held = {at: len(asked & _own_keys(part.ranked[at], row)) for at, row in rows.items()}
    most: dict[tuple[str, Span], int] = {}
    for at, row in rows.items():
        table = (part.ranked[at].evidence.source.source_id, row.header)
        most[table] = max(most.get(table, 0), held[at])
    kept: list[Candidate] = []
    for at, found in enumerate(part.ranked):
        if row := rows.get(at):
            if held[at] < most[found.evidence.source.source_id, row.header]:
                continue
            found = replace(found, words=_cell_asked(asked, row))
        kept.append(found)
    return replace(part, ranked=tuple(kept))


def with_header(candidate: Candidate) -> Sequence[Candidate]:
    """The header of a row, as a quote of its own, if the candidate is a row."""
    row = row_of(candidate)
    if row is None:
        return ()
    evidence, span = candidate.evidence, row.header
    line = replace(
        evidence.passage,
        start=span.start,
        end=span.end,
        text=evidence.source.text[span.start : span.end],
        sentences=(span,),
    )
    alone = replace(evidence, passage=line, before=None)
    return (replace(candidate, evidence=alone, position=0, words=None),)


def _own_keys(candidate: Candidate, row: Row) -> frozenset[str]:
    text = candidate.evidence.source.text
    return frozenset().union(*(all_keys(text[cell.start : cell.end]) for cell in row.cells))


def _cell_asked(asked: frozenset[str], row: Row) -> Span | None:
    """The cell of the one column that the question names best."""
    shares = [len(asked & all_keys(name)) for name in row.names]
    best = max(shares)
    return row.cells[shares.index(best)] if best and shares.count(best) == 1 else None


def _is_row(text: str, span: Span, cells: int) -> bool:
    line = text[span.start : span.end]
    return bool(_RULE.fullmatch(line)) or len(_cells(text, span)) == cells


def _cells(text: str, span: Span) -> list[Span]:
    """The cells of a line; one for a line that is no row."""
    line = text[span.start : span.end]
    if "\n" in line or _RULE.fullmatch(line):
        return []
    found: list[Span] = []
    start = 0
    for gap in (*_BETWEEN.finditer(line), None):
        end = gap.start() if gap else len(line)
        if line[start:end].strip():
            found.append(Span(span.start + start, span.start + end))
        start = gap.end() if gap else end
    return found
