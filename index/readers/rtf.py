"""RTF, by striprtf: every paragraph is a line."""

import re

from striprtf.striprtf import rtf_to_text

from index.errors import UnreadableFileError
from index.readers.base import Read
from index.readers.documents import read_document

_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")
_TITLE = re.compile(rb"\{\\title ([^{}\\]{1,300})\}")
_MAX_OPEN = 1_000


def read(data: bytes, name: str) -> Read:
    """Read a document."""
    if data.count(b"{") - data.count(b"}") > _MAX_OPEN:
        raise UnreadableFileError("the RTF file is damaged; save it again")
    code_page = _CODE_PAGE.search(data[:4096])
    encoding = f"cp{int(code_page[1])}" if code_page else "cp1252"
    title = _TITLE.search(data[:65_536])
    try:
        "".encode(encoding)
    except LookupError:
        encoding = "cp1252"
    text: str = rtf_to_text(  # type: ignore[no-untyped-call]
        data.decode("latin-1"), encoding=encoding, errors="replace"
    )
    heading = title[1].decode(encoding, "replace") if title else None
    return read_document([_cells_apart(line) for line in text.split("\n")], heading, encoding)


def _cells_apart(line: str) -> str:
    """A row of a table, as other readers have it; striprtf closes every cell with a stroke."""
    line = line.strip()
    return "\t".join(cell.strip() for cell in line[:-1].split("|")) if line[-1:] == "|" else line
