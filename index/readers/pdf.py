"""PDF, by pdfminer.six: the text layer in reading order, paragraphs whole, pages noted.

pdfminer puts lines into boxes by their place, so that columns are not spliced. We leave out running
heads and page numbers, and join a paragraph that goes on in the next column or page.
"""

import io
import logging
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LAParams, LTTextBox, LTTextLine
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.utils import decode_text

from index.errors import ScanError, UnreadableFileError
from index.language.layout import ends_sentence
from index.readers.base import Read
from index.readers.paged import TURN, Block, read_pages, without_furniture

MAX_PAGES = 2_000
_EDGE = 0.12
_SAME_EDGE = 10.0
_ROOM = 2.0
_UNKNOWN_LETTER = re.compile(r"\(cid:\d+\)")


def read(data: bytes, name: str) -> Read:
    """Read the text layer of a file."""
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
    except (PDFEncryptionError, PDFPasswordIncorrect) as error:
        raise UnreadableFileError("the PDF is encrypted; save it without a password") from error
    pages = [list(_blocks(page)) for page in _laid_out(document)]
    if not pages:
        raise UnreadableFileError("the PDF file is damaged: it has no page; save it again")
    text = "".join(block.text for page in pages for block in page)
    if not any(char.isalnum() for char in text):
        raise ScanError(f"its {len(pages)} pages are pictures without a text layer (a scan)")
    if len("".join(_UNKNOWN_LETTER.findall(text))) > len(text) / 4:
        raise UnreadableFileError(
            "its fonts do not say which letters they show; have OCR put a text layer in"
        )
    return read_pages(without_furniture(pages), _title(document))


def _laid_out(document: PDFDocument) -> Iterator[object]:
    """Lay out the pages."""
    manager = PDFResourceManager()
    device = PDFPageAggregator(manager, laparams=LAParams())
    interpreter = PDFPageInterpreter(manager, device)
    for page in islice(PDFPage.create_pages(document), MAX_PAGES + 1):
        interpreter.process_page(page)
        yield device.get_result()


def _title(document: PDFDocument) -> str | None:
    for info in document.info:
        title = info.get("Title")
        if isinstance(title, bytes):
            return decode_text(title)
    return None


def _blocks(page: object) -> Iterator[Block]:
    """List the paragraphs of a page in reading order."""
    height = float(getattr(page, "height", 0.0)) or 1.0
    boxes = [box for box in page if isinstance(box, LTTextBox)] if hasattr(page, "__iter__") else []
    for box in boxes:
        right = _right_edge(box, boxes)
        at_edge = box.y0 > height * (1 - _EDGE) or box.y1 < height * _EDGE
        lines = [line for line in box if isinstance(line, LTTextLine) and line.get_text().strip()]
        begin = 0
        for at in range(1, len(lines) + 1):
            if at == len(lines) or _begins_paragraph(lines[at - 1], lines[at], box.x0, right):
                text = "\n".join(" ".join(line.get_text().split()) for line in lines[begin:at])
                yield Block(text.replace(TURN, ""), at_edge)
                begin = at


def _right_edge(box: LTTextBox, boxes: Sequence[LTTextBox]) -> float:
    """How far the lines of the box's column reach."""
    return max(other.x1 for other in boxes if abs(other.x0 - box.x0) < _SAME_EDGE)


def _begins_paragraph(before: LTTextLine, line: LTTextLine, left: float, right: float) -> bool:
    """Whether a line of a box begins a paragraph: by its size, its indent, or room left above it.

    Where its first word had room twice over in the line before, nothing but the
    writer broke that line.
    """
    if abs(line.height - before.height) > 0.2 * before.height:
        return True
    text = line.get_text().strip()
    indented = line.x0 > left + 0.7 * line.height and before.x0 < line.x0
    if indented and ends_sentence(before.get_text().rstrip()):
        return True
    word = len(text.split(None, 1)[0]) / len(text) * (line.x1 - line.x0)
    return not text[0].islower() and before.x1 + _ROOM * (word + line.height) < right
