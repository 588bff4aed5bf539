"""How often somebody has asked, counted for all processes that answer from one library.

The last sixty seconds are taken to be this minute and so much of the one before as they reach into
it. That needs two numbers a caller, and errs by a few questions where they came unevenly.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Column, Connection, MetaData, Table, delete, select

from index.library.engines.base import Database
from index.library.portable import Number, Words, insert

_MINUTE: Final = 60.0
_NEXT_TO_NOTHING: Final = 1e-5  # seconds since the epoch have no more digits than that

_tables = MetaData()
_rates = Table(
    "rates",
    _tables,
    Column("caller", Words, primary_key=True),
    Column("minute", Number, primary_key=True, autoincrement=False),
    Column("asked", Number, nullable=False),
    sqlite_with_rowid=False,
)


class _TooOftenError(Exception):
    """Undoes the counting of a question that is refused."""


@dataclass(frozen=True, slots=True)
class Rates:
    """The counts of one library; see `index.library.library.Library.rates`."""

    database: Database

    def prepare(self) -> None:
        """Make the table, if it is not there."""
        with self.database.writing() as connection:
            _tables.create_all(connection)

    def take(self, caller: str, most: int, now: float) -> float:
        """Count a question, unless its caller has asked too many in the last minute.

        Args:
            caller: who asks; nothing that must stay secret.
            most: questions in any sixty seconds.
            now: seconds since the epoch.

        Returns:
            0 if it may be answered; else, and then it is not counted, the seconds to wait.
        """
        minute, gone = int(now // _MINUTE), now % _MINUTE
        try:
            with self.database.counting() as connection:
                here = _count(connection, caller, minute)
                before = _asked(connection, caller, minute - 1)
                if here == 1:
                    connection.execute(delete(_rates).where(_rates.c.minute < minute - 1))
                if not _fits(before, here, most, gone):
                    raise _TooOftenError
        except _TooOftenError:
            return _wait(before, here - 1, most, gone)
        return 0.0


def _fits(before: int, here: int, most: int, gone: float) -> bool:
    """Whether so many are few enough.

    Args:
        before: asked in the minute before.
        here: asked in this one, with the question at hand.
        most: in any sixty seconds.
        gone: seconds of this minute.
    """
    return before * (1 - gone / _MINUTE) + here <= most + _NEXT_TO_NOTHING


def _wait(before: int, here: int, most: int, gone: float) -> int:
    """Whole seconds until one more fits, if nobody asks meanwhile; `here` lacks the refused one."""
    for seconds in range(1, 2 * int(_MINUTE)):
        minutes, there = divmod(gone + seconds, _MINUTE)
        earlier, own = ((before, here), (here, 0), (0, 0))[int(minutes)]
        if _fits(earlier, own + 1, most, there):
            return seconds
    return 2 * int(_MINUTE)


def _count(connection: Connection, caller: str, minute: int) -> int:
    row = insert(connection, _rates).values(caller=caller, minute=minute, asked=1)
    counted = row.on_conflict_do_update(
        index_elements=["caller", "minute"], set_={"asked": _rates.c.asked + 1}
    ).returning(_rates.c.asked)
    return int(connection.execute(counted).scalar_one())


def _asked(connection: Connection, caller: str, minute: int) -> int:
    query = select(_rates.c.asked).where(_rates.c.caller == caller, _rates.c.minute == minute)
    return connection.scalar(query) or 0
