"""RSS and Atom files, by feedparser: each entry is an article."""

import io
from typing import Any

import feedparser

from index.errors import UnreadableFileError
from index.readers.base import (
    Read,
    Story,
    compose,
    language_code,
    one_line,
    paragraphs_of,
    stated_day,
    web_address,
)  # fmt: skip
from index.readers.markup import html_paragraphs, looks_like_html
from index.readers.metadata import said
from index.readers.packages import parse_xml

_BASIS = "markup"


def read(data: bytes, name: str) -> Read:
    """Read the entries of a saved feed, and fetch nothing that it links to."""
    if b"<!ENTITY" in data[:65_536].upper():
        parse_xml(data, "feed")  # says what is wrong with it
    feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    publisher = one_line(feed.feed.get("title"))
    language = language_code(feed.feed.get("language"))
    stories = [_story(entry, publisher, language) for entry in feed.entries]
    if not stories:
        raise UnreadableFileError("there is no entry in this feed")
    return compose(stories, str(feed.get("encoding") or "utf-8"))


def _story(entry: Any, publisher: str | None, language: str | None) -> Story:
    facts = said(
        _BASIS,
        title=one_line(_plain(entry.get("title", ""))),
        publisher=one_line(entry.get("source", {}).get("title")) or publisher,
        published=stated_day(entry.get("published")),
        language=language,
        url=web_address(entry.get("link")),
    )
    contents = [item.get("value", "") for item in entry.get("content", ())]
    text = max([*contents, entry.get("summary", "")], key=len)
    paragraphs = html_paragraphs(text) if looks_like_html(text) else paragraphs_of(text)
    return Story(paragraphs, facts)


def _plain(text: str) -> str:
    return " ".join(html_paragraphs(text)) if looks_like_html(text) else text
