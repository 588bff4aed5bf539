"""``pressmark eval``: run suites, compare runs, keep the gate, start a suite of your own.

``pressmark eval seeds`` runs a suite; ``compare``, ``new``, ``planted`` and ``attacks`` are others.
Name a suite that shares one of those names by its path.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import Progress
from typer.core import TyperGroup

from evals.dataset.converting import KINDS, convert
from evals.dataset.crossing import write_crossed
from evals.dataset.example import write_example
from evals.dataset.finding import all_suites, find_suite
from evals.dataset.from_feedback import suite_from_feedback
from evals.dataset.items import Suite
from evals.dataset.suites import load_suite
from evals.gating.gate import check, make_baseline
from evals.gating.limits import (
    Limits,
    baseline_path,
    read_baseline,
    read_limits,
    write_baseline,
)
from evals.records.compare import compare
from evals.records.record import Record, read_record, write_record
from evals.reports.report import write_report
from evals.reports.terminal import print_comparison, print_gate, print_record
from evals.running.choice import Choice
from evals.running.run import run_suite
from evals.trials import app as trials
from index.errors import PressmarkError, SuiteError
from index.library.library import Library
from rag.settings import Settings

EXIT_GATE = 1
_RUN = "run"


class DefaultToRun(TyperGroup):
    """A group that gives anything that is not a command's name to ``run``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``run`` before a suite or one of its options."""
        named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named or not args else [_RUN, *args])


app = typer.Typer(
    cls=DefaultToRun,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Measure how far answers and citations can be trusted.",
    epilog="`pressmark eval SUITE` is short for `pressmark eval run SUITE`.",
)
app.add_typer(trials)


def run(args: Sequence[str], settings: Settings) -> int:
    """Run the command line.

    Args:
        args: what was typed after ``pressmark eval``.
        settings: the settings, already read from the environment.

    Returns:
        the exit status: 0, 1 if the gate is closed, 2 if the line makes no sense.
    """
    try:
        app(list(args), prog_name="pressmark eval", obj=settings)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    return 0


