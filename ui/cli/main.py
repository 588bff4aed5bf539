"""The command line. Heavy imports stand inside the commands, so that --help is quick."""

from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import InputError
from ui.cli.articles import articles_app
from ui.cli.evals import add_eval
from ui.cli.support import (
    OneLineErrors,
    Shared,
    set_up_output,
    set_up_process,
    shared_of,
)
from ui.cli.upgrading import tell_upgrade

if TYPE_CHECKING:
    from rag.contract import AnswerRequest

app = typer.Typer(
    cls=OneLineErrors,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Answers about news articles, each sentence tied to the exact characters behind it.",
    epilog="Start with: pressmark index ~/articles, then: pressmark serve",
)

Paths = Annotated[list[Path] | None, typer.Argument(metavar="PATH", help="Folders or files.")]


class AnswerMode(StrEnum):
    """How Pressmark makes answers."""

    AUTO = "auto"
    EXTRACTIVE = "extractive"
    GENERATIVE = "generative"


def _print_version(wanted: bool) -> None:
    if wanted:
        from ui.version import version

        typer.echo(f"pressmark {version()}")
        raise typer.Exit


@app.callback()
def main(
    ctx: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(help="Folder with the library and its indexes (or set PRESSMARK_HOME)."),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show warnings and logs of dependencies.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Options that every command shares."""
    set_up_process()
    set_up_output(verbose)
    ctx.obj = Shared(home, verbose)


@app.command(epilog="Example: pressmark index ~/articles ~/archive/2020")
def index(ctx: typer.Context, paths: Paths = None) -> None:
    """Index folders of articles; without PATH, look again at those indexed before."""
    from rag.pressmark import Pressmark
    from ui.cli.indexing import index_with_progress, known_or_given

    settings = shared_of(ctx).settings()
    with Pressmark.open(
        settings, write=True, purpose="indexing articles", upgrading=tell_upgrade
    ) as pressmark:
        report = index_with_progress(pressmark, known_or_given(pressmark, paths or []))
    if report.articles:
        typer.echo('Next: pressmark ask "…", or pressmark serve')


@app.command(epilog='Example: pressmark ask "Who was detained in Belarus?" --as-of 2020-08-10')
def ask(  # noqa: PLR0913, PLR0917 - each option of the command line is one
    ctx: typer.Context,
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help="The question, in quotation marks.")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the answer contract, as the API gives it.")
    ] = False,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Ask as if on this day: 2020-08-10.")
    ] = None,
    publisher: Annotated[
        list[str] | None, typer.Option(help="Only this publisher's articles; may be repeated.")
    ] = None,
    date_from: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Published on this day or later.")
    ] = None,
    date_to: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Published on this day or earlier.")
    ] = None,
    mode: Annotated[
        AnswerMode, typer.Option(help="auto: written if a language model is set, else quoted.")
    ] = AnswerMode.AUTO,
    history: Annotated[
        Path | None,
        typer.Option(help='JSON file: [{"question": "…", "answer": "…"}], oldest first.'),
    ] = None,
) -> None:
    """Answer a question from the indexed articles."""
    request = _request(
        {
            "question": question,
            "as_of": as_of,
            "mode": mode.value,
            "history": _history(history),
            "filters": {
                "publishers": publisher or [],
                "published_from": date_from,
                "published_to": date_to,
            },
        }
    )
    _answer(shared_of(ctx), request, as_json)


@app.command(epilog="Example: pressmark serve ~/articles --port 8000")
def serve(
    ctx: typer.Context,
    paths: Paths = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on (127.0.0.1: this machine only).")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port (7860); 0 picks a free one.")
    ] = None,
    page: Annotated[bool, typer.Option(help="Serve the page, or the API alone.")] = True,
) -> None:
    """Index PATHs, then serve the page and the API on this machine until Ctrl-C."""
    from ui.http.server import open_socket, require_keys, stoppable

    settings = shared_of(ctx).settings(host=host, port=port)
    require_keys(settings)
    with stoppable(), closing(open_socket(settings.host, settings.port)) as taken:
        from ui.cli.serving import index_and_serve  # the slow part, now that the port is ours

        index_and_serve(settings, taken, paths or [], page)


@app.command(epilog="Example: pressmark doctor --probe")
def doctor(
    ctx: typer.Context,
    probe: Annotated[
        bool, typer.Option("--probe", help="Ask the language model for one token, too.")
    ] = False,
) -> None:
    """Say how Pressmark is set up, what leaves the machine, and what is wrong."""
    from ui.cli.doctor import findings
    from ui.cli.format import plain

    wrong = False
    for finding in findings(shared_of(ctx).settings(), probe=probe):
        wrong = wrong or finding.wrong
        colour = typer.colors.RED if finding.wrong else None
        typer.secho(f"{'!' if finding.wrong else '·'} {plain(finding.text)}", fg=colour)
    if wrong:
        raise typer.Exit(1)


app.add_typer(articles_app, name="articles")
add_eval(app)


def _answer(shared: Shared, request: "AnswerRequest", as_json: bool) -> None:
    from rag.contract import answer_response
    from rag.pressmark import Pressmark
    from ui.cli.format import answer_lines

    settings = shared.settings()
    with Pressmark.open(
        settings, purpose="answering a question", upgrading=tell_upgrade
    ) as pressmark:
        if not pressmark.library.counts().articles:
            raise InputError(
                f"There are no articles in {settings.home} yet. Index some first: "
                "pressmark index FOLDER"
            )
        response = answer_response(pressmark.answer(request.to_question()))
    if as_json:  # bytes, because JSON is UTF-8 whatever the terminal uses
        typer.echo(response.model_dump_json(indent=2).encode("utf-8"))
        return
    for line in answer_lines(response):
        typer.echo(line)


def _request(asked: dict[str, object]) -> "AnswerRequest":
    """Build the question, checked exactly as the API checks it."""
    from pydantic import ValidationError

    from rag.contract import AnswerRequest
    from ui.http.inbound import field_errors

    try:
        return AnswerRequest.model_validate(asked)
    except ValidationError as error:
        raise InputError("; ".join(map(_as_option, field_errors(error.errors())))) from error


def _as_option(error: object) -> str:
    """Name a field as the user typed it."""
    text = str(error)
    for field, option in (
        ("as_of", "--as-of"),
        ("filters.published_from", "--from"),
        ("filters.published_to", "--to"),
        ("filters.publishers", "--publisher"),
        ("history", "--history"),
        ("question", "The question"),
    ):
        if text.startswith(field):
            return option + text.removeprefix(field)
    return text


def _history(path: Path | None) -> object:
    if path is None:
        return []
    from ui.http.inbound import MalformedJsonError, parse_json

    try:
        return parse_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"--history {path}: {error.strerror}") from error
    except MalformedJsonError as error:
        raise InputError(f"--history {path}: {error}") from error


if __name__ == "__main__":
    app()
