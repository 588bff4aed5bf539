"""Make an object of a class that the user's settings name."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from index.errors import PressmarkError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Naming:
    """How messages speak about the object.

    Attributes:
        noun: "embedding".
        kind: "a LlamaIndex embedding (BaseEmbedding)".
        instead: what to call a name without a colon: "neither "e5" nor", or "not".
    """

    noun: str
    kind: str
    instead: str


def make_by_name(
    spec: str,
    base: type[T],
    naming: Naming,
    error: type[PressmarkError],
    defaults: Mapping[str, Any] | None = None,
) -> T:
    """Make an object of a class by its name.

    Args:
        spec: "package.module:ClassName", with keyword arguments (strings) after a question mark.
            The module's code runs, so take it from the user's own settings only.
        base: what the class must derive from.
        naming: words for messages.
        error: the error to raise.
        defaults: arguments for pydantic fields of the class that the spec leaves out.

    Raises:
        PressmarkError: of the kind ``error``: there is no such class, or making the object fails.
            The message leaves out the arguments, which may hold a key.
    """
    name, _, query = spec.partition("?")
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute):
        raise error(f'"{name}" is {naming.instead} "package.module:ClassName".')
    try:
        kind = getattr(importlib.import_module(module), attribute)
    except Exception as problem:  # importing a module may raise anything
        reason = f"{type(problem).__name__}: {problem}"
        raise error(f'The {naming.noun} "{name}" cannot be imported ({reason}).') from problem
    if not (isinstance(kind, type) and issubclass(kind, base)):
        raise error(f'"{name}" is not {naming.kind}.')
    fields = getattr(kind, "model_fields", {})
    known = {key: value for key, value in (defaults or {}).items() if key in fields}
    try:
        given = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
        return kind(**{**known, **dict(given)})
    except Exception as problem:
        reason = type(problem).__name__
        # Without its cause: a class that refuses its arguments repeats them, a key among them.
        raise error(f'The {naming.noun} "{name}" cannot be made so ({reason}).') from None
