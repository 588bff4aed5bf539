"""The map of the tree in CONTRIBUTING.md names what there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "rag", "evals", "ui")


def named_in_map(package: str) -> set[str]:
    """The folders (``name/``) and modules that stand in a package's part of the map."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    part = re.search(rf"^    {package}/ (.*\n(?:      .*\n)*)", text, re.MULTILINE)
    assert part is not None
    lines = [re.split(r"(?<=\S)  +", line.strip())[0] for line in part[1].splitlines()]
    return {word for line in lines for word in re.findall(r"\b\w+(?:/|\.py)(?=\s|$)", line)}


@pytest.mark.parametrize("package", PACKAGES)
def test_the_map_names_every_room(package: str) -> None:
    inside = ROOT / package
    rooms = {f"{path.parent.name}/" for path in inside.glob("*/__init__.py")}
    modules = {path.name for path in inside.glob("*.py")} - {"__init__.py"}
    assert named_in_map(package) == rooms | modules
