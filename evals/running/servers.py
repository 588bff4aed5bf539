"""Programs beside Pressmark, started for a while: PostgreSQL, a Chroma server, servers of ours."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_S = 900.0
_POLL_S = 0.05
_READY = re.compile(r"^Pressmark is ready: (http://\S+)", re.M)
# A server for a while need not survive a power cut, but a killed process it must.
_SETTINGS = {"listen_addresses": "", "fsync": "off", "max_connections": "100"}


@cache
def postgres_programs() -> Path | None:
    """The newest server's programs: on the path, or where Debian puts them; None without any."""
    on_path = shutil.which("postgres")
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    found = [Path(on_path).resolve().parent] if on_path else []
    found += [place for place in reversed(places) if (place / "postgres").is_file()]
    return found[0] if found else None


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass(slots=True)
class Part:
    """A program that can be started, killed and started again.

    Attributes:
        name: for reports.
        command: its command line.
        folder: it works in, and where its log lies.
        environment: of the process.
        options: further ones of `subprocess.Popen`.
    """

    name: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    options: Mapping[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder / f"{self.name}.log"

    def start(self) -> None:
        """Start it, without waiting until it is ready."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - programs of this harness
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=dict(self.environment),
                **self.options,
            )

    def kill(self) -> None:
        """End it without a word to it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def end(self) -> None:
        """Ask it to end, and see to it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT if self.name == "postgres" else signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None


@dataclass(slots=True)
class Postgres:
    """A server that listens on a socket in a folder of its own, and nowhere else."""

    folder: Path
    part: Part
    ready: Sequence[str]

    @classmethod
    def make(cls) -> "Postgres":
        """Make its files, where the server's own user may come.

        Raises:
            RuntimeError: no server is installed, or it makes none.
        """
        programs = postgres_programs()
        if programs is None:
            raise RuntimeError("No PostgreSQL server is installed (Debian: postgresql).")
        # A server does not run as root.
        user: dict[str, Any] = {"user": "postgres", "group": "postgres"} if not os.geteuid() else {}
        folder = Path(tempfile.mkdtemp(prefix="pressmark-postgres-"))
        if user:
            shutil.chown(folder, **user)
        made = [f"{programs}/initdb", "-D", f"{folder}/data", "-U", "pressmark", "-A", "trust"]
        made += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        done = subprocess.run(  # noqa: S603
            made, cwd=folder, capture_output=True, text=True, check=False, **user
        )
        if done.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            raise RuntimeError(done.stderr)
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [f"{programs}/postgres", "-D", f"{folder}/data", "-k", str(folder), *settings]
        ready = [f"{programs}/pg_isready", "-h", str(folder), "-U", "pressmark", "-t", "1"]
        (folder / "postgres.log").touch()
        return cls(folder, Part("postgres", command, folder, os.environ, user), ready)

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql+psycopg://pressmark@/postgres?host={self.folder}"

    def end(self) -> None:
        """End it, and remove its files."""
        self.part.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, and wait until it answers; what a killed one left may be in its way a while."""
        until = time.monotonic() + START_S
        self.part.start()
        while subprocess.run(list(self.ready), capture_output=True, check=False).returncode:  # noqa: S603
            if time.monotonic() > until:
                raise RuntimeError(self.part.log.read_text())
            if not self.part.is_running:
                time.sleep(_POLL_S)
                self.part.start()
            time.sleep(_POLL_S)


@dataclass(slots=True)
class Chroma:
    """A ``chroma run`` on a port of its own."""

    port: int
    part: Part

    @classmethod
    def make(cls, folder: Path) -> "Chroma":
        """Choose a port, and start nothing yet."""
        folder.mkdir(parents=True)
        port, program = free_port(), Path(sys.executable).with_name("chroma")
        command = [str(program), "run", "--path", str(folder / "data"), "--host", "127.0.0.1"]
        part = Part("chroma", [*command, "--port", str(port)], folder, os.environ)
        return cls(port, part)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        until = time.monotonic() + START_S
        self.part.start()
        while not _answers(f"{self.url}/api/v2/heartbeat"):
            if time.monotonic() > until or not self.part.is_running:
                raise RuntimeError(self.part.log.read_text())
            time.sleep(_POLL_S)


def pressmark(
    name: str, folder: Path, settings: Mapping[str, str], *arguments: str, home: Path | None = None
) -> Part:
    """A process of ours, with a home of its own unless one is given.

    Args:
        name: for reports.
        folder: for its home and its log.
        settings: variables of the environment; those of this process's own user are left out.
        arguments: of the command line.
        home: of the process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PRESSMARK_")}
    clean |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    place = str(home or folder / f"{name}-home")
    command = [sys.executable, "-u", "-m", "ui.cli.main", "--home", place, *arguments]
    return Part(name, command, folder, {**clean, **settings})


def address_of(part: Part) -> str:
    """Wait until a server of ours is ready; its address.

    Raises:
        RuntimeError: it ended, or takes too long.
    """
    until = time.monotonic() + START_S
    while True:
        found = _READY.findall(part.log.read_text(errors="replace"))
        if found:
            return str(found[-1])
        if time.monotonic() > until or not part.is_running:
            raise RuntimeError(part.log.read_text(errors="replace"))
        time.sleep(_POLL_S)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - on this machine
            return True
    except OSError:
        return False
