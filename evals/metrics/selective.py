"""Can the confidence be trusted? Risk against coverage, and calibration.

Columns as in `evals.metrics.binary`: ``right`` holds one for a right answer and zero for a wrong
one, ``confidence`` the confidence of the answer.
"""

from dataclasses import dataclass

import numpy as np

from evals.metrics.binary import histogram, ordinal
from evals.metrics.intervals import Values

BINS = 10
NEAR_80 = (0.75, 0.85)
FALSE_REFUSALS = 0.10


def _risks(right: Values, confidence: Values) -> Values:
    """Error rate among the 1, 2, … n most confident answers; ties share their errors."""
    codes, size = ordinal(confidence)
    errors = histogram(codes, 1 - right, size)
    sizes = histogram(codes, np.ones_like(right), size)
    expected = errors / np.maximum(sizes, 1)
    in_order = np.flip(np.sort(codes, axis=-1), axis=-1)
    smoothed = np.take_along_axis(expected, in_order, axis=-1)
    return np.asarray(np.cumsum(smoothed, axis=-1) / np.arange(1, right.shape[-1] + 1))


def area_under_risk_coverage(right: Values, confidence: Values) -> Values:
    """Mean risk over all coverages, lower is better (Geifman et al. 2019, AURC)."""
    return np.asarray(_risks(right, confidence).mean(axis=-1))


def risk_coverage(right: Values, confidence: Values, asked: int) -> list[tuple[float, float]]:
    """Points (coverage, risk), most confident first (El-Yaniv and Wiener 2010).

    Args:
        right: a row of right and wrong answers.
        confidence: of the same length.
        asked: how many questions there were in all; unanswered ones limit the coverage.
    """
    risks = _risks(right, confidence)
    return [(rank / asked, float(risk)) for rank, risk in enumerate(risks, start=1)]


def _bin(confidence: Values) -> np.typing.NDArray[np.int64]:
    return np.clip((confidence * BINS).astype(np.int64), 0, BINS - 1)


def expected_calibration_error(right: Values, confidence: Values) -> Values:
    """Mean gap of confidence and accuracy over ten equal bins (Naeini et al. 2015; Guo 2017)."""
    gaps = histogram(_bin(confidence), right - confidence, BINS)
    return np.asarray(np.abs(gaps).sum(axis=-1) / right.shape[-1])


def right_near_80(right: Values, confidence: Values) -> Values:
    """Share of right answers among those given at a confidence of .75 to .85.

    NaN if there is none: "eight of ten" is then a promise that nobody can check.
    """
    near = (confidence >= NEAR_80[0]) & (confidence <= NEAR_80[1])
    with np.errstate(invalid="ignore"):
        return np.asarray((right * near).sum(axis=-1) / near.sum(axis=-1))


def refusal_recall_at_10(unanswerable: Values, confidence: Values) -> Values:
    """Refusals of unanswerable questions at one answerable question in ten refused, at most.

    The threshold is the best one for these items, so this says what a setting could reach
    (sensitivity at a fixed specificity; Fawcett 2006).
    """
    codes, size = ordinal(confidence)
    due = np.cumsum(histogram(codes, unanswerable, size), axis=-1)
    false = np.cumsum(histogram(codes, 1 - unanswerable, size), axis=-1)
    with np.errstate(invalid="ignore"):
        allowed = false <= FALSE_REFUSALS * false[..., -1:]
        return np.asarray(np.max(np.where(allowed, due, 0), axis=-1) / due[..., -1])


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Answers of similar confidence: how confident, how often right, how many."""

    confidence: float
    accuracy: float
    count: int


def calibration(right: Values, confidence: Values) -> list[CalibrationBin]:
    """The reliability diagram's bins that hold an answer (DeGroot and Fienberg 1983)."""
    bins = _bin(confidence)
    counts = histogram(bins, np.ones_like(right), BINS)
    sums = histogram(bins, confidence, BINS), histogram(bins, right, BINS)
    return [
        CalibrationBin(float(sums[0][b] / count), float(sums[1][b] / count), int(count))
        for b, count in enumerate(counts)
        if count
    ]
