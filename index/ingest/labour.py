"""Where the work of indexing is done: files read and cut, passages embedded; here, or elsewhere.

Whoever does it writes nothing. The process that runs the indexing claims the files, asks for the
work in order, and alone writes what comes of it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from llama_index.core.base.embeddings.base import BaseEmbedding

from index.embedding.local import Vectors, embed_texts
from index.errors import UnreadableFileError
from index.ingest.preparing import ReadFile, cut_source, read_seen
from index.ingest.scan import SeenFile
from index.library.writes import CutArticle

Cut = tuple[tuple[CutArticle, ...], dict[bytes, str]]
"""The articles of a source, and by text key all texts to embed."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that has been read.

    Attributes:
        seen: the file.
        read: as read, or the reason why not.
        cut: gives its articles; see `index.ingest.preparing.cut_source`.
    """

    seen: SeenFile
    read: ReadFile
    cut: Callable[[], Cut]


class Labour(Protocol):
    """What does the work of a run."""

    @property
    def breadth(self) -> int:
        """How many times the work of one machine is worth waiting for before it is written."""

    def prepared(self, files: Iterable[SeenFile]) -> Iterator[Prepared]:
        """Read files, and give them in order; only so many are read ahead as can be held."""

    def embedded(self, texts: list[str], advanced: Callable[[int], None]) -> Vectors:
        """Make the vectors of texts, float32 (len(texts), dimension).

        Args:
            texts: at least one.
            advanced: told after each part how many are done.

        Raises:
            EmbeddingModelError: the embedding fails.
        """


class Here:
    """This process does everything, one file after the other.

    Args:
        embedding: makes the vectors.
    """

    breadth = 1

    def __init__(self, embedding: BaseEmbedding) -> None:
        self._embedding = embedding

    def prepared(self, files: Iterable[SeenFile]) -> Iterator[Prepared]:
        """Read one file when it is asked for, and cut it if that is wanted."""
        for seen in files:
            read = read_seen(seen)
            yield Prepared(seen, read, lambda read=read: cut_source(read))  # type: ignore[misc]

    def embedded(self, texts: list[str], advanced: Callable[[int], None]) -> Vectors:
        """Embed in batches of the embedding's own size."""
        return embed_texts(self._embedding, texts, advanced)


def cut_or_reason(read: ReadFile) -> Cut | str | None:
    """Cut a source where it was read.

    Returns:
        its articles, or why there are none; None if it was not readable.
    """
    if read.source is None:
        return None
    try:
        return cut_source(read)
    except UnreadableFileError as error:
        return error.user_message


def ready(found: Cut | str | None) -> Callable[[], Cut]:
    """What `Prepared.cut` gives of what was cut elsewhere.

    Args:
        found: by `cut_or_reason`.
    """

    def cut() -> Cut:
        if isinstance(found, tuple):
            return found
        raise UnreadableFileError(found or "the file was not read")

    return cut
