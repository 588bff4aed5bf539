"""Indexing on the command line: progress, findings, what to do next."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from index.errors import InputError
from index.ingest.run import IngestProgress, IngestReport, RootReport
from rag.pressmark import Pressmark
from ui.cli.format import plain

_SHOWN_REFUSALS = 20


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


def index_with_progress(pressmark: Pressmark, paths: Sequence[Path]) -> IngestReport:
    """Index, show progress on stderr, and print a summary.

    Args:
        pressmark: opened for writing.
        paths: folders or files.
    """
    with ExitStack() as stack:
        report = pressmark.index(paths, _Bar(stack).show)
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


def report_lines(report: IngestReport) -> Iterator[str]:
    """Say what a run found and did.

    Args:
        report: of a run that is finished.
    """
    for root in report.roots:
        yield from _root_lines(root)
    if report.texts_embedded:
        yield f"{report.texts_embedded} texts embedded in {report.seconds:.1f} s."
    else:
        yield "Nothing embedded." if report.changed else "Nothing changed: nothing embedded."
    yield f"The library now holds {_counted(report.articles, 'article')}."
    if not report.articles:
        yield "Nothing can be asked yet: no file held an article."


def _root_lines(root: RootReport) -> Iterator[str]:
    found = (
        ("added", root.added),
        ("changed", root.changed),
        ("renamed", root.renamed),
        ("removed", root.removed),
        ("unchanged", root.unchanged),
        ("refused", len(root.refused)),
    )
    counts = ", ".join(f"{count} {what}" for what, count in found if count)
    yield f"{plain(os.fspath(root.path))}: {counts or 'no files'}"
    for entry in root.refused[:_SHOWN_REFUSALS]:
        yield f"  refused {plain(entry.relpath)}: {plain(entry.reason)}"
    if len(root.refused) > _SHOWN_REFUSALS:
        rest = len(root.refused) - _SHOWN_REFUSALS
        yield f"  and {rest} more; all of them: pressmark articles ledger"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
