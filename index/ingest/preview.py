"""What a run would change, found out without changing anything: no vector is made or written."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from index.errors import UnreadableFileError
from index.ingest.preparing import cut_source, read_seen
from index.ingest.report import Looked, RootReport, reports
from index.ingest.roots import NOTHING, Keep, scan_roots
from index.ingest.run import looks_same
from index.ingest.scan import Scan, SeenFile
from index.library.library import Library
from index.library.tables import FileRecord
from index.readers.archives import forget
from index.readers.working import end_reading

Advanced = Callable[[int, int], None]
"""Told how many files were looked at, and of how many."""


def preview_roots(
    library: Library,
    home: Path,
    paths: Sequence[Path],
    advanced: Advanced | None = None,
    keep: Keep = NOTHING,
) -> tuple[RootReport, ...]:
    """Report what indexing the folders would find, as `index.ingest.run.index_roots` would.

    Args:
        library: to compare with; it is only read.
        home: where the library lives, which is never entered.
        paths: folders or files.
        advanced: told how far it is.
        keep: whose articles stay though their files are not there.

    Raises:
        RootError: a folder is missing, and not to be kept.
    """
    scans, kept_roots = scan_roots(library, home, paths, keep)
    looking = _Looking(library, sum(len(scan.files) for scan in scans), advanced)
    before = library.file_places()
    try:
        looked = [looking.at(scan) for scan in scans]
    finally:
        end_reading()
        forget()
    scanned = {scan.root for scan in scans}
    after = {place: source for place, source in before.items() if place[0] not in scanned}
    for root in looked:
        kept = {n: r for n, r in root.known.items() if n not in root.gone} | dict(root.records)
        after |= {(root.root, n): r.source_id for n, r in kept.items() if r.source_id}
    return (*reports(looked, before, after, looking.articles), *kept_roots)


class _Looking:
    """Reads what a run would read."""

    def __init__(self, library: Library, total: int, advanced: Advanced | None) -> None:
        self._library = library
        self._done, self._total, self._advanced = 0, total, advanced
        self._roots = {root.path for root in library.roots()}
        self.articles = library.article_counts()

    def at(self, scan: Scan) -> Looked:
        """Look at the files of a root."""
        known = self._library.files(scan.root) if scan.root in self._roots else {}
        here = {seen.relpath for seen in scan.files}
        gone = [name for name in known if name not in here and scan.covers(name)]
        records: dict[str, FileRecord] = {}
        for seen in scan.files:
            old = known.get(seen.relpath)
            if old is not None and looks_same(seen, old):
                records[seen.relpath] = old
            else:
                records[seen.relpath] = self._read(seen)
            self._done += 1
            if self._advanced is not None:
                self._advanced(self._done, self._total)
        return Looked(scan.root, known, records, gone)

    def _read(self, seen: SeenFile) -> FileRecord:
        read = read_seen(seen)
        record, source = read.record, read.source
        if source is None or source.source_id in self.articles:
            return record
        try:
            cut, _ = cut_source(read)
        except UnreadableFileError as error:
            return replace(record, status="refused", reason=error.user_message, source_id=None)
        self.articles[source.source_id] = len(cut)
        return record
