"""What ``pressmark serve`` does once it has its port: index, build, announce itself, serve."""

import socket
from collections.abc import Sequence
from pathlib import Path

import typer

from rag.pressmark import Pressmark
from rag.settings import Settings
from ui.app import create_app
from ui.cli.indexing import index_with_progress, known_or_given
from ui.cli.upgrading import tell_upgrade
from ui.cli.watching import following
from ui.http.logs import log_in_json
from ui.http.middleware import is_loopback
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
    if settings.log_json:
        log_in_json()
    if untraced := why_untraced(settings):
        typer.secho(f"Warning: {untraced}", fg=typer.colors.YELLOW, err=True)
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
            serve(app, taken, lambda: _say_ready(pressmark, url, page))


def _say_ready(pressmark: Pressmark, url: str, page: bool) -> None:
    settings = pressmark.settings
    local = is_loopback(settings.host)
    if not local:
        typer.secho(
            f"Warning: listening on {settings.host}. Whoever has a key can ask questions and read "
            "the articles; keys travel readable unless a proxy in front adds HTTPS.",
            fg=typer.colors.YELLOW,
            err=True,
        )
    if not pressmark.library.counts().articles:
        typer.echo("No articles are indexed yet. Stop this, then: pressmark serve FOLDER")
    has_keys = settings.api_keys or settings.api_write_keys
    who = "asks for a key" if has_keys else "for this machine only"
    hint = f"{who}; Ctrl-C stops it" if page else f"API only, see /docs; {who}; Ctrl-C stops it"
    # Scripts wait for this line; nothing is printed after it.
    typer.echo(f"Pressmark is ready: {url}  ({hint})")
