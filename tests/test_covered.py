"""The figures that `make test COVERAGE=1` prints, from a real run over a small tree."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]


def covered() -> ModuleType:
    """Import tools/covered.py, which is a script outside any package."""
    spec = importlib.util.spec_from_file_location("tools_covered", ROOT / "tools" / "covered.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_branches_are_counted_by_package(tmp_path: Path) -> None:
    for package in ("index", "rag"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "index" / "one.py").write_text(
        "def sign(n):\n    if n < 0:\n        return -1\n"
        "    if n > 0:\n        return 1\n    return 0\n"
    )
    (tmp_path / "rag" / "two.py").write_text("def same(n):\n    return n\n")
    (tmp_path / "asked.py").write_text(
        "import sys\nsys.path.insert(0, '.')\n"
        "from index.one import sign\nfrom rag.two import same\nsame(sign(-1))\n"
    )
    coverage = [sys.executable, "-m", "coverage"]
    run = [*coverage, "run", "--branch", "--source=index,rag", "asked.py"]
    subprocess.run(run, cwd=tmp_path, check=True)
    subprocess.run([*coverage, "json", "-q", "-o", "report.json"], cwd=tmp_path, check=True)

    found = covered().figures(json.loads((tmp_path / "report.json").read_bytes())["files"])

    assert found == [
        "Covered by the tests:",
        "index: 25.0% (1 of 4) of branches, 50.0% (3 of 6) of statements",
        "rag: 0.0% (0 of 0) of branches, 100.0% (2 of 2) of statements",
        "  3 left in index/one.py",
    ]


def test_what_two_processes_take_is_counted_together(tmp_path: Path) -> None:
    tests = ["tests/index/test_days.py", "tests/index/test_visible.py"]
    program = (
        "import sys, pathlib\nsys.path.insert(0, 'tools')\nimport covered\n"
        "sys.exit(covered.main(sys.argv[2:], pathlib.Path(sys.argv[1])))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "kept", *tests, *"-n 2 --dist loadfile".split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    files = json.loads((tmp_path / "kept" / "report.json").read_bytes())["files"]
    for module in ("index/days.py", "index/visible.py"):
        assert files[module]["summary"]["percent_covered"] > 60
