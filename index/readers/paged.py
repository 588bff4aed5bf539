"""Files that have pages become one text: paragraphs whole, and where each page begins noted."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from index.language.layout import ends_sentence
from index.readers.base import Read
from index.readers.documents import read_document

TURN = "\ue000"
"""Stands for the turn of a page until the text is whole; a text that holds it loses it first."""
PAGE_NUMBER: Final = re.compile(
    r"\W*(?:(?:page|p\.?|seite|s\.?|стр\.?|с\.?|pág\.?)\s*)?\d{1,4}(?:\s*(?:of|von|из|de|/)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
_BROKEN_WORD = re.compile(r"(\w+)-\n(\w+)")
_SIGN = "[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"
_WITHOUT_BLANKS = re.compile(rf"(?<={_SIGN})\n({TURN}?)(?={_SIGN})")
"""Chinese and Japanese set no blanks, at the end of a line either."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph on a page; its lines stay apart until we have dealt with hyphens."""

    text: str
    at_edge: bool


def without_furniture(pages: Sequence[Sequence[Block]]) -> list[list[str]]:
    """The paragraphs of each page, without its number and what many pages repeat at their edge."""
    seen = Counter(text for page in pages for text in {_head(b) for b in page if b.at_edge})
    often = max(2, len(pages) // 3)
    return [
        [
            block.text
            for block in page
            if not block.at_edge
            or (seen[_head(block)] < often and not PAGE_NUMBER.fullmatch(block.text))
        ]
        for page in pages
    ]


def folded_head(text: str) -> str:
    """A running head with any number in place of its own."""
    return re.sub(r"\d+", "0", " ".join(text.split()).casefold())


def _head(block: Block) -> str:
    return folded_head(block.text)


def read_pages(
    pages: Sequence[Sequence[str]], title: str | None = None, encoding: str = "utf-8"
) -> Read:
    """A text of the paragraphs on each page; one that goes on overleaf is one.

    Args:
        pages: of each page its paragraphs, in which lines are still apart.
        title: what the file says that it is called.
        encoding: how the text was had.

    Raises:
        UnreadableFileError: there is no text on any page.
    """
    whole = read_document(_joined(pages), title, encoding)
    pieces = whole.text.split(TURN)
    starts, at = [], 0
    for piece in pieces:
        starts.append(at)
        at += len(piece)
    metadata = replace(whole.metadata, pages=tuple(starts))
    return replace(whole, text="".join(pieces), metadata=metadata)


def _joined(pages: Sequence[Sequence[str]]) -> list[str]:
    """All paragraphs, those whole that go on in another column or on another page."""
    found: list[str] = []
    for number, page in enumerate(pages):
        turn = TURN if number else ""
        for text in page:
            if found and _goes_on(found[-1], text):
                found[-1] = f"{found[-1]}\n{turn}{text}"
            else:
                found.append(turn + text)
            turn = ""
        if turn and found:
            found[-1] += turn  # a page without text
    whole = "\n\n".join(found).replace(TURN, "")
    return [unwrapped(text, whole) for text in found]


def _goes_on(before: str, text: str) -> bool:
    """Whether a paragraph goes on: it stops in the middle of a sentence, and this one begins so."""
    return len(before) > 30 and not ends_sentence(before) and text[:1].islower()


def unwrapped(text: str, whole: str) -> str:
    """A paragraph on one line; a word broken at a line's end is joined.

    Its hyphen stays if the document writes the word with one elsewhere.
    """

    def join(match: re.Match[str]) -> str:
        hyphenated = f"{match[1]}-{match[2]}"
        keeps = hyphenated in whole or not match[2][0].islower()
        return hyphenated if keeps else match[1] + match[2]

    moved = re.sub(rf"-\n{TURN}(\w+)", rf"-\n\1{TURN}", text).replace("\xad\n", "")
    joined = _WITHOUT_BLANKS.sub(r"\1", _BROKEN_WORD.sub(join, moved))
    return joined.replace("\n", " ")
