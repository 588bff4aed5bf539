"""Measure how quickly a folder of mixed files is read, and in how much memory.

Every file is read and marked as `pressmark index` does it, without vectors. Of web pages,
trafilatura alone is measured beside, on the same bytes in this process. The files are read in
shares, each of them once and by both in turn, so that a busy moment of the machine hits both.
"""

import argparse
import resource
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import trafilatura

from index.errors import UnreadableFileError
from index.ingest.preparing import cut_source, read_seen
from index.ingest.scan import SeenFile, scan_root
from index.readers.archives import forget
from index.readers.html import decode_page
from index.readers.working import end_reading

_HTML = "text/html"
EXAMPLE = """example, of 1,000 files of 21 formats:
  python -m tests.helpers.mixed_files /tmp/mixed --files 1000 --seed 7
  python -m evals.benchmarks.reading /tmp/mixed --shares 5
"""


@dataclass(slots=True)
class Tally:
    """What was measured of one format."""

    files: int = 0
    articles: int = 0
    characters: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Files a second."""
        return self.files / max(self.seconds, 1e-9)

    def add(self, other: "Tally") -> None:
        """Count another tally in."""
        self.files += other.files
        self.articles += other.articles
        self.characters += other.characters
        self.seconds += other.seconds


def measure(files: Sequence[SeenFile]) -> dict[str, Tally]:
    """Read files.

    Returns:
        what was measured by media type; ``refused`` for what cannot be read.
    """
    tallies: dict[str, Tally] = defaultdict(Tally)
    for seen in files:
        began = time.perf_counter()
        read = read_seen(seen)
        kind, articles, characters = "refused", 0, 0
        if read.source is not None:
            try:
                articles = len(cut_source(read)[0])
                kind, characters = read.source.media_type, len(read.source.text)
            except UnreadableFileError:
                pass
        tallies[kind].add(Tally(1, articles, characters, time.perf_counter() - began))
    return dict(tallies)


def measure_alone(pages: Sequence[bytes]) -> Tally:
    """Read web pages by trafilatura alone."""
    tally = Tally()
    for data in pages:
        began = time.perf_counter()
        found = trafilatura.bare_extraction(decode_page(data)[0], with_metadata=True)
        length = len(getattr(found, "text", None) or "")
        tally.add(Tally(1, 1, length, time.perf_counter() - began))
    return tally


@dataclass(slots=True)
class Measured:
    """What was measured of a folder.

    Attributes:
        totals: by media type.
        beside: for each share with web pages the tally of these: ours and trafilatura's alone.
        reader_mib: the most memory that the process which reads has held; 0 where the system does
            not say.
    """

    totals: dict[str, Tally]
    beside: list[tuple[Tally, Tally]]
    reader_mib: int = 0


def measure_shares(folder: Path, shares: int) -> Measured:
    """Read a folder in shares."""
    files = scan_root(folder, folder / ".none").files
    page = next((seen for seen in files if seen.relpath.endswith((".htm", ".html"))), None)
    if page:
        # The process that reads, and trafilatura, start before the clock does.
        measure([page])
        measure_alone([(folder / page.relpath).read_bytes()])
    totals: dict[str, Tally] = defaultdict(Tally)
    beside: list[tuple[Tally, Tally]] = []
    reader_mib = 0
    for n in range(shares):
        share = files[n::shares]
        pages = [
            (folder / seen.relpath).read_bytes()
            for seen in share
            if seen.relpath.endswith((".htm", ".html")) and (folder / seen.relpath).is_file()
        ]
        # The first to read finds the machine colder; it is another one in each share.
        alone = measure_alone(pages) if n % 2 else Tally()
        ours = measure(share)
        alone = alone if n % 2 else measure_alone(pages)
        for kind, tally in ours.items():
            totals[kind].add(tally)
        if alone.files and _HTML in ours:
            beside.append((ours[_HTML], alone))
        reader_mib = max(reader_mib, *map(_peak_mib, _children()), 0)
    end_reading()
    forget()
    return Measured(dict(totals), beside, reader_mib)


def _children() -> list[str]:
    """The processes that this one has started and that still run, where the system says so."""
    lists = Path("/proc/self/task").glob("*/children")
    return [pid for listed in lists for pid in listed.read_text().split()]


def _peak_mib(pid: str) -> int:
    """The most memory that a process has held.

    What `resource` tells of children counts the memory of whoever started them, too.
    """
    status = Path("/proc", pid, "status")
    peak = status.read_text().partition("VmHWM:")[2].split() if status.exists() else []
    return int(peak[0]) // 1024 if peak else 0


def report(measured: Measured, say: Callable[[str], None]) -> None:
    """Say what was measured of each format, and the memory at most."""
    totals: Mapping[str, Tally] = measured.totals
    for kind, tally in sorted(totals.items(), key=lambda item: -item[1].files):
        say(
            f"{tally.files:6} {kind}: {tally.articles} articles, {tally.characters:,} characters, "
            f"{tally.rate:.1f} files a second"
        )
    whole = Tally()
    for tally in totals.values():
        whole.add(tally)
    say(f"{whole.files:6} in all: {whole.rate:.1f} files a second")
    unit = 1 if sys.platform == "darwin" else 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 2**20
    say(f"memory at most: {own} MiB here, {measured.reader_mib} MiB in the process that reads")


def main(say: Callable[[str], None] = print) -> None:
    """Measure a folder, and say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shares", type=int, default=1, help="into how many the files are dealt")
    asked = parser.parse_args()
    measured = measure_shares(asked.folder, asked.shares)
    report(measured, say)
    if beside := measured.beside:
        alone = Tally()
        for _, tally in beside:
            alone.add(tally)
        ratios = [theirs.rate / ours.rate for ours, theirs in beside]
        say(
            f"{alone.files:6} web pages by trafilatura alone: {alone.rate:.1f} files a second; we "
            f"take {statistics.median(ratios):.2f} times its time ({min(ratios):.2f} to "
            f"{max(ratios):.2f} in {len(ratios)} shares)"
        )


if __name__ == "__main__":
    main()
