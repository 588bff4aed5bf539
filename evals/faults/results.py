"""What a kind of fault came to: how often it was tried, and what went wrong."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

_SHOWN = 8


@dataclass(slots=True)
class Result:
    """One kind of fault.

    Attributes:
        kind: its name: "crash".
        promise: what must hold, in words.
        tried: how often it was tried.
        seconds: what all of it took.
        wrong: in words, everything that did not hold.
        outcomes: how often each thing happened that may happen.
        figures: what was measured beside, by name.
        skipped: why it was not tried, if it was not.
    """

    kind: str
    promise: str
    tried: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    figures: dict[str, float] = field(default_factory=dict)
    skipped: str | None = None

    def json(self) -> dict[str, Any]:
        """As a value of JSON."""
        return asdict(self) | {"outcomes": dict(self.outcomes)}


def write_json(results: Sequence[Result], path: Path) -> None:
    """Write the results.

    Args:
        results: of all kinds that ran.
        path: the file.
    """
    found = [result.json() for result in results]
    path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def print_table(results: Sequence[Result], console: Console) -> None:
    """Print the results, and what went wrong in words.

    Args:
        results: of all kinds that ran.
        console: where to.
    """
    table = Table("fault", "promise", "tried", "broken", "s", "what happened")
    for result in results:
        told = [f"{name} {number}" for name, number in sorted(result.outcomes.items())]
        told += [f"{name} {value:g}" for name, value in result.figures.items()]
        broken = f"[red]{len(result.wrong)}[/]" if result.wrong else "0"
        table.add_row(
            result.kind,
            result.promise,
            str(result.tried),
            "–" if result.skipped else broken,
            f"{result.seconds:.0f}",
            result.skipped or ", ".join(told),
        )
    console.print(table)
    for result in results:
        for line in result.wrong[:_SHOWN]:
            console.print(f"[red]{result.kind}[/]: {line}", highlight=False, markup=True)
        if len(result.wrong) > _SHOWN:
            console.print(f"… and {len(result.wrong) - _SHOWN} more of {result.kind}")
