"""The report of a run: one HTML file that requests nothing, in light and dark.

The template engine escapes everything that articles, questions or answers say. The page has no
script, and its content security policy lets it load nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evals.records.figures import BY_NAME, FIGURES, Figure, Unit
from evals.records.record import ClaimOutcome, FigureValue, PageOutcome, QuestionOutcome, Record
from evals.reports import plots

TEMPLATE = "report.html.jinja"
HEADLINES = (
    "outcome", "right_words", "first_words", "right_words_answerable", "first_words_answerable",
    "citation_hit_any", "citation_hit_first", "contains", "exact_match", "token_f1",
    "refusal_precision", "refusal_recall", "refusal_f1", "refusal_recall_at_10",
    "confidence_auroc", "question_only_auroc", "right_near_80", "calibration_error",
    "words_quoted", "words_per_quote", "offsets_valid",
    "hit_at_1", "mrr_at_10", "both_values_quoted", "conflict_said", "conflict_invented",
    "support_macro_f1", "support_balanced_accuracy", "support_auroc", "false_passed",
    "true_rejected",
    "body_f1", "body_precision", "body_recall", "whole_page_f1", "body_f1_gain",
)  # fmt: skip
_BY_TYPE = (
    ("outcome", "Right or refused"),
    ("right_words", "Right by words"),
    ("first_words", "First by words"),
    ("citation_hit_any", "Hit, any"),
    ("citation_hit_first", "Hit, first"),
    ("contains", "Contains"),
    ("hit_at_5", "Article hit@5"),
    ("refused", "Refused"),
    ("both_values_quoted", "Both values"),
    ("conflict_said", "Differ, rightly"),
    ("conflict_invented", "Differ, wrongly"),
    ("correct", "Judged right"),
    ("decided", "Passed as full"),
    ("rejected", "Rejected"),
    ("page_f1", "F1 of a page"),
)
_KINDS = {
    "error": "Could not be answered: an error",
    "wrong": "Answered, but not with the gold quote",
    "refused": "Refused, though the articles answer it",
    "answered": "Answered, though the articles do not say",
    "one_value": "Answered, but with only one of the values on which the articles differ",
    "no_conflict": "Said that sources differ, but they do not",
    "supported": "Supported, but judged otherwise",
    "unsupported": "Not supported, but judged to be",
    "page": "Pages with the lowest F1, the worst first",
}

# Hardly any page comes out word for word; the report shows this many of the worst.
_WORST_PAGES = 20

Outcome = QuestionOutcome | ClaimOutcome | PageOutcome


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as shown; bar positions are percentages of the bar's width."""

    figure: Figure
    value: str
    interval: str
    n: int
    unscored: dict[str, int]
    at: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class TypeRow:
    """The means of one type of item."""

    name: str
    n: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Misses:
    """The misses of one kind."""

    kind: str
    title: str
    items: tuple[Outcome, ...]


def number(value: float | None, unit: Unit) -> str:
    """Format a figure for people."""
    if value is None:
        return "–"
    if unit == "words":
        return f"{value:.1f}"
    if unit == "ms":
        return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3f}"


def interval_text(value: FigureValue, unit: Unit) -> str:
    """Format the interval for people; empty if there is none."""
    if value.low is None or value.high is None:
        return ""
    return f"{number(value.low, unit)} to {number(value.high, unit)}"


def _percent(value: float | None) -> float | None:
    return None if value is None else round(100 * min(1.0, max(0.0, value)), 1)


def _shown(value: FigureValue) -> Shown:
    figure = BY_NAME[value.name]
    bar = figure.unit in ("share", "score")
    return Shown(
        figure=figure,
        value=number(value.value, figure.unit),
        interval=interval_text(value, figure.unit),
        n=value.n,
        unscored=value.unscored,
        at=_percent(value.value) if bar else None,
        low=_percent(value.low) if bar else None,
        high=_percent(value.high) if bar else None,
    )


def headline_figures(record: Record) -> list[FigureValue]:
    """Pick the figures to read first, of those that this suite defines."""
    return [
        found for found in record.figures if found.name in HEADLINES and found.value is not None
    ]


def _families(record: Record) -> list[tuple[str, list[Shown]]]:
    order = {figure.name: place for place, figure in enumerate(FIGURES)}
    known = sorted((f for f in record.figures if f.name in order), key=lambda f: order[f.name])
    shown = [_shown(value) for value in known]
    return [
        (family, list(members)) for family, members in groupby(shown, lambda s: s.figure.family)
    ]


def type_rows(items: Sequence[Outcome]) -> tuple[list[str], list[TypeRow]]:
    """Build the per-type table: headings and rows, without empty columns."""
    used = [(name, title) for name, title in _BY_TYPE if any(name in item.scores for item in items)]
    rows = []
    by_type = sorted(items, key=lambda item: item.type)
    for name, group in groupby(by_type, lambda item: item.type):
        members = list(group)
        cells = tuple(_mean(members, score) for score, _ in used)
        rows.append(TypeRow(name, len(members), cells))
    return [title for _, title in used], rows


def _mean(items: Sequence[Outcome], name: str) -> str:
    values = [item.scores[name] for item in items if name in item.scores]
    return number(sum(values) / len(values), "share") if values else "–"


def miss_kind(item: Outcome) -> str | None:
    """Say what went wrong with an item. Return None if nothing did, or nobody can say."""
    if isinstance(item, PageOutcome):
        return "page" if item.scores.get("page_f1", 0.0) < 1.0 else None
    if isinstance(item, ClaimOutcome):
        if item.scores.get("correct") != 0.0:
            return None
        return "supported" if item.supported else "unsupported"
    if item.status == "error":
        return "error"
    if item.scores.get("outcome", 1.0) > 0.0:
        return _conflict_miss(item)
    if not item.answerable:
        return "answered"
    return "refused" if item.status == "abstained" else "wrong"


def _conflict_miss(item: QuestionOutcome) -> str | None:
    """What a right answer leaves out, or makes up, about how sources differ."""
    if item.scores.get("both_values_quoted") == 0.0:
        return "one_value"
    return "no_conflict" if item.scores.get("conflict_invented") == 1.0 else None


def _misses(items: Sequence[Outcome]) -> list[Misses]:
    if items and isinstance(items[0], PageOutcome):
        items = sorted(items, key=lambda item: item.scores.get("page_f1", -1.0))[:_WORST_PAGES]
    kinds = [(miss_kind(item), item) for item in items]
    found = []
    for kind, title in _KINDS.items():
        members = tuple(item for its_kind, item in kinds if its_kind == kind)
        if members:
            found.append(Misses(kind, title, members))
    return found


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render_report(record: Record) -> str:
    """Render the report as one HTML page."""
    items: Sequence[Outcome] = record.items
    headings, rows = type_rows(items)
    return (
        _environment()
        .get_template(TEMPLATE)
        .render(
            record=record,
            headlines=[_shown(value) for value in headline_figures(record)],
            families=_families(record),
            curve=plots.risk_coverage_curve(record.questions),
            dots=plots.calibration_dots(record.questions),
            x_ticks=plots.x_ticks(),
            y_ticks=plots.y_ticks(),
            plots=plots,
            type_headings=headings,
            type_rows=rows,
            misses=_misses(items),
        )
    )


def write_report(record: Record, path: Path) -> None:
    """Write the report of a run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_report(record), encoding="utf-8")
