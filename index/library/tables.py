"""The library's tables, and the values that describe their contents.

One SQLite file holds everything that is true.

The file holds one vector for each embedded text (`vectors.key` is the SHA-256 of that text), and
`embeddings` says which passage uses which. So cleaning again, renaming or copying a file embeds
nothing. `index.library.upgrade` brings over a library of an earlier format.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = 4
# SQLite built with its old limits accepts 999 parameters in a statement.
CHUNK = 900

Vector = NDArray[np.float32]

tables = MetaData()

meta = Table(
    "meta",
    tables,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

roots = Table(
    "roots",
    tables,
    Column("root_id", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("added_at", Text, nullable=False),
)

sources = Table(
    "sources",
    tables,
    Column("source_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("url", Text),
    Column("encoding", Text, nullable=False),
    # The input of the articles; if it differs from the file's, they are rebuilt.
    Column("metadata_sha", Text, nullable=False),
    Column("pipeline", Text, nullable=False),
)

files = Table(
    "files",
    tables,
    Column("root_id", Integer, ForeignKey("roots.root_id", ondelete="CASCADE"), primary_key=True),
    Column("relpath", Text, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("mtime_ns", Integer, nullable=False),
    Column("sha256", Text),
    Column("metadata_sha", Text, nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("source_id", Text, ForeignKey("sources.source_id")),
    Index("files_by_source", "source_id"),
    sqlite_with_rowid=False,
)

articles = Table(
    "articles",
    tables,
    Column("article_id", Text, primary_key=True),
    Column("source_id", Text, ForeignKey("sources.source_id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("title", Text),
    Column("publisher", Text),
    Column("published_at", Text),
    Column("date_basis", Text, nullable=False),
    Column("language", Text),
    Column("spans", Text, nullable=False),
    Column("dates", Text, nullable=False),
    Column("date_warning", Text),
    Column("url", Text),
    Index("articles_by_source", "source_id", "ordinal"),
)

passages = Table(
    "passages",
    tables,
    Column("passage_id", Text, primary_key=True),
    Column(
        "article_id", Text, ForeignKey("articles.article_id", ondelete="CASCADE"), nullable=False
    ),
    Column("source_id", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("sentences", Text, nullable=False),
    UniqueConstraint("article_id", "ordinal", name="passages_in_order"),
)

vectors = Table(
    "vectors",
    tables,
    Column("vector_id", Integer, primary_key=True),
    Column("key", LargeBinary, nullable=False, unique=True),
    Column("vector", LargeBinary, nullable=False),
)

embeddings = Table(
    "embeddings",
    tables,
    Column(
        "passage_id", Text, ForeignKey("passages.passage_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("vector_id", Integer, ForeignKey("vectors.vector_id"), nullable=False),
    Index("embeddings_by_vector", "vector_id"),
    sqlite_with_rowid=False,
)

# Which articles have been compared with all others, and what is kept of each for those to come.
sketches = Table(
    "sketches",
    tables,
    Column(
        "article_id", Text, ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("sketch", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Articles that tell one story: ``copy`` of each other, or the second a ``later`` version.
links = Table(
    "links",
    tables,
    Column(
        "article_id", Text, ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True
    ),
    Column(
        "other_id", Text, ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("relation", Text, nullable=False),
    Index("links_by_other", "other_id"),
    sqlite_with_rowid=False,
)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What the library knows about one file of a root.

    Attributes:
        relpath: path below the root with ``/``; bytes that are not text are escaped.
        size: in bytes; -1 if the next run must look at the file again in any case.
        mtime_ns: time of last change, -1 as for `size`.
        sha256: of the bytes; None if they were not readable.
        metadata_sha: hash of what the sidecar says about the file.
        pipeline: version of reading, cleaning and cutting.
        status: ``indexed`` or ``refused``.
        reason: why it was refused, in words; None if it was not.
        source_id: the source of its bytes; None if it was refused.
    """

    relpath: str
    size: int
    mtime_ns: int
    sha256: str | None
    metadata_sha: str
    pipeline: str
    status: str
    reason: str | None = None
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A file that was refused, and why."""

    root: str
    relpath: str
    reason: str


@dataclass(frozen=True, slots=True)
class Link:
    """Two articles that tell one story.

    Attributes:
        article_id: the one; the earlier version, if they differ.
        other_id: the other.
        relation: ``copy`` or ``later``.
    """

    article_id: str
    other_id: str
    relation: str


@dataclass(frozen=True, slots=True)
class Root:
    """A folder (or single file) that the user gave to index."""

    root_id: int
    path: str
    added_at: str


@dataclass(frozen=True, slots=True)
class LibraryCounts:
    """How much a library holds."""

    roots: int
    files: int
    refused: int
    sources: int
    articles: int
    passages: int
    vectors: int


@dataclass(frozen=True, slots=True, eq=False)
class PassageRow:
    """What the search indexes hold for a passage."""

    passage_id: str
    article_id: str
    title: str | None
    text: str
    vector: Vector
