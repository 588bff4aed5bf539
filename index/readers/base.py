"""The form of a reader, and what readers share: stories become one text with an entry each.

A reader is an ordinary function from bytes to a `Read`. It lives in a module of its own, which
`index.readers.formats` names, and may raise `UnreadableFileError` with a reason a user understands.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from index.article import Span
from index.errors import UnreadableFileError
from index.readers.metadata import Entry, SourceMetadata
from index.readers.values import clean_characters

NO_TEXT = "there is no text in it"
_BREAK = re.compile("(?:\\r\\n?|[\\n\x85\u2028\u2029])[ \\t]*(?:\\r\\n?|[\\n\x85\u2028\u2029])\\s*")
_BETWEEN = "\n\n\n"


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader makes of a file.

    Attributes:
        text: what answers can cite, with the offsets that citations count.
        metadata: what the file says about itself.
        encoding: of the bytes, if there was one to tell.
    """

    text: str
    metadata: SourceMetadata = field(default_factory=SourceMetadata)
    encoding: str = "utf-8"


class Reader(Protocol):
    """Reads one format."""

    def __call__(self, data: bytes, name: str) -> Read:
        """Read a file.

        Args:
            data: its bytes.
            name: its name; the bytes say what is in it.

        Raises:
            UnreadableFileError: nothing in it is readable; the message says why.
        """
        ...


@dataclass(frozen=True, slots=True)
class Story:
    """One article as a format holds it: a headline, paragraphs, and facts about it."""

    paragraphs: tuple[str, ...]
    metadata: SourceMetadata = field(default_factory=SourceMetadata)


def compose(stories: Iterable[Story], encoding: str = "utf-8") -> Read:
    """Write stories one below the other, each under its headline.

    Raises:
        UnreadableFileError: none of them has any text.
    """
    pieces: list[str] = []
    entries: list[Entry] = []
    at = 0
    for story in stories:
        text = _story_text(story)
        if not text:
            continue
        if pieces:
            at += len(_BETWEEN)
        pieces.append(text)
        entries.append(Entry(Span(at, at + len(text)), story.metadata))
        at += len(text)
    if not entries:
        raise UnreadableFileError(NO_TEXT)
    if len(entries) == 1:
        whole = Entry(entries[0].span, SourceMetadata())
        return Read(pieces[0], replace(entries[0].metadata, entries=(whole,)), encoding)
    return Read(_BETWEEN.join(pieces), SourceMetadata(entries=tuple(entries)), encoding)


def paragraphs_of(text: str) -> tuple[str, ...]:
    """Cut running text at blank lines; within a paragraph, lines stay as they are."""
    return tuple(piece.strip() for piece in _BREAK.split(text) if piece.strip())


def _story_text(story: Story) -> str:
    paragraphs = [clean_characters(text).strip() for text in story.paragraphs]
    paragraphs = [text for text in paragraphs if text]
    title = story.metadata.title
    if title and not any(" ".join(text.split()) == title for text in paragraphs[:6]):
        paragraphs.insert(0, title)
    return "\n\n".join(paragraphs)
