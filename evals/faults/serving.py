"""A server in a process of its own, as a user starts it, and what outsiders see of it."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from evals.faults.world import World

_START_S = 300.0
_END_S = 60.0
_READY = re.compile(r"^Pressmark is ready: (http://\S+)", re.M)
_QUEUE = re.compile(r"^pressmark_queue (\S+)$", re.M)
_ROOT = Path(__file__).resolve().parents[2]
_OURS = ("PRESSMARK_", "OPENAI_", "OTEL_")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        url: its address.
        process: its id.
    """

    url: str
    process: int

    @property
    def resident(self) -> float:
        """MiB of memory that it holds."""
        status = Path(f"/proc/{self.process}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024

    @property
    def descriptors(self) -> int:
        """How many files and connections it has open."""
        return len(os.listdir(f"/proc/{self.process}/fd"))

    @property
    def queue(self) -> int:
        """Questions being answered or waiting, as it says itself."""
        told = httpx.get(f"{self.url}/metrics", timeout=60.0, trust_env=False).text
        return int(float(_QUEUE.findall(told)[0]))


@contextmanager
def serving(
    world: World, *, page: bool = False, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Serve the articles of a world, with the toy embedding and every trained model.

    Args:
        world: whose home and folder to use.
        page: whether to serve the page beside the API.
        settings: further variables of the environment.

    Raises:
        RuntimeError: it does not start; with what it said.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(_OURS)},
        "PYTHONPATH": str(_ROOT),
        "PRESSMARK_EMBEDDING": "evals.faults.toy:ToyEmbedding",
        **(settings or {}),
    }
    command = [sys.executable, "-m", "ui.cli.main", "--home", str(world.home), "serve"]
    process = subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--port", "0", "--page" if page else "--no-page", str(world.folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=world.folder,
        env=environment,
    )
    overdue = threading.Timer(_START_S, process.kill)
    overdue.start()
    said = ""
    try:
        for line in process.stdout or ():
            said += line
            if found := _READY.search(line):
                break
        else:
            raise RuntimeError(f"the server did not start: {said}")
        overdue.cancel()
        # Whoever never reads what it says stops it in the end.
        threading.Thread(target=process.stdout.read, daemon=True).start()  # type: ignore[union-attr]
        yield Server(found[1], process.pid)
    finally:
        overdue.cancel()
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=_END_S)
