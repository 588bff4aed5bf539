"""Any text as a document of other formats, a line as a paragraph."""

import html
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from typing import Final
from xml.sax.saxutils import escape

from tests.helpers import one_story as story

_WORD: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def as_docx(text: str) -> bytes:
    return _docx("".join(map(_paragraph, text.splitlines())))


def table_as_docx(rows: Sequence[Sequence[str]], above: str = "", below: str = "") -> bytes:
    """A table; a cell of several lines has as many paragraphs."""
    shown = "".join(
        "<w:tr>"
        + "".join(f"<w:tc>{''.join(map(_paragraph, cell.splitlines()))}</w:tc>" for cell in row)
        + "</w:tr>"
        for row in rows
    )
    return _docx(f"{_paragraph(above)}<w:tbl>{shown}</w:tbl>{_paragraph(below)}")


def table_as_rtf(rows: Sequence[Sequence[str]]) -> bytes:
    shown = "".join(
        r"\trowd\cellx1000\cellx9000 " + "".join(rf"{_rtf(cell)}\cell " for cell in row) + r"\row "
        for row in rows
    )
    return rf"{{\rtf1\ansi {shown}\pard\par}}".encode()


def table_as_page(rows: Sequence[Sequence[str]], above: str = "", below: str = "") -> bytes:
    shown = "".join(
        "<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    around = [f"<p>{html.escape(text)}</p>" if text else "" for text in (above, below)]
    return f"<html><body>{around[0]}<table>{shown}</table>{around[1]}</body></html>".encode()


def as_rtf(text: str) -> bytes:
    body = "".join(rf"{{\fs24 {_rtf(line)}}}\par " for line in text.splitlines())
    return rf"{{\rtf1\ansi\ansicpg1252\deff0{{\fonttbl{{\f0 Times;}}}}\f0 {body}}}".encode()


def as_mail(text: str) -> bytes:
    message = EmailMessage()
    message["From"] = "Alerts <alerts@database.example>"
    message["To"] = "desk@gazette.example"
    message["Date"] = "Sat, 01 Jun 2024 07:30:00 +0000"
    message["Subject"] = "Your documents"
    message["Message-ID"] = "<1@database.example>"
    message.set_content(text, cte="quoted-printable")
    return message.as_bytes()


def as_page(text: str) -> bytes:
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())
    return f"<html><head><title>Documents</title></head><body>{lines}</body></html>".encode()


def as_pdf(text: str) -> bytes:
    """Pages in the letters of Windows-1252; an empty line leaves room."""
    pages: list[list[bytes]] = [[]]
    y = 750
    for paragraph in text.splitlines():
        for line, _ in story._wrapped(paragraph) if paragraph.strip() else [("", 10)]:
            if y < 80:
                pages.append([])
                y = 750
            if line:
                pages[-1].append(story._pdf_line(line, 10, y))
            y -= 12
    return story.pdf_file([b"\n".join(page) for page in pages])


DOCUMENTS: Final[Mapping[str, Callable[[str], bytes]]] = {
    "docx": as_docx, "rtf": as_rtf, "eml": as_mail, "html": as_page, "pdf": as_pdf,
    "txt": str.encode,
}  # fmt: skip


def _docx(body: str) -> bytes:
    document = f"<w:document {_WORD}><w:body>{body}</w:body></w:document>"
    return story.zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document})


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t xml:space='preserve'>{escape(text)}</w:t></w:r></w:p>"


def _rtf(text: str) -> str:
    signs = "".join(c if ord(c) < 128 else rf"\u{ord(c)}?" for c in text)
    return r"\par ".join(signs.splitlines())


def _cell(text: str) -> str:
    lines = [html.escape(line) for line in text.splitlines()]
    return lines[0] if len(lines) == 1 else "".join(f"<p>{line}</p>" for line in lines)
