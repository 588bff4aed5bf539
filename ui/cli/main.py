"""The command line. Heavy imports stand inside the commands, so that --help is quick."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from index.errors import InputError
from rag.types import Mode, Task
from ui.cli.articles import articles_app
from ui.cli.asking import answer, history_of, question_of, request_of
from ui.cli.citing import add_cite_check
from ui.cli.evals import add_eval
from ui.cli.exporting import FormatOption, OutOption, showing
from ui.cli.keeping import add_keeping
from ui.cli.mcp import add_mcp_command
from ui.cli.searching import search
from ui.cli.support import (
    AsJson,
    From,
    OneLineErrors,
    Publishers,
    Shared,
    To,
    echo_json,
    set_up_output,
    set_up_process,
    shared_of,
)

app = typer.Typer(
    cls=OneLineErrors,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Answers about news articles, each sentence tied to the exact characters behind it.",
    epilog="Start with: pressmark index ~/articles, then: pressmark serve",
)

Paths = Annotated[list[Path] | None, typer.Argument(metavar="PATH", help="Folders or files.")]
TaskWanted = Annotated[Task, typer.Option(help="The kind of answer; auto: read off the question.")]


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
    if os.environ.get("NO_COLOR"):  # see no-color.org
        ctx.color = False
    ctx.obj = Shared(home, verbose)


@app.command(epilog="Example: pressmark index ~/articles ~/archive/2020")
def index(
    ctx: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Folders or files; - reads a list of them."),
    ] = None,
    fetch: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="Fetch this page or feed once; may be repeated."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on, and follow changes.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    ray: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Read and embed on a Ray cluster (auto: found here)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Index folders of articles; without PATH, look again at those indexed before."""
    from ui.cli.indexing import Wanted, run_index

    wanted = Wanted(paths or [], fetch or [], watch, dry_run, as_json, ray)
    run_index(shared_of(ctx).settings(), wanted)


@app.command(epilog='Example: pressmark ask "Who was detained in Belarus?" --as-of 2020-08-10')
def ask(  # noqa: PLR0913, PLR0917 - each option of the command line is one
    ctx: typer.Context,
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="QUESTION", help="The question, in quotation marks; - reads standard input."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the answer contract, as the API gives it.")
    ] = False,
    form: FormatOption = None,
    out: OutOption = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Ask as if on this day: 2020-08-10.")
    ] = None,
    publisher: Publishers = None,
    date_from: From = None,
    date_to: To = None,
    mode: Annotated[
        Mode, typer.Option(help="auto: written if a language model is set, else quoted.")
    ] = "auto",
    task: TaskWanted = "auto",
    history: Annotated[
        Path | None,
        typer.Option(help='JSON file: [{"question": "…", "answer": "…"}], oldest first.'),
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help='JSON Lines: {"id": "…", "question": "…", …}.'),
    ] = None,
) -> None:
    """Answer a question, or a file of them, from the indexed articles."""
    filters = {
        "publishers": publisher or [],
        "published_from": date_from,
        "published_to": date_to,
    }
    if batch is not None:
        one = question or as_of or history or form or as_json or any(filters.values())
        if one or mode != "auto":
            raise InputError("With --batch, each line of the file says what is asked and how.")
        from ui.cli.batch import ask_batch

        if ask_batch(shared_of(ctx).settings(), batch, out):
            raise typer.Exit(1)
        return
    typed = question_of(question)
    show = showing(typed, as_json=as_json, form=form, out=out)
    asked = {
        "question": typed,
        "as_of": as_of,
        "mode": mode,
        "task": task,
        "history": history_of(history),
        "filters": filters,
    }
    answer(shared_of(ctx), request_of(asked), show)


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
    watch: Annotated[bool, typer.Option("--watch", help="Follow changes in PATHs.")] = False,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="Processes that answer; docs/scale.md says more.")
    ] = 1,
) -> None:
    """Index PATHs, then serve the page and the API on this machine until Ctrl-C."""
    from ui.http.server import open_socket, require_keys, stoppable

    shared = shared_of(ctx)
    settings = shared.settings(host=host, port=port)
    require_keys(settings)
    with stoppable(), closing(open_socket(settings.host, settings.port)) as taken:
        if workers > 1:
            from ui.cli.workers import ServingWork, serve_with_workers

            work = ServingWork(settings, paths or [], page, watch, shared.verbose)
            serve_with_workers(work, workers, taken)
            return
        from ui.cli.serving import index_and_serve  # the slow part, now that the port is ours

        index_and_serve(settings, taken, paths or [], page=page, watch=watch)


@app.command(epilog="Example: pressmark doctor --probe")
def doctor(
    ctx: typer.Context,
    probe: Annotated[
        bool, typer.Option("--probe", help="Ask the language model for one token, too.")
    ] = False,
    repair: Annotated[
        bool,
        typer.Option("--repair", help="Keep a damaged library's file, and save what is whole."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say how Pressmark is set up, what leaves the machine, and what is wrong."""
    if repair:
        from ui.cli.keeping import repair_library

        repair_library(shared_of(ctx).settings())
    from ui.cli.doctor import findings
    from ui.cli.format import plain

    wrong = False
    found = []
    for finding in findings(shared_of(ctx).settings(), probe=probe):
        wrong = wrong or finding.wrong
        if as_json:
            found.append({"text": finding.text, "wrong": finding.wrong})
            continue
        colour = typer.colors.RED if finding.wrong else None
        typer.secho(f"{'!' if finding.wrong else '·'} {plain(finding.text)}", fg=colour)
    if as_json:
        echo_json({"wrong": wrong, "findings": found})
    if wrong:
        raise typer.Exit(1)


app.command(epilog="Example: pressmark search minsk protest --from 2020-08-01")(search)
app.add_typer(articles_app, name="articles")
add_keeping(app)
add_cite_check(app)
add_mcp_command(app)
add_eval(app)


if __name__ == "__main__":
    app()
