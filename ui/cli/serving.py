"""What ``pressmark serve`` does once it has its port: index, build, announce itself, serve."""

import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from rag.pressmark import Pressmark
from rag.settings import Settings
from ui.app import create_app
from ui.cli.indexing import index_with_progress, known_or_given
from ui.cli.ready import say_if_empty, say_ready
from ui.cli.upgrading import tell_upgrade
from ui.cli.watching import following
from ui.http.affinity import Worker
from ui.http.logs import log_in_json
from ui.http.server import address_of, serve
from ui.http.tracing import traced, why_untraced


def index_and_serve(
    settings: Settings, taken: socket.socket, paths: Sequence[Path], *, page: bool, watch: bool
) -> None:
    """Index the paths, then serve until Ctrl-C or SIGTERM.

    Args:
        settings: with the host that the user named.
        taken: the socket to serve on.
        paths: folders to index first; none serves the library as it is.
        page: whether to serve the page beside the API.
        watch: whether to follow changes of the paths, or else of all that is indexed.
    """
    _observe(settings)
    with (
        Pressmark.open(
            settings, write=True, purpose="serving the articles", upgrading=tell_upgrade
        ) as pressmark,
        traced(pressmark),
    ):
        if paths:
            index_with_progress(pressmark, paths)
        app = create_app(pressmark, page=page)
        url = address_of(taken, settings.host)
        watched = known_or_given(pressmark, paths) if watch else []
        with pressmark.following(), following(pressmark, watched):
            say_if_empty(pressmark.library.counts().articles)
            serve(app, [taken], lambda: say_ready(settings, url, page))


def serve_as_worker(
    settings: Settings,
    worker: Worker,
    taken: socket.socket,
    ready: Callable[[], None],
    paths: Sequence[Path],
    *,
    page: bool,
    watch: bool,
) -> None:
    """Serve as one of several processes; see `index_and_serve`.

    Args:
        settings: with the host that the user named.
        worker: which process this is.
        taken: the socket that all share.
        ready: called once it answers.
        paths: folders to index first, if this process is to.
        page: whether to serve the page beside the API.
        watch: whether to follow changes of the paths, or else of all that is indexed.
    """
    _observe(settings, told=worker.number == 0)
    with (
        Pressmark.open(
            settings,
            purpose="serving the articles",
            upgrading=tell_upgrade,
            worker=worker.number,
        ) as pressmark,
        traced(pressmark),
    ):
        if paths or watch:  # what changed while nobody followed, too
            index_with_progress(pressmark, known_or_given(pressmark, paths))
        if not worker.number:
            say_if_empty(pressmark.library.counts().articles)
        app = create_app(pressmark, page=page, worker=worker)
        watched = known_or_given(pressmark, paths) if watch else []
        with pressmark.following(), following(pressmark, watched):
            serve(app, [taken, worker.listen()], ready)


def _observe(settings: Settings, *, told: bool = True) -> None:
    """Log as the settings say, and tell whoever wants spans and will get none."""
    if settings.log_json:
        log_in_json()
    if told and (untraced := why_untraced(settings)):
        typer.secho(f"Warning: {untraced}", fg=typer.colors.YELLOW, err=True)
