"""A question in, a verified answer out.

Example:
    >>> from rag import Pressmark
    >>> with Pressmark.open() as pressmark:
    ...     answer = pressmark.answer("Who was detained in Belarus?")
    ...     print(answer.text)
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.pressmark import Pressmark
    from rag.settings import Settings
    from rag.types import Answer, Question

__all__ = ["Answer", "Pressmark", "Question", "Settings"]

_HOMES = {
    "Answer": "rag.types",
    "Pressmark": "rag.pressmark",
    "Question": "rag.types",
    "Settings": "rag.settings",
}


def __getattr__(name: str) -> Any:
    """Import a name at its first use: `rag.settings` alone must not load the stores."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
