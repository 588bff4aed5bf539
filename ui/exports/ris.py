"""The articles that a conversation cites, as RIS: one field a line, whatever a title holds."""

from collections.abc import Iterator, Sequence
from datetime import date

from ui.exports.exchange import Exchange, one_line
from ui.exports.references import Work, works

_LINE_END = "\r\n"


def ris(exchanges: Sequence[Exchange], accessed: date) -> str:
    """The articles as RIS records.

    Args:
        exchanges: the conversation.
        accessed: the day on which addresses are said to have been seen.
    """
    return _LINE_END.join(line for work in works(exchanges) for line in _record(work, accessed))


def _record(work: Work, accessed: date) -> Iterator[str]:
    yield f"TY  - {'NEWS' if work.publisher else 'GEN'}"
    for tag, value in _fields(work, accessed):
        yield f"{tag}  - {one_line(value)}"
    yield "ER  - "
    yield ""


def _fields(work: Work, accessed: date) -> Iterator[tuple[str, str]]:
    yield "ID", work.key
    yield "TI", work.title
    if work.publisher:
        yield "T2", work.publisher
    if work.issued:
        year, month, day = work.issued
        yield "PY", f"{year:04}"
        yield "DA", f"{year:04}/{month:02}/{day:02}"
    if work.url:
        yield "UR", work.url
        yield "Y2", accessed.strftime("%Y/%m/%d")
    yield "N1", work.note
