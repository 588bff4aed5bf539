"""OpenDocument text: paragraphs and headings of ``content.xml``, without deleted text."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from index.readers.base import Read
from index.readers.documents import CELL, PARAGRAPH, read_document, row_paragraphs
from index.readers.packages import first_text, local, opened, walk

_SILENT = frozenset({"tracked-changes", "annotation", "automatic-styles", "scripts", "forms"})
_MAX_SPACES = 200


def read(data: bytes, name: str) -> Read:
    """Read a document."""
    with opened(data, "OpenDocument") as package:
        paragraphs = list(_paragraphs(package.xml("content.xml")))
        title = first_text(package.xml("meta.xml"), "title") if package.has("meta.xml") else None
    return read_document(paragraphs, title)


def _paragraphs(root: Element) -> Iterator[str]:
    """List the paragraphs; a row of a table is one, with its cells apart."""
    pieces: list[str] = []
    rows = depth = 0
    for event, element in walk(root, _SILENT):
        tag = local(element)
        is_block = tag in ("p", "h")
        if event == "start":
            rows += tag == "table-row"
            depth += is_block
            pieces.append(_opening(tag, element) if depth else "")
            continue
        depth -= is_block
        rows -= tag == "table-row"
        if tag == "table-cell":
            pieces.append(CELL)
        if tag == "table-row" or (is_block and not rows and not depth):
            yield from row_paragraphs("".join(pieces))
            pieces = []
        elif depth or is_block:
            pieces.append((element.tail or "") if depth else PARAGRAPH)


def _opening(tag: str, element: Element) -> str:
    """Get the beginning of an element: its text, or the white space that it stands for."""
    if tag == "s":
        count = next((v for k, v in element.attrib.items() if k.endswith("}c")), "1")
        return " " * (min(int(count), _MAX_SPACES) if count.isdecimal() else 1)
    return {"tab": "\t", "line-break": "\n"}.get(tag, "") + (element.text or "")
