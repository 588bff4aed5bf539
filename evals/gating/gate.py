"""The gate: figures that a change may not make worse, and the items lost when it does.

Floors and tolerances stand in ``gate.toml``, and normal values in ``baseline/``, one small
committed file for each suite. The baseline also remembers the strictest floor there ever was, so
that nobody lowers a floor in passing: that takes a decision note.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evals.gating.limits import Baseline, Limit, Limits
from evals.records.figures import BY_NAME, Figure
from evals.records.provenance import ROOT
from evals.records.record import ItemOutcome, Record
from index.errors import SuiteError

# Enough for every gated figure, and the same on every machine.
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Failure:
    """Why the gate is closed.

    Attributes:
        figure: the figure, or None if the whole run is concerned.
        message: what is wrong, in words.
        items: ids of the items that made it so.
    """

    figure: str | None
    message: str
    items: tuple[str, ...] = ()


def make_baseline(record: Record, limits: Limits, previous: Baseline | None) -> Baseline:
    """Make the baseline of a run; the same run gives the same file.

    Args:
        record: a whole run of the suite.
        limits: the suite's limits.
        previous: the baseline so far, which hands on its strictest limits.
    """
    _require_whole(record)
    strictest = dict(previous.strictest) if previous else {}
    for name, limit in limits.items():
        if limit.edge is not None:
            known = strictest.get(name, limit.edge)
            strictest[name] = _worst_first(BY_NAME[name], [known, limit.edge])[-1]
    used = {column for name in limits for column in BY_NAME[name].columns}
    return Baseline(
        suite=record.suite.name,
        data_hash=record.suite.data_hash,
        figures={name: _rounded(_defined(record, name)) for name in sorted(limits)},
        strictest=dict(sorted(strictest.items())),
        items={
            item.id: {n: _rounded(v) for n, v in sorted(item.scores.items()) if n in used}
            for item in record.items
        },
    )


def _rounded(value: float) -> float:
    return round(value, _DIGITS)


def _worst_first(figure: Figure, values: list[float]) -> list[float]:
    return sorted(values, reverse=figure.better == "lower")


def _require_whole(record: Record) -> None:
    if not record.suite.whole:
        raise SuiteError("The gate judges whole suites; leave --portion and --limit out.")


def _defined(record: Record, name: str) -> float:
    value = record.value(name)
    if value is None:
        raise SuiteError(f"{record.suite.name} does not define the gated figure {name!r}.")
    return value


def check(
    record: Record, limits: Limits, baseline: Baseline | None, root: Path = ROOT
) -> list[Failure]:
    """Find everything that keeps the gate closed; nothing if it is open.

    Args:
        record: a whole run of the suite.
        limits: the suite's limits.
        baseline: the normal values; without it the gate is closed.
        root: the checkout, which holds the decision notes.

    Raises:
        SuiteError: the run is not of the whole suite.
    """
    _require_whole(record)
    failures = [Failure(None, f"a line of the suite is broken: {p}") for p in record.suite.problems]
    if baseline is None:
        failures.append(Failure(None, "there is no baseline; make one with --write-baseline"))
    elif baseline.data_hash != record.suite.data_hash:
        message = "the baseline is of other questions or articles; rebuild it (--write-baseline)"
        failures.append(Failure(None, message))
    for name, limit in limits.items():
        failures += _check_figure(record, name, limit, baseline)
    if baseline is not None:
        failures += _no_longer_scored(limits, record, baseline)
        failures += _loosened(limits, baseline, root)
    return failures


def _check_figure(
    record: Record, name: str, limit: Limit, baseline: Baseline | None
) -> list[Failure]:
    figure, value = BY_NAME[name], record.value(name)
    if value is None:
        return [Failure(name, "is no longer defined: nothing could be scored")]
    failures = []
    lost = _lost(figure, record, baseline)
    if limit.edge is not None and _is_worse(figure, value, limit.edge):
        side = "under its floor" if figure.better == "higher" else "over its ceiling"
        items = lost or _short_of_best(figure, record)
        failures.append(Failure(name, f"is {value:.4f}, {side} of {limit.edge:g}", items))
    if baseline is None:
        return failures
    normal = baseline.figures.get(name)
    if normal is None:
        failures.append(Failure(name, "is not in the baseline; rebuild it (--write-baseline)"))
    elif _is_worse(figure, value, normal, limit.tolerance):
        message = f"is {value:.4f}, was {normal:.4f}: worse by more than {limit.tolerance:g}"
        failures.append(Failure(name, message, lost))
    return failures


def _is_worse(figure: Figure, value: float, than: float, tolerance: float = 0.0) -> bool:
    gap = than - value if figure.better == "higher" else value - than
    return gap > tolerance and not math.isclose(gap, tolerance, abs_tol=10**-_DIGITS)


def _item_is_worse(figure: Figure, now: Mapping[str, float], then: Mapping[str, float]) -> bool:
    """Whether an item speaks less for the figure than it did."""
    if len(figure.columns) == 1:
        (column,) = figure.columns
        return _is_worse(figure, now[column], then[column])
    actual, decided = figure.columns
    return then[actual] == then[decided] and now[actual] != now[decided]


def _has(figure: Figure, scores: Mapping[str, float]) -> bool:
    return all(column in scores for column in figure.columns)


def _lost(figure: Figure, record: Record, baseline: Baseline | None) -> tuple[str, ...]:
    if baseline is None:
        return ()
    return tuple(
        item.id
        for item in record.items
        if (then := baseline.items.get(item.id)) is not None
        and _has(figure, item.scores)
        and _has(figure, then)
        and _item_is_worse(figure, item.scores, then)
    )


def _short_of_best(figure: Figure, record: Record) -> tuple[str, ...]:
    """Items that speak against the figure, if no baseline tells which are new."""
    return tuple(item.id for item in record.items if _speaks_against(figure, item))


def _speaks_against(figure: Figure, item: ItemOutcome) -> bool:
    if not _has(figure, item.scores):
        return False
    if len(figure.columns) == 2:
        actual, decided = figure.columns
        return item.scores[actual] != item.scores[decided]
    return figure.unit == "share" and item.scores[figure.columns[0]] < 1.0


def _no_longer_scored(limits: Limits, record: Record, baseline: Baseline) -> list[Failure]:
    """Items that no longer count: left out of a figure, they would flatter it."""
    used = {column for name in limits for column in BY_NAME[name].columns}
    now = {item.id: item for item in record.items}
    reasons = {
        name: reason
        for name, then in baseline.items.items()
        if (reason := _why_unscored(now.get(name), used & set(then)))
    }
    if not reasons:
        return []
    why = "; ".join(sorted(set(reasons.values())))
    return [Failure(None, f"items that were scored could not be scored: {why}", tuple(reasons))]


def _why_unscored(item: ItemOutcome | None, wanted: set[str]) -> str | None:
    if item is None:
        return "not in the run"
    return next((item.unscored[name] for name in sorted(wanted) if name in item.unscored), None)


def _loosened(limits: Limits, baseline: Baseline, root: Path) -> list[Failure]:
    """Find limits that are looser than they once were, without a decision note."""
    failures = []
    for name, once in baseline.strictest.items():
        limit = limits.get(name)
        edge = limit.edge if limit else None
        if edge is not None and not _is_worse(BY_NAME[name], edge, once):
            continue
        if not _is_explained(name, limit, root):
            is_now = "is no longer gated" if edge is None else f"is {edge:g} now"
            message = f"its limit was {once:g} and {is_now}, which needs a decision note naming it"
            failures.append(Failure(name, message))
    return failures


def _is_explained(name: str, limit: Limit | None, root: Path) -> bool:
    if limit is None or limit.decision is None:
        return False
    note = (root / limit.decision).resolve()
    decisions = (root / "docs" / "decisions").resolve()
    return (
        note.is_relative_to(decisions)
        and note.is_file()
        and name in note.read_text(encoding="utf-8")
    )
