"""The sidecar of a folder, ``articles.toml``: what a person states about its files."""

import datetime
import re
import tomllib
from contextlib import suppress
from pathlib import Path

from index.errors import UnreadableFileError
from index.readers.disk import read_bytes
from index.readers.metadata import FIELDS, SourceMetadata

SIDECAR_NAME = "articles.toml"
_DATE_KEY = "published_at"
_FIELDS_KEY = "fields"
_KEYS = ("title", "publisher", _DATE_KEY, "language", "url")


def read_sidecar(folder: Path) -> dict[str, SourceMetadata]:
    """Read the folder's ``articles.toml``: what is known about each file, and on what basis.

    Returns:
        metadata by file name; empty if the folder has no sidecar.

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
        if key not in (*_KEYS, "note", _FIELDS_KEY):
            raise UnreadableFileError(f"{place}: unknown key {key!r}")
    note = table.get("note")
    if note is not None and (not isinstance(note, str) or not note.strip()):
        raise UnreadableFileError(f"{place}: note must be text")
    texts: dict[str, str] = {}
    basis: dict[str, str] = {}
    published: datetime.date | None = None
    for key in _KEYS:
        if key in table:
            value, known_by = _statement(f"{place}.{key}", table[key])
            if key == _DATE_KEY:
                published, basis["published"] = _day(f"{place}.{key}", value), known_by
            else:
                texts[key], basis[key] = _text(f"{place}.{key}", "value", value), known_by
    if "language" in texts and not re.fullmatch(r"[a-z]{2,3}", texts["language"]):
        raise UnreadableFileError(
            f"{place}.language: {texts['language']!r} is not a language code like 'en'"
        )
    return SourceMetadata(
        title=texts.get("title"),
        publisher=texts.get("publisher"),
        published=published,
        language=texts.get("language"),
        url=texts.get("url"),
        basis=basis,
        date_note=note,
        fields=_fields(f"{place}.{_FIELDS_KEY}", table.get(_FIELDS_KEY, {})),
    )


def _fields(place: str, given: object) -> dict[str, str]:
    """Read which field of a table or of JSON holds what."""
    if not isinstance(given, dict):
        raise UnreadableFileError(f"{place}: expected a table")
    for key in given:
        if key not in FIELDS:
            raise UnreadableFileError(f"{place}: unknown key {key!r}; known: {', '.join(FIELDS)}")
    return {
        key: _text(f"{place}.{key}", "the name of a field", name) for key, name in given.items()
    }


def _statement(place: str, statement: object) -> tuple[object, str]:
    """Read one ``{ value = "…", basis = "…" }``, and check its basis."""
    if not isinstance(statement, dict) or set(statement) != {"value", "basis"}:
        raise UnreadableFileError(f'{place}: expected {{ value = "…", basis = "…" }}')
    return statement["value"], _text(place, "basis", statement["basis"])


def _text(place: str, label: str, given: object) -> str:
    if not isinstance(given, str) or not given.strip():
        raise UnreadableFileError(f"{place}: {label} must be text")
    return given


def _day(place: str, value: object) -> datetime.date:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    text = _text(place, "value", value)
    with suppress(ValueError):
        day = datetime.date.fromisoformat(text)
        if day.isoformat() == text:
            return day
    raise UnreadableFileError(f"{place}: {text!r} is not a date like 2020-08-06")
