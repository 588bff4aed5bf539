"""Where a library and its search indexes are, beside the home folder."""

from dataclasses import dataclass
from typing import Final, Literal

Lexical = Literal["tantivy", "postgres"]
"""What finds by words: a copy in each process, or the library's own database server."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where they are; all in the home folder, if nothing is said.

    Attributes:
        url: of the database server that holds the library, see `Library.open`.
        chroma_url: of the Chroma server that holds the vectors.
        lexical: what finds by words.
        worker: this process's number among those of one server, which share the home folder; see
            `index.library.workers`.
    """

    url: str | None = None
    chroma_url: str | None = None
    lexical: Lexical = "tantivy"
    worker: int | None = None


AT_HOME: Final = Places()
