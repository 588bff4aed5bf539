"""An answering process follows what other processes change in the library."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from index.errors import EmbeddingMismatchError, PressmarkError
from index.search.stores import SearchIndex

EVERY_S = 2.0

_log = logging.getLogger(__name__)


@contextmanager
def following(stores: SearchIndex, every_s: float = EVERY_S) -> Iterator[None]:
    """Bring the search indexes to the library's version again and again, in a thread.

    It does so only if other processes may change the library: see
    `index.library.engines.base.Database.is_shared`.

    Args:
        stores: the open library with its indexes.
        every_s: seconds between two looks at the library's version.
    """
    if not stores.library.database.is_shared:
        yield
        return
    ending = threading.Event()
    thread = threading.Thread(
        target=_follow, args=(stores, every_s, ending), name="following the library", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def _follow(stores: SearchIndex, every_s: float, ending: threading.Event) -> None:
    told = ""
    while not ending.wait(every_s):
        try:
            stores.ensure()
            told = ""
        except EmbeddingMismatchError as error:
            _log.error("%s", error)
            return
        except PressmarkError as error:
            # The server may be away for an hour, which is one line in the log.
            if str(error) != told:
                _log.warning("%s", error)
            told = str(error)
