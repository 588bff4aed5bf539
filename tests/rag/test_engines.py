"""Nothing in rag/ asks which engine is under it; `.importlinter` has what it may import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

RAG = Path(__file__).parents[2] / "rag"
ASKED = frozenset({"database", "is_shared", "worker_folder"})
ENGINES = ("chroma", "tantivy", "postgres", "sqlite")
# It names the settings, and says what they mean.
SETTINGS = RAG / "settings.py"


def knowing(path: Path, source: str) -> Iterator[str]:
    """What a module says that only makes sense of one engine."""
    tree = ast.parse(source)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ASKED:
            yield f"{path.name}:{node.lineno} asks for .{node.attr}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            named = [engine for engine in ENGINES if engine in node.value.lower()]
            if named and path != SETTINGS:
                yield f"{path.name}:{node.lineno} names {named}"


@pytest.mark.parametrize("path", sorted(RAG.rglob("*.py")), ids=lambda path: path.name)
def test_no_module_asks_for_the_engine(path: Path) -> None:
    assert list(knowing(path, path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    ["stores.library.database.is_shared", "if kind == 'Tantivy': pass", "x = f'on PostgreSQL {y}'"],
)
def test_one_that_does_is_found(source: str) -> None:
    assert list(knowing(Path("made_up.py"), source))
