"""A real ``chroma run`` on this machine, for the tests that want one."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evals.running.servers import free_port


@contextmanager
def running_chroma(folder: Path, port: int | None = None) -> Iterator[str]:
    """A server whose data lie in a folder, until the end.

    Returns:
        its address.
    """
    port = port or free_port()
    program = Path(sys.executable).with_name("chroma")
    with (folder.parent / f"{folder.name}.log").open("ab") as log:
        server = subprocess.Popen(
            [program, "run", "--path", folder, "--host", "127.0.0.1", "--port", str(port)],
            stdout=log,
            stderr=log,
            cwd=folder.parent,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        while not _answers(url):
            assert server.poll() is None, (folder.parent / f"{folder.name}.log").read_text()
        yield url
    finally:
        server.terminate()
        server.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/api/v2/heartbeat", timeout=5):  # noqa: S310
            return True
    except OSError:
        return False
