"""JSON and JSON Lines: objects that are articles, wherever a list of them stands."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from index.errors import UnreadableFileError
from index.readers import ninjs
from index.readers.base import Read
from index.readers.encodings import decode
from index.readers.records import read_records

_MAX_VISITED = 200_000


def read(data: bytes, name: str, fields: Mapping[str, str] | None = None) -> Read:
    """Read the articles of a file."""
    text, encoding = decode(data)
    try:
        return read_records(_objects(json.loads(text)), "JSON", encoding, fields)
    except json.JSONDecodeError as error:
        lines = _line_by_line(text, error)
        return read_records(lines, "JSON Lines", encoding, fields)


def _line_by_line(text: str, whole: json.JSONDecodeError) -> Iterator[Mapping[str, Any]]:
    """Read the objects of JSON Lines.

    Raises:
        UnreadableFileError: a line is not JSON; the message says which.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except json.JSONDecodeError as error:
            place = f"line {whole.lineno}" if number == 1 else f"line {number}"
            raise UnreadableFileError(f"{place} is not valid JSON: {error.msg}") from error
        yield from _objects(found)


def _objects(value: object) -> Iterator[Mapping[str, Any]]:
    """Find the objects of a value: those of a list, or of the lists that an object holds."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))
        return
    if not isinstance(value, dict):
        return
    if ninjs.is_item(value):
        yield value  # what stands in it belongs to it
        return
    waiting: list[object] = [value]
    for _ in range(_MAX_VISITED):
        if not waiting:
            return
        item = waiting.pop(0)
        if not isinstance(item, dict):
            continue
        for inner in item.values():
            if isinstance(inner, list) and inner and isinstance(inner[0], dict):
                yield from _objects(inner)
            elif isinstance(inner, dict):
                waiting.append(inner)
        yield item
