"""What documents without marks of their own share: any paragraph may be a headline or a stamp.

A document's properties say when the file was made and who typed it; we take neither for the
article's date or author. We take a title if the text opens with it.
"""

from collections.abc import Sequence

from index.errors import UnreadableFileError
from index.language.layout import count_words, looks_like_prose
from index.readers.base import NO_TEXT, Read
from index.readers.metadata import said
from index.readers.values import clean_characters, one_line

CELL, PARAGRAPH = "\x1f", "\x1e"
"""Behind a cell of a row, and behind a paragraph in a cell."""
_OPENING = 12


def row_paragraphs(row: str) -> list[str]:
    """A row of a table as paragraphs: one, its cells apart, unless a cell holds running text.

    Where the layout of a page is a table, paragraphs stand in a cell as on any page.

    Args:
        row: its text, with `CELL` and `PARAGRAPH` as their signs.
    """
    cells = [
        [text for text in map(str.strip, cell.split(PARAGRAPH)) if text] for cell in row.split(CELL)
    ]
    if any(len(cell) > 1 and any(map(_is_prose, cell)) for cell in cells):
        return [text for cell in cells for text in cell]
    return ["\t".join(" ".join(cell) for cell in cells).strip()]


def _is_prose(text: str) -> bool:
    return looks_like_prose(text, count_words(text))


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
