"""What a library needs of a database, beyond the SQL that all of them understand."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection


class Database(Protocol):
    """A place where one library lives."""

    @property
    def place(self) -> str:
        """The file, or the address without its password: for messages."""

    @property
    def is_shared(self) -> bool:
        """Whether several processes may write, each in its turn."""

    def may_hold(self) -> bool:
        """Whether there may be a library already; looking makes nothing."""

    def reading(self) -> AbstractContextManager[Connection]:
        """A connection whose statements all see the same state of the library."""

    def writing(self) -> AbstractContextManager[Connection]:
        """A connection whose statements take effect together, or not at all.

        One process at a time has one; others wait for their turn.

        Raises:
            LibraryBusyError: its turn does not come.
        """

    def counting(self) -> AbstractContextManager[Connection]:
        """As `writing`, for counts that belong to no version: it waits for no run of writing."""

    def damage(self, connection: Connection) -> Iterator[str]:
        """Say in words what the database itself finds wrong."""

    def shrink(self) -> None:
        """Give the room of what was dropped back to the disk, if possible."""

    def taking_part(self) -> AbstractContextManager[None]:
        """Hold off, for one run of writing, whatever must have the library `alone`."""

    def alone(self, activity: str) -> AbstractContextManager[None]:
        """Hold off every other run of writing.

        Args:
            activity: the purpose, for the message to others.

        Raises:
            LibraryBusyError: another process writes.
        """

    def in_turn(self, task: str) -> AbstractContextManager[None]:
        """Do a task after the others who are doing the same, not at once."""

    def claiming(self, root_id: int, relpaths: Iterable[str]) -> AbstractContextManager[set[str]]:
        """Claim files for as long as it lasts, so that no other process takes them in meanwhile.

        What another process has claimed is left out. A claim ends with its process.

        Args:
            root_id: the files' root.
            relpaths: their paths below it.

        Returns:
            the paths that are claimed.
        """

    def close(self) -> None:
        """Close every connection."""
