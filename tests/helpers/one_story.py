"""One invented story, which the tests turn into files of every format."""

import csv
import datetime
import io
import json
import textwrap
import zipfile
from collections.abc import Mapping
from datetime import date
from email.message import EmailMessage
from xml.sax.saxutils import escape

import openpyxl

from tests.helpers import outlook

TITLE = "Lighthouse at Quarn to be lit again after forty years"
PUBLISHER = "The Quarn Gazette"
DATE = date(2023, 10, 14)
WRITTEN_DATE = "14 October 2023"
RFC_DATE = "Sat, 14 Oct 2023 07:30:00 +0000"
URL = "https://gazette.example/quarn-lighthouse"
PARAGRAPHS = (
    "The lighthouse at Quarn will be lit again in December, forty years after its lamp was put "
    "out, the harbour board decided on Friday by seven votes to two.",
    "Its keeper will be Ilse Tamm, an electrician of 52, who told the board that she had “waited "
    "for this since school” – and that the stairs, all 211 of them, would keep her fit.",
    "Repairs to the lantern cost €318,000, of which the province pays half. The board’s chairman, "
    "Piet Solheim, voted against them and said the money belonged in the breakwater.",
)
BODY = "\n\n".join(PARAGRAPHS)


def as_html() -> bytes:
    linked = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "Gazette online"},
            {
                "@type": ["NewsArticle"],
                "headline": TITLE,
                "datePublished": f"{DATE}T07:30:00+00:00",
                "dateModified": "2023-10-15T09:00:00+00:00",
                "publisher": {"@type": "Organization", "name": PUBLISHER},
            },
        ],
    }
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    others = "".join(f"<li><a href='/{n}'>Another story, number {n}</a></li>" for n in range(8))
    return (
        f'<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>{TITLE} | Quarn'
        f'</title><link rel="canonical" href="{URL}">'
        f'<script type="application/ld+json">{json.dumps(linked)}</script>'
        "<script>var paywall = 'subscribe to read';</script></head><body>"
        f"<nav><ul>{others}</ul></nav><main><article><h1>{TITLE}</h1>{body}</article></main>"
        f"<footer><ul>{others}</ul><p>Copyright. All rights reserved.</p></footer></body></html>"
    ).encode()


def as_mhtml() -> bytes:
    page = EmailMessage()
    page["From"] = "<Saved by a browser>"
    page["Snapshot-Content-Location"] = URL
    page["Subject"] = TITLE
    page["MIME-Version"] = "1.0"
    page.set_content(as_html().decode(), subtype="html", charset="utf-8", cte="quoted-printable")
    page.make_related()
    page.add_related(b"\x89PNG not shown", "image", "png")
    return page.as_bytes()


def as_pdf() -> bytes:
    """Two pages with a running head and page numbers; the last paragraph goes on overleaf."""
    first, second, third = PARAGRAPHS
    cut = third.index(" The board")
    lines_1 = [(TITLE, 16), (WRITTEN_DATE, 10), *_wrapped(first), *_wrapped(second)]
    half, rest = third[:cut].rsplit(" pays", 1)[0], third[third.index("pays half") :]
    lines_1 += _wrapped(half)
    pages = [_pdf_page(lines_1, 1), _pdf_page(_wrapped(rest), 2)]
    return pdf_file(pages)


def _wrapped(text: str) -> list[tuple[str, int]]:
    lines = textwrap.wrap(text, 80, break_on_hyphens=False)
    return [(lines[0], -10), *((line, 10) for line in lines[1:])]


def _pdf_page(lines: list[tuple[str, int]], number: int) -> bytes:
    """A page's drawing; a negative size begins a paragraph."""
    drawn = [_pdf_line(PUBLISHER, 9, 805), _pdf_line(f"Page {number}", 9, 25)]
    y = 750
    for text, size in lines:
        y -= 2 * abs(size) if size < 0 or size > 12 else 0
        drawn.append(_pdf_line(text, abs(size), y))
        y -= abs(size) + 2
        y -= 14 if text in (TITLE, WRITTEN_DATE) else 0
    return b"\n".join(drawn)


def _pdf_line(text: str, size: int, y: int) -> bytes:
    shown = text.encode("cp1252")
    for special in (b"\\", b"(", b")"):
        shown = shown.replace(special, b"\\" + special)
    return b"BT /F1 %d Tf 60 %d Td (%s) Tj ET" % (size, y, shown)


def pdf_file(pages: list[bytes]) -> bytes:
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n, page in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 "
            b"3 0 R >> >> /Contents %d 0 R >>" % (5 + 2 * n)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page))
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    )


