"""A day as a text states it: with or without its year."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

_LEAP_YEAR = 2000
"""A year with every day that any year has."""


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """A day of an unstated year: "Aug. 9".

    Raises:
        ValueError: no year has such a day.
    """

    month: int
    day: int

    def __post_init__(self) -> None:
        date(_LEAP_YEAR, self.month, self.day)

    def isoformat(self) -> str:
        """ISO 8601 for a day without its year: ``--08-09``."""
        return f"--{self.month:02}-{self.day:02}"

    def __str__(self) -> str:
        return self.isoformat()


Day: TypeAlias = date | MonthDay


def day_of_iso(text: str) -> Day:
    """Read a day that ``isoformat`` wrote, and ignore a time after it.

    Raises:
        ValueError: it is not a day in that form.
    """
    if text.startswith("--"):
        day = date.fromisoformat(f"{_LEAP_YEAR}{text[1:]}")
        return MonthDay(day.month, day.day)
    return date.fromisoformat(text[:10])