@app.command(_RUN)
def run_command(  # noqa: PLR0913, PLR0917 - each option of the command line is one
    ctx: typer.Context,
    suite: Annotated[
        str | None, typer.Argument(help="A suite's name, or the path of its folder.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="All suites, including those of PRESSMARK_EVALS_DATA.")
    ] = False,
    portion: Annotated[
        Literal["train", "report"] | None, typer.Option(help="Only the items of this portion.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many items.")] = None,
    sample: Annotated[
        int | None, typer.Option(metavar="SEED", help="Draw the --limit items at random.")
    ] = None,
    later: Annotated[
        int,
        typer.Option(min=0, metavar="DAYS", help="Ask this many days after each question's day."),
    ] = 0,
    ranking: Annotated[
        bool,
        typer.Option(
            "--ranking/--no-ranking", help="Search for each question again, to judge retrieval."
        ),
    ] = True,
    out: Annotated[
        Path | None, typer.Option(help="Folder for records and reports.", file_okay=False)
    ] = None,
    gate: Annotated[
        bool, typer.Option("--gate", help="Fail if a gated figure got worse (evals/gate.toml).")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write-baseline", help="Make this run the gate's baseline.")
    ] = False,
) -> None:
    """Ask a suite's questions, score the answers and write a report."""
    if sample is not None and limit is None:
        raise SuiteError("--sample draws the items of --limit; give both.")
    settings = ctx.obj if isinstance(ctx.obj, Settings) else Settings()
    limits = read_limits() if gate or write else {}
    names = _names(suite, every, limits)
    out = out or settings.home / "evals" / "runs" / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    paths = [find_suite(name, settings) for name in names] or all_suites(settings)
    runner = _Runner(Console(), settings, Choice(portion, limit, sample, later, ranking), out)
    # A gated suite that does not run must not leave the gate open.
    records = [
        record
        for path in paths
        if (record := runner.run(path, tolerant=every and path.name not in limits))
    ]
    runner.say_skipped()
    if not records:
        raise SuiteError("No suite could be run.")
    if write:
        _write_baselines(runner.console, records, limits)
    if gate and not _keep_gate(runner.console, records, limits):
        raise typer.Exit(EXIT_GATE)


def _names(suite: str | None, every: bool, limits: dict[str, Limits]) -> list[str]:
    """Find the suites asked for; none means all."""
    if suite is not None and every:
        raise SuiteError("Name a suite or say --all, not both.")
    if suite is not None:
        return [suite]
    if every:
        return []
    if not limits:
        raise SuiteError("Name a suite, or say --all.")
    return list(limits)


class _Runner:
    """Runs suites one after another and leaves record and report in one folder."""

    def __init__(self, console: Console, settings: Settings, choice: Choice, out: Path) -> None:
        self.console = console
        self._settings = settings
        self._choice = choice
        self._out = out
        # Two suites may share a name: ours, and one of PRESSMARK_EVALS_DATA.
        self._used: dict[str, int] = {}
        self._skipped: list[str] = []

    def say_skipped(self) -> None:
        """Name the skipped suites at the end: after many suites, the reasons have scrolled away."""
        if self._skipped:
            names = ", ".join(self._skipped)
            self.console.print(f"Skipped, for the reasons above: {names}", style="yellow")

    def run(self, path: Path, tolerant: bool) -> Record | None:
        """Run one suite. Return None if it does not run and the others should run anyway."""
        try:
            suite = load_suite(path)
            with Progress(console=self.console, transient=True) as progress:
                record = run_suite(suite, self._settings, self._choice, progress)
        except PressmarkError as error:
            if not tolerant:
                raise
            self._skipped.append(path.name)
            self.console.print(
                f"Skipped {path.name}: {error.user_message}\n",
                style="yellow",
                markup=False,
                soft_wrap=True,
            )
            return None
        self._write(suite, record)
        return record

    def _write(self, suite: Suite, record: Record) -> None:
        self._used[suite.slug] = number = self._used.get(suite.slug, 0) + 1
        stem = suite.slug if number == 1 else f"{suite.slug}-{number}"
        record_path = self._out / f"{stem}.json"
        report_path = record_path.with_suffix(".html")
        write_record(record, record_path)
        write_report(record, report_path)
        print_record(self.console, record)
        self.console.print(f"Report: {report_path}", markup=False, soft_wrap=True)
        self.console.print(f"Record: {record_path}", markup=False, soft_wrap=True)
        self.console.print(
            f"Compare with another run: pressmark eval compare OTHER.json {record_path}\n",
            markup=False,
            soft_wrap=True,
        )


def _gated(records: list[Record], limits: dict[str, Limits]) -> list[Record]:
    """Pick the runs of gated suites.

    Raises:
        SuiteError: there is none.
    """
    gated = [record for record in records if record.suite.name in limits]
    if not gated:
        raise SuiteError("None of these suites is in evals/gate.toml.")
    return gated


def _write_baselines(console: Console, records: list[Record], limits: dict[str, Limits]) -> None:
    for record in _gated(records, limits):
        path = baseline_path(record.suite.name)
        made = make_baseline(record, limits[record.suite.name], read_baseline(path))
        write_baseline(made, path)
        console.print(f"Baseline: {path}", markup=False, soft_wrap=True)


def _keep_gate(console: Console, records: list[Record], limits: dict[str, Limits]) -> bool:
    """Whether every gated suite in the run passes."""
    is_open = True
    for record in _gated(records, limits):
        name = record.suite.name
        failures = check(record, limits[name], read_baseline(baseline_path(name)))
        print_gate(console, record, failures)
        is_open = is_open and not failures
    return is_open


@app.command("compare")
def compare_command(
    before: Annotated[Path, typer.Argument(metavar="A", help="Record of the first run.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Record of the second run.")],
) -> None:
    """Show what changed between two runs of a suite, figure by figure and item by item."""
    print_comparison(Console(), compare(read_record(before), read_record(after)))


@app.command("new")
def new_command(
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
) -> None:
    """Write a commented example suite, for you to fill with questions about your own articles."""
    for path in write_example(folder):
        typer.echo(f"Wrote {path}")
    typer.echo(f"Try it: pressmark eval {folder}")


@app.command("cross", epilog="Example: pressmark eval cross xquad_ru xquad_en ~/ru-en")
def cross_command(
    ctx: typer.Context,
    questions: Annotated[str, typer.Argument(help="The suite that gives the questions.")],
    articles: Annotated[str, typer.Argument(help="Its translation, which gives the articles.")],
    folder: Annotated[Path, typer.Argument(help="A new folder for the suite.")],
) -> None:
    """Write a suite that asks one language's questions of another's articles."""
    settings = ctx.obj if isinstance(ctx.obj, Settings) else Settings()
    asked, about = (load_suite(find_suite(name, settings)) for name in (questions, articles))
    count = write_crossed(asked, about, folder)
    Console().print(f"Wrote {count} questions to {folder}. Run it with: pressmark eval {folder}")


@app.command(
    "convert", epilog="Example: pressmark eval convert reading xquad.jsonl.gz ~/xquad_de --lang de"
)
def convert_command(
    kind: Annotated[str, typer.Argument(help=f"What the file is: {', '.join(KINDS)}.")],
    source: Annotated[Path, typer.Argument(help="A JSON Lines file, plain or .gz.")],
    folder: Annotated[Path, typer.Argument(help="A new folder for the suite.")],
    lang: Annotated[str | None, typer.Option(help="Only the lines in this language.")] = None,
) -> None:
    """Write a suite made from data in another format."""
    count = convert(kind, source.expanduser(), folder.expanduser(), lang)
    Console().print(f"Wrote {count} items to {folder}. Run it with: pressmark eval {folder}")


@app.command("from-feedback", epilog="Example: pressmark eval from-feedback ~/our-questions")
def feedback_command(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A new folder for the suite.")],
) -> None:
    """Write a suite of the questions on whose answers somebody said whether they were right."""
    settings = ctx.obj if isinstance(ctx.obj, Settings) else Settings()
    with Library.open(settings.home, settings.library_at) as library:
        count = suite_from_feedback(library, folder.expanduser())
    Console().print(f"Wrote {count} questions to {folder}. Run it with: pressmark eval {folder}")
