"""A saved web page: trafilatura separates the article from what surrounds it."""

import re
from typing import Any

import trafilatura
from lxml import etree, html

from index.errors import UnreadableFileError
from index.readers.base import NO_TEXT, Read, Story, compose
from index.readers.encodings import decode
from index.readers.frames import frame_of
from index.readers.markup import blocks
from index.readers.metadata import SourceMetadata, merge_metadata, said
from index.readers.page_facts import page_facts
from index.readers.values import one_line

_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9._-]{2,40})|"
    rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{2,40})",
    re.IGNORECASE,
)
_SHORT_PAGE = 100


def read(data: bytes, name: str) -> Read:
    """Read a page."""
    text, encoding = decode_page(data)
    return read_page(text, encoding)


def read_page(text: str, encoding: str, url: str | None = None) -> Read:
    """Read a page that is decoded; see `story_of_page`."""
    return compose([story_of_page(text, url)], encoding)


def story_of_page(text: str, url: str | None = None) -> Story:
    """The article of a page.

    Args:
        text: the page.
        url: its address, in case the page itself does not say.

    Raises:
        UnreadableFileError: there is no article text in it.
    """
    page = parse_page(text)
    facts = page_facts(page)
    found = _extracted(text)
    paragraphs = _lines(found.text if found else None)
    everything = blocks(page)
    short = _words(paragraphs) <= 2 * _words(everything) <= 2 * _SHORT_PAGE
    if short or frame_of("\n\n".join(everything)):
        # A page this short has nothing around its text for trafilatura to leave out. Of a page that
        # is one form, as some servers make them, only trafilatura finds the text. And what a
        # database saves as a page is nothing but its stories.
        paragraphs = everything
    if not paragraphs:
        raise UnreadableFileError(f"{NO_TEXT} but what scripts would put there; save it as text")
    return Story(tuple(paragraphs), _filled(facts, page, found, url))


def parse_page(text: str) -> html.HtmlElement:
    """Parse a page, or a piece of one.

    Raises:
        UnreadableFileError: it is empty.
    """
    parser = html.HTMLParser(huge_tree=False, no_network=True, encoding="utf-8")
    try:
        page = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise UnreadableFileError(NO_TEXT) from error
    return page


def decode_page(data: bytes) -> tuple[str, str]:
    """Decode a page, from the encoding that it states if that fits."""
    stated_encoding = _CHARSET.search(data[:4096])
    if stated_encoding and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        label = (stated_encoding[1] or stated_encoding[2]).decode("ascii").lower()
        # Browsers read Latin-1 as Windows-1252, and pages rely on it.
        label = "cp1252" if label in ("iso-8859-1", "latin1", "ascii", "us-ascii") else label
        try:
            return data.decode(label), label
        except (UnicodeError, LookupError):
            pass
    return decode(data)


def _extracted(text: str) -> Any:
    return trafilatura.bare_extraction(
        text, include_comments=False, include_tables=True, with_metadata=True, deduplicate=False
    )


def _words(lines: list[str]) -> int:
    return sum(len(line.split()) for line in lines)


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _filled(
    facts: SourceMetadata, page: html.HtmlElement, found: Any, url: str | None
) -> SourceMetadata:
    """Take what the page states, and fill gaps with what trafilatura found or the browser kept.

    This does not fill in dates: those that trafilatura finds elsewhere on a page often belong to
    another story, and a stamp above the text is read as everywhere.
    """
    title = next(iter(page.xpath("//title")), None)
    publisher = one_line(found.sitename if found else None)
    if publisher and "." in publisher and " " not in publisher:
        publisher = None  # a domain is not a name
    others = said(
        "markup",
        title=one_line(found.title if found else None)
        or one_line(title.text_content() if title is not None else None),
        publisher=publisher,
        url=url,
    )
    return merge_metadata(facts, others)
