"""The parent of several processes: it replaces what dies, gives up what never starts, ends all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[3]
# Arguments: a folder, and whether the first process is to fail.
PROGRAM = """
import os, pathlib, signal, socket, sys, time
from ui.http.server import stoppable
from ui.http.workers import FailedToStartError, Workers

FOLDER, FAILS = pathlib.Path(sys.argv[1]), sys.argv[2] == "fails"

def work(worker, taken, ready, first):
    (FOLDER / f"{worker.number}-{os.getpid()}").write_text(str(first))
    if FAILS:
        raise SystemExit(7)
    worker.listen()
    ready()
    signal.pause()

if __name__ == "__main__":
    taken = socket.create_server(("127.0.0.1", 0))
    try:
        with stoppable():
            Workers(work, 3, taken).run(lambda: print("ready", flush=True))
    except FailedToStartError as error:
        sys.exit(error.status)
    except KeyboardInterrupt:
        print("ended", flush=True)
"""


def started(tmp_path: Path, how: str = "works") -> subprocess.Popen[str]:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    folder = tmp_path / "noted"
    folder.mkdir()
    return subprocess.Popen(
        [sys.executable, str(program), str(folder), how],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def noted(tmp_path: Path) -> dict[int, list[int]]:
    """The ids of the processes that each number has had."""
    found: dict[int, list[int]] = {}
    for path in sorted((tmp_path / "noted").iterdir(), key=lambda path: path.stat().st_mtime_ns):
        number, _, process = path.name.partition("-")
        found.setdefault(int(number), []).append(int(process))
    return found


def until(holds: Callable[[], bool]) -> None:
    for _ in range(6_000):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("it never came true")


def alive(process: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def test_one_that_is_killed_is_replaced_under_its_number(tmp_path: Path) -> None:
    parent = started(tmp_path)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    first = noted(tmp_path)
    assert {number: len(processes) for number, processes in first.items()} == {0: 1, 1: 1, 2: 1}
    os.kill(first[1][0], signal.SIGKILL)
    until(lambda: len(noted(tmp_path)[1]) == 2)
    now = noted(tmp_path)
    assert (now[0], now[2]) == (first[0], first[2])
    parent.send_signal(signal.SIGTERM)
    assert parent.communicate(timeout=120)[0] == "ended\n"
    assert parent.returncode == 0
    assert not any(alive(process) for processes in now.values() for process in processes)


def test_they_end_when_the_parent_is_killed(tmp_path: Path) -> None:
    parent = started(tmp_path)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "ready\n"
    parent.kill()
    parent.communicate(timeout=120)
    processes = [process for each in noted(tmp_path).values() for process in each]
    until(lambda: not any(map(alive, processes)))


def test_if_the_first_cannot_start_nothing_does(tmp_path: Path) -> None:
    parent = started(tmp_path, "fails")
    assert parent.communicate(timeout=120)[0] == ""
    assert parent.returncode == 7
    assert list(noted(tmp_path)) == [0]
