"""Read what is slow to read once, for all threads."""

import ctypes
import functools
import sys
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
            made = kept.cache_info().misses
            found = kept(*arguments)
            if kept.cache_info().misses != made:
                _give_back()
            return found

    return opened


def _give_back() -> None:
    """Give freed memory back to the system: glibc keeps what making took, 100 MB a model."""
    if sys.platform == "linux":
        # Other C libraries have no such function, and keep less.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
