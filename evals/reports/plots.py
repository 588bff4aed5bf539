"""The report's two plots as coordinates; the template draws them as inline SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.metrics.selective import calibration, risk_coverage
from evals.records.record import QuestionOutcome

# The plot area within the SVG's view box of 460 by 320.
LEFT, TOP, WIDTH, HEIGHT = 66.0, 16.0, 376.0, 250.0
_MOST_POINTS = 300
_SMALLEST, _LARGEST = 4.0, 13.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line and its label; ``at`` is its coordinate on the axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A calibration bin: its place, its size, and its caption."""

    x: float
    y: float
    radius: float
    title: str


@dataclass(frozen=True, slots=True)
class Curve:
    """The risk–coverage curve.

    Attributes:
        points: in the form of an SVG polyline.
        end_x: the end of the curve: the coverage reached.
        end_y: the risk there.
        caption: what the end says, in words.
    """

    points: str
    end_x: float
    end_y: float
    caption: str
    top: float
    y_ticks: tuple[Tick, ...]


def x_at(share: float) -> float:
    """Horizontal coordinate of a share from 0 to 1."""
    return round(LEFT + WIDTH * share, 1)


def y_at(share: float, top: float = 1.0) -> float:
    """Vertical coordinate of a value from 0 to ``top``."""
    return round(TOP + HEIGHT * (1 - share / top), 1)


def x_ticks() -> tuple[Tick, ...]:
    """Mark every fifth of the horizontal axis."""
    return tuple(Tick(x_at(n / 5), f"{n * 20} %") for n in range(6))


def y_ticks(top: float = 1.0) -> tuple[Tick, ...]:
    """Mark every fifth of the vertical axis."""
    return tuple(Tick(y_at(top * n / 5, top), f"{top * n * 20:g} %") for n in range(6))


def _answered(items: Sequence[QuestionOutcome]) -> list[QuestionOutcome]:
    return [item for item in items if "right" in item.scores and "confidence" in item.scores]


def risk_coverage_curve(items: Sequence[QuestionOutcome]) -> Curve | None:
    """Draw the curve of a run. Return None if no answer was judged."""
    answered = _answered(items)
    if not answered:
        return None
    asked = sum("outcome" in item.scores for item in items)
    points = risk_coverage(
        np.array([item.scores["right"] for item in answered]),
        np.array([item.scores["confidence"] for item in answered]),
        max(asked, len(answered)),
    )
    step = max(1, len(points) // _MOST_POINTS)
    shown = points[::step] + points[-1:]
    worst = max(risk for _, risk in shown)
    top = next(edge for edge in (0.25, 0.5, 1.0) if worst <= edge)
    coverage, risk = points[-1]
    return Curve(
        points=" ".join(f"{x_at(c)},{y_at(r, top)}" for c, r in shown),
        end_x=x_at(coverage),
        end_y=y_at(risk, top),
        caption=f"{100 * coverage:.0f} % of the questions answered, "
        f"{100 * risk:.0f} % of the answers wrong",
        top=top,
        y_ticks=y_ticks(top),
    )


def calibration_dots(items: Sequence[QuestionOutcome]) -> tuple[Dot, ...]:
    """Draw a dot for each bin of confidence that holds an answer, larger for more answers."""
    answered = _answered(items)
    if not answered:
        return ()
    bins = calibration(
        np.array([item.scores["right"] for item in answered]),
        np.array([item.scores["confidence"] for item in answered]),
    )
    most = max(found.count for found in bins)
    return tuple(
        Dot(
            x=x_at(found.confidence),
            y=y_at(found.accuracy),
            radius=round(_SMALLEST + (_LARGEST - _SMALLEST) * (found.count / most) ** 0.5, 1),
            title=(
                f"{found.count} answers with confidence {100 * found.confidence:.0f} %: "
                f"{100 * found.accuracy:.0f} % right"
            ),
        )
        for found in bins
    )
