"""Indexing on the command line: progress, findings, what to do next."""

import os
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from index.errors import FetchError, InputError
from index.ingest.report import IngestReport
from index.ingest.roots import WHAT_IS_AWAY
from index.ingest.run import IngestProgress
from rag.pressmark import Pressmark
from rag.settings import Settings
from ui.cli.format import plain
from ui.cli.reporting import report_json, report_lines, roots_json, roots_lines
from ui.cli.support import EXIT_FAILED, echo_json
from ui.cli.upgrading import tell_upgrade
from ui.cli.watching import follow
from ui.http.tracing import traced

_LIST = Path("-")
_MAX_LIST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Wanted:
    """What ``pressmark index`` was asked for.

    Attributes:
        paths: folders and files as typed; ``-`` stands for a list on standard input.
        addresses: pages and feeds to fetch.
        watch: go on, and follow changes.
        dry_run: change nothing.
        as_json: print what came of it as JSON.
        ray: the address of a Ray cluster that does the work.
    """

    paths: Sequence[Path]
    addresses: Sequence[str] = ()
    watch: bool = False
    dry_run: bool = False
    as_json: bool = False
    ray: str | None = None


def run_index(settings: Settings, wanted: Wanted) -> None:
    """Do what ``pressmark index`` was asked for.

    Args:
        settings: of the library.
        wanted: what was asked for.

    Raises:
        InputError: it cannot be done as asked.
        Exit: an address could not be fetched; the rest is done.
    """
    if wanted.dry_run and (wanted.watch or wanted.addresses):
        raise InputError("--dry-run changes nothing, so it neither fetches nor follows anything.")
    if wanted.as_json and wanted.watch:
        raise InputError("--json prints one report, and --watch never ends: choose one of them.")
    given = listed_paths(wanted.paths)
    if wanted.dry_run:
        with _opened(settings, write=False) as pressmark:
            preview(pressmark, known_or_given(pressmark, given), as_json=wanted.as_json)
        return
    folders, failed = fetched(settings.home, wanted.addresses)
    if folders or given or not wanted.addresses:
        with _opened(settings, write=True) as pressmark, traced(pressmark):
            paths = known_or_given(pressmark, [*given, *folders])
            report = index_with_progress(pressmark, paths, as_json=wanted.as_json, ray=wanted.ray)
            if wanted.watch:
                typer.echo("Following changes; Ctrl-C ends it.")
                follow(pressmark, paths, threading.Event())
        if report.articles and not wanted.as_json:
            typer.echo('Next: pressmark ask "…", or pressmark serve')
    if failed:
        raise typer.Exit(EXIT_FAILED)


def _opened(settings: Settings, *, write: bool) -> Pressmark:
    return Pressmark.open(
        settings, write=write, purpose="indexing articles", upgrading=tell_upgrade
    )


def known_or_given(pressmark: Pressmark, paths: Sequence[Path]) -> Sequence[Path]:
    """Take the paths given, or else the roots indexed before.

    Args:
        pressmark: an open library.
        paths: as typed; may be empty.

    Raises:
        InputError: no path is given and none is known.
    """
    known = paths or [Path(root.path) for root in pressmark.library.roots()]
    if not known:
        raise InputError("Nothing has been indexed yet; name a folder: pressmark index FOLDER")
    return known


def listed_paths(given: Sequence[Path]) -> list[Path]:
    """The paths as typed; in place of ``-`` those that are listed, one a line or ended by NULs.

    What is listed and not there is said on stderr, and stops nothing.

    Args:
        given: as typed.

    Raises:
        InputError: the list names nothing that is there.
    """
    if _LIST not in given:
        return list(given)
    data = sys.stdin.buffer.read(_MAX_LIST_BYTES)
    lines = data.split(b"\0") if b"\0" in data else data.splitlines()
    listed = [Path(os.fsdecode(line)) for line in lines if line.strip()]
    missing = [path for path in listed if not path.expanduser().exists()]
    for path in missing:
        typer.echo(f"  refused {plain(os.fspath(path))}: the file does not exist", err=True)
    found = [path for path in listed if path not in set(missing)]
    others = [path for path in given if path != _LIST]
    if not found and not others:
        raise InputError("The list on standard input names no file that is there.")
    return [*others, *found]


def fetched(home: Path, addresses: Sequence[str]) -> tuple[list[Path], int]:
    """Fetch what was asked for; what cannot be had is said on stderr.

    Returns:
        the folder that holds what was fetched, if any was, and how many failed.
    """
    from index.ingest.fetching import fetch

    failed = 0
    folders: dict[Path, None] = {}
    for address in addresses:
        try:
            folders[fetch(address, home).parent] = None
        except FetchError as error:
            failed += 1
            typer.secho(f"  {plain(error.user_message)}", fg=typer.colors.RED, err=True)
    return list(folders), failed


def preview(pressmark: Pressmark, paths: Sequence[Path], *, as_json: bool = False) -> None:
    """Say what indexing would change.

    Args:
        pressmark: an open library, which is only read.
        paths: folders or files.
        as_json: say it as JSON.
    """
    from index.ingest.preview import preview_roots

    home = pressmark.settings.home
    found = preview_roots(pressmark.library, home, paths, keep=WHAT_IS_AWAY)
    if as_json:
        echo_json({"dry_run": True, "folders": roots_json(found)})
        return
    for line in roots_lines(found):
        typer.echo(line)
    typer.echo("Nothing was changed: this is what indexing would do.")


def index_with_progress(
    pressmark: Pressmark, paths: Sequence[Path], *, as_json: bool = False, ray: str | None = None
) -> IngestReport:
    """Index, show progress on stderr, and print a summary.

    Args:
        pressmark: opened for writing.
        paths: folders or files.
        as_json: print it as JSON.
        ray: the address of a Ray cluster that does the work.
    """
    with ExitStack() as stack:
        report = pressmark.index(paths, _Bar(stack).show, WHAT_IS_AWAY, ray)
    if as_json:
        echo_json(report_json(report))
        return report
    for line in report_lines(report):
        typer.echo(line)
    return report


class _Bar:
    """A progress bar that appears with the first progress, and only if somebody watches."""

    def __init__(self, stack: ExitStack) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("files, {task.fields[texts]} texts embedded"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("Indexing", total=None, texts=0)
        stack.enter_context(self._bar)

    def show(self, progress: IngestProgress) -> None:
        """Note the progress."""
        folder = plain(Path(progress.root).name or progress.root)
        self._bar.update(
            self._task,
            description=f"{progress.stage.capitalize()} {folder}",
            completed=progress.done,
            total=progress.total,
            texts=progress.texts_embedded,
        )
