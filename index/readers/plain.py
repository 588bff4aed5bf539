"""Plain text: the decoded file, unedited; we cut an export of a press database into stories."""

from index.readers.base import Read
from index.readers.encodings import decode
from index.readers.metadata import SourceMetadata
from index.readers.press_export import export_of


def read(data: bytes, name: str) -> Read:
    """Read plain text."""
    text, encoding = decode(data)
    return Read(text, export_of(text) or SourceMetadata(), encoding)
