"""What a server says once it answers; it imports little, for a parent that answers nothing."""

import typer

from rag.settings import Settings
from ui.http.middleware import is_loopback


def say_if_empty(articles: int) -> None:
    """Say that there is nothing to ask about.

    Args:
        articles: how many are indexed.
    """
    if not articles:
        typer.echo("No articles are indexed yet. Stop this, then: pressmark serve FOLDER")


def say_ready(settings: Settings, url: str, page: bool) -> None:
    """Say where the server is, and who may ask.

    Args:
        settings: with the host that the user named.
        url: its address.
        page: whether it serves the page.
    """
    if not is_loopback(settings.host):
        typer.secho(
            f"Warning: listening on {settings.host}. Whoever has a key can ask questions and read "
            "the articles; keys travel readable unless a proxy in front adds HTTPS.",
            fg=typer.colors.YELLOW,
            err=True,
        )
    has_keys = settings.api_keys or settings.api_write_keys
    who = "asks for a key" if has_keys else "for this machine only"
    hint = f"{who}; Ctrl-C stops it" if page else f"API only, see /docs; {who}; Ctrl-C stops it"
    # Scripts wait for this line; nothing is printed after it.
    typer.echo(f"Pressmark is ready: {url}  ({hint})")
