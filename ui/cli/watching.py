"""Following folders: whenever something in them changes, they are indexed again."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from index.errors import PressmarkError
from index.ingest.report import IngestReport
from index.ingest.roots import WHAT_IS_AWAY
from rag.pressmark import Pressmark
from ui.cli.format import plain
from ui.cli.reporting import report_lines

_SETTLE_MS = 2_000


@contextmanager
def following(pressmark: Pressmark, paths: Sequence[Path]) -> Iterator[None]:
    """Follow folders beside what else is done, in a thread that ends with it.

    Args:
        pressmark: opened for writing.
        paths: folders or files; none to follow nothing.
    """
    ended = threading.Event()
    thread = threading.Thread(
        target=follow, args=(pressmark, paths, ended, True), name="following", daemon=True
    )
    if paths:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        if paths:
            thread.join()


def follow(
    pressmark: Pressmark, paths: Sequence[Path], ended: threading.Event, quiet: bool = False
) -> None:
    """Index folders again whenever files in them change, until told to end, or Ctrl-C.

    Args:
        pressmark: opened for writing.
        paths: folders or files.
        ended: set by whoever wants it to end.
        quiet: say nothing but what goes wrong, as beside a server.
    """
    from watchfiles import watch

    roots = [path.expanduser().resolve() for path in paths]
    # A file is followed by its folder: editors put a new file in its place.
    places = {root if root.is_dir() else root.parent for root in roots}
    changes = watch(
        *places,
        watch_filter=lambda _, name: _matters(Path(name), roots, pressmark.settings.home),
        debounce=_SETTLE_MS,
        stop_event=ended,
        raise_interrupt=False,
        ignore_permission_denied=True,
    )
    for _ in changes:
        _again(lambda: pressmark.index(paths, keep=WHAT_IS_AWAY), quiet)


def _again(index: Callable[[], IngestReport], quiet: bool) -> None:
    try:
        report = index()
    except PressmarkError as error:  # a folder that is being moved, a full disk: go on
        typer.secho(plain(error.user_message), fg=typer.colors.RED, err=True)
        return
    if not quiet:
        for line in report_lines(report):
            typer.echo(line)


def _matters(changed: Path, roots: Sequence[Path], home: Path) -> bool:
    """Whether a change is of a file that would be indexed; what the library writes is none."""
    if changed.is_relative_to(home.resolve()):
        return False
    for root in roots:
        if changed == root:
            return True
        if root.is_dir() and changed.is_relative_to(root):
            return not any(part.startswith(".") for part in changed.relative_to(root).parts)
    return False
