"""Turn a file into a `Source`: its text, and what it says about itself.

The text of plain text and Markdown is the decoded file, unedited: line endings stay as they are, so
that offsets refer to the contents of the file. The text of a format with markup is what its reader
extracts; `Source.media_type` says what the file was.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from index.article import Source
from index.errors import ScanError, UnreadableFileError
from index.readers import sniffing
from index.readers.archives import unzipped
from index.readers.base import Read
from index.readers.disk import limit_of, read_bytes
from index.readers.formats import READ_IN_PROCESS, READERS, reader_of
from index.readers.frames import framed
from index.readers.metadata import SourceMetadata
from index.readers.ocr import read_scan
from index.readers.turned_pages import across_pages
from index.readers.working import read_apart

NO_FIELDS: Final[Mapping[str, str]] = MappingProxyType({})


def read_file(
    path: Path, name: str | None = None, fields: Mapping[str, str] = NO_FIELDS
) -> tuple[Source, SourceMetadata]:
    """Read one file.

    Args:
        path: the file.
        name: what to call it; by default its file name.
        fields: the names of the fields of records, where a person gives them.

    Raises:
        UnreadableFileError: it is not readable as text; the message says why.
    """
    return read_data(read_bytes(path, limit_of(path.name)), name or path.name, fields)


def read_data(
    data: bytes, name: str, fields: Mapping[str, str] = NO_FIELDS
) -> tuple[Source, SourceMetadata]:
    """Read the bytes of one file, as `read_file` does."""
    digest = hashlib.sha256(data).hexdigest()
    inner, inner_name = data, name
    media_type = sniffing.media_type_of(data, name)
    if media_type == sniffing.GZIP:
        inner, inner_name = unzipped(data, limit_of(name)), _without_suffix(name)
        media_type = sniffing.media_type_of(inner, inner_name)
    if media_type not in READERS:
        raise UnreadableFileError(
            "it is an archive under another name; name it .zip or .tar.gz, or unpack it"
        )
    read = _read(media_type, inner, inner_name, fields)
    if media_type not in READ_IN_PROCESS:  # a text stays the file, character by character
        read = across_pages(read)
    read = framed(read)
    if not read.text.strip():
        raise UnreadableFileError("the file is empty, or holds only white space")
    source = Source(
        source_id=f"src_{digest[:16]}",
        name=name,
        text=read.text,
        sha256=digest,
        media_type=media_type,
        url=read.metadata.url,
        encoding=read.encoding,
    )
    return source, read.metadata


def _read(media_type: str, data: bytes, name: str, fields: Mapping[str, str]) -> Read:
    if media_type in READ_IN_PROCESS:
        return reader_of(media_type)(data, name)
    try:
        return read_apart(media_type, data, name, fields)
    except ScanError as error:
        return read_scan(data, error.user_message)


def _without_suffix(name: str) -> str:
    return name[:-3] if name.lower().endswith(".gz") else name
