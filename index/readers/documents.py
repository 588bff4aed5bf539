"""What documents without marks of their own share: any paragraph may be a headline or a stamp.

A document's properties say when the file was made and who typed it; we take neither for the
article's date or author. We take a title if the text opens with it.
"""

from collections.abc import Sequence

from index.errors import UnreadableFileError
from index.readers.base import NO_TEXT, Read
from index.readers.metadata import said
from index.readers.values import clean_characters, one_line

_OPENING = 12


def read_document(paragraphs: Sequence[str], title: str | None, encoding: str = "utf-8") -> Read:
    """Join paragraphs into a text, with a blank line between two.

    Raises:
        UnreadableFileError: there is no text.
    """
    kept = [clean_characters(text).strip() for text in paragraphs]
    kept = [text for text in kept if text]
    if not kept:
        raise UnreadableFileError(NO_TEXT)
    wanted = one_line(title)
    opening = {" ".join(text.split()) for text in kept[:_OPENING]}
    facts = said("file", title=wanted if wanted in opening else None)
    return Read("\n\n".join(kept), facts, encoding)
