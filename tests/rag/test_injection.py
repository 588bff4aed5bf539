"""Models and stores are opened in one place; the rest of `rag` is handed them."""

import ast
from pathlib import Path

import pytest

import rag

OPENERS = {
    *("open_reader", "open_judge", "load_calibration", "open_chat_model"),
    *("open_embedding", "open_encoder", "open_stores", "load_kinds", "E5Embedding"),
}
ROOT = Path(rag.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))


def called(source: str) -> set[str]:
    """The names of what a module calls."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    plain = {function.id for function in calls if isinstance(function, ast.Name)}
    return plain | {function.attr for function in calls if isinstance(function, ast.Attribute)}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_but_the_place_that_puts_together_opens(path: Path) -> None:
    opened = called(path.read_text(encoding="utf-8")) & OPENERS
    assert not opened or path.name == "pressmark.py"


def test_the_place_that_puts_together_does() -> None:
    opened = called((ROOT / "pressmark.py").read_text(encoding="utf-8"))
    assert {"open_reader", "open_judge", "load_calibration", "open_stores"} <= opened


def test_an_opener_is_seen_wherever_it_is_called() -> None:
    assert called("def f():\n    return reader.open_reader()") & OPENERS
    assert called("x = [open_judge() for _ in y]") & OPENERS
