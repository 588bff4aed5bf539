"""Tell what a file is by its first bytes.

The name decides only between formats that look alike inside: plain text, Markdown and tables of
values. There is no parser here for a file to lead astray.
"""

import io
import re
import zipfile
from pathlib import PurePosixPath

from index.errors import UnreadableFileError
from index.readers.formats import DOCX, MARKDOWN, PLAIN, XLSX

GZIP = "application/gzip"
ZIP = "application/zip"
TAR = "application/x-tar"
ARCHIVES = frozenset({ZIP, TAR})

_TEXT_SUFFIXES = frozenset({"", ".txt", ".text", ".asc"})
_MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})
_TABLE_SUFFIXES = frozenset({".csv", ".tsv"})
_HEAD = 4096
_NAMED = {
    ".html": "HTML", ".htm": "HTML", ".xhtml": "HTML", ".mhtml": "MHTML", ".mht": "MHTML",
    ".pdf": "PDF", ".doc": "Word", ".docx": "Word", ".odt": "OpenDocument", ".rtf": "RTF",
    ".epub": "EPUB", ".json": "JSON", ".jsonl": "JSON Lines", ".ndjson": "JSON Lines",
    ".xml": "XML", ".rss": "RSS", ".atom": "Atom", ".warc": "WARC", ".nitf": "NITF",
    ".gz": "gzip", ".zip": "ZIP",
    ".eml": "e-mail", ".msg": "an Outlook message", ".xlsx": "Excel", ".xls": "Excel",
    ".tar": "tar", ".tgz": "tar",
}  # fmt: skip
# Formats that we recognise by their first bytes and do not read, with what to do.
_REFUSED_MAGIC = (
    (b"\x89PNG", "the file is binary (a picture), not text"),
    (b"\xff\xd8\xff", "the file is binary (a picture), not text"),
    (b"GIF8", "the file is binary (a picture), not text"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archives are not opened; unpack it and index the folder"),
    (b"Rar!", "RAR archives are not opened; unpack it and index the folder"),
    (b"BZh", "bzip2 is not opened; unpack it and index what is in it"),
    (b"\xfd7zXZ", "xz is not opened; unpack it and index what is in it"),
    (b"SQLite format 3", "it is a database; export its articles as CSV or JSON"),
    (b"%!PS", "PostScript is not read; save it as PDF"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = (
    ("word/document.xml", DOCX),
    ("xl/workbook.xml", XLSX),
)
_DECLARED = {
    b"application/epub+zip": "application/epub+zip",
    b"application/vnd.oasis.opendocument.text": "application/vnd.oasis.opendocument.text",
}
_NEWS = {
    "nitf": "application/nitf+xml",
    "newsitem": "application/vnd.iptc.g2.newsitem+xml",
    "newsmessage": "application/vnd.iptc.g2.newsitem+xml",
    "newsml": "application/vnd.iptc.g2.newsitem+xml",
}
_HTML = re.compile(
    r"(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title|article|div|p|h1)\b[^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_XML_ROOT = re.compile(r"(?:<\?.*?\?>|<!--.*?-->|<!doctype[^\[>]*>|\s)*<([\w:.-]+)", re.I | re.S)
_JSON = re.compile(r"\{\s*(?:\"|\})|\[\s*(?:\{\s*\"|\])")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*:(?:[ \t].*)?$|[ \t]+\S.*$|From .*$")
_MAIL_FIELDS = frozenset({"mime-version", "message-id", "received", "content-type", "return-path"})


def media_type_of(data: bytes, name: str) -> str:
    """Tell what a file is.

    Returns:
        a media type that `index.readers.formats` has a reader for, or one of an archive.

    Raises:
        UnreadableFileError: it is something that we do not read; the message says what it is, and
            what to do.
    """
    for magic, reason in _REFUSED_MAGIC:
        if data.startswith(magic):
            raise UnreadableFileError(reason)
    if data.startswith(b"WARC/"):
        return "application/warc"
    if b"%PDF-" in data[:1024]:
        return "application/pdf"
    if data.startswith(b"\x1f\x8b"):
        return GZIP
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(data)
    if data.startswith(_OLE):
        return _ole_type(data)
    if data[257:262] == b"ustar":
        return TAR
    return _text_type(data, name)


def _zip_type(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            declared = b""
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                declared = archive.read("mimetype").strip()
    except (zipfile.BadZipFile, RuntimeError, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableFileError("it is a damaged ZIP archive; save or pack it again") from error
    for part, media_type in _OFFICE:
        if part in names:
            return media_type
    if declared in _DECLARED:
        return _DECLARED[declared]
    if declared.startswith(b"application/vnd.") or "ppt/presentation.xml" in names:
        raise UnreadableFileError("this kind of office file is not read; save it as PDF or text")
    return ZIP


def _ole_type(data: bytes) -> str:
    if "__substg1.0_".encode("utf-16-le") in data:
        return "application/vnd.ms-outlook"
    if "WordDocument".encode("utf-16-le") in data:
        raise UnreadableFileError("it is a Word file of before 2007; save it as .docx")
    if "Workbook".encode("utf-16-le") in data:
        raise UnreadableFileError("it is an Excel file of before 2007; save it as .xlsx or CSV")
    raise UnreadableFileError("it is an office file of an old kind; save it as PDF or text")


def _text_type(data: bytes, name: str) -> str:
    suffix = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    head = _opening(data)
    if head.startswith("{\\rtf"):
        return "application/rtf"
    marked = _marked_up(head)
    if marked is not None:
        return marked
    if _JSON.match(head):
        return "application/x-ndjson" if suffix in (".jsonl", ".ndjson") else "application/json"
    if mail := _mail_type(head, suffix):
        return mail
    if suffix in _TABLE_SUFFIXES:
        return "text/csv"
    if suffix in _MARKDOWN_SUFFIXES:
        return MARKDOWN
    if suffix in _TEXT_SUFFIXES:
        return PLAIN
    if suffix in _NAMED:
        raise UnreadableFileError(
            f"it is named as {_NAMED[suffix]}, but holds none; if it is plain text, name it .txt"
        )
    raise UnreadableFileError(f"files ending in {suffix!r} are not read; save it as plain text")


def _opening(data: bytes) -> str:
    """Decode the first characters well enough to see marks, without a byte order mark."""
    head = data[:_HEAD]
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:].decode(encoding, "ignore").lstrip()
    if head[1:2] == b"\x00" and head[:1].isascii():
        return head.decode("utf-16-le", "ignore").lstrip()
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").lstrip()


def _marked_up(head: str) -> str | None:
    """The type of a file that begins with a tag; None for any other."""
    if not head.startswith("<"):
        return None
    if "<!entity" in head.lower():
        raise UnreadableFileError("it declares entities, which may be a trap; save it without")
    if _HTML.match(head):
        return "text/html"
    root = _XML_ROOT.match(head)
    if not head.startswith(("<?xml", "<!")) and root is None:
        return None
    kind = root[1].lower().rpartition(":")[2] if root else ""
    if kind in ("rss", "feed", "rdf"):
        return "application/rss+xml"
    if kind == "html":
        return "text/html"
    if kind in _NEWS:
        return _NEWS[kind]
    if head.startswith("<?xml"):
        raise UnreadableFileError(
            f"it is XML ({kind or 'of no known kind'}), which is not read; "
            "save its articles as HTML, RSS, NewsML-G2 or text"
        )
    return None


def _mail_type(head: str, suffix: str) -> str | None:
    """The type of a file that begins with the header of a message; None for any other."""
    fields: set[str] = set()
    for line in head.splitlines():
        if not line.strip():
            break
        if not _HEADER.match(line):
            return None
        if line[0] not in " \t":
            fields.add(line.partition(":")[0].lower())
    saved_page = "snapshot-content-location" in fields or "multipart/related" in head.lower()
    if saved_page and "mime-version" in fields and "to" not in fields:
        return "multipart/related"
    stated = fields & {"from", "subject", "date", "to"}
    if len(stated) >= 2 and (suffix == ".eml" or fields & _MAIL_FIELDS):
        return "message/rfc822"
    return None
