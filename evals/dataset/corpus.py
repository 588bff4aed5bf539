"""From a suite's documents to the library's sources and articles.

The evals write a JSON corpus as plain files with a sidecar and index it like any folder, through
the same door as users' articles. They then compare what the library holds with the suite's own
text, so that the validity of offsets is measured against the data and not against itself.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from evals.dataset.items import Document, Gold, Suite
from evals.metrics.ranking import is_covered
from index.article import Article, Span
from index.ingest.scan import root_label
from index.library.tables import FileRecord
from index.readers.sidecar import SIDECAR_NAME

_SAFE_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


class Shelf(Protocol):
    """What the evals need of the library (`index.library.library.Library`)."""

    def files(self, root: str) -> Mapping[str, FileRecord]:
        """What the library knows about the files of a root, by path below it."""
        ...

    def articles(self) -> Mapping[str, Article]:
        """Every article."""
        ...


@dataclass(frozen=True, slots=True)
class Corpus:
    """The suite's documents in the library.

    Attributes:
        texts: the suite's own text of each source.
        source_of: the source of each document; documents with the same text share one.
        document_of: the first document of each source.
        articles: for each source, its articles and their spans.
        refused: documents that are not in the library, and why.
    """

    texts: Mapping[str, str]
    source_of: Mapping[str, str]
    document_of: Mapping[str, str]
    articles: Mapping[str, tuple[tuple[str, Span], ...]]
    refused: Mapping[str, str]

    def places(self, gold: Gold) -> tuple[Span, ...]:
        """Find every place of the gold quote in its source."""
        if gold.quote is None:
            return ()
        text = self.texts[self.source_of[gold.doc_id]]
        return tuple(
            Span(match.start(), match.end()) for match in re.finditer(re.escape(gold.quote), text)
        )

    def covers(self, source_id: str, span: Span, gold: Gold) -> bool:
        """Whether a span of a source covers at least half of the gold quote."""
        if source_id != self.source_of[gold.doc_id]:
            return False
        return is_covered(span, self.places(gold))

    def gold_articles(self, gold: Gold) -> frozenset[str]:
        """The articles that hold the gold quote, or without a quote all of the source."""
        held = self.articles.get(self.source_of[gold.doc_id], ())
        places = self.places(gold)
        return frozenset(
            article
            for article, extent in held
            if not places or any(extent.overlap(place) for place in places)
        )

    def in_context(self, doc_id: str, context: Iterable[str]) -> bool:
        """Whether the document, or another with the same text, is in the context."""
        source = self.source_of.get(doc_id)
        return source in {self.source_of.get(other) for other in context}

    def context_articles(self, doc_ids: Iterable[str]) -> frozenset[str]:
        """Every article of the documents."""
        sources = (self.source_of[doc_id] for doc_id in doc_ids if doc_id in self.source_of)
        return frozenset(article for source in sources for article, _ in self.articles[source])


def corpus_folder(suite: Suite, folder: Path) -> tuple[Path, dict[str, str]]:
    """Get the folder to index, and the document behind each of its files.

    Args:
        suite: a suite of questions.
        folder: for a JSON corpus; anything else in it is removed.
    """
    if suite.corpus_folder is not None:
        return suite.corpus_folder, {doc_id: doc_id for doc_id in suite.documents}
    folder.mkdir(parents=True, exist_ok=True)
    names = _file_names(suite.documents)
    documents = {name: suite.documents[doc_id] for name, doc_id in names.items()}
    wanted = {name: document.text.encode() for name, document in documents.items()}
    wanted[SIDECAR_NAME] = _sidecar(documents).encode()
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, content in wanted.items():
        _write_changed(folder / name, content)
    return folder, names


def _file_names(documents: Mapping[str, Document]) -> dict[str, str]:
    """Name a file for each document: by its id if that is harmless, else by its number."""
    return {
        f"{doc_id}.txt" if _SAFE_NAME.fullmatch(doc_id) else f"=document-{number}.txt": doc_id
        for number, doc_id in enumerate(documents, start=1)
    }


def _write_changed(path: Path, content: bytes) -> None:
    """Write a file only if it differs, so that indexing does not read it again."""
    if not path.is_file() or path.read_bytes() != content:
        path.write_bytes(content)


def _sidecar(documents: Mapping[str, Document]) -> str:
    lines = ["# Written from the suite's corpus; do not edit.\n"]
    for name, document in documents.items():
        facts = {
            "title": document.title,
            "publisher": document.publisher,
            "published_at": document.published and document.published.isoformat(),
            "language": document.lang,
            "url": document.url,
        }
        lines.append(f"[{_toml(name)}]")
        lines += [
            f'{key} = {{ value = {_toml(value)}, basis = "corpus of the suite" }}'
            for key, value in facts.items()
            if value and value.strip()
        ]
        lines.append("")
    return "\n".join(lines)


def _toml(text: str) -> str:
    """A TOML basic string: JSON's, except that TOML forbids a bare DEL."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def _extent(article: Article) -> Span:
    spans = [marked.span for marked in article.spans]
    return Span(min(s.start for s in spans), max(s.end for s in spans)) if spans else Span(0, 0)


def map_corpus(
    suite: Suite, folder: Path, doc_of_file: Mapping[str, str], library: Shelf
) -> Corpus:
    """Find the suite's documents in the library after indexing the folder.

    Args:
        suite: the suite.
        folder: the indexed folder.
        doc_of_file: the document of each file, by path below the folder.
        library: the library that took it in.
    """
    files = library.files(root_label(folder))
    source_of = {
        doc_id: record.source_id
        for name, doc_id in doc_of_file.items()
        if (record := files.get(name)) is not None and record.source_id is not None
    }
    document_of: dict[str, str] = {}
    for doc_id, source_id in source_of.items():
        document_of.setdefault(source_id, doc_id)
    articles: dict[str, list[tuple[str, Span]]] = {source_id: [] for source_id in document_of}
    for article in library.articles().values():
        if article.source_id in articles:
            articles[article.source_id].append((article.article_id, _extent(article)))
    return Corpus(
        texts={source: suite.documents[doc_id].text for source, doc_id in document_of.items()},
        source_of=source_of,
        document_of=document_of,
        articles={source_id: tuple(held) for source_id, held in articles.items()},
        refused={
            doc_id: (record.reason if (record := files.get(name)) else None) or "was not indexed"
            for name, doc_id in doc_of_file.items()
            if doc_id not in source_of
        },
    )
