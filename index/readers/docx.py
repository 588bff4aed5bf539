"""Word: the text as it reads with every tracked change accepted.

We read the XML ourselves: python-docx leaves out tracked insertions and content controls.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from index.readers.base import Read
from index.readers.documents import CELL, PARAGRAPH, read_document, row_paragraphs
from index.readers.packages import first_text, local, opened, walk

_SILENT = frozenset({
    "del", "moveFrom", "delText", "instrText", "delInstrText", "Fallback", "pPr", "rPr", "tblPr",
    "sectPr", "pict", "commentReference",
})  # fmt: skip
_NOTES = ("word/footnotes.xml", "word/endnotes.xml")


def read(data: bytes, name: str) -> Read:
    """Read a document, its notes at the end."""
    with opened(data, "Word") as package:
        paragraphs = list(_paragraphs(package.xml("word/document.xml")))
        for part in _NOTES:
            if package.has(part):
                paragraphs.extend(_paragraphs(package.xml(part)))
        title = None
        if package.has("docProps/core.xml"):
            title = first_text(package.xml("docProps/core.xml"), "title")
    return read_document(paragraphs, title)


def _paragraphs(root: Element) -> Iterator[str]:
    """List the paragraphs; a row of a table is one, with its cells apart."""
    pieces: list[str] = []
    rows = 0
    for event, element in walk(_as_seen(root), _SILENT):
        tag = local(element)
        if event == "start":
            rows += tag == "tr"
            if tag == "t":
                pieces.append(element.text or "")
            elif tag in ("tab", "br", "cr"):
                pieces.append("\n" if tag != "tab" and not rows else " " if rows else "\t")
            elif tag == "noBreakHyphen":
                pieces.append("\u2011")
        elif tag == "tr":
            rows -= 1
        elif tag == "tc":
            pieces.append(CELL)
        elif tag == "p" and rows:
            pieces.append(PARAGRAPH)
        if event == "end" and tag in ("p", "tr") and not rows:
            yield from row_paragraphs("".join(pieces))
            pieces = []


def _as_seen(root: Element) -> Element:
    """A part without the runs that their own format hides."""
    for run in [one for one in root.iter() if local(one) == "r" and _is_unseen(one)]:
        run.clear()
    return root


def _is_unseen(run: Element) -> bool:
    """Whether a run's own format hides it from whoever reads the document."""
    for properties in run:
        if local(properties) == "rPr":
            for switch in properties:
                if local(switch) == "vanish":
                    said = [value for name, value in switch.attrib.items() if name.endswith("val")]
                    return not said or said[0] not in ("0", "false", "off")
    return False
