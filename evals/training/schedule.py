"""The learning rate: up over the first steps, then level and down, or down all along."""

from dataclasses import dataclass
from typing import Final

WARM_UP: Final = 100
WARM_UP_FALLING: Final = 20
"""Steps; the second is for a rate that falls over the whole training."""
DECAY_SHARE: Final = 0.3
"""Share of the time; it sees more news, too."""
SHORTEST_DECAY: Final = 50


@dataclass
class Schedule:
    """When the decay begins: at once, after a share of the time, or at a given step.

    Attributes:
        rate: the highest learning rate.
        minutes: of learning, without the time for the dev data.
        steps: how many in all; with ``starts``, repeats what ``minutes`` once made.
        starts: the step at which the decay begins.
        falling: whether the rate falls from the first step to the last.
        decay_from: the step at which the decay began; None before.
        decay_steps: how many steps it lasts.
    """

    rate: float
    minutes: float | None = None
    steps: int | None = None
    starts: int | None = None
    falling: bool = False
    decay_from: int | None = None
    decay_steps: int = 0

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.steps is None):
            raise ValueError("give either minutes or steps")
        if self.falling:
            if self.starts is not None:
                raise ValueError("a rate that falls all along has no step where that begins")
            return
        if self.starts is None and self.steps is not None:
            self.starts = max(1, round(self.steps * (1 - DECAY_SHARE)))
        if self.steps is not None and self.starts is not None and self.starts >= self.steps:
            raise ValueError("the decay begins before the last step")

    def rate_at(self, step: int, seconds: float) -> float:
        """Give the learning rate of a step, and begin the decay when it is due.

        Args:
            step: from 1.
            seconds: of learning so far.
        """
        if self.falling:
            left = max(0.0, 1 - self._passed(step - 1, seconds))
            return self.rate * min(1.0, step / WARM_UP_FALLING) * left
        if self.decay_from is None:
            self._begin(step, seconds)
        warm = min(1.0, step / WARM_UP)
        if self.decay_from is None:
            return self.rate * warm
        return self.rate * warm * max(0.0, 1 - (step - self.decay_from) / self.decay_steps)

    def is_over(self, step: int, seconds: float) -> bool:
        """Whether that step was the last.

        Args:
            step: from 1.
            seconds: of learning, including that step.
        """
        if self.falling:
            return self._passed(step, seconds) >= 1
        return self.decay_from is not None and step >= self.decay_from + self.decay_steps

    def _passed(self, step: int, seconds: float) -> float:
        """The share of the training that is over after a step."""
        if self.steps is not None:
            return step / self.steps
        return seconds / (60 * self.minutes) if self.minutes else 1.0

    def _begin(self, step: int, seconds: float) -> None:
        if self.steps is not None and self.starts is not None:
            if step >= self.starts:
                self.decay_from, self.decay_steps = step, self.steps - step
        elif self.minutes is not None and seconds >= self.minutes * 60 * (1 - DECAY_SHARE):
            left = self.minutes * 60 - seconds
            self.decay_from = step
            self.decay_steps = max(SHORTEST_DECAY, int(left * step / seconds))
