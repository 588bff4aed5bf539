"""EPUB: each document of the book's spine is an article of its own, under its first heading."""

import posixpath
from dataclasses import replace
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from index.errors import UnreadableFileError
from index.readers.base import NO_TEXT, Read, Story, compose
from index.readers.html import decode_page, parse_page
from index.readers.markup import blocks
from index.readers.metadata import SourceMetadata, said
from index.readers.packages import Package, first_text, local, opened
from index.readers.values import one_line

_BASIS = "markup"
_PAGES = ("application/xhtml+xml", "text/html")
_MAX_DOCUMENTS = 2_000
_HEADINGS = ("h1", "h2", "h3")


def read(data: bytes, name: str) -> Read:
    """Read a book."""
    with opened(data, "EPUB") as package:
        container = package.xml("META-INF/container.xml")
        place = next((e.get("full-path") for e in container.iter() if local(e) == "rootfile"), None)
        if place is None:
            raise UnreadableFileError("the EPUB file names no book; save it again")
        book = package.xml(place)
        stories = [
            story
            for document in _spine(book, posixpath.dirname(place))
            if package.has(document) and (story := _story(package, document)) is not None
        ]
    if not stories:
        raise UnreadableFileError(NO_TEXT)
    facts = _facts(book)
    if len(stories) == 1:
        own = stories[0].metadata.title or facts.title
        stories = [replace(stories[0], metadata=replace(facts, title=own))]
        return compose(stories)
    read_book = compose(stories)
    entries = read_book.metadata.entries
    return replace(read_book, metadata=replace(facts, entries=entries))


def _facts(book: Element) -> SourceMetadata:
    """Read what the book says about itself."""
    return said(
        _BASIS,
        title=first_text(book, "title"),
        publisher=first_text(book, "publisher"),
        published=first_text(book, "date"),
        language=first_text(book, "language"),
    )


def _spine(book: Element, folder: str) -> list[str]:
    """List the names of the book's documents in reading order."""
    items = {
        element.get("id"): element.get("href", "")
        for element in book.iter()
        if local(element) == "item"
        and element.get("media-type") in _PAGES
        and "nav" not in element.get("properties", "").split()
    }
    order = [element.get("idref") for element in book.iter() if local(element) == "itemref"]
    found = [items[name] for name in order if name in items][:_MAX_DOCUMENTS]
    return [posixpath.normpath(posixpath.join(folder, unquote(href))) for href in found]


def _story(package: Package, document: str) -> Story | None:
    """Read a document. Return None if it has no text (a cover, a picture)."""
    text, _ = decode_page(package.data(document))
    try:
        page = parse_page(text)
    except UnreadableFileError:
        return None
    heading = next((one_line(e.text_content()) for e in page.iter(*_HEADINGS)), None)
    paragraphs = tuple(blocks(page))
    if not paragraphs:
        return None
    return Story(paragraphs, said(_BASIS, title=heading))
