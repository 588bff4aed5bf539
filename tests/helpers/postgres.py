"""A PostgreSQL server of the tests' own.

It listens on a socket in a folder of its own and nowhere else. Where its programs are missing the
tests that want it are skipped; in CI they fail instead.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from evals.running.servers import postgres_programs

# A test's server need not survive a power cut.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
}


@contextmanager
def running_postgres() -> Iterator[Path]:
    """A new server, until the end.

    Returns:
        the folder of its socket.
    """
    programs = postgres_programs()
    if programs is None:
        reason = "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    # A server does not run as root; the folders above must let its user through.
    user: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    folder = Path(tempfile.mkdtemp(prefix="pressmark-postgres-"))
    try:
        if user:
            shutil.chown(folder, **user)
        data = folder / "data"
        made = [f"{programs}/initdb", "-D", str(data), "-U", "pressmark", "-A", "trust"]
        made += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        done = subprocess.run(made, cwd=folder, capture_output=True, text=True, **user)
        assert done.returncode == 0, done.stderr
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [f"{programs}/postgres", "-D", str(data), "-k", str(folder), *settings],
                cwd=folder,
                stdout=log,
                stderr=log,
                **user,
            )
        try:
            ready = [f"{programs}/pg_isready", "-h", str(folder), "-U", "pressmark", "-t", "1"]
            while subprocess.run(ready, capture_output=True).returncode:
                assert server.poll() is None, (folder / "log").read_text()
            yield folder
        finally:
            # Fast: connections that are still open are closed.
            server.send_signal(signal.SIGINT)
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def raw(url: str) -> psycopg.Connection[Any]:
    """A connection beside the program, which commits each statement."""
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    return psycopg.connect(plain, autocommit=True)
