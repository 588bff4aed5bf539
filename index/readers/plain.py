"""Plain text: the file as decoded, unedited; fields at the head are metadata."""

from index.readers.base import Read
from index.readers.encodings import decode
from index.readers.head_fields import head_fields
from index.readers.metadata import SourceMetadata


def read(data: bytes, name: str) -> Read:
    """Read plain text."""
    text, encoding = decode(data)
    return Read(text, head_fields(text) or SourceMetadata(), encoding)
