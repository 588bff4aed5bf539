"""One process writes to a home folder: the lock, and a note of its holder."""

import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from index.errors import LibraryBusyError, LibraryError

_LOCK_NAME = "write.lock"
_NOTE_NAME = "write.json"


class WriteLock:
    """The right to write to a home folder, held until released or until the process ends."""

    def __init__(self, home: Path, lock: FileLock) -> None:
        """Use `acquire` instead."""
        self._note = home / _NOTE_NAME
        self._lock = lock

    @classmethod
    def acquire(cls, home: Path, activity: str) -> Self:
        """Take the lock at once or not at all.

        Args:
            home: the folder; it must exist.
            activity: the purpose, for the message to others (``indexing articles``).

        Raises:
            LibraryBusyError: another process has it; the message says which, and what it does.
            LibraryError: the folder is not writable.
        """
        lock = FileLock(home / _LOCK_NAME, thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout as error:
            raise LibraryBusyError(_refusal(home)) from error
        except OSError as error:
            raise LibraryError(f"{home} cannot be written to: {error.strerror}.") from error
        held = cls(home, lock)
        held._write_note(activity)
        return held

    def release(self) -> None:
        """Let the next process write."""
        with suppress(OSError):
            self._note.unlink(missing_ok=True)
        self._lock.release()

    def _write_note(self, activity: str) -> None:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        note = {"pid": os.getpid(), "activity": activity, "since": since}
        draft = self._note.with_suffix(".tmp")
        try:
            draft.write_text(json.dumps(note), encoding="utf-8")
            os.replace(draft, self._note)
        except OSError as error:
            self._lock.release()
            raise LibraryError(f"{self._note} cannot be written: {error.strerror}.") from error


def _refusal(home: Path) -> str:
    try:
        note = json.loads((home / _NOTE_NAME).read_bytes())
        who = f"process {note['pid']} is {note['activity']} there since {note['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        who = "another process is using it"
    return (
        f"One process at a time can write to the library in {home}, and {who}. "
        "Wait until it has finished, or end it, and try again."
    )
