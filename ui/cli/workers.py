"""``pressmark serve --workers N``: several processes of one server, and what each of them does."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from index.errors import PressmarkError
from index.library.workers import held_for_workers
from rag.settings import Settings
from ui.cli.ready import say_ready
from ui.cli.support import EXIT_FAILED, set_up_output, set_up_process
from ui.http.affinity import Worker
from ui.http.server import address_of
from ui.http.workers import FailedToStartError, Workers


@dataclass(frozen=True, slots=True)
class ServingWork:
    """What each process does: open the library, and serve.

    Attributes:
        settings: with the host that the user named.
        paths: folders that the first indexes before it serves.
        page: whether to serve the page beside the API.
        watch: whether the first follows changes.
        verbose: as for every command.
    """

    settings: Settings
    paths: Sequence[Path]
    page: bool
    watch: bool
    verbose: bool

    def __call__(
        self, worker: Worker, taken: socket.socket, ready: Callable[[], None], first: bool
    ) -> None:
        """Serve until SIGTERM; see `ui.http.workers.Work`."""
        from ui.cli.serving import serve_as_worker
        from ui.http.server import stoppable

        set_up_process()
        set_up_output(self.verbose)
        try:
            with stoppable():
                paths = self.paths if first else []
                watch = self.watch and first
                serve_as_worker(
                    self.settings, worker, taken, ready, paths, page=self.page, watch=watch
                )
        except KeyboardInterrupt:
            return
        except PressmarkError as error:
            typer.secho(f"Error: {error.user_message}", fg=typer.colors.RED, err=True)
            raise SystemExit(EXIT_FAILED) from error


def serve_with_workers(work: ServingWork, count: int, taken: socket.socket) -> None:
    """Serve with several processes until Ctrl-C or SIGTERM.

    Args:
        work: what each does.
        count: how many there are.
        taken: the socket that they share.

    Raises:
        LibraryBusyError: another process writes to the library.
        Exit: the first could not start, and has said why.
    """
    settings = work.settings
    url = address_of(taken, settings.host)
    with held_for_workers(settings.home, "serving the articles", settings.library_at):
        try:
            Workers(work, count, taken).run(lambda: say_ready(settings, url, work.page))
        except FailedToStartError as error:
            raise typer.Exit(error.status) from error
        except KeyboardInterrupt:
            return
