"""CSV: a table of articles whose first row names the fields."""

import csv
import io
from collections.abc import Iterator, Mapping

from index.errors import UnreadableFileError
from index.readers.base import Read
from index.readers.disk import MAX_FILE_BYTES
from index.readers.encodings import decode
from index.readers.records import read_records

_SEPARATORS = ",;\t|"


def read(data: bytes, name: str, fields: Mapping[str, str] | None = None) -> Read:
    """Read the articles of a table."""
    text, encoding = decode(data)
    csv.field_size_limit(MAX_FILE_BYTES)
    try:
        return read_records(_rows(text), "CSV", encoding, fields)
    except csv.Error as error:
        raise UnreadableFileError(f"it is no valid CSV ({error}); export it again") from error


def _rows(text: str) -> Iterator[Mapping[str, object]]:
    header = text.lstrip("\r\n").partition("\n")[0]
    # The first row names fields and holds no running text, so its separator is the table's.
    separator = max(_SEPARATORS, key=header.count)
    yield from csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restkey="")
