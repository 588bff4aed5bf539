"""What a benchmark gives: rows of figures with their spread, and curves of growth."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, measured several times.

    Attributes:
        what: it is of.
        unit: of the values: "ms", "MB", "passages/s", "×".
        values: one a round or a question, in the order measured.
        goal: what it should reach, in words; empty if nothing is asked of it.
        met: whether the median reaches it; None without a goal.
        note: what a reader must know of it.
    """

    what: str
    unit: str
    values: tuple[float, ...]
    goal: str = ""
    met: bool | None = None
    note: str = ""

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """The value that 95 of 100 do not exceed."""
        return float(np.quantile(self.values, 0.95))

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        return min(self.values), max(self.values)


@dataclass(frozen=True, slots=True)
class Curve:
    """How a figure grows with the size of the library.

    Attributes:
        title: what grows.
        x_label: what it grows with.
        y_label: its unit.
        points: (size, value), by size; all positive.
    """

    title: str
    x_label: str
    y_label: str
    points: tuple[tuple[float, float], ...]

    @property
    def exponent(self) -> float | None:
        """The slope of a straight line through the logarithms; None for fewer than two sizes."""
        if len({x for x, _ in self.points}) < 2:
            return None
        xs, ys = ([math.log(point[at]) for point in self.points] for at in (0, 1))
        return statistics.linear_regression(xs, ys).slope


@dataclass(frozen=True, slots=True)
class Measured:
    """What one benchmark found.

    Attributes:
        name: of its module.
        title: the question that it answers.
        rows: its figures.
        curves: growth, if it looked at several sizes.
        circumstances: what was warm, how many rounds, which articles.
    """

    name: str
    title: str
    rows: tuple[Row, ...]
    curves: tuple[Curve, ...] = ()
    circumstances: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure.

    Attributes:
        folder: where libraries are kept, so that a second run makes none again.
        rounds: of each timing.
        articles: to index against the bare encoder.
        sizes: of the libraries to search in, in passages.
        questions: to ask of each.
        texts: a corpus to make articles of; None for the project's own.
    """

    folder: Path
    rounds: int
    articles: int
    sizes: tuple[int, ...]
    questions: int
    texts: Path | None = None

    @property
    def served(self) -> int:
        """The size at which answers are timed: the largest up to 20,000 passages."""
        return max((size for size in self.sizes if size <= 20_000), default=self.sizes[0])


def at_most(what: str, unit: str, values: Sequence[float], limit: float, note: str = "") -> Row:
    """A figure that should not exceed a limit, by its median."""
    met = statistics.median(values) <= limit
    return Row(what, unit, tuple(values), f"≤ {limit:g}", met, note)


def at_least(what: str, unit: str, values: Sequence[float], limit: float, note: str = "") -> Row:
    """A figure that should reach a limit, by its median."""
    met = statistics.median(values) >= limit
    return Row(what, unit, tuple(values), f"≥ {limit:g}", met, note)


def rounded(value: float) -> str:
    """A value in three digits, as people write it."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"
