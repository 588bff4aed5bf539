"""Several processes that answer on one port, and the parent that starts them and replaces them.

The parent answers nothing and holds no model. All take connections from the one socket that it has
opened. The first process prepares what all of them need and says when it is ready, then the others
start. One that ends is replaced at once; one that cannot start is tried again, ever more seldom.
"""

import multiprocessing
import os
import secrets
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final, Protocol

from ui.http.affinity import Worker

MOST: Final = 64
_GOODBYE_S: Final = 15.0
_LONGEST_PAUSE_S: Final = 30.0
_LOOK_S: Final = 1.0
_spawning = multiprocessing.get_context("spawn")


class Work(Protocol):
    """What each process does; it can be sent to a new process."""

    def __call__(
        self, worker: Worker, taken: socket.socket, ready: Callable[[], None], first: bool
    ) -> None:
        """Answer until SIGTERM.

        Args:
            worker: which process this is.
            taken: the socket that all share.
            ready: to be called once it answers.
            first: whether it prepares what the others need.
        """


class FailedToStartError(Exception):
    """The first process ended before it was ready, and has said why.

    Args:
        status: of its exit.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"the first process ended with status {status}")
        self.status = status


@dataclass(slots=True)
class _Running:
    """A process and what is known of it."""

    process: SpawnProcess
    says: Connection
    is_ready: bool = False


@dataclass(slots=True)
class _Place:
    """One of the numbers that processes have one after the other."""

    number: int
    running: _Running | None = None
    failures: int = 0
    not_before: float = field(default_factory=time.monotonic)


class Workers:
    """Starts processes, replaces those that end, and ends them all.

    Args:
        work: what each does.
        count: how many there are.
        taken: the socket that they share.
    """

    def __init__(self, work: Work, count: int, taken: socket.socket) -> None:
        self._work, self._taken = work, taken
        self._places = [_Place(number) for number in range(count)]

    def run(self, ready: Callable[[], None]) -> None:
        """Keep them running until this process is interrupted.

        Args:
            ready: called once all of them answer.

        Raises:
            FailedToStartError: the first never answers.
        """
        with tempfile.TemporaryDirectory(prefix="pressmark-workers-") as folder:
            secret = secrets.token_urlsafe(32)
            self._like = Worker(0, len(self._places), Path(folder), secret)
            try:
                self._start(self._places[0])
                self._await_first()
                while not all(p.running and p.running.is_ready for p in self._places):
                    self._look()
                ready()
                while True:
                    self._look()
            finally:
                self._end()

    def _await_first(self) -> None:
        first = self._places[0].running
        assert first is not None  # noqa: S101 - it was just started
        while not first.is_ready:
            wait([first.process.sentinel, first.says], _LOOK_S)
            self._hear(first)
            if not first.is_ready and not first.process.is_alive():
                raise FailedToStartError(max(first.process.exitcode or 1, 1))

    def _look(self) -> None:
        """Start what is missing, then wait until something happens."""
        for place in self._places:
            if place.running is None and time.monotonic() >= place.not_before:
                self._start(place)
        running = [place.running for place in self._places if place.running]
        unheard = [found.says for found in running if not found.is_ready]
        wait([*(found.process.sentinel for found in running), *unheard], _LOOK_S)
        for place in self._places:
            self._check(place)

    def _check(self, place: _Place) -> None:
        running = place.running
        if running is None:
            return
        self._hear(running)
        if running.is_ready:
            place.failures = 0
        if not running.process.is_alive():
            running.says.close()
            if not running.is_ready:
                place.failures += 1
                pause = min(2.0 ** (place.failures - 1), _LONGEST_PAUSE_S)
                place.not_before = time.monotonic() + pause
            place.running = None

    def _hear(self, running: _Running) -> None:
        if not running.is_ready and running.says.poll():
            try:
                running.is_ready = bool(running.says.recv())
            except EOFError:
                return

    def _start(self, place: _Place) -> None:
        hears, says = _spawning.Pipe(duplex=False)
        like = self._like
        worker = Worker(place.number, like.count, like.folder, like.secret)
        first = place.number == 0
        process = _spawning.Process(
            target=_work, args=(self._work, worker, self._taken, says, first), daemon=False
        )
        process.start()
        says.close()
        place.running = _Running(process, hears)

    def _end(self) -> None:
        """Ask all to end, wait a while, and end those that do not."""
        running = [place.running.process for place in self._places if place.running]
        for process in running:
            process.terminate()
        until = time.monotonic() + _GOODBYE_S
        for process in running:
            process.join(max(until - time.monotonic(), 0))
            if process.is_alive():
                process.kill()
                process.join()


def _work(work: Work, worker: Worker, taken: socket.socket, says: Connection, first: bool) -> None:
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    work(worker, taken, lambda: says.send(True), first)


def _end_with_parent() -> None:
    """End this process when its parent has, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
