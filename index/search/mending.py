"""Rebuild a search index that failed, while those who search wait a little and no longer."""

import logging
import threading
from collections.abc import Callable

from index.errors import IndexStoreError

_log = logging.getLogger(__name__)


class Mender:
    """Rebuilds one search index in a thread of its own, one rebuild at a time.

    Args:
        name: of the index, in the words of a message: "index of words".
        patience_s: how many seconds a search waits for it.
    """

    def __init__(self, name: str, patience_s: float) -> None:
        self._name = name
        self._patience_s = patience_s
        self._guard = threading.Lock()
        self._worker: threading.Thread | None = None
        self._failed: Exception | None = None

    def mend(self, rebuild: Callable[[], None]) -> None:
        """Start a rebuild unless one is under way, and wait for it as long as a reader would.

        Args:
            rebuild: does it, and returns when the index answers again.

        Raises:
            IndexStoreError: it is not finished yet, and goes on; or it failed.
        """
        with self._guard:
            worker = self._worker
            if worker is None or not worker.is_alive():
                self._failed = None
                worker = threading.Thread(target=self._work, args=(rebuild,), daemon=True)
                self._worker = worker
                worker.start()
        worker.join(self._patience_s)
        if worker.is_alive():
            raise IndexStoreError(
                f"The {self._name} was damaged and is being rebuilt from the library. "
                "Nothing is lost; ask again shortly."
            )
        if self._failed is not None:
            raise self._failed

    def _work(self, rebuild: Callable[[], None]) -> None:
        try:
            rebuild()
        except Exception as error:
            _log.warning("The %s could not be rebuilt: %s", self._name, error)
            self._failed = error
