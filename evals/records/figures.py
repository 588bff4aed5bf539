"""Every figure of a report: from which scores it is computed, how, and which way is better.

A figure reads columns of item scores. An item that lacks one of them is left out and counted with
its reason, never as wrong.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evals.metrics import intervals
from evals.metrics.binary import auroc, balanced_accuracy, f1, fallout, macro_f1, precision, recall
from evals.metrics.intervals import Statistic, Values, mean, median, percentile_95, ratio
from evals.metrics.selective import (
    area_under_risk_coverage,
    expected_calibration_error,
    refusal_recall_at_10,
    right_near_80,
)
from evals.metrics.shingles import f1_gain, f1_of_means, mean_precision, mean_recall
from evals.records.record import FigureValue, ItemOutcome

Unit = Literal["share", "score", "words", "ms"]
Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure.

    Attributes:
        name: its name in records and in the gate's file.
        title: its name for people.
        family: the heading under which it stands.
        columns: names of the item scores that it is computed from.
        two_classes: defined only if the first column holds both zeros and ones.
    """

    name: str
    title: str
    family: str
    columns: tuple[str, ...]
    statistic: Statistic
    unit: Unit = "share"
    better: Better = "higher"
    two_classes: bool = False


def _mean_of(
    family: str, name: str, title: str, unit: Unit = "share", better: Better = "higher"
) -> Figure:
    return Figure(name, title, family, (name,), mean, unit, better)


def _refusal(name: str, title: str, statistic: Statistic, column: str = "refused") -> Figure:
    return Figure(name, title, "Refusal", ("unanswerable", column), statistic, two_classes=True)


def _answerable_auroc(*columns: Values) -> Values:
    unanswerable, score = columns
    return auroc(1 - unanswerable, score)


def _support(
    name: str, title: str, statistic: Statistic, column: str, better: Better = "higher"
) -> Figure:
    columns = ("label", column)
    return Figure(name, title, "Support check", columns, statistic, "share", better, True)


def _text(name: str, title: str, statistic: Statistic, *texts: str) -> Figure:
    """Make a figure of shared shingles; ``texts`` are judged against the gold one."""
    parts = ("shared", "extra", "missing")
    columns = tuple(f"{text}_{part}" for text in texts for part in parts)
    return Figure(name, title, "Body text of pages", columns, statistic)


def _cost(name: str, title: str, column: str, statistic: Statistic) -> Figure:
    return Figure(name, title, "Cost of a question", (column,), statistic, "ms", "lower")


_CONFIDENCE = ("right", "confidence")

