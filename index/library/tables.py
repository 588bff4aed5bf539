"""The library's tables, and the values that describe their contents.

One database holds everything that is true, as a rule one SQLite file; see `index.library.engines`.

It holds one vector for each embedded text (`vectors.key` is the SHA-256 of that text), and
`embeddings` says which passage uses which. So cleaning again, renaming or copying a file embeds
nothing. A change of the tables needs a migration beside it (`index/library/migrations/`), and a
higher `SCHEMA_VERSION`; `index.library.upgrade` then brings over a library of an earlier format.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)

from index.library.portable import Number, Words

SCHEMA_VERSION = 5
# The first format that is brought over.
OLDEST_VERSION = 2
# SQLite built with its old limits accepts 999 parameters in a statement.
CHUNK = 900

Vector = NDArray[np.float32]

tables = MetaData()

meta = Table(
    "meta",
    tables,
    Column("key", Words, primary_key=True),
    Column("value", Words, nullable=False),
)

roots = Table(
    "roots",
    tables,
    Column("root_id", Number, primary_key=True),
    Column("path", Words, nullable=False, unique=True),
    Column("added_at", Words, nullable=False),
)

sources = Table(
    "sources",
    tables,
    Column("source_id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("url", Words),
    Column("encoding", Words, nullable=False),
    # The input of the articles; if it differs from the file's, they are rebuilt.
    Column("metadata_sha", Words, nullable=False),
    Column("pipeline", Words, nullable=False),
)

files = Table(
    "files",
    tables,
    Column("root_id", Number, ForeignKey("roots.root_id", ondelete="CASCADE"), primary_key=True),
    Column("relpath", Words, primary_key=True),
    Column("size", Number, nullable=False),
    Column("mtime_ns", Number, nullable=False),
    Column("sha256", Words),
    Column("metadata_sha", Words, nullable=False),
    Column("pipeline", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("reason", Words),
    Column("source_id", Words, ForeignKey("sources.source_id")),
    Index("files_by_source", "source_id"),
    sqlite_with_rowid=False,
)

articles = Table(
    "articles",
    tables,
    Column("article_id", Words, primary_key=True),
    Column("source_id", Words, ForeignKey("sources.source_id", ondelete="CASCADE"), nullable=False),
    Column("ordinal", Number, nullable=False),
    Column("title", Words),
    Column("publisher", Words),
    Column("published_at", Words),
    Column("date_basis", Words, nullable=False),
    Column("language", Words),
    Column("spans", Words, nullable=False),
    Column("dates", Words, nullable=False),
    Column("date_warning", Words),
    Column("url", Words),
    Index("articles_by_source", "source_id", "ordinal"),
)

passages = Table(
    "passages",
    tables,
    Column("passage_id", Words, primary_key=True),
    Column(
        "article_id", Words, ForeignKey("articles.article_id", ondelete="CASCADE"), nullable=False
    ),
    Column("source_id", Words, nullable=False),
    Column("ordinal", Number, nullable=False),
    Column("start", Number, nullable=False),
    Column("end", Number, nullable=False),
    Column("text", Words, nullable=False),
    Column("sentences", Words, nullable=False),
    UniqueConstraint("article_id", "ordinal", name="passages_in_order"),
)

vectors = Table(
    "vectors",
    tables,
    Column("vector_id", Number, primary_key=True),
    Column("key", LargeBinary, nullable=False, unique=True),
    Column("vector", LargeBinary, nullable=False),
)

embeddings = Table(
    "embeddings",
    tables,
    Column(
        "passage_id", Words, ForeignKey("passages.passage_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("vector_id", Number, ForeignKey("vectors.vector_id"), nullable=False),
    Index("embeddings_by_vector", "vector_id"),
    sqlite_with_rowid=False,
)

# Which articles have been compared with all others, and what is kept of each for those to come.
sketches = Table(
    "sketches",
    tables,
    Column(
        "article_id", Words, ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("sketch", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Articles that tell one story: ``copy`` of each other, or the second a ``later`` version.
links = Table(
    "links",
    tables,
    Column(
        "article_id", Words, ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True
    ),
    Column(
        "other_id", Words, ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("relation", Words, nullable=False),
    Index("links_by_other", "other_id"),
    sqlite_with_rowid=False,
)

# The change log: the passages that a version of the library has touched; see `changes`.
changes = Table(
    "changes",
    tables,
    Column("generation", Number, primary_key=True, autoincrement=False),
    Column("passage_id", Words, primary_key=True),
    # Whether it was there before.
    Column("disturbed", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

# The files that a run takes in: where several may write, a row is locked by the one that does.
claims = Table(
    "claims",
    tables,
    Column("root_id", Number, ForeignKey("roots.root_id", ondelete="CASCADE"), primary_key=True),
    Column("relpath", Words, primary_key=True),
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
class Changes:
    """What has changed since a version of the library.

    Attributes:
        touched: ids of all passages that came, changed or went.
        disturbed: those of them that were there before.
    """

    touched: frozenset[str]
    disturbed: frozenset[str]


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
