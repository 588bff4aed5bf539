"""No result depends on which of OpenBLAS's kernels the processor gets."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
# Training has an environment of its own.
PRODUCTS = frozenset({
    *("dot", "matmul", "inner", "vdot", "tensordot", "multi_dot", "cov", "corrcoef"),
    *("polyfit", "lstsq", "pinv", "svd", "eigh"),
})  # fmt: skip
"""What numpy hands to OpenBLAS; `einsum` sums by itself unless it is asked to optimise."""
APART = ROOT / "evals" / "training"
_NEEDS = {"Prescott": "pni", "Haswell": "avx2", "SkylakeX": "avx512f"}
_SCORES = """
import numpy as np
from index.library.tables import PassageRow
from index.search.chroma import VectorIndex

np.seterr(all="raise")
for dimension in (1, 2, 3, 5, 7, 8, 31, 32, 33, 384):
    random = np.random.default_rng(dimension)
    vectors = random.normal(size=(41, dimension)).astype(np.float32)
    vectors /= np.sqrt(np.sum(vectors * vectors, axis=1, keepdims=True))
    index = VectorIndex(None, dimension)
    rows = [PassageRow(f"p{n:02d}", f"a{n}", None, "text", row) for n, row in enumerate(vectors)]
    index.rebuild(rows, "1")
    some = frozenset(f"a{n}" for n in range(40))
    for hit in index.search(vectors[0], 5, some):
        print(dimension, hit.passage_id, f"{hit.score:.4f}")
    index.close()
"""


def flags() -> str:
    path = Path("/proc/cpuinfo")
    return path.read_text() if path.exists() else ""


def scores(kernel: str | None) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", _SCORES],
        cwd=ROOT,
        env={**os.environ, **({"OPENBLAS_CORETYPE": kernel} if kernel else {})},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_every_kernel_that_this_processor_can_run_gives_the_same() -> None:
    here = [kernel for kernel, flag in _NEEDS.items() if f" {flag} " in flags()]
    usual = scores(None)
    assert usual.count("\n") > 30
    for kernel in here:
        assert scores(kernel) == usual, kernel


def products(path: Path) -> list[int]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        by_operator = isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
        by_name = isinstance(node, ast.Attribute) and node.attr in PRODUCTS
        if by_operator or by_name:
            found.append(getattr(node, "lineno", 0))
    return found


def test_nothing_that_runs_leaves_a_product_to_such_a_kernel() -> None:
    modules = [
        path
        for package in ("evals", "index", "rag", "ui")
        for path in (ROOT / package).rglob("*.py")
        if not path.is_relative_to(APART)
    ]
    assert modules
    assert {str(path): lines for path in modules if (lines := products(path))} == {}
