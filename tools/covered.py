"""Runs the tests while counting which branches of `index` and `rag` they take: `make coverage`.

A branch is a way that a line can go on: both ways of an `if`, a loop that ends or goes round. What
is printed is a figure to look at, not a floor. What tests start as processes of their own, such as
the readers of formats in theirs, does not count.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "coverage"
LEAST_COVERED = 8


def main(arguments: list[str]) -> int:
    """Run the tests, and print the figures whether they pass or not.

    Returns:
        The exit status of the tests.
    """
    KEPT.mkdir(parents=True, exist_ok=True)
    coverage = [sys.executable, "-m", "coverage"]
    tested = subprocess.run([*coverage, "run", "-m", "pytest", *arguments], cwd=ROOT, check=False)
    report = KEPT / "report.json"
    subprocess.run([*coverage, "json", "-q", "-o", str(report)], cwd=ROOT, check=True)
    print("\n".join(figures(json.loads(report.read_bytes())["files"])))
    return tested.returncode


def figures(files: dict[str, Any]) -> list[str]:
    """Say what is covered, by package, and name the modules with the most branches left.

    Args:
        files: what coverage's JSON report says of each file, by its path.
    """
    packages: dict[str, dict[str, int]] = {}
    for path, found in files.items():
        sums = packages.setdefault(Path(path).parts[0], {})
        for name, value in found["summary"].items():
            if isinstance(value, int):
                sums[name] = sums.get(name, 0) + value
    lines = [
        f"{package}: {_share(sums, 'covered_branches', 'num_branches')} of branches, "
        f"{_share(sums, 'covered_lines', 'num_statements')} of statements"
        for package, sums in sorted(packages.items())
    ]
    left = {path: found["summary"]["missing_branches"] for path, found in files.items()}
    most = sorted(filter(left.get, left), key=lambda path: (-left[path], path))[:LEAST_COVERED]
    return ["Covered by the tests:", *lines, *(f"  {left[path]} left in {path}" for path in most)]


def _share(sums: dict[str, int], covered: str, all_: str) -> str:
    return f"{sums[covered] / max(sums[all_], 1):.1%} ({sums[covered]:,} of {sums[all_]:,})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
