"""The formats that we read, and what to say about those that we do not."""

import functools
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from index.readers.base import Reader

PLAIN = "text/plain"
MARKDOWN = "text/markdown"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Format:
    """A format that we read.

    Attributes:
        name: the user's name for it.
        module: holds its reader, ``read``.
        has_fields: whether its articles are records, the fields of which a person may name.
    """

    name: str
    module: str
    has_fields: bool = False


# Text that we read as it stands, without a parser that a file could lead astray.
READERS: dict[str, Format] = {
    PLAIN: Format("plain text", "index.readers.plain"),
    MARKDOWN: Format("Markdown", "index.readers.markdown"),
    "text/html": Format("HTML", "index.readers.html"),
    "multipart/related": Format("MHTML", "index.readers.mhtml"),
    "application/pdf": Format("PDF", "index.readers.pdf"),
    DOCX: Format("Word", "index.readers.docx"),
    "application/vnd.oasis.opendocument.text": Format("OpenDocument", "index.readers.odt"),
    "application/rtf": Format("RTF", "index.readers.rtf"),
    "message/rfc822": Format("e-mail", "index.readers.eml"),
    "application/vnd.ms-outlook": Format("Outlook message", "index.readers.msg"),
    "application/json": Format("JSON", "index.readers.json_records", has_fields=True),
    "application/x-ndjson": Format("JSON Lines", "index.readers.json_records", has_fields=True),
    "text/csv": Format("CSV", "index.readers.csv_records", has_fields=True),
    "application/rss+xml": Format("RSS or Atom", "index.readers.feed"),
    "application/epub+zip": Format("EPUB", "index.readers.epub"),
    XLSX: Format("Excel", "index.readers.xlsx", has_fields=True),
    "application/warc": Format("WARC", "index.readers.warc"),
    "application/nitf+xml": Format("NITF", "index.readers.nitf"),
    "application/vnd.iptc.g2.newsitem+xml": Format("NewsML-G2", "index.readers.newsml"),
}
READ_IN_PROCESS = frozenset({PLAIN, MARKDOWN})


def reader_of(media_type: str, fields: Mapping[str, str] | None = None) -> Reader:
    """Get the reader of a format, imported at first use.

    Args:
        media_type: of the format.
        fields: the names that a person gives for the fields of records, see
            `index.readers.metadata.SourceMetadata`; other formats have none.
    """
    read = importlib.import_module(READERS[media_type].module).read
    if fields and READERS[media_type].has_fields:
        return cast(Reader, functools.partial(read, fields=fields))
    return cast(Reader, read)
