"""Ask a real server more than it likes: what it carries, what it says beyond, what it keeps."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from evals.faults.results import Result
from evals.faults.world import World

CLIENTS = 32
_OVERLOAD = 4
_ARTICLES = 24
_START_S = 300.0
_BACK_TO_NORMAL_S = 5.0
_WARM_ANSWERS = 40
_READY = re.compile(r"^Pressmark is ready: (http://\S+)", re.M)
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Asked:
    """What closed-loop clients were told.

    Attributes:
        seconds: of each answer.
        statuses: how often each HTTP status came, or the name of an error.
        without_advice: refusals that did not say when to come back.
        lasted: seconds that all of it took.
    """

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    without_advice: int = 0
    lasted: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.seconds) / max(self.lasted, 1e-9)

    @property
    def p95(self) -> float:
        """Seconds within which 95 of 100 answers came."""
        return float(np.percentile(self.seconds, 95)) if self.seconds else float("nan")

    @property
    def errors(self) -> int:
        """Whatever was neither an answer nor a refusal."""
        return sum(n for status, n in self.statuses.items() if status not in ("200", "503"))


def load(rounds: int) -> Result:
    """Ask with one client, with 32, and with four times as many; then look what stayed behind.

    Args:
        rounds: three seconds of 32 clients each: 200 rounds take ten minutes.
    """
    promise = "32 clients without an error; beyond, 503 with Retry-After; nothing stays behind"
    result, started = Result("load", promise), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pressmark-faults-") as place:
        world = World(Path(place) / "world")
        world.write_files({f"story-{n:04d}.txt": n for n in range(_ARTICLES)})
        with _serving(world) as (url, process):
            _measure(result, url, process, 3.0 * rounds)
    result.seconds = time.monotonic() - started
    return result


def _measure(result: Result, url: str, process: int, seconds: float) -> None:
    ask(url, 1, answers=_WARM_ANSWERS)
    one = ask(url, 1, seconds=min(seconds / 4, 30.0))
    memory, files = resident(process), descriptors(process)
    many = ask(url, CLIENTS, seconds=seconds)
    grown = resident(process) / memory - 1
    beyond = ask(url, CLIENTS * _OVERLOAD, seconds=min(seconds / 4, 30.0))
    after = ask(url, 1, seconds=_BACK_TO_NORMAL_S)
    again = ask(url, 1, seconds=min(seconds / 4, 10.0))
    time.sleep(1.0)
    result.tried = sum(len(asked.seconds) for asked in (one, many, beyond, after, again))
    result.outcomes.update({"refused beyond": beyond.statuses["503"]})
    result.figures = {
        "1 client answers/s": round(one.per_second, 1),
        "1 client p95 s": round(one.p95, 2),
        f"{CLIENTS} clients answers/s": round(many.per_second, 1),
        f"{CLIENTS} clients p95 s": round(many.p95, 2),
        "memory growth %": round(100 * grown, 1),
        f"over answers of {CLIENTS} clients": len(many.seconds),
        "descriptors more": descriptors(process) - files,
        "p95 s after": round(again.p95, 2),
    }
    for name, asked in (("1", one), (str(CLIENTS), many), ("128", beyond), ("after", after)):
        if asked.errors:
            result.wrong.append(f"{name} clients: {dict(asked.statuses)}")
    if many.statuses["503"]:
        result.wrong.append(f"{CLIENTS} clients were refused {many.statuses['503']} times")
    if beyond.without_advice:
        result.wrong.append(f"{beyond.without_advice} refusals without Retry-After")
    if not beyond.statuses["503"]:
        result.wrong.append("nobody was refused beyond what it carries")
    if descriptors(process) > files + CLIENTS:
        result.wrong.append(f"descriptors leaked: {descriptors(process) - files}")


def ask(url: str, clients: int, *, seconds: float = 600.0, answers: int | None = None) -> Asked:
    """Let clients ask, each again as soon as it is answered.

    Args:
        url: of the server.
        clients: how many.
        seconds: for so long.
        answers: end after so many answers of all together.
    """
    told, guard, started = Asked(), threading.Lock(), time.monotonic()

    def one_client(number: int) -> None:
        with httpx.Client(base_url=url, timeout=120.0, trust_env=False) as client:
            turn = number
            while time.monotonic() - started < seconds:
                if answers is not None and len(told.seconds) >= answers:
                    return
                turn += 1
                _ask_once(client, turn, told, guard)

    threads = [threading.Thread(target=one_client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.lasted = time.monotonic() - started
    return told


def _ask_once(client: httpx.Client, turn: int, told: Asked, guard: threading.Lock) -> None:
    story = turn % _ARTICLES
    question = f"Who saw what edition{story:06d} tells of quay {turn % 4} in story{story:04d}?"
    began = time.monotonic()
    try:
        reply = client.post("/v1/answer", json={"question": question, "mode": "extractive"})
        status, advised = str(reply.status_code), "retry-after" in reply.headers
    except httpx.HTTPError as error:
        status, advised = type(error).__name__, True
    with guard:
        told.statuses[status] += 1
        if status == "200":
            told.seconds.append(time.monotonic() - began)
        told.without_advice += status == "503" and not advised
    if status != "200":
        time.sleep(0.2)


@contextmanager
def _serving(world: World) -> Iterator[tuple[str, int]]:
    """A server of its own, as a user starts it, with the toy embedding."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PRESSMARK_")},
        "PYTHONPATH": str(_ROOT),
        "PRESSMARK_EMBEDDING": "evals.faults.toy:ToyEmbedding",
    }
    command = [sys.executable, "-m", "ui.cli.main", "--home", str(world.home), "serve"]
    process = subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--port", "0", "--no-page", str(world.folder)],
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
        yield found[1], process.pid
    finally:
        overdue.cancel()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def resident(process: int) -> float:
    """MiB of memory that a process holds."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def descriptors(process: int) -> int:
    """How many files and connections a process has open."""
    return len(os.listdir(f"/proc/{process}/fd"))