FIGURES: tuple[Figure, ...] = (
    _mean_of("Outcome", "outcome", "Right answer or due refusal"),
    _mean_of("Outcome", "answered", "Answerable questions answered", better="neither"),
    _mean_of("Citations", "citation_hit_any", "Gold citation hit, any"),
    _mean_of("Citations", "citation_hit_first", "Gold citation hit, first"),
    _mean_of("Citations", "citation_recall", "Citation recall (ALCE)"),
    _mean_of("Citations", "citation_precision", "Citation precision (ALCE)"),
    _mean_of("Citations", "offsets_valid", "Valid offsets"),
    _mean_of("Answers", "contains", "Answer contains"),
    _mean_of("Answers", "first_quote_contains", "First quote contains"),
    _mean_of("Answers", "exact_match", "Exact match of the marked answer"),
    _mean_of("Answers", "token_f1", "Token F1 of the marked answer"),
    _mean_of("Answers", "marked", "Answers with marked words", better="neither"),
    _mean_of("Answers", "words_quoted", "Words quoted per answer", "words", "lower"),
    Figure(
        "words_per_quote", "Words per quote", "Answers", ("words_quoted", "quotes"), ratio,
        "words", "lower",
    ),
    _mean_of("Answers by words", "right_words", "Right answer or due refusal, by words"),
    _mean_of("Answers by words", "right_words_answerable", "Right answer, by words"),
    _mean_of("Answers by words", "first_words", "The same of the first quote alone"),
    _mean_of("Answers by words", "first_words_answerable", "First quote right, by words"),
    _mean_of("Sources that differ", "both_values_quoted", "Both values quoted"),
    _mean_of("Sources that differ", "conflict_said", "Sources said to differ where they do"),
    _mean_of(
        "Sources that differ", "conflict_invented", "Sources said to differ where they do not",
        better="lower",
    ),
    _refusal("refusal_precision", "Refusal precision", precision),
    _refusal("refusal_recall", "Refusal recall", recall),
    _refusal("refusal_f1", "Refusal F1", f1),
    _refusal(
        "refusal_recall_at_10", "Refusal recall at 10 % false refusals", refusal_recall_at_10,
        "confidence",
    ),
    _refusal("confidence_auroc", "AUROC of the confidence", _answerable_auroc, "confidence"),
    _refusal(
        "question_only_auroc", "AUROC of the question alone", _answerable_auroc, "question_only"
    ),
    Figure(
        "aurc", "Area under risk–coverage", "Confidence", _CONFIDENCE,
        area_under_risk_coverage, "score", "lower",
    ),
    Figure(
        "calibration_error", "Expected calibration error", "Confidence", _CONFIDENCE,
        expected_calibration_error, "score", "lower",
    ),
    Figure(
        "right_near_80", "Right among answers given at .75 to .85", "Confidence", _CONFIDENCE,
        right_near_80, better="neither",
    ),
    _mean_of("Retrieval", "hit_at_1", "Article hit@1"),
    _mean_of("Retrieval", "hit_at_5", "Article hit@5"),
    _mean_of("Retrieval", "hit_at_10", "Article hit@10"),
    _mean_of("Retrieval", "mrr_at_10", "Article MRR@10", "score"),
    _mean_of("Retrieval", "evidence_recall", "Evidence recall of quotes"),
    _support("support_macro_f1", "Macro-F1", macro_f1, "decided"),
    _support("support_balanced_accuracy", "Balanced accuracy", balanced_accuracy, "decided"),
    _support("support_auroc", "AUROC of the score", auroc, "support_score"),
    _support("false_passed", "False claims passed as full", fallout, "decided", "lower"),
    _support("true_rejected", "True claims rejected", recall, "rejected", "lower"),
    _text("body_f1", "F1 of the body", f1_of_means, "body"),
    _text("body_precision", "Precision of the body", mean_precision, "body"),
    _text("body_recall", "Recall of the body", mean_recall, "body"),
    _text("whole_page_f1", "F1 of the whole page", f1_of_means, "whole"),
    _text("whole_page_precision", "Precision of the whole page", mean_precision, "whole"),
    _text("whole_page_recall", "Recall of the whole page", mean_recall, "whole"),
    _text("body_f1_gain", "F1 gained by marking", f1_gain, "body", "whole"),
    _cost("latency_p50", "Latency, median", "latency_ms", median),
    _cost("latency_p95", "Latency, 95th percentile", "latency_ms", percentile_95),
    _cost("cpu_p50", "CPU time, median", "cpu_ms", median),
    _cost("cpu_p95", "CPU time, 95th percentile", "cpu_ms", percentile_95),
)  # fmt: skip

BY_NAME = {figure.name: figure for figure in FIGURES}


def scored(figure: Figure, items: Sequence[ItemOutcome]) -> list[ItemOutcome]:
    """Pick the items that have every score the figure needs."""
    return [item for item in items if all(column in item.scores for column in figure.columns)]


def columns(figure: Figure, items: Sequence[ItemOutcome]) -> list[Values]:
    """Gather the figure's columns over items that have them."""
    return [np.array([item.scores[name] for item in items]) for name in figure.columns]


def is_defined(figure: Figure, data: Sequence[Values]) -> bool:
    """Whether the figure means anything on these columns."""
    return bool(data[0].size) and not (figure.two_classes and len(np.unique(data[0])) < 2)


def _unscored(figure: Figure, items: Sequence[ItemOutcome]) -> dict[str, int]:
    reasons = Counter[str]()
    for item in items:
        reasons.update({item.unscored[name] for name in figure.columns if name in item.unscored})
    return dict(sorted(reasons.items()))


def compute(figure: Figure, items: Sequence[ItemOutcome]) -> FigureValue | None:
    """Compute the figure with its interval. Return None if it concerns no item."""
    data = columns(figure, scored(figure, items))
    unscored = _unscored(figure, items)
    if not data[0].size and not unscored:
        return None
    found = (
        intervals.interval(figure.statistic, data)
        if is_defined(figure, data)
        else intervals.Interval(None, None, None, len(data[0]))
    )
    return FigureValue(
        name=figure.name,
        value=found.value,
        low=found.low,
        high=found.high,
        n=found.n,
        unscored=unscored,
    )


def compute_all(items: Sequence[ItemOutcome]) -> list[FigureValue]:
    """Compute every figure that these items allow, in order."""
    return [value for figure in FIGURES if (value := compute(figure, items)) is not None]
