"""A PDF file of plain text, as many pages as wanted: what a long report looks like to a reader."""

from collections.abc import Iterator, Sequence
from typing import Final

from evals.benchmarks.made_up import Sentences

_LEFT: Final = 72
_TOP: Final = 770
_LEADING: Final = 16
_SIZE: Final = 11
_LINE: Final = 82
_PARAGRAPHS: Final = 3
_FONT: Final = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def report_pages(count: int, known: Sentences) -> Iterator[str]:
    """The text of each page of a report: a heading, and paragraphs of sentences in their order.

    Args:
        count: how many pages.
        known: what to make them of; used again from the start once all are.
    """
    at = 0
    for number in range(1, count + 1):
        paragraphs = []
        for _ in range(_PARAGRAPHS):
            taken = [known.sentences[(at + n) % len(known.sentences)] for n in range(3)]
            at += 3
            paragraphs.append(" ".join(taken))
        yield "\n\n".join([f"Chapter {number}", *paragraphs])


def pdf(pages: Sequence[str]) -> bytes:
    """A PDF with a text layer, one text a page; what Latin letters cannot show becomes "?"."""
    objects: list[bytes] = [b"", b"", _FONT]  # the catalogue and the list of pages come last
    kids = []
    for text in pages:
        content = _content(text)
        stream = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
        objects.append(stream)
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return _file(objects)


def _content(text: str) -> bytes:
    lines = [line for paragraph in text.split("\n") for line in _wrapped(paragraph)]
    shown = b"\n".join(b"(%s) Tj T*" % _escaped(line) for line in lines)
    return b"BT /F %d Tf %d TL %d %d Td\n%s\nET" % (_SIZE, _LEADING, _LEFT, _TOP, shown)


def _wrapped(paragraph: str) -> Iterator[str]:
    line = ""
    for word in paragraph.split():
        if line and len(line) + len(word) >= _LINE:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    yield line


def _escaped(line: str) -> bytes:
    plain = line.encode("cp1252", "replace")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _file(objects: Sequence[bytes]) -> bytes:
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer << /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(made + b"startxref\n%d\n%%%%EOF\n" % start)
