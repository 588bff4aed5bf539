"""Writes the reference in docs/python.md anew from the docstrings: what `make reference` runs.

What stands above the mark in that page is written by hand and stays.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "python.md"
MARK = "<!-- From here on written by `make reference`, from the docstrings. -->\n"
SHOWN = {
    "Asking": (
        "rag.pressmark.Pressmark",
        "rag.types.Question",
        "rag.types.Turn",
        "index.article.SearchFilters",
        "rag.settings.Settings",
    ),
    "Answers": (
        "rag.types.Answer",
        "rag.types.Claim",
        "rag.types.Citation",
        "rag.types.RejectedClaim",
        "rag.types.Abstention",
        "rag.types.Usage",
        "rag.streaming.AnswerStream",
        "rag.types.ClaimReady",
        "rag.types.Withdrawn",
        "rag.contract.answer_response",
    ),
    "Inside LlamaIndex": (
        "rag.llamaindex.PressmarkRetriever",
        "rag.llamaindex.PressmarkQueryEngine",
        "rag.llamaindex.PressmarkReranker",
        "rag.llamaindex.Asking",
    ),
    "Inside LangChain": ("rag.langchain.PressmarkRetriever",),
    "Errors": (
        "index.errors.PressmarkError",
        "index.errors.InputError",
        "index.errors.LibraryError",
        "index.errors.LibraryBusyError",
        "index.errors.EmbeddingModelError",
    ),
}
_OURS = re.compile(r"\b(?:rag|index)(?:\.\w+)+\.(?=\w)")


def reference() -> str:
    """The reference, as Markdown."""
    packages = {
        name: griffe.load(name, search_paths=[str(ROOT)], docstring_parser="google")
        for name in ("rag", "index")
    }
    parts = []
    for title, names in SHOWN.items():
        parts.append(f"## {title}")
        for name in names:
            package, _, path = name.partition(".")
            parts.extend(_object(packages[package][path], name))
    return "\n\n".join(parts) + "\n"


def _object(shown: griffe.Object | griffe.Alias, name: str) -> Iterator[str]:
    """A class with its public methods, or a function."""
    if shown.is_function:
        yield f"### `{_signature(shown, name)}`"
        yield from _sections(shown)
        return
    yield f"### `{name}`"
    yield from _sections(shown)
    rows = [*_fields(shown)]
    if rows:
        yield _table(("Attribute", "Type", "Meaning"), iter(rows))
    for method in shown.members.values():
        is_property = method.is_attribute and "property" in method.labels
        if not method.is_public or not (method.is_function or is_property) or method.is_alias:
            continue
        if not method.docstring:
            continue
        yield f"#### `{method.name if is_property else _signature(method, method.name)}`"
        yield from _sections(method)


def _fields(shown: Any) -> Iterator[tuple[str, str, str]]:
    """The fields of a class: name, type, and what its docstring or its ``Field`` says of each."""
    sections = shown.docstring.parsed if shown.docstring else []
    said = {
        one.name: _prose(one.description)
        for section in sections
        if section.kind is griffe.DocstringSectionKind.attributes
        for one in section.value
    }
    for field in shown.members.values():
        is_field = field.is_attribute and field.annotation and "property" not in field.labels
        if is_field and field.is_public:
            described = re.search(r"description=(['\"])(.*?)(?<!\\)\1", str(field.value))
            meaning = said.get(field.name) or (described[2] if described else "")
            yield f"`{field.name}`", f"`{_short(field.annotation)}`", meaning


def _signature(function: Any, name: str) -> str:
    """How it is called, without ``self``."""
    given, bare = [], False
    for parameter in function.parameters:
        if parameter.name in ("self", "cls"):
            continue
        if parameter.kind is griffe.ParameterKind.keyword_only and not bare:
            given.append("*")
            bare = True
        typed = f": {_short(parameter.annotation)}" if parameter.annotation else ""
        default = f" = {parameter.default}" if parameter.default is not None else ""
        given.append(f"{parameter.name}{typed}{default}")
    returned = f" -> {_short(function.returns)}" if function.returns else ""
    return f"{name}({', '.join(given)}){returned}"


def _short(annotation: object) -> str:
    return _OURS.sub("", str(annotation)).replace("'", "").replace('"', "")


def _sections(shown: griffe.Object | griffe.Alias) -> Iterator[str]:
    """The docstring, section by section."""
    for section in shown.docstring.parsed if shown.docstring else []:
        match section.kind:
            case griffe.DocstringSectionKind.text:
                yield _prose(section.value)
            case griffe.DocstringSectionKind.parameters:
                rows = ((f"`{one.name}`", _prose(one.description)) for one in section.value)
                yield _table(("Argument", "Meaning"), rows)
            case griffe.DocstringSectionKind.attributes:
                pass  # they stand in the table of the fields
            case griffe.DocstringSectionKind.raises:
                rows = (
                    (f"`{_short(one.annotation)}`", _prose(one.description))
                    for one in section.value
                )
                yield _table(("Raises", "When"), rows)
            case griffe.DocstringSectionKind.returns:
                yield "Returns " + " ".join(_prose(one.description) for one in section.value)
            case griffe.DocstringSectionKind.admonition:  # "Example:", in the style of Google
                yield f"```python\n{section.value.contents}\n```"
            case _:
                raise ValueError(f"{shown.path}: no way to show {section.kind}")


def _prose(text: str) -> str:
    """A docstring's words as Markdown: double backticks become single ones."""
    return re.sub(r"``([^`]+)``", r"`\1`", text.strip())


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def page() -> str:
    """The whole page: what is written by hand, and the reference."""
    by_hand, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    if not mark:
        sys.exit(f"{PAGE} has lost the line: {MARK}")
    return f"{by_hand}{mark}\n{reference()}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Written: {PAGE}")
