"""Measure how quick and how large Pressmark is: ``python -m evals.benchmarks [NAME …]``."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from evals.benchmarks import answering, indexing, page, retrieving, starting, writing
from evals.benchmarks.values import Measured, Plan, rounded
from rag.settings import Settings

BENCHMARKS: Final[Mapping[str, Callable[[Plan], Measured]]] = {
    "starting": starting.measure,
    "indexing": indexing.measure,
    "retrieving": retrieving.measure,
    "answering": answering.measure,
    "writing": writing.measure,
}
SMALL: Final = Plan(Path(), 3, 60, (1_000, 5_000), 30)
WHOLE: Final = Plan(Path(), 7, 149, (1_000, 20_000, 100_000), 200)
_SHOWN: Final = ("chromadb", "llama-index-core", "openvino", "tantivy", "numpy")
_EXAMPLE: Final = """\
examples:
  make bench                                  every benchmark, in small
  make bench ARGS='--whole'                   … up to 100,000 passages, 7 rounds
  python -m evals.benchmarks retrieving --sizes 1000 20000 100000 1000000
"""


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> None:
    """Run the benchmarks that are named, or all, and write JSON and one HTML page."""
    chosen = _parser().parse_args(arguments)
    plan = replace(WHOLE if chosen.whole else SMALL, folder=chosen.folder / "libraries")
    if chosen.sizes:
        plan = replace(plan, sizes=tuple(sorted(chosen.sizes)))
    if chosen.rounds:
        plan = replace(plan, rounds=chosen.rounds)
    plan = replace(plan, texts=chosen.texts)
    plan.folder.mkdir(parents=True, exist_ok=True)
    found = []
    for name in chosen.names or BENCHMARKS:
        began = time.perf_counter()
        say(f"{name} …")
        found.append(BENCHMARKS[name](plan))
        say(_table(found[-1]))
        say(f"({time.perf_counter() - began:.0f} s)\n")
    where = _machine()
    stem = chosen.folder / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    record = {"machine": where, "benchmarks": [asdict(one) for one in found]}
    stem.with_suffix(".json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    stem.with_suffix(".html").write_text(page.render(found, where), encoding="utf-8")
    say(f"{stem.with_suffix('.html')}\n{stem.with_suffix('.json')}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.benchmarks",
        description="Measure how quick and how large Pressmark is.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME",
                        help=f"which: {', '.join(BENCHMARKS)} (default: all)")  # fmt: skip
    parser.add_argument("--whole", action="store_true", help="more rounds, larger libraries")
    parser.add_argument("--sizes", nargs="+", type=int, help="passages of the libraries")
    parser.add_argument("--rounds", type=int, help="of each timing")
    parser.add_argument("--texts", type=Path, help="a corpus.jsonl(.gz) to make articles of")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Settings().home / "benchmarks",
        help="for libraries and results (default: below PRESSMARK_HOME)",
    )
    return parser


def _table(found: Measured) -> str:
    lines = [found.title]
    for row in found.rows:
        low, high = row.spread
        spread = f" ({rounded(low)} to {rounded(high)})" if len(row.values) > 1 else ""
        goal = f"   {row.goal}: {'reached' if row.met else 'MISSED'}" if row.goal else ""
        lines.append(f"  {row.what}: {rounded(row.median)} {row.unit}{spread}{goal}")
    return "\n".join(lines)


def _machine() -> list[str]:
    """Where, with what and when: lines for a reader who repeats the run."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    flags = {flag for line in lines if line.startswith("flags") for flag in line.split()}
    wide = sorted(flags & {"amx_int8", "avx512_bf16", "avx512_vnni", "avx2"})
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return [
        f"{name or platform.machine()} ({', '.join(wide)}), {os.cpu_count()} cores, "
        f"load at the end {load:.1f}",
        f"Python {platform.python_version()}, "
        + ", ".join(f"{package} {version(package)}" for package in _SHOWN),
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    ]


if __name__ == "__main__":
    sys.exit(main())
