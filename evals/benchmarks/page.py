"""The benchmarks as one HTML page: tables, and growth on logarithmic axes as inline SVG."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evals.benchmarks.values import Curve, Measured, rounded

LEFT: Final = 66.0
TOP: Final = 16.0
WIDTH: Final = 376.0
HEIGHT: Final = 250.0
"""The plot area within the SVG's view box of 460 by 320."""
TEMPLATE: Final = "page.html.jinja"


@dataclass(frozen=True, slots=True)
class Tick:
    """A grid line: its coordinate and its label."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Plot:
    """A curve in coordinates, with the decades of both axes."""

    curve: Curve
    dots: tuple[tuple[float, float, str], ...]
    line: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class _Axis:
    """A logarithmic axis over whole decades."""

    first: int
    last: int

    @classmethod
    def over(cls, values: Sequence[float]) -> "_Axis":
        first = math.floor(math.log10(min(values)))
        return cls(first, max(first + 1, math.ceil(math.log10(max(values)))))

    def share(self, value: float) -> float:
        return (math.log10(value) - self.first) / (self.last - self.first)

    def decades(self) -> list[float]:
        return [10.0**power for power in range(self.first, self.last + 1)]


def plot(curve: Curve) -> Plot:
    """Lay a curve out; it has at least one point."""
    across, up = (_Axis.over([point[at] for point in curve.points]) for at in (0, 1))

    def x_at(value: float) -> float:
        return round(LEFT + WIDTH * across.share(value), 1)

    def y_at(value: float) -> float:
        return round(TOP + HEIGHT * (1 - up.share(value)), 1)

    dots = tuple(
        (x_at(x), y_at(y), f"{x:,.0f}: {rounded(y)} {curve.y_label}") for x, y in curve.points
    )
    return Plot(
        curve,
        dots,
        " ".join(f"{x},{y}" for x, y, _ in dots),
        tuple(Tick(x_at(value), f"{value:,g}") for value in across.decades()),
        tuple(Tick(y_at(value), f"{value:,g}") for value in up.decades()),
    )


def render(found: Sequence[Measured], machine: Sequence[str]) -> str:
    """Draw the page.

    Args:
        found: by the benchmarks.
        machine: lines that say where, with what and when.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["rounded"] = rounded
    plots = {one.name: [plot(curve) for curve in one.curves if curve.points] for one in found}
    return environment.get_template(TEMPLATE).render(
        found=found,
        machine=machine,
        plots=plots,
        area={"left": LEFT, "top": TOP, "width": WIDTH, "height": HEIGHT},
    )
