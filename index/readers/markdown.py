"""Markdown: the text is the decoded file; its front matter is metadata."""

from index.language.layout import front_matter
from index.readers.base import Read
from index.readers.encodings import decode
from index.readers.head_fields import front_matter_fields, head_fields
from index.readers.metadata import SourceMetadata


def read(data: bytes, name: str) -> Read:
    """Read Markdown, and take its front matter as metadata."""
    text, encoding = decode(data)
    if front_matter(text) is None:
        return Read(text, head_fields(text) or SourceMetadata(), encoding)
    return Read(text, front_matter_fields(text), encoding)
