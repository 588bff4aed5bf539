"""Extracted article text compared with what a person marked, by runs of four words.

After ``evaluate.py`` of github.com/scrapinghub/article-extraction-benchmark, so that its published
figures can stand beside ours. A text is the multiset of its shingles of four words. What two texts
share is divided by all shingles of the page, so that a long page weighs no more than a short one.
Precision and recall are means over pages, and F1 comes from the two means. Words are runs of
letters and digits; case counts.
"""

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from evals.metrics.intervals import Values

SIZE = 4
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shares of all shingles of two texts, which add up to 1 unless both texts are empty.

    Attributes:
        shared: in both ("tp").
        extra: only in the judged text ("fp").
        missing: only in the gold text ("fn").
    """

    shared: float
    extra: float
    missing: float

    @property
    def f1(self) -> float:
        """F1 of this page alone; 1 if both texts are empty."""
        whole = 2 * self.shared + self.extra + self.missing
        return 2 * self.shared / whole if whole else 1.0


def words(text: str) -> list[str]:
    """Split a text into words as the benchmark does."""
    return _WORD.findall(text)


def shingles(text: str, size: int = SIZE) -> Counter[tuple[str, ...]]:
    """Count the runs of ``size`` words; a shorter text is one run of all its words."""
    found = words(text)
    if not found:
        return Counter()
    last = max(1, len(found) - size + 1)
    return Counter(tuple(found[start : start + size]) for start in range(last))


def overlap(text: str, gold: str) -> Overlap:
    """Compare a text with the gold text (article-extraction-benchmark's counts)."""
    given, wanted = shingles(text), shingles(gold)
    shared = (given & wanted).total()
    extra, missing = given.total() - shared, wanted.total() - shared
    whole = shared + extra + missing
    if not whole:
        return Overlap(0.0, 0.0, 0.0)
    return Overlap(shared / whole, extra / whole, missing / whole)


def _mean_share(part: Values, rest: Values) -> Values:
    """Mean over the pages on which ``part + rest`` is not empty; nan if it always is."""
    whole = part + rest
    defined = whole > 0
    shares = np.divide(part, whole, out=np.zeros_like(whole), where=defined)
    pages = defined.sum(axis=-1)
    return np.where(pages > 0, shares.sum(axis=-1) / np.maximum(pages, 1), np.nan)


def mean_precision(shared: Values, extra: Values, missing: Values) -> Values:
    """Mean precision over the pages with anything marked as body text."""
    return _mean_share(shared, extra)


def mean_recall(shared: Values, extra: Values, missing: Values) -> Values:
    """Mean recall over the pages that have a gold text."""
    return _mean_share(shared, missing)


def f1_of_means(shared: Values, extra: Values, missing: Values) -> Values:
    """F1 of mean precision and mean recall, as the benchmark has it; 0 if both are 0."""
    precision, recall = mean_precision(shared, extra, missing), mean_recall(shared, extra, missing)
    both = np.asarray(precision + recall)
    product = np.asarray(2 * precision * recall)
    zero = np.where(np.isnan(both), np.nan, 0.0)
    return np.divide(product, both, out=zero, where=both > 0)


def f1_gain(*columns: Values) -> Values:
    """How much higher F1 is on the first three columns than on the last three."""
    return np.asarray(f1_of_means(*columns[:3]) - f1_of_means(*columns[3:]))
