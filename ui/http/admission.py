"""Limit how many questions run at once, and how many may wait."""

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

from ui.http.problems import overloaded

T = TypeVar("T")


class AnswerGate:
    """Runs work in threads: a few at once, a few waiting, and the rest turned away at once.

    A caller who is turned away can try again. One who waits behind a hundred others has usually
    gone before the answer is there, and the work is lost.

    Args:
        at_once: how many run at the same time.
        waiting: how many may wait for their turn.
        words: what is going on, told to whoever is turned away.
    """

    def __init__(
        self,
        at_once: int = 32,
        waiting: int = 4,
        words: str = "questions are being answered; ask again shortly",
    ) -> None:
        self._words = words
        self._most = at_once + waiting
        self._inside = 0
        self._turns = anyio.CapacityLimiter(at_once)

    @property
    def inside(self) -> int:
        """How many are being answered or waiting."""
        return self._inside

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work in a thread and give its result.

        Raises:
            ProblemError: 503 with Retry-After, when too many are inside already.
        """
        if self._inside >= self._most:
            raise overloaded(f"{self._inside} {self._words}.")
        self._inside += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._turns)
        finally:
            self._inside -= 1
