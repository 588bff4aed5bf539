"""Several processes with one library: one writes, all read, and a killed writer blocks nobody."""

import os
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

from evals.faults.children import TIMEOUT_S, Ended, Running, in_child
from evals.faults.damage import told
from evals.faults.results import Result
from evals.faults.world import World, warm_up

_POLL_S = 0.01


def two_processes(rounds: int) -> Result:
    """Open the same library from many processes at once.

    Args:
        rounds: how often; in every second one, the writer is killed in the end.
    """
    result = Result("two processes", "one writes, the others are told who; all may read")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pressmark-faults-") as place:
        warm_up(Path(place) / "warm")
        world = World(Path(place) / "world")
        right = in_child(lambda: _make(world)).value
        for turn in range(rounds):
            _crowd(world, Path(place) / f"turn-{turn}", result, right)
    result.seconds = time.monotonic() - started
    return result


def _crowd(world: World, flags: Path, result: Result, right: Any) -> None:
    """One writer, and others that try to write and to read beside it; then the next writer."""
    flags.mkdir()
    writer = Running(lambda: _hold(world, flags))
    result.tried += 1
    while not (flags / "ready").exists() and not (flags / "failed").exists():
        time.sleep(_POLL_S)
    others = [Running(lambda: _ask(world, write=True)) for _ in range(2)]
    readers = [Running(lambda: _ask(world, write=False)) for _ in range(2)]
    for other in others:
        _judge_writer(result, other.wait())
    for reader in readers:
        _judge(result, "a reader", reader.wait(), right)
    kills = result.tried % 2 == 0
    if kills:
        os.kill(int((flags / "ready").read_text()), signal.SIGKILL)
    (flags / "go").touch()
    mine = writer.wait()
    if not kills:
        _judge(result, "the writer", mine, right)
    elif mine.signal == "SIGKILL":
        result.outcomes["writer killed"] += 1
    _judge(result, "the next writer", in_child(lambda: _ask(world, write=True)), right)


def _hold(world: World, flags: Path) -> Any:
    """Hold the library for writing until told to end."""
    try:
        with world.open() as stores:
            (flags / "draft").write_text(str(os.getpid()))
            os.replace(flags / "draft", flags / "ready")
            deadline = time.monotonic() + TIMEOUT_S
            while not (flags / "go").exists() and time.monotonic() < deadline:
                time.sleep(_POLL_S)
            return told(stores)
    except BaseException:
        (flags / "failed").touch()
        raise


def _judge_writer(result: Result, ended: Ended) -> None:
    said = ended.error or ended.signal or "wrote beside the writer"
    if said.startswith("LibraryBusyError") and ": One process at a time" in said:
        result.outcomes["second writer told who"] += 1
    else:
        result.wrong.append(f"a second writer: {said}")


def _judge(result: Result, who: str, ended: Ended, right: Any) -> None:
    if ended.value is not None and ended.value == right:
        result.outcomes[f"{who} answered right"] += 1
    else:
        result.wrong.append(f"{who}: {ended.error or ended.signal or 'other answers'}")


def _make(world: World) -> Any:
    with world.open() as stores:
        world.change(stores, {f"story-{n:04d}.txt": n for n in range(12)})
        return told(stores)


def _ask(world: World, *, write: bool) -> Any:
    with world.open(write=write) as stores:
        return told(stores)
