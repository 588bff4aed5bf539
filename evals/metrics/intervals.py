"""Bootstrap intervals: how far a figure would move if other questions had been asked.

Percentile bootstrap over items (Efron and Tibshirani 1993, chapter 13): draw items with
replacement, compute the figure for each drawing, and take the middle 95 % of the results as the
interval. Every statistic here works along the last axis, so that one call computes all drawings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Draws = npt.NDArray[np.int64]
# A figure as a function of columns; the items are the last axis, which it removes.
Statistic = Callable[..., Values]

RESAMPLES = 1_000
SEED = 20_240_425
_TAIL = 2.5
# Rows of one block of drawings: keeps a block of a 5,000-item suite below about 10 MB.
_BLOCK = 250


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval; its value is None if it is not defined.

    Attributes:
        value: the figure over all items.
        low: the 2.5th percentile of the resampled figure.
        high: the 97.5th percentile.
        n: how many items it comes from.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


def draws(n: int, resamples: int, seed: int) -> Draws:
    """Draw positions of items, one row for each resample."""
    return np.random.default_rng(seed).integers(0, n, size=(resamples, n), dtype=np.int64)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _summary(value: float, resampled: Values, n: int) -> Interval:
    defined = resampled[np.isfinite(resampled)]
    if not np.isfinite(value) or not defined.size:
        return Interval(_finite(value), None, None, n)
    low, high = np.percentile(defined, [_TAIL, 100 - _TAIL])
    return Interval(float(value), float(low), float(high), n)


def interval(
    statistic: Statistic,
    columns: Sequence[Values],
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Interval:
    """Compute a figure and its 95 % percentile-bootstrap interval (Efron and Tibshirani 1993).

    Args:
        statistic: the figure.
        columns: one array for each argument of the statistic, all of one length.
        resamples: how many times to draw the items.
        seed: the same seed gives the same interval.
    """
    n = len(columns[0])
    if n == 0:
        return Interval(None, None, None, 0)
    everything = draws(n, resamples, seed)
    resampled = [
        statistic(*(column[everything[row : row + _BLOCK]] for column in columns))
        for row in range(0, resamples, _BLOCK)
    ]
    return _summary(float(statistic(*columns)), np.concatenate(resampled), n)


def paired_difference(
    statistic: Statistic,
    before: Sequence[Values],
    after: Sequence[Values],
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Interval:
    """Compute ``after - before`` on the same items, drawn together (paired bootstrap).

    Pairing removes what both runs share, the difficulty of the questions, so that a small but
    steady difference shows (Efron and Tibshirani 1993; for system comparison, Koehn 2004).
    """
    columns = len(before)

    def difference(*both: Values) -> Values:
        return np.asarray(statistic(*both[columns:]) - statistic(*both[:columns]))

    return interval(difference, [*before, *after], resamples, seed)


def mean(column: Values) -> Values:
    """The mean over items; with zeros and ones, a share."""
    return np.asarray(column.mean(axis=-1))


def ratio(part: Values, whole: Values) -> Values:
    """One sum over items divided by another: words by quotes."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(part.sum(axis=-1) / whole.sum(axis=-1))


def median(column: Values) -> Values:
    """The 50th percentile over items."""
    return np.asarray(np.quantile(column, 0.50, axis=-1))


def percentile_95(column: Values) -> Values:
    """The 95th percentile over items: the slow questions."""
    return np.asarray(np.quantile(column, 0.95, axis=-1))
