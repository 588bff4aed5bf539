"""What a model made of the inputs that it saw last, for several threads."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """A memory of bounded size; threads may share it.

    Args:
        most: inputs that are remembered; the ones that came first go first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def of(
        self, keys: Sequence[Key], make: Callable[[Sequence[Key]], Iterable[Value]]
    ) -> list[Value]:
        """The value of each key, in order.

        Args:
            keys: may hold one several times.
            make: gives the values of those that are not known, in order; called without a lock.
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
