"""Plain text: the file as decoded, unedited.

An export of a press database is cut into stories; fields at the head are metadata.
"""

from index.readers.base import Read
from index.readers.encodings import decode
from index.readers.factiva import factiva_of
from index.readers.head_fields import head_fields
from index.readers.labelled_export import labelled_export_of
from index.readers.metadata import SourceMetadata
from index.readers.press_export import export_of


def read(data: bytes, name: str) -> Read:
    """Read plain text."""
    text, encoding = decode(data)
    export = export_of(text) or labelled_export_of(text) or factiva_of(text)
    return Read(text, export or head_fields(text) or SourceMetadata(), encoding)
