"""Runs the tests while counting which branches of `index` and `rag` they take.

`make test COVERAGE=1` runs it.

A branch is a way that a line can go on: both ways of an `if`, a loop that ends or goes round. What
is printed is a figure to look at, not a floor. What tests start as processes of their own, such as
the readers of formats in theirs, does not count.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "coverage"
LEAST_COVERED = 8


def main(arguments: list[str], kept: Path = KEPT) -> int:
    """Run the tests, and print the figures whether they pass or not.

    Each process that runs tests begins to count in `tests/conftest.py`, before it imports anything
    that counts.

    Args:
        arguments: for pytest.
        kept: a folder for the data; what it held is lost.

    Returns:
        The exit status of the tests.
    """
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    environment = {**os.environ, "COVERAGE_FILE": str(kept / "data")}
    begin = {**environment, "COVERAGE_PROCESS_START": str(ROOT / "pyproject.toml")}
    pytest = [sys.executable, "-m", "pytest", *arguments]
    tested = subprocess.run(pytest, cwd=ROOT, env=begin, check=False)
    report = kept / "report.json"
    for step in (["combine", "-q"], ["json", "-q", "-o", str(report)]):
        coverage = [sys.executable, "-m", "coverage", *step]
        subprocess.run(coverage, cwd=ROOT, env=environment, check=True)
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
