"""Yes-or-no decisions and the scores behind them: refusal, support.

Columns hold zeros and ones, or scores; items are the last axis (see `evals.metrics.intervals`). A
figure that is not defined, such as precision without a positive decision, is NaN.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from evals.metrics.intervals import Values


def _ratio(part: Values, whole: Values) -> Values:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(whole > 0, part / whole, np.nan))


def precision(actual: Values, decided: Values) -> Values:
    """Of the items decided positive, the share that is (van Rijsbergen 1979)."""
    return _ratio((actual * decided).sum(axis=-1), decided.sum(axis=-1))


def recall(actual: Values, decided: Values) -> Values:
    """Of the positive items, the share decided so (van Rijsbergen 1979)."""
    return _ratio((actual * decided).sum(axis=-1), actual.sum(axis=-1))


def f1(actual: Values, decided: Values) -> Values:
    """Harmonic mean of precision and recall (van Rijsbergen 1979)."""
    agreed = (actual * decided).sum(axis=-1)
    return _ratio(2 * agreed, actual.sum(axis=-1) + decided.sum(axis=-1))


def fallout(actual: Values, decided: Values) -> Values:
    """Of the negative items, the share decided positive (Salton and McGill 1983)."""
    return recall(1 - actual, decided)


def macro_f1(actual: Values, decided: Values) -> Values:
    """Mean of the F1 of either class (Lewis 1991; as AttributionBench, Li et al. 2024)."""
    return np.asarray((f1(actual, decided) + f1(1 - actual, 1 - decided)) / 2)


def balanced_accuracy(actual: Values, decided: Values) -> Values:
    """Mean of the recall of either class (Brodersen et al. 2010)."""
    return np.asarray((recall(actual, decided) + recall(1 - actual, 1 - decided)) / 2)


def histogram(bins: npt.NDArray[Any], weights: Values, size: int) -> Values:
    """Sum the weights by bin, for each row of the leading axes.

    Args:
        bins: bin of each item, 0 to size - 1.
        weights: of the same shape.
        size: number of bins.
    """
    rows = bins.reshape(-1, bins.shape[-1])
    flat = (np.arange(len(rows))[:, None] * size + rows).ravel()
    sums = np.bincount(flat, weights=weights.ravel(), minlength=len(rows) * size)
    return np.asarray(sums, dtype=np.float64).reshape(*bins.shape[:-1], size)


def ordinal(scores: Values) -> tuple[npt.NDArray[np.int64], int]:
    """Replace scores by their order, ties alike, and count the different ones."""
    values, codes = np.unique(scores, return_inverse=True)
    return np.asarray(codes, dtype=np.int64).reshape(scores.shape), len(values)


def auroc(actual: Values, scores: Values) -> Values:
    """Chance that a positive item scores above a negative one, ties half (Fawcett 2006)."""
    codes, size = ordinal(scores)
    positive = histogram(codes, actual, size)
    negative = histogram(codes, 1 - actual, size)
    below = np.cumsum(negative, axis=-1) - negative
    wins = (positive * (below + negative / 2)).sum(axis=-1)
    return _ratio(wins, positive.sum(axis=-1) * negative.sum(axis=-1))
