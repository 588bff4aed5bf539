"""Measure how quickly a folder of mixed files is read, and in how much memory: FOLDER.

Every file is read and marked as `pressmark index` does it, without vectors. Of web pages,
trafilatura alone is measured beside, on the same bytes in this process.
"""

import argparse
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import trafilatura

from index.errors import UnreadableFileError
from index.ingest.preparing import cut_source, read_seen
from index.ingest.scan import scan_root
from index.readers.archives import forget
from index.readers.html import decode_page
from index.readers.working import end_reading

_HTML = "text/html"


@dataclass(slots=True)
class Tally:
    """What was measured of one format."""

    files: int = 0
    articles: int = 0
    characters: int = 0
    seconds: float = 0.0


def measure(folder: Path) -> dict[str, Tally]:
    """Read every file of a folder.

    Returns:
        what was measured by media type; ``refused`` for what cannot be read.
    """
    tallies: dict[str, Tally] = defaultdict(Tally)
    for seen in scan_root(folder, folder / ".none").files:
        began = time.perf_counter()
        read = read_seen(seen)
        kind, articles, characters = "refused", 0, 0
        if read.source is not None:
            try:
                articles = len(cut_source(read)[0])
                kind, characters = read.source.media_type, len(read.source.text)
            except UnreadableFileError:
                pass
        tally = tallies[kind]
        tally.seconds += time.perf_counter() - began
        tally.files += 1
        tally.articles += articles
        tally.characters += characters
    end_reading()
    forget()
    return dict(tallies)


def measure_alone(folder: Path) -> Tally:
    """Read the web pages of a folder by trafilatura alone."""
    tally = Tally()
    for path in sorted(folder.rglob("*.htm*")):
        data = path.read_bytes()
        began = time.perf_counter()
        found = trafilatura.bare_extraction(decode_page(data)[0], with_metadata=True)
        tally.seconds += time.perf_counter() - began
        tally.files += 1
        tally.characters += len(getattr(found, "text", None) or "")
    return tally


def main(say: Callable[[str], None] = print) -> None:
    """Measure a folder, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    tallies = measure(folder)
    unit = 1 if sys.platform == "darwin" else 1024
    own, readers = (
        resource.getrusage(who).ru_maxrss * unit // 2**20
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    for kind, tally in sorted(tallies.items(), key=lambda item: -item[1].files):
        say(
            f"{tally.files:6} {kind}: {tally.articles} articles, {tally.characters:,} characters, "
            f"{tally.files / max(tally.seconds, 1e-9):.1f} files a second"
        )
    files = sum(tally.files for tally in tallies.values())
    seconds = sum(tally.seconds for tally in tallies.values())
    say(f"{files:6} in all: {files / max(seconds, 1e-9):.1f} files a second")
    say(f"memory at most: {own} MiB here, {readers} MiB in the process that reads")
    if _HTML in tallies:
        alone = measure_alone(folder)
        rate = alone.files / max(alone.seconds, 1e-9)
        say(f"{alone.files:6} web pages by trafilatura alone: {rate:.1f} files a second")


if __name__ == "__main__":
    main()
