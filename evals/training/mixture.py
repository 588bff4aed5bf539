"""Which examples come when: news and the rest in given shares, in batches of similar length."""

import random
from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

POOL = 32
"""Batches drawn at once and sorted by length, so that there is little padding."""

ExampleT = TypeVar("ExampleT")
InputT = TypeVar("InputT")


class Batches(Protocol):
    """What the training loop needs of a mixture."""

    def batches(
        self, share: float, size: int, encode: Callable[[Any], Any], length: Callable[[Any], int]
    ) -> list[list[Any]]:
        """Lay out the next `POOL` batches."""
        ...

    def skip(self, share: float, size: int) -> None:
        """Draw as `batches` does and forget the result."""
        ...


class Mixture(Generic[ExampleT]):
    """Two endless streams: news, remade for each pass, and the rest, shuffled for each.

    Args:
        general: everything that is not news; this shuffles it.
        news: makes one pass over the news.
        rng: source of chance of the whole training.
    """

    def __init__(
        self, general: list[ExampleT], news: Callable[[], list[ExampleT]], rng: random.Random
    ) -> None:
        self._general, self._news, self._rng = general, news, rng
        self._next = 0
        self._left: list[ExampleT] = []
        rng.shuffle(general)

    def draw(self, share: float) -> ExampleT:
        """Draw the next example, from the news with that probability."""
        if self._rng.random() < share:
            if not self._left:
                self._left = self._news()
                self._rng.shuffle(self._left)
            return self._left.pop()
        if self._next == len(self._general):
            self._rng.shuffle(self._general)
            self._next = 0
        self._next += 1
        return self._general[self._next - 1]

    def batches(
        self,
        share: float,
        size: int,
        encode: Callable[[ExampleT], InputT],
        length: Callable[[InputT], int],
    ) -> list[list[InputT]]:
        """Lay out the next `POOL` batches, in random order.

        Args:
            share: of news.
            size: examples of a batch.
            encode: lays an example out.
            length: of a layout.
        """
        drawn = sorted((encode(self.draw(share)) for _ in range(size * POOL)), key=length)
        found = [drawn[at : at + size] for at in range(0, len(drawn), size)]
        self._rng.shuffle(found)
        return found

    def skip(self, share: float, size: int) -> None:
        """Draw as `batches` does and forget the result, to find the place of a resumed training."""
        for _ in range(size * POOL):
            self.draw(share)
        self._rng.shuffle(list(range(POOL)))
