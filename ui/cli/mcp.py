"""``pressmark mcp``: the server for assistants over stdio, and how to tell a client of it."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from ui.cli.support import shared_of

_WILD = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104


def add_mcp_command(app: typer.Typer) -> None:
    """Add the command.

    Args:
        app: where to.
    """
    app.command("mcp", epilog="Example: pressmark mcp")(mcp)


def mcp(
    ctx: typer.Context,
    stdio: Annotated[
        bool, typer.Option("--stdio", help="Be the server: a client starts this command.")
    ] = False,
) -> None:
    """Say how assistants use these articles by the Model Context Protocol, or be the server."""
    settings = shared_of(ctx).settings()
    if stdio:
        from rag.pressmark import Pressmark
        from ui.mcp.server import make_server

        with Pressmark.open(settings, purpose="serving an assistant") as pressmark:
            make_server(pressmark).run("stdio")
        return
    from ui.mcp.clients import client_lines
    from ui.mcp.door import PATH

    home = str(settings.home.expanduser().absolute())
    command = [*_program(), "--home", home, "mcp", "--stdio"]
    host = _WILD.get(settings.host, settings.host)
    for line in client_lines(command, f"http://{host}:{settings.port}{PATH}"):
        typer.echo(line)


def _program() -> list[str]:
    """What starts this very Pressmark, wherever the client stands."""
    beside = Path(sys.executable).with_name("pressmark")
    found = str(beside) if beside.is_file() else shutil.which("pressmark")
    return [found] if found else [sys.executable, "-m", "ui.cli"]