def as_docx() -> bytes:
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    tracked = (
        "<w:p><w:del><w:r><w:delText>Taken out.</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>{}</w:t></w:r></w:ins></w:p>"
    )
    plain = (
        "<w:p><w:pPr><w:pStyle w:val='x'/></w:pPr>"
        "<w:r><w:t xml:space='preserve'>{}</w:t></w:r></w:p>"
    )
    body = "".join(plain.format(text) for text in (TITLE, WRITTEN_DATE, *PARAGRAPHS[:2]))
    core = (
        '<p:coreProperties xmlns:p="http://schemas.openxmlformats.org/package/2006/metadata/core-'
        'properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:t="http://purl.org/dc/terms/"><dc:title>{TITLE}</dc:title>'
        "<t:created>2001-01-01T00:00:00Z</t:created></p:coreProperties>"
    )
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": f"<w:document {w}><w:body>{body}{tracked.format(PARAGRAPHS[2])}"
            "</w:body></w:document>",
            "docProps/core.xml": core,
        }
    )


def as_odt() -> bytes:
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    shown = [TITLE, WRITTEN_DATE, *PARAGRAPHS]
    body = f"<text:h>{shown[0]}</text:h>" + "".join(
        f"<text:p><text:span>{text[:9]}</text:span>{text[9:]}</text:p>" for text in shown[1:]
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {names}><office:body><office:text>{body}"
            "</office:text></office:body></office:document-content>",
        }
    )


def as_rtf() -> bytes:
    def escaped(text: str) -> str:
        return "".join(c if ord(c) < 128 else rf"\u{ord(c)}?" for c in text)

    shown = (TITLE, WRITTEN_DATE, *PARAGRAPHS)
    body = "".join(rf"{{\fs24 {escaped(text)}}}\par " for text in shown)
    info = rf"{{\info{{\title {TITLE}}}{{\author Somebody}}}}"
    return rf"{{\rtf1\ansi\ansicpg1252\deff0{{\fonttbl{{\f0 Times;}}}}{info}\f0 {body}}}".encode()


def as_eml() -> bytes:
    message = EmailMessage()
    message["From"] = "Newsroom <desk@gazette.example>"
    message["To"] = "readers@gazette.example"
    message["Date"] = RFC_DATE
    message["Subject"] = TITLE
    message["Message-ID"] = "<1@gazette.example>"
    message.set_content(BODY, cte="quoted-printable")
    message.add_alternative(f"<html><p>{BODY}</p></html>", subtype="html")
    message.add_attachment(b"not read", "application", "octet-stream", filename="a.bin")
    return message.as_bytes()


def as_msg() -> bytes:
    sent = datetime.datetime(DATE.year, DATE.month, DATE.day, 7, 30, tzinfo=datetime.UTC)
    return outlook.message(TITLE, BODY, sent)


def as_json() -> bytes:
    record = {
        "headline": TITLE,
        "datePublished": DATE.isoformat(),
        "source": {"name": PUBLISHER},
        "url": URL,
        "body": BODY,
    }
    return json.dumps({"total": 1, "articles": [record]}, ensure_ascii=False).encode()


def as_json_lines() -> bytes:
    record = {"Title": TITLE, "date": RFC_DATE, "publisher": PUBLISHER, "text": BODY, "URL": URL}
    return json.dumps(record).encode() + b"\n"


def as_csv() -> bytes:
    table = io.StringIO()
    rows = csv.writer(table, delimiter=";")
    rows.writerow(["id", "Title", "Published at", "Publisher", "Link", "Content"])
    rows.writerow([7, TITLE, DATE, PUBLISHER, URL, BODY])
    return table.getvalue().encode("utf-8-sig")


def as_rss() -> bytes:
    body = escape("".join(f"<p>{text}</p>" for text in PARAGRAPHS))
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{PUBLISHER}'
        f"</title><language>en-gb</language><item><title>{TITLE}</title><link>{URL}</link>"
        f"<pubDate>{RFC_DATE}</pubDate><description>{body}</description></item></channel></rss>"
    ).encode()


def as_atom() -> bytes:
    body = escape("".join(f"<p>{text}</p>" for text in PARAGRAPHS))
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{PUBLISHER}</title><entry>'
        f'<title>{TITLE}</title><link href="{URL}"/><published>{DATE}T07:30:00Z</published>'
        f'<summary>A lamp.</summary><content type="html">{body}</content></entry></feed>'
    ).encode()


