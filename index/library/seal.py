"""A library at rest is sealed: the SHA-256 of its file, written when the last writer closes it.

SQLite finds a torn page, but not a changed letter: a bit that flips in a title or a date would be
shown as the truth. While somebody may write, there is no seal. A process that is killed leaves
none either, and then SQLite's own check must do. A file that is not what its seal says is refused,
and nothing is written to it.
"""

import hashlib
import json
import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import LibraryFormatError
from index.library.library import LIBRARY_NAME

SEAL_NAME = f"{LIBRARY_NAME}.seal"
_ASIDE = ("-wal", "-journal")


@dataclass(frozen=True, slots=True)
class _State:
    """What tells without reading whether somebody has written to a file."""

    inode: int
    size: int
    mtime_ns: int


class Seal:
    """The seal of one home folder's library.

    Attributes:
        path: of the file that holds it.
    """

    def __init__(self, home: Path) -> None:
        """Read and write nothing yet."""
        self.path = home / SEAL_NAME
        self._library = home / LIBRARY_NAME
        self._checked: tuple[_State, str] | None = None

    def check(self) -> None:
        """Compare the library with its seal; without one, look whether its pages are whole.

        Raises:
            LibraryFormatError: it is another file than the one that was sealed, or damaged.
        """
        sealed = self._read()
        if sealed is None:
            if self._library.exists() and not pages_are_whole(self._library):
                raise LibraryFormatError(damaged(self._library))
            return
        try:
            found = self._look()
        except OSError:
            found = None
        if found is not None and found[1] == sealed:
            self._checked = found
        # Whoever began to write meanwhile took the seal away first.
        elif self._read() == sealed:
            raise LibraryFormatError(
                damaged(self._library) if found else missing(self._library, self.path)
            )

    def remove(self) -> None:
        """Take the seal away, before the library may change."""
        self.path.unlink(missing_ok=True)

    def put(self) -> None:
        """Seal the library, which everybody has closed; a full disk leaves it without a seal."""
        if any(_holds(self._library.with_name(LIBRARY_NAME + end)) for end in _ASIDE):
            return  # what was written last still stands beside the file
        with suppress(OSError):
            state = _state(self._library)
            # Whoever has only read need not read it all again.
            unchanged = self._checked is not None and self._checked[0] == state
            found = self._checked if unchanged else self._look()
            if found is not None:
                draft = self.path.with_suffix(".tmp")
                said = {"sha256": found[1], "check": _check(found[1])}
                draft.write_text(json.dumps(said), encoding="utf-8")
                os.replace(draft, self.path)

    def _read(self) -> str | None:
        """What the library's digest was; None without a seal, or with a damaged one."""
        try:
            found: Any = json.loads(self.path.read_bytes())
            digest = str(found["sha256"])
            return digest if found["check"] == _check(digest) else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _look(self) -> tuple[_State, str]:
        state = _state(self._library)
        with self._library.open("rb") as file:
            return state, hashlib.file_digest(file, "sha256").hexdigest()


def pages_are_whole(library: Path) -> bool:
    """Whether SQLite finds nothing wrong with the pages of a file; it reads all of them.

    A file that is of no use for another reason (no right to read it, too many open files) counts
    as whole: opening it says what the matter is.
    """
    try:
        with closing(sqlite3.connect(f"{library.absolute().as_uri()}?mode=ro", uri=True)) as raw:
            return bool(raw.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False


def damaged(library: Path) -> str:
    """What a user is told of a library that is not as it was left."""
    return (
        f"The library {library} is not as Pressmark left it: it is damaged, or another program "
        "wrote to it. Nothing in it has been changed. `pressmark restore FILE` puts a backup in "
        "its place; `pressmark doctor --repair` keeps this file and saves what is whole."
    )


def missing(library: Path, seal: Path) -> str:
    """What a user is told of a library that somebody took away."""
    return (
        f"The library {library} is gone, though {seal.name} says that there was one. Put it back, "
        f"or use `pressmark restore FILE`; to begin with an empty library, delete {seal.name}."
    )


def _check(digest: str) -> str:
    return hashlib.sha256(digest.encode()).hexdigest()[:16]


def _state(path: Path) -> _State:
    now = path.stat()
    return _State(now.st_ino, now.st_size, now.st_mtime_ns)


def _holds(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0
