"""The formats that we read, and what to say about those that we do not."""

import importlib
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
    """

    name: str
    module: str


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
    "application/json": Format("JSON", "index.readers.json_records"),
    "application/x-ndjson": Format("JSON Lines", "index.readers.json_records"),
    "text/csv": Format("CSV", "index.readers.csv_records"),
    "application/rss+xml": Format("RSS or Atom", "index.readers.feed"),
    "application/epub+zip": Format("EPUB", "index.readers.epub"),
    XLSX: Format("Excel", "index.readers.xlsx"),
    "application/warc": Format("WARC", "index.readers.warc"),
    "application/nitf+xml": Format("NITF", "index.readers.nitf"),
    "application/vnd.iptc.g2.newsitem+xml": Format("NewsML-G2", "index.readers.newsml"),
}
READ_IN_PROCESS = frozenset({PLAIN, MARKDOWN})


def reader_of(media_type: str) -> Reader:
    """Get the reader of a format, imported at first use."""
    return cast(Reader, importlib.import_module(READERS[media_type].module).read)
