"""Start Pressmark in a process of its own, as a user does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
START_S = 300  # a loaded machine with cold disks; usually a few seconds
READY = re.compile(r"^Pressmark is ready: (http://\S+)", re.M)


@dataclass(frozen=True)
class RunningServer:
    """A server in a process of its own."""

    url: str
    home: Path
    process: subprocess.Popen[str]


def pressmark_command(home: Path, *arguments: str) -> list[str]:
    """The command line of a ``pressmark`` process."""
    return [sys.executable, "-m", "ui.cli.main", "--home", str(home), *arguments]


def clean_environment() -> dict[str, str]:
    """The tests' environment for a process that may stand in any folder (and read no .env)."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


@contextmanager
def running_server(home: Path, *arguments: str) -> Iterator[RunningServer]:
    """Start ``pressmark serve`` on a free port, wait until it says it is ready, end it."""
    home.parent.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        pressmark_command(home, "serve", "--port", "0", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        cwd=home.parent,
        env=clean_environment(),
    )
    try:
        yield RunningServer(_wait_until_ready(process), home, process)
    finally:
        process.terminate()
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
    assert process.returncode == 0, "SIGTERM and Ctrl-C are quiet ends"


def _wait_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    overdue = threading.Timer(START_S, process.kill)
    overdue.start()
    said = ""
    try:
        for line in process.stdout:
            said += line
            if found := READY.search(line):
                return found[1]
    finally:
        overdue.cancel()
    raise AssertionError(f"The server ended before it was ready:\n{said}")
