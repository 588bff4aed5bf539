"""Read JSON from outside strictly, and put validation errors into words."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 64
"""Levels of nesting; chat programs send along the schemas of their tools."""
_SHOWN_NAME = 80
_NO_DATE = "must be a date, such as 2020-08-10"
_PLAIN_WORDS = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "date_from_datetime_inexact": _NO_DATE,
    "date_from_datetime_parsing": _NO_DATE,
    "date_parsing": _NO_DATE,
    "date_type": _NO_DATE,
    "dict_type": "must be a JSON object",
    "extra_forbidden": "is not a field of this request",
    "list_type": "must be a list",
    "missing": "is required",
    "model_attributes_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "string_type": "must be a string",
}


class MalformedJsonError(ValueError):
    """Bytes that are not JSON text, or JSON that two readers may understand differently."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One unusable field, and why."""

    field: str
    detail: str

    def __str__(self) -> str:
        return f"{self.field}: {self.detail}" if self.field else self.detail


def parse_json(body: bytes) -> object:
    """Read one JSON text in UTF-8.

    Stricter than `json.loads`: no NaN or infinity, no member named twice, nothing nested
    beyond `MAX_DEPTH`, and no NUL or lone surrogate, which nothing can store or send on.

    Args:
        body: the bytes as received.

    Raises:
        MalformedJsonError: saying what is wrong and where.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MalformedJsonError(f"not UTF-8: byte {error.start} cannot be decoded") from None
    try:
        value: object = json.loads(
            text, parse_constant=_refuse_constant, object_pairs_hook=_unique_members
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedJsonError(f"not JSON: {error.msg} ({where})") from None
    except RecursionError:
        raise MalformedJsonError(f"nested deeper than {MAX_DEPTH} levels") from None
    except MalformedJsonError:
        raise
    except ValueError:  # Python's limit on the digits of one integer
        raise MalformedJsonError("a number has too many digits") from None
    _check_values(value)
    return value


def _refuse_constant(name: str) -> object:
    raise MalformedJsonError(f"{name} is not a JSON value")


def _unique_members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise MalformedJsonError("an object names the same member twice")
    return members


def _check_values(value: object) -> None:
    """Walk without recursion, so that depth costs memory and never the stack."""
    waiting: list[tuple[object, int]] = [(value, 1)]
    while waiting:
        item, depth = waiting.pop()
        if isinstance(item, str):
            _check_text(item)
            continue
        if depth > MAX_DEPTH:
            raise MalformedJsonError(f"nested deeper than {MAX_DEPTH} levels")
        waiting.extend((child, depth + 1) for child in _children(item))


def _children(item: object) -> Iterator[object]:
    if isinstance(item, dict):
        yield from item.keys()
        yield from item.values()
    elif isinstance(item, list):
        yield from item


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise MalformedJsonError("a string contains a NUL character, which is not text")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise MalformedJsonError("a string contains a lone surrogate, which is not text") from None


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Put pydantic's error list into words, without the caller's values.

    Args:
        errors: from `ValidationError.errors()`.

    Returns:
        One entry for each field, in pydantic's order.
    """
    return [FieldError(_field_name(error["loc"]), _wording(error)) for error in errors]


def _field_name(loc: Sequence[int | str]) -> str:
    """``("body", "history", 0, "answer")`` → ``history[0].answer``."""
    parts = loc[1:] if loc and loc[0] in ("body", "query", "path") else loc
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return name.removeprefix(".")[:_SHOWN_NAME] or "body"


def _wording(error: Mapping[str, Any]) -> str:
    context = error.get("ctx", {})
    kind = error["type"]
    if kind in _PLAIN_WORDS:
        return _PLAIN_WORDS[kind]
    if length := _length_words(kind, context, isinstance(error.get("input"), str)):
        return length
    match kind:
        case "string_pattern_mismatch":
            return f"must match {context['pattern']}"
        case "literal_error":
            return f"must be {context['expected']}"
        case "value_error":
            return str(context["error"])
        case _:
            return str(error["msg"]).removeprefix("Input ")


def _length_words(kind: str, context: Mapping[str, Any], is_text: bool) -> str:
    """What is wrong with the length of a text or a list; empty if that is not what is wrong."""
    if kind in ("string_too_long", "too_long"):
        unit = "characters" if is_text else "entries"
        verb = "is longer" if is_text else "has more"
        return f"{verb} than {context['max_length']:,} {unit}"
    if kind in ("string_too_short", "too_short") and context["min_length"] == 1:
        return "is empty"
    return ""
