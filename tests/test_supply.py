"""What Pressmark is made of, and what is known against it."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest

from tests.helpers.serving import ROOT


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def report(*packages: dict[str, Any]) -> dict[str, Any]:
    return {"dependencies": list(packages), "fixes": []}


SOUND = {"name": "sound", "version": "1", "vulns": []}
WEAK = {
    "name": "weak",
    "version": "2",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["3"], "description": "x"}],
}
UNKNOWN = {"name": "unknown", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "status", "words"),
    [
        ([SOUND], 0, "1 packages looked up"),
        ([SOUND, WEAK], 1, "weak 2: PYSEC-1, mended in 3; NOT EXPLAINED"),
        ([SOUND, UNKNOWN], 2, "1 packages could not be looked up: unknown"),
        ([UNKNOWN], 2, "0 packages looked up"),
        ([WEAK, UNKNOWN], 1, "NOT EXPLAINED"),
    ],
)
def test_a_report_is_believed_only_for_what_was_looked_up(
    packages: list[dict[str, Any]], status: int, words: str
) -> None:
    lines, found = tool("audit").judged(report(*packages))
    assert found == status
    assert words in "\n".join(lines)


def test_a_weakness_may_be_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    audit = tool("audit")
    monkeypatch.setattr(audit, "EXPLAINED", {"CVE-1": "We never call it."})
    lines, status = audit.judged(report(WEAK))
    assert status == 0
    assert "PYSEC-1, mended in 3; We never call it." in lines[0]


def test_the_bill_names_packages_models_and_what_taught_them() -> None:
    sbom = tool("sbom")
    bill = sbom.bill(sbom.packages())
    kinds = {one["type"] for one in bill["components"]}
    assert kinds == {"library", "machine-learning-model", "data"}
    data = {one["name"]: one["licenses"] for one in bill["components"] if one["type"] == "data"}
    assert len(data) > 5
    assert all(licences[0]["license"]["name"] for licences in data.values())
    models = [one for one in bill["components"] if one["type"] == "machine-learning-model"]
    assert all((ROOT / one["description"].split(":")[0]).is_file() for one in models)


def test_every_package_of_the_lock_names_its_licence(capsys: pytest.CaptureFixture[str]) -> None:
    sbom = tool("sbom")
    assert sbom.main(["--licences"]) == 0
    shown = capsys.readouterr().out
    assert sbom.UNNAMED not in shown
    assert "multilingual-e5-small" in shown
    assert "SQuAD 2.0" in shown
