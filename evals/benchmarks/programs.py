"""Run Pressmark as a user does, in a process of its own, and measure that process."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MEGABYTE: Final = 1_000_000
START_LIMIT_S: Final = 120.0
_ROOT: Final = Path(__file__).parents[2]
_RSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program took.

    Attributes:
        seconds: from its start to its end, on the clock.
        memory_mb: the most memory it held.
    """

    seconds: float
    memory_mb: float


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a program that uses a library of the benchmark's own, and no model."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PRESSMARK_", "OPENAI_"))
    }
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    return {**kept, "PYTHONPATH": path, "PRESSMARK_HOME": str(home), **(more or {})}


def run(arguments: Sequence[str], home: Path, more: Mapping[str, str] | None = None) -> Ran:
    """Run ``pressmark`` to its end.

    Raises:
        subprocess.CalledProcessError: it failed; its messages are in ``stderr``.
    """
    began = time.perf_counter()
    command = [sys.executable, "-m", "ui.cli", *arguments]
    with (
        open(os.devnull, "wb") as nothing,
        subprocess.Popen(  # noqa: S603 - our own program
            command, env=environment(home, more), stdout=nothing, stderr=nothing
        ) as program,
    ):
        _, status, used = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - began
    if program.returncode:
        raise subprocess.CalledProcessError(program.returncode, command)
    return Ran(seconds, used.ru_maxrss * _RSS_UNIT / MEGABYTE)


@dataclass(frozen=True, slots=True)
class Served:
    """A server that answers.

    Attributes:
        address: without a slash at its end.
        pid: of its process.
        ready_s: seconds from its start until it answered.
    """

    address: str
    pid: int
    ready_s: float

    def memory_mb(self, peak: bool = True) -> float:
        """The memory that it holds, or held at most (Linux; 0 elsewhere)."""
        status = Path(f"/proc/{self.pid}/status")
        if not status.exists():
            return 0.0
        wanted = "VmHWM:" if peak else "VmRSS:"
        lines = status.read_text(encoding="utf-8").splitlines()
        found = next((line for line in lines if line.startswith(wanted)), "0 0 kB")
        return int(found.split()[1]) * 1024 / MEGABYTE


@contextmanager
def serving(home: Path, port: int, more: Mapping[str, str] | None = None) -> Iterator[Served]:
    """Start ``pressmark serve`` on a built library, and end it.

    Raises:
        TimeoutError: it does not answer within two minutes.
    """
    began = time.perf_counter()
    command = [sys.executable, "-m", "ui.cli", "serve", "--port", str(port)]
    with (
        open(os.devnull, "wb") as nothing,
        subprocess.Popen(  # noqa: S603 - our own program
            command, env=environment(home, more), stdout=nothing, stderr=nothing
        ) as program,
    ):
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address, began, program)
            yield Served(address, program.pid, time.perf_counter() - began)
        finally:
            program.send_signal(signal.SIGTERM)


def _wait(address: str, began: float, program: "subprocess.Popen[bytes]") -> None:
    while time.perf_counter() - began < START_LIMIT_S:
        if program.poll() is not None:
            raise subprocess.CalledProcessError(program.returncode, program.args)
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise TimeoutError(f"{address} does not answer within {START_LIMIT_S:.0f} s.")
