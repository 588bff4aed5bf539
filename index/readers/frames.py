"""Several stories in the frame of a press database, in the text of whatever file they came in.

Databases deliver plain text, RTF, Word, PDF and mail. The frame is in the words, not in the format,
so that we look for it in the extracted text, after any reader.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from index.readers.base import Read
from index.readers.closed_export import closed_export_of
from index.readers.coded_export import coded_export_of
from index.readers.factiva import factiva_of
from index.readers.labelled_export import labelled_export_of
from index.readers.metadata import SourceMetadata
from index.readers.press_export import export_of

_FRAMES: Final[tuple[Callable[[str], SourceMetadata | None], ...]] = (
    export_of,
    closed_export_of,
    coded_export_of,
    labelled_export_of,
    factiva_of,
)
_SEVERAL: Final = 2


def framed(read: Read) -> Read:
    """What was read, with the stories that a database put into it, each under its own facts.

    What the file says of itself then belongs to none of them: a message's subject is that of the
    delivery. A format that tells several articles apart by itself is left as it is.
    """
    found = frame_of(read.text) if len(read.metadata.entries) < _SEVERAL else None
    return (
        read if found is None else replace(read, metadata=replace(found, pages=read.metadata.pages))
    )


def frame_of(text: str) -> SourceMetadata | None:
    """The stories of a database in a text, and what their frames say; None if there are none."""
    return next((found for frame in _FRAMES if (found := frame(text)) is not None), None)
