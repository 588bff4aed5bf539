"""Remember what a model made of its latest inputs, for several threads."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """A memory of bounded size; threads may share it.

    Args:
        most: inputs to remember; the oldest go first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self, keys: Sequence[Key], make: Callable[[Sequence[Key]], Iterable[Value]]
    ) -> list[Value]:
        """Get the value of each key, in order.

        Args:
            keys: may repeat one.
            make: gives the values of unknown ones, in order; called without a lock.
        """
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
        new = [key for key in dict.fromkeys(keys) if key not in found]
        found.update(zip(new, make(new), strict=True))
        with self._lock:
            self._known.update((key, found[key]) for key in new)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return [found[key] for key in keys]
