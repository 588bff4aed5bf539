"""Read what is slow to read once, for all threads."""

import functools
import threading
from collections.abc import Callable, Hashable
from typing import TypeVar

Made = TypeVar("Made")


def once(make: Callable[..., Made]) -> Callable[..., Made]:
    """Wrap a maker so that it makes one thing for each set of arguments, never two at a time.

    After a failure it tries again the next time.

    Args:
        make: takes hashable arguments by position.
    """
    opening, kept = threading.Lock(), functools.cache(make)

    def opened(*arguments: Hashable) -> Made:
        with opening:
            return kept(*arguments)

    return opened
