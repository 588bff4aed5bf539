"""``pressmark cite-check``: whether the words that were cited are still there."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import InputError
from ui.cli.support import shared_of

if TYPE_CHECKING:
    from ui.exports.selectors import RefoundModel

_GONE = 1
_SHOWN_CHARS = 100
_WORDS = {
    "same": "there, where it was",
    "moved": "there, at another place",
    "elsewhere": "in another article only",
    "gone": "gone",
}


def add_cite_check(app: typer.Typer) -> None:
    """Add the command.

    Args:
        app: where to.
    """
    app.command("cite-check", epilog="Example: pressmark cite-check answer.json")(cite_check)


def cite_check(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="What `ask --json` printed, or an export as JSON or annotations.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as the API does.")] = False,
) -> None:
    """Find the citations of a kept answer again; exit status 1 if one is gone."""
    from index.library.library import Library
    from index.library.seal import Seal
    from rag.refinding import refind
    from ui.exports.selectors import CheckResponse, hints_in, refound_model

    hints = hints_in(_read(file))
    settings = shared_of(ctx).settings()
    if settings.library_at is None:
        Seal(settings.home).check()
    with Library.open(settings.home, settings.library_at) as library:
        found = CheckResponse(
            citations=[refound_model(hint, refind(hint.selector(), library)) for hint in hints],
            index_version=library.index_version,
        )
    if as_json:
        typer.echo(found.model_dump_json(indent=2).encode("utf-8"))
    else:
        for citation in found.citations:
            for line in _lines(citation):
                typer.echo(line)
    if any(citation.status == "gone" for citation in found.citations):
        raise typer.Exit(_GONE)


def _read(file: Path) -> object:
    from ui.http.inbound import MalformedJsonError, parse_json

    try:
        return parse_json(file.expanduser().read_bytes())
    except OSError as error:
        raise InputError(f"{file}: {error.strerror}") from error
    except MalformedJsonError as error:
        raise InputError(f"{file}: {error}") from error


def _lines(citation: "RefoundModel") -> Iterator[str]:
    from rag.attribution import quoted
    from ui.cli.format import plain
    from ui.page.html.markup import shortened

    yield f"{_WORDS[citation.status]}: {quoted(plain(shortened(citation.quote, _SHOWN_CHARS)))}"
    if citation.source:
        where = plain(citation.source.name)
        if citation.start is not None:
            where += f", characters {citation.start} to {citation.end}"
        yield f"    {where}"
    if citation.instead:
        yield f"    In its place now: {quoted(plain(citation.instead))}"
    if citation.notice:
        told = f"The article says of itself ({plain(citation.notice.kind)})"
        yield f"    {told}: {plain(citation.notice.text)}"
