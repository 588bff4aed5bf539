"""Plain text: the file as decoded, unedited."""

from index.readers.base import Read
from index.readers.encodings import decode


def read(data: bytes, name: str) -> Read:
    """Read plain text."""
    text, encoding = decode(data)
    return Read(text, encoding=encoding)
