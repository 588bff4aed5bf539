"""A file becomes a `Source`: its text as decoded, and what its metadata says.

The text is never edited: line endings stay as they are, so that offsets refer to what the
file holds. Only a byte order mark is left out, which is a mark of the encoding, not text.
"""

import datetime
import hashlib
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import charset_normalizer

from index.article import DateCandidate, Source
from index.errors import UnreadableFileError
from index.language.calendar import parse_date
from index.language.identify import confidence_in
from index.language.layout import front_matter

MAX_FILE_BYTES = 20 * 1024 * 1024
SIDECAR_NAME = "articles.toml"
MEDIA_TYPES = {
    "": "text/plain",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".asc": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
}
_LATER = {
    ".html": "HTML", ".htm": "HTML", ".xhtml": "HTML", ".mhtml": "MHTML", ".pdf": "PDF",
    ".doc": "Word", ".docx": "Word", ".odt": "OpenDocument", ".rtf": "RTF", ".epub": "EPUB",
    ".json": "JSON", ".jsonl": "JSON", ".xml": "XML", ".rss": "RSS", ".atom": "Atom",
    ".warc": "WARC", ".gz": "compressed data", ".zip": "ZIP", ".eml": "e-mail",
}  # fmt: skip
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_ACCENTS_WITHIN = 50_000
_WIDE = ["utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be"]
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_FRONT_LINE = re.compile(r"([A-Za-z_]+)\s*[:=]\s*(.*?)\s*$")
_FRONT_KEYS = {
    "title": "title", "date": "published_at", "published": "published_at",
    "author": "publisher", "publisher": "publisher", "lang": "language",
    "language": "language", "url": "url", "source": "url",
}  # fmt: skip
FIELDS = ("title", "publisher", "published_at", "language", "url")


@dataclass(frozen=True, slots=True)
class SourceMetadata:
    """What is said about a source, outside its running text.

    Attributes:
        published_at: ISO 8601 date.
        basis: for each field that is not None, on what basis it is known, in words.
        date_note: what a person must know about the dates, None where nothing.
        other_dates: dates stated elsewhere that `published_at` was preferred to.
    """

    title: str | None = None
    publisher: str | None = None
    published_at: str | None = None
    language: str | None = None
    url: str | None = None
    basis: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    date_note: str | None = None
    other_dates: tuple[DateCandidate, ...] = ()


def read_file(path: Path, name: str | None = None) -> tuple[Source, SourceMetadata]:
    """Read one plain-text or Markdown file.

    Args:
        path: the file.
        name: what to call it; by default its file name.

    Raises:
        UnreadableFileError: it is not a file that can be read as text; the message says why.
    """
    name = name or path.name
    media_type = _media_type(path.suffix.lower())
    data = _read_bytes(path)
    text, encoding = decode(data)
    if not text.strip():
        raise UnreadableFileError("the file is empty, or holds only white space")
    metadata = _front_matter_metadata(text) if media_type == "text/markdown" else SourceMetadata()
    digest = hashlib.sha256(data).hexdigest()
    source = Source(
        source_id=f"src_{digest[:16]}",
        name=name,
        text=text,
        sha256=digest,
        media_type=media_type,
        url=metadata.url,
        encoding=encoding,
    )
    return source, metadata


