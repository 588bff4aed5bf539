"""The articles that a conversation cites, as BibTeX: nothing in a title is a command of LaTeX."""

from collections.abc import Iterator, Sequence
from datetime import date

from ui.exports.exchange import Exchange
from ui.exports.references import Work, works

# Braces are counted by BibTeX even behind a backslash, so they are called by their names.
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "%": r"\%",
        "_": r"\_",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        '"': r"\textquotedbl{}",
        "@": r"\symbol{64}",
    }
)


def latex(text: str) -> str:
    """The text as LaTeX that sets these characters and does nothing."""
    return text.translate(_LATEX)


def bibtex(exchanges: Sequence[Exchange], accessed: date) -> str:
    """The articles as entries of a ``.bib`` file.

    Args:
        exchanges: the conversation.
        accessed: the day on which addresses are said to have been seen.
    """
    return "\n".join(_entry(work, accessed) for work in works(exchanges))


def _entry(work: Work, accessed: date) -> str:
    kind = "article" if work.publisher else "misc"
    lines = [f"  {name} = {{{value}}}," for name, value in _fields(work, accessed)]
    return "\n".join([f"@{kind}{{{work.key},", *lines, "}", ""])


def _fields(work: Work, accessed: date) -> Iterator[tuple[str, str]]:
    yield "title", f"{{{latex(work.title)}}}"  # the second pair keeps capitals as they are
    if work.publisher:
        yield "journal", latex(work.publisher)
    for name, number in zip(("year", "month", "day"), work.issued, strict=False):
        yield name, str(number)
    if work.url:
        yield "url", work.url
        yield "urldate", accessed.isoformat()
    yield "note", latex(work.note)
