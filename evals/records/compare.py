"""Two runs of one suite, item by item: what changed, and whether chance explains it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from evals.metrics.intervals import Interval, paired_difference
from evals.records.figures import FIGURES, Figure, columns, is_defined
from evals.records.record import ItemOutcome, Record
from index.errors import SuiteError

# The score that says whether an item came out right; for pages, how well.
_RIGHT = ("outcome", "correct", "page_f1")

Outcome = TypeVar("Outcome", bound=ItemOutcome)
Pair = tuple[ItemOutcome, ItemOutcome]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure on the items that both runs scored, and ``after - before``."""

    figure: Figure
    before: float
    after: float
    interval: Interval

    @property
    def verdict(self) -> str:
        """``better`` or ``worse`` if zero is outside the interval, else empty."""
        low, high = self.interval.low, self.interval.high
        if low is None or high is None or low <= 0 <= high or self.figure.better == "neither":
            return ""
        return "better" if (low > 0) == (self.figure.better == "higher") else "worse"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of comparing two runs.

    Attributes:
        differences: of the figures that both define.
        gained: items that came out right only after; pages that came out better.
        lost: items that came out right only before; pages that came out worse.
        only_before: ids of items that only the first run has.
        only_after: ids of items that only the second run has.
        no_longer_scored: ids of items whose outcome only the first run could judge.
        warnings: what makes the comparison unfair, in words.
    """

    differences: tuple[Difference, ...]
    gained: tuple[ItemOutcome, ...]
    lost: tuple[ItemOutcome, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    no_longer_scored: tuple[str, ...]
    warnings: tuple[str, ...]


def compare(before: Record, after: Record) -> Comparison:
    """Compare two runs on the items they share.

    Raises:
        SuiteError: the runs are of different suites, or share no item.
    """
    if before.suite.name != after.suite.name or before.suite.kind != after.suite.kind:
        raise SuiteError(
            f"These are runs of different suites: {before.suite.name} and {after.suite.name}."
        )
    first: dict[str, ItemOutcome] = {item.id: item for item in before.items}
    second: dict[str, ItemOutcome] = {item.id: item for item in after.items}
    pairs = [(first[name], second[name]) for name in first if name in second]
    if not pairs:
        raise SuiteError("The two runs have no item in common.")
    return Comparison(
        differences=_differences(pairs),
        gained=tuple(new for old, new in pairs if _change(old, new) > 0),
        lost=tuple(new for old, new in pairs if _change(old, new) < 0),
        only_before=tuple(name for name in first if name not in second),
        only_after=tuple(name for name in second if name not in first),
        no_longer_scored=tuple(
            old.id for old, new in pairs if _right(old) is not None and _right(new) is None
        ),
        warnings=_warnings(before, after),
    )


def _warnings(before: Record, after: Record) -> tuple[str, ...]:
    found = []
    if before.suite.data_hash != after.suite.data_hash:
        found.append(
            "The suite's files differ between the runs; only items with the same id are paired."
        )
    if before.made.settings_hash != after.made.settings_hash:
        found.append("The settings differ between the runs.")
    if before.made.cpu != after.made.cpu or before.made.cores != after.made.cores:
        found.append("The machines differ; times cannot be compared.")
    return tuple(found)


def _right(item: ItemOutcome) -> float | None:
    return next((item.scores[name] for name in _RIGHT if name in item.scores), None)


def _change(before: ItemOutcome, after: ItemOutcome) -> float:
    old, new = _right(before), _right(after)
    return 0.0 if old is None or new is None else new - old


def _differences(pairs: Sequence[Pair]) -> tuple[Difference, ...]:
    found = (_difference(figure, pairs) for figure in FIGURES)
    return tuple(difference for difference in found if difference is not None)


def _difference(figure: Figure, pairs: Sequence[Pair]) -> Difference | None:
    both = [
        pair
        for pair in pairs
        if all(column in item.scores for item in pair for column in figure.columns)
    ]
    before = columns(figure, [old for old, _ in both])
    after = columns(figure, [new for _, new in both])
    if not (is_defined(figure, before) and is_defined(figure, after)):
        return None
    return Difference(
        figure,
        float(figure.statistic(*before)),
        float(figure.statistic(*after)),
        paired_difference(figure.statistic, before, after),
    )
