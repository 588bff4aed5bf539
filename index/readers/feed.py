"""RSS and Atom files, by feedparser: each entry is an article."""

import io
from typing import Any

import feedparser

from index.errors import UnreadableFileError
from index.readers.base import Read, Story, compose, paragraphs_of
from index.readers.markup import html_paragraphs, looks_like_html
from index.readers.metadata import said
from index.readers.packages import parse_xml
from index.readers.values import one_line

_BASIS = "markup"


def read(data: bytes, name: str) -> Read:
    """Read the entries of a saved feed, and fetch nothing that it links to."""
    if b"<!ENTITY" in data[:65_536].upper():
        parse_xml(data, "feed")  # says what is wrong with it
    feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    stories = [_story(entry, feed.feed) for entry in feed.entries]
    if not stories:
        raise UnreadableFileError("there is no entry in this feed")
    return compose(stories, str(feed.get("encoding") or "utf-8"))


def _story(entry: Any, feed: Any) -> Story:
    facts = said(
        _BASIS,
        title=_plain(entry.get("title", "")),
        publisher=one_line(entry.get("source", {}).get("title")) or feed.get("title"),
        published=entry.get("published"),
        language=feed.get("language"),
        url=entry.get("link"),
    )
    contents = [item.get("value", "") for item in entry.get("content", ())]
    text = max([*contents, entry.get("summary", "")], key=len)
    paragraphs = html_paragraphs(text) if looks_like_html(text) else paragraphs_of(text)
    return Story(paragraphs, facts)


def _plain(text: str) -> str:
    return " ".join(html_paragraphs(text)) if looks_like_html(text) else text
