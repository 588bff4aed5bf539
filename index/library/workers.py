"""One server of several processes on a library in a file: their parent holds the right to write.

It keeps the folder's lock, so that no other program writes, and the seal, which is put back when
all of its processes have ended. They write in its place, each in its turn (see
`index.library.engines.sqlite`), so that one that dies takes no right with it. A library on a
database server needs nothing of the kind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import LibraryError
from index.library.lock import WriteLock
from index.library.seal import Seal

FOLDER = "workers"


@contextmanager
def held_for_workers(home: Path, activity: str, url: str | None = None) -> Iterator[None]:
    """Hold the right to write for processes that are started and ended inside.

    Args:
        home: the folder of the library.
        activity: the purpose, for the message to others.
        url: of the database server that holds the library; None for the folder's own file.

    Raises:
        LibraryBusyError: another process has the right.
        LibraryFormatError: the library is damaged.
        LibraryError: the folder is not writable.
    """
    if url is not None:
        yield
        return
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"The folder {home} cannot be made: {error.strerror}.") from error
    lock = WriteLock.acquire(home, activity)
    try:
        seal = Seal(home)
        seal.check()
        seal.remove()
        try:
            yield
        finally:
            seal.put()
    finally:
        lock.release()


def worker_folder(home: Path, number: int) -> Path:
    """Where one of the processes keeps its copies of the search indexes.

    Args:
        home: the folder of the library.
        number: of the process, from 0.
    """
    return home / FOLDER / str(number)
