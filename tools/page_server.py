"""A server on a home of its own, for pictures of the page."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
READY = "Pressmark is ready: "


@contextmanager
def serving(*paths: str) -> Iterator[str]:
    """Start a server on these folders, with a temporary home, and give its address."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "ui.cli", "--home", home, "serve", "--port", "0", *paths]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        try:
            said = server.stdout or ()
            ready = next((line for line in said if line.startswith(READY)), None)
            if ready is None:
                sys.exit("The server ended before it was ready.")
            yield ready.removeprefix(READY).split()[0]
        finally:
            server.terminate()
            server.wait(30)
