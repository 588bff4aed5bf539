"""How ``pressmark ask`` shows an answer: in words, as JSON, or in a format to take along."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import InputError
from ui.exports.formats import ExportFormat

if TYPE_CHECKING:
    from rag.contract import AnswerResponse


FormatOption = Annotated[
    ExportFormat | None,
    typer.Option("--format", help="Print the answer in a format to take along."),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="FILE",
        dir_okay=False,
        help="Write it there instead; a batch goes on where its file ends.",
    ),
]


def showing(
    question: str, *, as_json: bool, form: ExportFormat | None, out: Path | None
) -> "Callable[[AnswerResponse], None]":
    """What shows an answer as the options say; wrong options are told before anything is asked.

    Args:
        question: as it was typed.
        as_json: print the answer contract.
        form: a format to take along.
        out: a file to write instead of printing.

    Raises:
        InputError: the options do not go together.
    """
    if as_json and form:
        raise InputError("--json is a format of its own; leave --format out.")
    if out and not form:
        raise InputError("--out needs a --format to write, or a --batch.")
    if form is ExportFormat.DOCX and out is None and sys.stdout.isatty():
        raise InputError("A terminal cannot show a Word document: add --out FILE.docx.")

    def show(response: "AnswerResponse") -> None:
        from ui.cli.format import answer_lines

        if form:
            _take_along(question, response, form, out)
        elif as_json:  # bytes, because JSON is UTF-8 whatever the terminal is
            typer.echo(response.model_dump_json(indent=2).encode("utf-8"))
        else:
            for line in answer_lines(response):
                typer.echo(line)

    return show


def _take_along(
    question: str, response: "AnswerResponse", form: ExportFormat, out: Path | None
) -> None:
    from ui.exports.exchange import Exchange
    from ui.page.exporting import exported

    made = exported([Exchange(question=question, response=response)], form)
    if out is None:
        typer.echo(made.data, nl=made.is_text and not made.data.endswith(b"\n"))
        return
    try:
        out.expanduser().write_bytes(made.data)
    except OSError as error:
        raise InputError(f"--out {out}: {error.strerror}.") from error
    typer.echo(f"Wrote {out}", err=True)
