"""Word forms as patterns. A form that ends in ``*`` stands for all that begin so."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

_SPELLINGS = {"'": "['’ʼ]", " ": r"\s+", "ё": "[её]", "*": r"\w*"}
_ALIKE = str.maketrans({"İ": "i", "ı": "i", "’": "'", "ʼ": "'"})


def plain(text: str) -> str:
    """A text in one case and spelling; beside what casefold knows, patterns take ``ı`` for an i."""
    return text.translate(_ALIKE).casefold().replace("ё", "е")


def any_of(forms: Iterable[str]) -> str:
    """A pattern of any of these forms, the longest first; beginnings in common are tried once.

    Args:
        forms: words, with one blank between two of them and none at either end.
    """
    root: dict[str, Any] = {}
    for form in forms:
        node = root
        for char in form:
            node = node.setdefault(char, {})
        node[""] = {}
    return _branches(root) if root else "(?!)"


def _branches(node: Mapping[str, Any]) -> str:
    longer = [
        _SPELLINGS.get(char, re.escape(char)) + _branches(child)
        for char, child in node.items()
        if char
    ]
    if not longer:
        return ""
    if len(longer) == 1 and "" not in node:
        return longer[0]
    return f"(?:{'|'.join(longer)})" + ("?" if "" in node else "")
