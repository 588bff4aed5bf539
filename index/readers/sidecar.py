"""The sidecar of a folder, ``articles.toml``: what a person states about its files."""

import datetime
import re
import tomllib
from pathlib import Path

from index.errors import UnreadableFileError
from index.readers.disk import read_bytes
from index.readers.metadata import FIELDS, SourceMetadata, stated

SIDECAR_NAME = "articles.toml"


def read_sidecar(folder: Path) -> dict[str, SourceMetadata]:
    """Read the folder's ``articles.toml``: what is known of each file, and on what basis.

    Returns:
        metadata by file name; empty where the folder has no sidecar.

    Raises:
        UnreadableFileError: the sidecar is malformed; the message names the place.
    """
    path = folder / SIDECAR_NAME
    if not path.exists():
        return {}
    try:
        tables = tomllib.loads(read_bytes(path).decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableFileError(f"{SIDECAR_NAME} is not valid TOML: {error}") from error
    return {name: _sidecar_entry(name, table) for name, table in tables.items()}


def _sidecar_entry(name: str, table: object) -> SourceMetadata:
    place = f"{SIDECAR_NAME}, [{name!r}]"
    if not isinstance(table, dict):
        raise UnreadableFileError(f"{place}: expected a table")
    for key in table:
        if key not in FIELDS and key != "note":
            raise UnreadableFileError(f"{place}: unknown key {key!r}")
    note = table.get("note")
    if note is not None and (not isinstance(note, str) or not note.strip()):
        raise UnreadableFileError(f"{place}: note must be text")
    found = {key: _statement(f"{place}.{key}", key, table[key]) for key in FIELDS if key in table}
    values = {key: value for key, (value, _) in found.items()}
    return stated(values, {key: basis for key, (_, basis) in found.items()}, note)


def _statement(place: str, key: str, statement: object) -> tuple[str, str]:
    """One ``{ value = "…", basis = "…" }``, checked."""
    if not isinstance(statement, dict) or set(statement) != {"value", "basis"}:
        raise UnreadableFileError(f'{place}: expected {{ value = "…", basis = "…" }}')
    value, basis = statement["value"], statement["basis"]
    if key == "published_at" and isinstance(value, datetime.date):
        value = value.isoformat()[:10]
    for label, given in (("value", value), ("basis", basis)):
        if not isinstance(given, str) or not given.strip():
            raise UnreadableFileError(f"{place}: {label} must be text")
    if key == "published_at" and not _is_iso_date(value):
        raise UnreadableFileError(f"{place}: {value!r} is not a date like 2020-08-06")
    if key == "language" and not re.fullmatch(r"[a-z]{2,3}", value):
        raise UnreadableFileError(f"{place}: {value!r} is not a language code like 'en'")
    return value, basis


def _is_iso_date(value: str) -> bool:
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
