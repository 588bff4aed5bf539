"""What is slow to read is read once for all threads."""

import functools
import threading
from collections.abc import Callable, Hashable
from typing import TypeVar

Made = TypeVar("Made")


def once(make: Callable[..., Made]) -> Callable[..., Made]:
    """The same maker, which makes one thing for each set of arguments, never two at a time.

    What fails is tried again the next time.

    Args:
        make: takes hashable arguments by position.
    """
    opening, kept = threading.Lock(), functools.cache(make)

    def opened(*arguments: Hashable) -> Made:
        with opening:
            return kept(*arguments)

    return opened
