"""Turn one file after another into sources, articles, passages and vectors in the library.

A source is the same bytes wherever they lie. Its name and metadata come from the first file that
holds them, by root and path, so that the library depends on the contents of its roots and not on
the order of their arrival.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from index.article import Source
from index.errors import EmbeddingModelError, UnreadableFileError
from index.ingest.labour import Labour, Prepared
from index.ingest.linking import link_stories
from index.ingest.preparing import cut_source, read_seen
from index.ingest.scan import SeenFile, look_again
from index.library.library import Library
from index.library.tables import FileRecord, Vector
from index.library.writes import CutArticle, LibraryWriter, Origin

_BATCH_FILES = 64
_BATCH_TEXTS = 2_000


@dataclass(frozen=True, slots=True)
class _Pending:
    """A file that waits for its batch to be written; `cut` if its source is still to be made."""

    root_id: int
    record: FileRecord
    replaces: str | None
    source: Source | None = None
    origin: Origin | None = None
    cut: tuple[CutArticle, ...] = ()


class Intake:
    """Take files in, in batches of one transaction each.

    Attributes:
        changed: whether anything that can be found or shown is different.
        texts_embedded: passages embedded so far.
    """

    def __init__(
        self, library: Library, labour: Labour | None, advanced: Callable[[], None]
    ) -> None:
        """Read what the library holds.

        Args:
            library: to write to.
            labour: makes the vectors; None leaves whatever would need one as it is.
            advanced: called after each further batch of embedded texts.
        """
        self.changed = False
        self.texts_embedded = 0
        self._library = library
        self._labour = labour
        breadth = 1 if labour is None else labour.breadth
        self._most_files, self._most_texts = _BATCH_FILES * breadth, _BATCH_TEXTS * breadth
        self._advanced = advanced
        self._pending: list[_Pending] = []
        self._texts: dict[bytes, str] = {}
        with library.writing() as writer:
            self._origins, self._made = writer.origins(), writer.made_from()

    def add(self, root_id: int, root: str, file: Prepared, replaces: str | None) -> FileRecord:
        """Take a file in, at the latest at the next `flush`.

        Args:
            root_id: the root it belongs to.
            root: the root's path.
            file: as read.
            replaces: id of the source that the file held before.

        Returns:
            the record of the file.
        """
        pending = self._prepare(root_id, root, file, replaces)
        self._pending.append(pending)
        if len(self._pending) >= self._most_files or len(self._texts) >= self._most_texts:
            self.flush()
        return pending.record

    def flush(self) -> None:
        """Embed and write what waits."""
        pending, self._pending = self._pending, []
        texts, self._texts = self._texts, {}
        if not pending:
            return
        with self._writing(texts) as writer:
            for item in pending:
                if item.source is not None and item.origin is not None:
                    writer.put_source(item.source, item.origin, item.cut)
            for item in pending:
                writer.put_file(item.root_id, item.record)
            replaced = {item.replaces for item in pending if item.replaces is not None}
            dropped = writer.drop_orphans(replaced)
        self._absorb(writer, dropped)

    def settle(self, seen: Mapping[tuple[str, str], SeenFile]) -> None:
        """Put right what only shows once all files are known.

        Sources that no file holds any more go; those whose first file is another one now take
        its name and metadata; vectors that nothing uses any more go; articles that tell one story
        are linked.

        Args:
            seen: the files of this run, by root and relative path.
        """
        self.flush()
        with self._library.writing() as writer:
            dropped = writer.drop_orphans()
            self._origins, self._made = writer.origins(), writer.made_from()
        self._absorb(writer, dropped)
        for origin in [o for o in self._origins.values() if not self._is_made_from(o)]:
            self._remake(origin, seen.get((origin.root, origin.relpath)))
        with self._library.writing() as writer:
            writer.collect_garbage()
        self.changed = link_stories(self._library) or self.changed

    def _remake(self, origin: Origin, seen: SeenFile | None) -> None:
        """Make a source from another file than before, if that one is readable now."""
        seen = seen or look_again(Path(origin.root), origin.relpath)
        if seen is None or seen.metadata_sha != origin.metadata_sha:
            return
        read = read_seen(seen)
        if read.source is None or read.source.source_id != origin.source_id:
            return
        try:
            cut, texts = cut_source(read)
        except UnreadableFileError:
            return
        if self._labour is None and texts.keys() - self._library.known_vectors(texts):
            return
        with self._writing(texts) as writer:
            writer.put_source(read.source, origin, cut)
        self._absorb(writer, set())

    def _prepare(self, root_id: int, root: str, file: Prepared, replaces: str | None) -> _Pending:
        record, source = file.read.record, file.read.source
        if source is None:
            return _Pending(root_id, record, replaces)
        here = Origin(source.source_id, root, record.relpath, record.metadata_sha, record.pipeline)
        first = self._origins.get(source.source_id, here)
        if (first.root, first.relpath) < (root, record.relpath) and first.source_id in self._made:
            return _Pending(root_id, record, replaces)
        if self._is_made_from(here):
            return _Pending(root_id, record, replaces)
        try:
            cut, texts = file.cut()
        except UnreadableFileError as error:
            refused = replace(record, status="refused", reason=error.user_message, source_id=None)
            return _Pending(root_id, refused, replaces)
        self._texts |= texts
        self._origins[source.source_id] = self._made[source.source_id] = here
        return _Pending(root_id, record, replaces, source, here, cut)

    def _is_made_from(self, origin: Origin) -> bool:
        made = self._made.get(origin.source_id)
        return made is not None and made == replace(origin, root=made.root)

    @contextmanager
    def _writing(self, texts: dict[bytes, str]) -> Iterator[LibraryWriter]:
        """Write in a transaction that has the vectors of the texts."""
        vectors = self._embed(texts)
        while True:
            with self._library.writing() as writer:
                writer.put_vectors(vectors)
                # Another process may have collected vectors since we saw that they are there.
                lost = writer.lacking(texts)
                if not lost or self._labour is None:
                    yield writer
                    return
            vectors = self._embed({key: texts[key] for key in lost})

    def _embed(self, texts: dict[bytes, str]) -> dict[bytes, Vector]:
        """Make the vectors of the texts that have none yet, in one call."""
        known = self._library.known_vectors(texts)
        missing = {key: text for key, text in texts.items() if key not in known}
        if not missing or self._labour is None:
            return {}
        before = self.texts_embedded

        def advance(done: int) -> None:
            self.texts_embedded = before + done
            self._advanced()

        found = self._labour.embedded(list(missing.values()), advance)
        if found.shape[1] != self._library.dimension:
            raise EmbeddingModelError(
                f"The embedding model gave vectors of {found.shape[1]} dimensions; those of this "
                f"library have {self._library.dimension}."
            )
        return dict(zip(missing, found, strict=True))

    def _absorb(self, writer: LibraryWriter, dropped: Iterable[str]) -> None:
        self.changed |= writer.changed
        for source_id in dropped:
            self._made.pop(source_id, None)
            self._origins.pop(source_id, None)
