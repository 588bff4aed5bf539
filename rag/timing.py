"""How long each step of an answer takes, and when."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter_ns, time_ns

from rag.types import Stage

_NS_A_MS = 1e6


class Timer:
    """Wall-clock time by step.

    Attributes:
        steps: milliseconds by step, and their ``total``.
        stages: when each began and ended; a step may have several.
    """

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}
        self.stages: list[Stage] = []
        self._last = self._start = perf_counter_ns()
        # The clock of the day may be set while a step lasts; the other never goes back.
        self._epoch = time_ns() - self._start
        self._within = 0

    def lap(self, step: str) -> None:
        """Book the time since the last lap under a step, without what `within` has booked."""
        now = perf_counter_ns()
        self._book(step, self._last, now, now - self._last - self._within)
        self._last, self._within = now, 0

    @contextmanager
    def within(self, step: str) -> Iterator[None]:
        """Book what happens inside under a step of its own, in the middle of another."""
        began = perf_counter_ns()
        try:
            yield
        finally:
            now = perf_counter_ns()
            self._book(step, began, now, now - began)
            self._within += now - began

    def _book(self, step: str, began: int, ended: int, spent: int) -> None:
        self.steps[step] = self.steps.get(step, 0.0) + spent / _NS_A_MS
        self.steps["total"] = (ended - self._start) / _NS_A_MS
        self.stages.append(Stage(step, self._epoch + began, self._epoch + ended))
