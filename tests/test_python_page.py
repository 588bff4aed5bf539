"""docs/python.md says what the docstrings say, and every name in it can be imported."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

from tests.helpers.serving import ROOT


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("python_page", ROOT / "tools" / "python_page.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_that_of_the_docstrings() -> None:
    python_page = tool()
    written = python_page.PAGE.read_text(encoding="utf-8")
    assert written == python_page.page(), "docs/python.md is older than the code: make reference"


def test_every_name_can_be_imported_and_is_described() -> None:
    python_page = tool()
    written = python_page.PAGE.read_text(encoding="utf-8")
    for names in python_page.SHOWN.values():
        for name in names:
            module, _, member = name.rpartition(".")
            assert getattr(importlib.import_module(module), member).__doc__
            assert f"### `{name}" in written
