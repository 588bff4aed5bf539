"""A PDF of one page with a layer for an order: invisible, white, switched off, beside the page."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_LINE, _LETTERS = 14, 88


@dataclass(frozen=True, slots=True)
class Layer:
    """How a PDF holds an order.

    Attributes:
        before: operators that draw it as it is drawn.
        after: that end what they began.
        left: where its lines begin; the page is 595 points wide.
        drawn: whether it is drawn at all.
        unread: a reader must leave it out.
    """

    before: bytes = b""
    after: bytes = b""
    left: int = 60
    drawn: bool = True
    unread: bool = False


LAYERS: Final[Mapping[str, Layer]] = {
    # A scan's text is drawn like this, so a reader has to take it.
    "invisible": Layer(b"3 Tr", b"0 Tr"),
    "white": Layer(b"1 1 1 rg", b"0 0 0 rg"),
    "switched off": Layer(b"/OC /Off BDC", b"EMC"),
    "outside the page": Layer(left=2_000),
    "properties and note": Layer(drawn=False, unread=True),
}


def pdf(title: str, paragraphs: Sequence[str], order: str, layer: Layer) -> bytes:
    """Make the file.

    Args:
        title: of the story.
        paragraphs: of its body.
        order: hidden; also in the properties and in a note, if it is not drawn.
        layer: how.
    """
    lines = [title, "", *(line for text in paragraphs for line in [*_wrapped(text), ""])]
    top = 800
    drawn = [b"0 0 0 rg"]
    for number, line in enumerate(lines):
        drawn.append(_shown(line, 60, top - _LINE * number))
    if layer.drawn:
        drawn.append(layer.before)
        foot = top - _LINE * (len(lines) + 1)
        drawn += [_shown(s, layer.left, foot - _LINE * n) for n, s in enumerate(_wrapped(order))]
        drawn.append(layer.after)
    told = b"" if layer.drawn else _string(order)
    return _file(b"\n".join(drawn), told, height=_LINE * (len(lines) + 60))


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), _LETTERS, break_on_hyphens=False)


def _shown(text: str, left: int, top: int) -> bytes:
    return b"BT /F1 10 Tf %d %d Td %s Tj ET" % (left, top, _string(text))


def _string(text: str) -> bytes:
    shown = text.encode("cp1252", "replace")
    for special in (b"\\", b"(", b")"):
        shown = shown.replace(special, b"\\" + special)
    return b"(%s)" % shown


def _file(drawing: bytes, told: bytes, height: int) -> bytes:
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 %d 595 842] /Resources << /Font << /F1 3 0 R "
        b">> /Properties << /Off 6 0 R >> >> /Contents 5 0 R%s >>"
        % (842 - max(height, 842), b" /Annots [8 0 R]" if told else b"")
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R "
        b"/OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        page,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawing), drawing),
        b"<< /Type /OCG /Name (notes) >>",
        b"<< /Subject %s /Keywords %s >>" % (told or b"()", told or b"()"),
        b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents %s >>" % (told or b"()"),
    ]
    out, offsets = b"%PDF-1.6\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    tail = b"trailer << /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table) + tail % (size, len(out))