def as_epub() -> bytes:
    page = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    xhtml = "http://www.w3.org/1999/xhtml"
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="in/book.opf"/>'
            "</rootfiles></container>",
            "in/book.opf": '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            f"<dc:title>The week</dc:title><dc:publisher>{PUBLISHER}</dc:publisher>"
            f"<dc:date>{DATE}</dc:date><dc:language>en-GB</dc:language></metadata><manifest>"
            '<item id="c" href="cover.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="a" href="a%20b.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="c"/><itemref idref="a"/></spine></package>',
            "in/cover.xhtml": f'<html xmlns="{xhtml}"><body><img src="c.png"/></body></html>',
            "in/a b.xhtml": f'<?xml version="1.0" encoding="utf-8"?><html xmlns="{xhtml}"><head>'
            f"<title>x</title></head><body><h1>{TITLE}</h1>{page}</body></html>",
        }
    )


def as_xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Headline", "Date", "Newspaper", "Text", "URL"])
    sheet.append([TITLE, datetime.datetime(2023, 10, 14), PUBLISHER, BODY, URL])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_nitf() -> bytes:
    body = "".join(f"<p>{escape(text)}</p>" for text in PARAGRAPHS)
    day = f"{DATE:%Y%m%d}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<!DOCTYPE nitf PUBLIC "-//IPTC//DTD NITF 3.4//EN" "nitf-3-4.dtd"><nitf xml:lang="en-GB">'
        f"<head><title>{TITLE} (slug)</title><docdata><date.issue norm='{day}T073000Z'/></docdata>"
        f'<pubdata date.publication="{day}" name="{PUBLISHER}"/></head><body><body.head><hedline>'
        f"<hl1>{TITLE}</hl1></hedline><dateline><story.date norm='{day}'/></dateline></body.head>"
        f"<body.content>{body}<media media-type='image'><media-caption>A lamp.</media-caption>"
        "</media></body.content></body></nitf>"
    ).encode()


def as_newsml() -> bytes:
    """The message of an agency: the story as XHTML, a picture, and a story that it took back."""
    g2, xhtml = "http://iptc.org/std/nar/2006-10-01/", "http://www.w3.org/1999/xhtml"
    body = "".join(f"<p>{escape(text)}</p>" for text in PARAGRAPHS)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><newsMessage xmlns="{g2}"><itemSet>'
        '<newsItem guid="urn:1" xml:lang="en-GB"><itemMeta><itemClass qcode="ninat:text"/>'
        f'<provider qcode="p:1"><name>{PUBLISHER}</name></provider>'
        f"<versionCreated>{DATE}T09:00:00Z</versionCreated>"
        f"<firstCreated>{DATE}T07:30:00Z</firstCreated>"
        f'<pubStatus qcode="stat:usable"/><link rel="r" href="{URL}"/></itemMeta><contentMeta>'
        f'<headline>{TITLE}</headline></contentMeta><contentSet><inlineXML contenttype="a/b">'
        f'<html xmlns="{xhtml}"><head><title>Slug</title></head><body>{body}</body></html>'
        '</inlineXML></contentSet></newsItem><newsItem guid="urn:2"><itemMeta/><contentSet>'
        '<remoteContent href="lamp.jpg"/></contentSet></newsItem><newsItem guid="urn:3"><itemMeta>'
        '<pubStatus qcode="stat:canceled"/></itemMeta><contentSet><inlineData>It was never lit.'
        "</inlineData></contentSet></newsItem></itemSet></newsMessage>"
    ).encode()


def as_ninjs() -> bytes:
    body = "".join(f"<p>{escape(text)}</p>" for text in PARAGRAPHS)
    picture = {
        "uri": "urn:2",
        "type": "picture",
        "versioncreated": RFC_DATE,
        "body_text": "A lamp.",
    }
    item = {
        "uri": URL,
        "type": "text",
        "versioncreated": f"{DATE}T07:30:00Z",
        "pubstatus": "usable",
        "language": "en-GB",
        "headline": TITLE,
        "byline": "Somebody",
        "infosource": [{"name": PUBLISHER}],
        "body_xhtml": body,
        "associations": {"main": picture},
    }
    return json.dumps(item).encode()


def as_warc() -> bytes:
    """A crawl: the page, one that is gone, a picture, and what was sent to get them."""
    missing = b"<html><body><p>There is nothing at this address.</p></body></html>"
    asked = b"GET / HTTP/1.1\r\nHost: gazette.example\r\n\r\n"
    return b"".join(
        [
            _warc_record("request", URL, asked),
            _warc_record("response", URL, _reply("200 OK", "text/html; charset=utf-8", as_html())),
            _warc_record("response", f"{URL}/x", _reply("404 Not Found", "text/html", missing)),
            _warc_record("response", f"{URL}/a.png", _reply("200 OK", "image/png", b"\x89PNG")),
        ]
    )


def _reply(status: str, kind: str, content: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


def _warc_record(kind: str, address: str, block: bytes) -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{len(block)}>\r\n"
        f"WARC-Date: 2024-02-01T00:00:00Z\r\nWARC-Target-URI: {address}\r\n"
        f"Content-Type: application/http; msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
