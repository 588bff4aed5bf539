"""How long it takes from a command to its first word, and what serving costs in memory."""

import json
import socket
import time
import urllib.request
from pathlib import Path
from typing import Final

from evals.benchmarks.programs import run, serving
from evals.benchmarks.values import Measured, Plan, at_most

SEEDS: Final = Path(__file__).parents[2] / "seeds"
QUESTION: Final = "How many Ukrainian citizens did Belarus pardon?"
TITLE: Final = "How long is it until Pressmark answers?"


def measure(plan: Plan) -> Measured:
    """Start ``--help``, ``ask`` and ``serve`` on the indexed seeds, in turns."""
    home = plan.folder / "seeds"
    run(["index", str(SEEDS)], home)
    helped, asked, ready, first, memory = [], [], [], [], []
    for _ in range(plan.rounds):
        helped.append(run(["--help"], home).seconds)
        asked.append(run(["ask", QUESTION], home).seconds)
        with serving(home, _free_port()) as served:
            ready.append(served.ready_s)
            began = time.perf_counter()
            for _ in range(5):
                _ask(served.address)
                if len(first) < len(ready):
                    first.append(time.perf_counter() - began)
            memory.append(served.memory_mb())
    rows = (
        at_most("pressmark --help", "s", helped, 0.3),
        at_most("pressmark ask, on a built index", "s", asked, 3.0),
        at_most("pressmark serve, until it is ready", "s", ready, 5.0),
        at_most("first answer after that", "s", first, 1.0),
        at_most("memory of serving the seeds, at most", "MB", memory, 700.0),
    )
    said = f"{plan.rounds} rounds in turns; files are in the system's cache from the first round on"
    return Measured("starting", TITLE, rows, circumstances=said)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def _ask(address: str) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{address}/v1/answer",
        json.dumps({"question": QUESTION}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        answer.read()
