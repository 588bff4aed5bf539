"""Bring a library in line with folders of articles, touching only what has changed.

A root is a folder (or a single file) that the user gave. Each run looks at every file of its roots
and at no other. It does not read a file that looks as before, does not embed again a file that
holds the same bytes, and puts an unreadable file in the ledger. If a run is cut short, what it has
written stays, and the next run goes on from there.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from llama_index.core.base.embeddings.base import BaseEmbedding

from index.articles.passages import PIPELINE_VERSION
from index.errors import IndexStoreError, LibraryBusyError, RootError
from index.ingest.intake import Intake
from index.ingest.labour import Here, Labour, Prepared
from index.ingest.report import IngestReport, Looked, RootReport, reports
from index.ingest.roots import NOTHING, Keep, scan_roots
from index.ingest.scan import Scan, SeenFile, root_label
from index.library.tables import FileRecord
from index.readers.archives import forget
from index.readers.working import end_reading
from index.search.stores import SearchIndex

# Where several processes take files in: how many a process claims at a time, and how long it waits
# if the others have claimed all that is left.
_CLAIMED_FILES = 64
_CLAIM_SECONDS = 0.2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """The progress of a run.

    Attributes:
        stage: ``reading``, ``embedding`` or ``updating search``.
        root: the present root.
        done: files done.
        total: files to look at, in all roots of the run.
        texts_embedded: passages embedded so far.
    """

    stage: str
    root: str
    done: int
    total: int
    texts_embedded: int


Progress = Callable[[IngestProgress], None]


def index_roots(
    stores: SearchIndex,
    paths: Sequence[Path],
    embedding: BaseEmbedding,
    progress: Progress | None = None,
    keep: Keep = NOTHING,
    labour: Labour | None = None,
) -> IngestReport:
    """Bring the library in line with the given folders.

    Files that are gone from them leave the library; this does not look at other roots.

    Args:
        stores: open for writing.
        paths: folders or files.
        embedding: makes the vectors.
        progress: told how far the run is.
        keep: whose articles stay though their files are not there.
        labour: reads and embeds; this process, if nothing is said.

    Raises:
        RootError: a folder is missing, and not to be kept; nothing has changed.
        LibraryBusyError: the stores are open for reading only.
        EmbeddingModelError: the model failed; what was done before stays.
    """
    started = time.monotonic()
    scans, kept = scan_roots(stores.library, stores.home, paths, keep)
    before = stores.library.file_places()
    with _Run(
        stores, labour or Here(embedding), progress, sum(len(scan.files) for scan in scans)
    ) as run:
        looked = [run.take(scan) for scan in scans]
        run.intake.settle({(scan.root, s.relpath): s for scan in scans for s in scan.files})
    library = stores.library
    counts = library.counts()
    found = reports(looked, before, library.file_places(), library.article_counts())
    return IngestReport(
        roots=(*found, *kept),
        articles=counts.articles,
        passages=counts.passages,
        texts_embedded=run.intake.texts_embedded,
        seconds=time.monotonic() - started,
        changed=run.intake.changed,
    )


def remove_root(stores: SearchIndex, path: Path) -> RootReport:
    """Take a root, and all that only its files hold, out of the library; embed nothing.

    Raises:
        RootError: it is not indexed.
        LibraryBusyError: the stores are open for reading only.
    """
    label = root_label(path)
    known = {root.path: root.root_id for root in stores.library.roots()}
    if label not in known:
        listed = ", ".join(known) or "nothing"
        raise RootError(f"{label} is not indexed; indexed are: {listed}.")
    files = stores.library.files(label).values()
    with _Run(stores, None, None, 0) as run:
        with stores.library.writing() as writer:
            writer.drop_root(known[label])
        run.intake.settle({})
    return RootReport(label, removed=sum(1 for file in files if file.status == "indexed"))


class _Run:
    """One run; however it ends, the search indexes then follow the library."""

    def __init__(
        self,
        stores: SearchIndex,
        labour: Labour | None,
        progress: Progress | None,
        total: int,
    ) -> None:
        if not stores.writable:
            raise LibraryBusyError(
                f"The library in {stores.home} is open for reading only, because another process "
                "was writing to it. Open it again to index."
            )
        self._stores = stores
        self._progress = progress
        self._labour = labour
        self._root, self._done, self._total = "", 0, total
        with ExitStack() as stack:
            stack.enter_context(stores.library.database.taking_part())
            stores.library.check_format()
            self.intake = Intake(stores.library, labour, lambda: self._tell("embedding"))
            self._part = stack.pop_all()

    def __enter__(self) -> "_Run":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        end_reading()
        forget()
        self._part.close()
        # A user who presses Ctrl-C does not want to wait; opening the stores updates them.
        if kind is None or issubclass(kind, Exception):
            self._tell("updating search")
            try:
                self._stores.ensure()
            except IndexStoreError as error:
                if kind is None:
                    raise
                _log.warning("%s", error)  # and let through what ended the run

    def take(self, scan: Scan) -> Looked:
        """Index one root."""
        library, self._root = self._stores.library, scan.root
        is_known = any(root.path == scan.root for root in library.roots())
        known = library.files(scan.root) if is_known else {}
        here = {seen.relpath for seen in scan.files}
        gone = [name for name in known if name not in here and scan.covers(name)]
        with library.writing() as writer:
            root_id = writer.put_root(scan.root)
            writer.drop_files(root_id, gone)
        records = {
            seen.relpath: old
            for seen in scan.files
            if (old := known.get(seen.relpath)) is not None and looks_same(seen, old)
        }
        self._advance(len(records))
        for claimed in self._claims(root_id, scan, records):
            for file in self._labour.prepared(claimed) if self._labour else ():
                relpath = file.seen.relpath
                records[relpath] = self._take_file(root_id, scan.root, file, known.get(relpath))
                self._advance()
            self.intake.flush()
        in_order = {seen.relpath: records[seen.relpath] for seen in scan.files}
        return Looked(scan.root, known, in_order, gone)

    def _claims(
        self, root_id: int, scan: Scan, records: dict[str, FileRecord]
    ) -> Iterator[list[SeenFile]]:
        """Claim the files that are not in the records yet, in batches, until all are there.

        What another process takes in meanwhile enters the records as it left it.
        """
        library = self._stores.library
        is_shared = library.database.is_shared
        at_once = _CLAIMED_FILES * (self._labour.breadth if self._labour else 1)
        waiting = {s.relpath: s for s in scan.files if s.relpath not in records}
        while waiting:
            some = list(waiting)[: at_once if is_shared else None]
            with library.database.claiming(root_id, some) as mine:
                if is_shared:
                    there = library.files(scan.root, some)
                    done = {n: r for n, r in there.items() if looks_same(waiting[n], r)}
                    records.update(done)
                    self._advance(len(done))
                    mine -= done.keys()
                yield [waiting[name] for name in some if name in mine]
            others = {name: waiting.pop(name) for name in some}
            # The rest is with others: it comes round again, should they fail.
            waiting.update({n: seen for n, seen in others.items() if n not in records})
            if is_shared and not mine and waiting:
                time.sleep(_CLAIM_SECONDS)

    def _take_file(
        self, root_id: int, root: str, file: Prepared, old: FileRecord | None
    ) -> FileRecord:
        if old == file.read.record:
            return old
        replaces = None if old is None else old.source_id
        return self.intake.add(root_id, root, file, replaces)

    def _advance(self, files: int = 1) -> None:
        if files:
            self._done += files
            self._tell("reading")

    def _tell(self, stage: str) -> None:
        if self._progress is not None:
            embedded = self.intake.texts_embedded
            self._progress(IngestProgress(stage, self._root, self._done, self._total, embedded))


def looks_same(seen: SeenFile, old: FileRecord) -> bool:
    """Whether size and time say that a file is as before."""
    return (
        seen.size >= 0
        and (seen.size, seen.mtime_ns) == (old.size, old.mtime_ns)
        and seen.metadata_sha == old.metadata_sha
        and old.pipeline == str(PIPELINE_VERSION)
    )