def decode(data: bytes) -> tuple[str, str]:
    """Decode the bytes of a text file.

    Returns:
        the text without byte order mark, and the name of the encoding.

    Raises:
        UnreadableFileError: the bytes are no text in any encoding that can be told.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _checked(data, encoding)
    if b"\x00" in data:
        # Without a mark, NUL bytes are either UTF-16 or UTF-32, or not text at all.
        return _guessed(data, _WIDE)
    try:
        return _checked(data, "utf-8")
    except UnicodeDecodeError:
        return _guessed(data, None)


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
        tables = tomllib.loads(_read_bytes(path).decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableFileError(f"{SIDECAR_NAME} is not valid TOML: {error}") from error
    return {name: _sidecar_entry(name, table) for name, table in tables.items()}


def merge_metadata(preferred: SourceMetadata, other: SourceMetadata) -> SourceMetadata:
    """Combine two statements about one source, field by field.

    A date that the preferred statement overrules is kept among `other_dates`.
    """
    chosen = {key: getattr(preferred, key) or getattr(other, key) for key in FIELDS}
    basis = {**other.basis, **preferred.basis}
    overruled = preferred.other_dates + other.other_dates
    if other.published_at and preferred.published_at:
        word = other.basis.get("published_at", "file")
        overruled += (DateCandidate(other.published_at, word),)
    notes = [note for note in (preferred.date_note, other.date_note) if note]
    return replace(_metadata(chosen, basis, " ".join(notes) or None), other_dates=overruled)


def _media_type(suffix: str) -> str:
    if suffix in MEDIA_TYPES:
        return MEDIA_TYPES[suffix]
    if suffix in _LATER:
        raise UnreadableFileError(f"{_LATER[suffix]} is not read yet; save it as plain text")
    raise UnreadableFileError(f"files ending in {suffix!r} are not read; save it as plain text")


def _read_bytes(path: Path) -> bytes:
    """The bytes of a regular file of bearable size."""
    too_large = f"the file is larger than {MAX_FILE_BYTES // 1024**2} MiB"
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFileError("not a regular file (a folder, pipe, socket or device)")
        if status.st_size > MAX_FILE_BYTES:
            raise UnreadableFileError(too_large)
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise UnreadableFileError("the file does not exist") from error
    except PermissionError as error:
        raise UnreadableFileError("no permission to read the file") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableFileError(f"the file cannot be read: {reason}") from error
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableFileError(too_large)
    return data


def _checked(data: bytes, encoding: str) -> tuple[str, str]:
    """Decode, refusing what decodes but is no text.

    Raises:
        UnicodeDecodeError: the bytes are not of a plain UTF-8 file.
    """
    try:
        text = data.decode(encoding).lstrip("\ufeff")
        text.encode("utf-8")
    except (UnicodeError, LookupError) as error:
        if encoding == "utf-8" and isinstance(error, UnicodeDecodeError):
            raise
        reason = f"the file claims to be {encoding}, but is not"
        raise UnreadableFileError(reason) from error
    controls = sum(1 for _ in _CONTROLS.finditer(text))
    if "\x00" in text or controls > max(8, len(text) // 100):
        raise UnreadableFileError("the file is binary, not text")
    return text, "utf-8" if encoding == "utf-8-sig" else encoding


def _guessed(data: bytes, candidates: list[str] | None) -> tuple[str, str]:
    matches = list(charset_normalizer.from_bytes(data, cp_isolation=candidates))
    if not matches:
        binary = b"\x00" in data
        what = "the file is binary, not text" if binary else "its encoding cannot be told"
        raise UnreadableFileError(what)
    # Relatives such as cp1250 and cp1252 look alike to charset-normalizer; what they make of
    # the letters with accents shows in the language.
    best = matches[0]
    equal = [m for m in matches if m.chaos == best.chaos and m.coherence >= best.coherence - 0.06]
    if len(equal) > 1 and not data[:_ACCENTS_WITHIN].isascii():
        best = max(equal, key=lambda match: confidence_in(_accented(str(match))))
    return _checked(data, best.encoding)


def _accented(text: str) -> str:
    """The words with letters beyond ASCII: only these differ between relatives."""
    words = [word for word in text[: 4 * _ACCENTS_WITHIN].split() if not word.isascii()]
    return " ".join(words[:400])


def _front_matter_metadata(text: str) -> SourceMetadata:
    block = front_matter(text)
    if block is None:
        return SourceMetadata()
    found: dict[str, str] = {}
    for line in text[block.start : block.end].splitlines()[1:-1]:
        match = _FRONT_LINE.match(line)
        key = _FRONT_KEYS.get(match[1].lower()) if match else None
        value = match[2].strip("\"'").strip() if match else ""
        if key == "published_at":
            value = parse_date(value) or ""
        # "publisher" says more than "author", "url" more than "source".
        named_so = match is not None and match[1].lower() == key
        if key and value and (key not in found or named_so):
            found[key] = value
    return _metadata(found, dict.fromkeys(found, "front matter"))


def _metadata(
    values: Mapping[str, str | None], basis: Mapping[str, str], date_note: str | None = None
) -> SourceMetadata:
    return SourceMetadata(
        title=values.get("title"),
        publisher=values.get("publisher"),
        published_at=values.get("published_at"),
        language=values.get("language"),
        url=values.get("url"),
        basis=MappingProxyType({key: basis[key] for key in FIELDS if key in basis}),
        date_note=date_note,
    )


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
    stated = {key: _statement(f"{place}.{key}", key, table[key]) for key in FIELDS if key in table}
    values = {key: value for key, (value, _) in stated.items()}
    return _metadata(values, {key: basis for key, (_, basis) in stated.items()}, note)


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
