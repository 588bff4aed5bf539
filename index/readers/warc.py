"""WARC, what web archives keep: every page of it that holds text is an article, by warcio."""

import io
from collections.abc import Iterator
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from index.errors import UnreadableFileError
from index.readers.base import NO_TEXT, Read, Story, compose, paragraphs_of
from index.readers.encodings import decode
from index.readers.html import decode_page, story_of_page
from index.readers.metadata import said
from index.readers.values import web_address

MAX_PAGES = 5_000
_MAX_PAGE_BYTES = 20 * 1024 * 1024
_PAGES = ("text/html", "application/xhtml+xml")
_KEPT = ("response", "resource")
_OK = "200"


def read(data: bytes, name: str) -> Read:
    """Read the pages of an archive, each under the address that it was kept from."""
    stories: list[Story] = []
    try:
        for record in ArchiveIterator(io.BytesIO(data), arc2warc=False):
            if (story := _story(record)) is not None:
                stories.append(story)
            if len(stories) > MAX_PAGES:
                raise UnreadableFileError(
                    f"it holds more than {MAX_PAGES:,} pages; split it into several files"
                )
    except ArchiveLoadFailed as error:
        if not stories:
            raise UnreadableFileError("the WARC file is damaged; save it again") from error
    if not stories:
        raise UnreadableFileError(f"{NO_TEXT}: no page of this WARC file holds an article")
    return compose(stories)


def _story(record: Any) -> Story | None:
    """The article of a record; None if it is no page, or holds no text."""
    if record.rec_type not in _KEPT:
        return None
    http = record.http_headers
    if http is not None and http.get_statuscode() != _OK:
        return None
    kind = (http or record.rec_headers).get_header("Content-Type") or ""
    content = record.content_stream().read(_MAX_PAGE_BYTES)
    address = web_address(record.rec_headers.get_header("WARC-Target-URI"))
    return next(_read(content, kind.partition(";")[0].strip().lower(), address), None)


def _read(content: bytes, kind: str, address: str | None) -> Iterator[Story]:
    try:
        if kind in _PAGES:
            yield story_of_page(decode_page(content)[0], address)
        elif kind == "text/plain":
            yield Story(paragraphs_of(decode(content)[0]), said("file", url=address))
    except UnreadableFileError:
        return  # a page of scripts, an empty reply: there are many in any archive
