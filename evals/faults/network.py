"""Nothing leaves the machine: seen on a wire that leads nowhere, and where there is no wire."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from evals.faults.people import asking
from evals.faults.results import Result
from evals.faults.serving import serving
from evals.faults.wire import ALONE, can_be_alone, watch
from evals.faults.world import World

PROMISE = "no packet leaves, no name is looked up; without any network all works"
_ROOT = Path(__file__).resolve().parents[2]
_FOREIGN = ("PRESSMARK_", "OPENAI_", "OTEL_")
_PAGES = ("/", "/docs", "/openapi.json", "/metrics", "/v1/articles", "/v1/search?q=witness")
_SAID = 600


def network(questions: int | None) -> Result:
    """Run the seeds' suite, and a server with its page, under a packet capture; then alone.

    Args:
        questions: how many of the suite; None asks all.
    """
    result, started = Result("network", PROMISE), time.monotonic()
    if not can_be_alone():
        result.skipped = "no network namespace can be made here"
        return result
    suite = ["-m", "ui.cli.main", "eval", "seeds"]
    suite += [] if questions is None else ["--limit", str(questions), "--no-ranking"]
    desk = ["-c", "from evals.faults.network import a_day; a_day()"]
    with tempfile.TemporaryDirectory(prefix="pressmark-faults-") as place:
        for number, (name, arguments) in enumerate((("seeds", suite), ("server", desk))):
            _watched(result, name, arguments, Path(place) / f"{number}")
        _alone(result, suite, Path(place) / "alone")
    result.seconds = time.monotonic() - started
    return result


def a_day() -> None:
    """Serve a few articles with the page, and use both: what a day's work sends is on the wire."""
    with tempfile.TemporaryDirectory(prefix="pressmark-faults-") as place:
        world = World(Path(place) / "world")
        world.write_files({f"story-{n:04d}.txt": n for n in range(24)})
        with serving(world, page=True) as server:
            with httpx.Client(base_url=server.url, timeout=300.0, trust_env=False) as client:
                for path in _PAGES:
                    client.get(path).raise_for_status()
                client.post("/v1/answer", json={"question": "Who saw it?"}).raise_for_status()
            asking(server.url)(1)


def _watched(result: Result, name: str, arguments: Sequence[str], place: Path) -> None:
    place.mkdir()
    environment = _environment(place)
    found = watch([sys.executable, *arguments], environment, place / "packets.json")
    result.tried += 1
    result.outcomes[f"packets of the {name} within this machine"] = found.inside
    result.outcomes[f"packets of the {name} that left"] = len(found.left)
    result.wrong += [f"{name}: {words}" for words in dict.fromkeys(found.left)]
    if found.status:
        result.wrong.append(f"{name}: status {found.status}: {found.output[-_SAID:]}")


def _alone(result: Result, arguments: Sequence[str], place: Path) -> None:
    place.mkdir()
    done = subprocess.run(  # noqa: S603 - our own program
        [*ALONE, sys.executable, *arguments],
        env=_environment(place),
        capture_output=True,
        text=True,
    )
    result.tried += 1
    result.outcomes["run without any network"] += done.returncode == 0
    if done.returncode:
        result.wrong.append(f"alone: status {done.returncode}: {done.stderr[-_SAID:]}")


def _environment(place: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {**kept, "PYTHONPATH": str(_ROOT), "PRESSMARK_HOME": str(place / "home")}
