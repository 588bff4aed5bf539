"""The simulation carries measured costs further, and no other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from evals.benchmarks.capacity import Assumed, simulate, table

UNITS = {
    "passages_an_article": 4.0,
    "postgres_bytes_a_passage": 5_000.0,
    "words_bytes_a_passage": 2_000.0,
    "tantivy_bytes_a_passage": 1_000.0,
    "chroma_bytes_a_passage": 4_000.0,
    "chroma_memory_bytes_a_passage": 3_000.0,
    "holdings_bytes_an_article": 400.0,
    "taking_in_processor_ms_a_passage": 5.0,
    "copy_processor_ms_a_passage": 1.0,
    "embedding_processor_ms_a_passage": 86.4,
    "answer_processor_ms": 720.0,
    "server_memory_bytes": 1e9,
}


def values(**changes: float) -> dict[str, str]:
    return {need.what: need.value for need in simulate({**UNITS, **changes}, Assumed())}


def test_the_arithmetic_is_right() -> None:
    found = values()
    assert found["passages"] == "40 million"
    assert found["embedding"] == "40 processor days"
    assert found["PostgreSQL"] == "200 GB"
    assert found["words, a copy on each server"] == "40 GB"
    assert found["Chroma, memory"] == "4 servers, 30 GB in memory each"
    assert found["answers"] == "5.6 a second"
    assert found["servers"].startswith("2 machines")
    assert found["holdings in each process"].startswith("4.0 GB")


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_counts(unit: str) -> None:
    changed = {unit: UNITS[unit] * 10}
    assert table(simulate(UNITS, Assumed())) != table(simulate({**UNITS, **changed}, Assumed()))


def test_what_breaks_first_stands_first() -> None:
    small = simulate(UNITS, replace(Assumed(), articles=1_000))
    assert re.search(r"What breaks first: .+ \(", table(small))
    costly = simulate({**UNITS, "holdings_bytes_an_article": 1e6}, Assumed())
    assert "What breaks first: holdings in each process" in table(costly)


def test_the_command_says_what_it_assumes(tmp_path: Path) -> None:
    measured = tmp_path / "units.json"
    measured.write_text(json.dumps(UNITS))
    done = subprocess.run(
        [sys.executable, "-m", "evals.benchmarks.capacity", str(measured), "--people", "50"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "people 50" in done.stdout.splitlines()[0]
    assert "| passages | 40 million |" in done.stdout
