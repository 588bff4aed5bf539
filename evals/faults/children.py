"""Work in a process of its own, which may be killed, may die, or comes back with a value.

The harness never opens a store itself. It has imported everything, and forks: a new process then
costs a few milliseconds instead of seconds.
"""

import json
import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, NoReturn

TIMEOUT_S = 900.0  # a machine with much else to do; usually a second
_POLL_S = 0.002
_HOUSE = ("/index/library/", "/index/search/", "/index/ingest/", "/chromadb/api/rust.py")
_DRIVER = "/sqlalchemy/engine/default.py"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended.

    Attributes:
        value: what its work returned.
        error: what its work raised, in words.
        signal: the name of the signal that ended it: "SIGSEGV", or "hung".
    """

    value: Any = None
    error: str | None = None
    signal: str | None = None


class Running:
    """A process at work."""

    def __init__(self, work: Callable[[], Any]) -> None:
        """Start it.

        Args:
            work: returns a value of JSON.
        """
        reading, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # we fork beside sleeping threads
            self._child = os.fork()
        if self._child == 0:
            os.close(reading)
            _work(work, writing)
        os.close(writing)
        os.set_blocking(reading, False)
        self._pipe = os.fdopen(reading, "rb")
        self._said = b""

    def wait(self, seconds: float = TIMEOUT_S, *, killing: bool = False) -> Ended:
        """Wait for its end.

        Args:
            seconds: kill it after so long.
            killing: killing it is what is wanted; otherwise, it hangs.
        """
        deadline, status = time.monotonic() + seconds, None
        with self._pipe as pipe:
            while status is None and time.monotonic() < deadline:
                pid, found = os.waitpid(self._child, os.WNOHANG)
                status = found if pid else None
                self._said += pipe.read() or b""
                if status is None:
                    time.sleep(_POLL_S)
            if status is None:
                os.kill(self._child, signal.SIGKILL)
                _, status = os.waitpid(self._child, 0)
                self._said += pipe.read() or b""
                if not killing:
                    return Ended(signal="hung")
        return _outcome(self._said, status)


def in_child(work: Callable[[], Any], kill_after_s: float | None = None) -> Ended:
    """Do work in a process of its own.

    Args:
        work: returns a value of JSON.
        kill_after_s: kill the process after so many seconds, whatever it does.

    Returns:
        how it ended.
    """
    running = Running(work)
    return running.wait() if kill_after_s is None else running.wait(kill_after_s, killing=True)


def die_at_step(step: int) -> None:
    """Kill this process between two steps of what it does from now on.

    A step is a call or a return in the code that keeps the library and its indexes, and each
    statement that SQLite is given.

    Args:
        step: how many pass before.
    """
    left = step

    def watch(frame: FrameType, event: str, _: Any) -> None:
        nonlocal left
        if _is_ours(frame, event):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)


class Steps:
    """Counts the steps that `die_at_step` would see."""

    def __init__(self) -> None:
        self.seen = 0

    def __enter__(self) -> "Steps":
        def watch(frame: FrameType, event: str, _: Any) -> None:
            self.seen += _is_ours(frame, event)

        sys.setprofile(watch)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)


def _is_ours(frame: FrameType, event: str) -> bool:
    name = frame.f_code.co_filename
    if _DRIVER in name:
        return event != "c_exception" and frame.f_code.co_name.startswith("do_")
    return any(part in name for part in _HOUSE)


def _work(work: Callable[[], Any], writing: int) -> NoReturn:
    try:
        said: dict[str, Any] = {"value": work()}
    except BaseException as error:
        sys.setprofile(None)
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(last.filename)}:{last.lineno}"
        said = {"error": f"{type(error).__name__}: {error} ({place})"}
    data = json.dumps(said).encode()
    while data:
        data = data[os.write(writing, data) :]
    os._exit(0)


def _outcome(said: bytes, status: int) -> Ended:
    if os.WIFSIGNALED(status):
        return Ended(signal=signal.Signals(os.WTERMSIG(status)).name)
    if not said:
        return Ended(signal=f"exit status {os.WEXITSTATUS(status)}")
    found = json.loads(said)
    return Ended(found.get("value"), found.get("error"))
