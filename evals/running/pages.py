"""Run a suite of pages: does Pressmark mark as body what a person marked as body?

The run saves the visible text of each page as a text file, which goes the way of any indexed file,
up to the marking. It makes no library and embeds nothing.
"""

import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.progress import Progress

from evals.dataset.items import PageItem, Suite
from evals.dataset.page_files import PageFileError, read_page
from evals.dataset.visible_text import visible_text
from evals.metrics.shingles import overlap, words
from evals.records.figures import compute_all
from evals.records.provenance import Effort, provenance
from evals.records.record import PageOutcome, Record
from evals.running.choice import Choice, choose, suite_info
from index.articles.cleaning import clean
from index.errors import UnreadableFileError
from index.readers.files import read_file
from rag.settings import Settings

_PARTS = ("shared", "extra", "missing")
# What the report shows of a page: enough to see what kind of text it is.
_SHOWN_LINES = 12
_SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class _Marked:
    """A page as marked; `refused` says why it is not an article at all."""

    whole: str
    body: str
    wall_ms: float
    cpu_ms: float
    refused: str | None = None


def run_pages(suite: Suite, settings: Settings, choice: Choice, progress: Progress) -> Record:
    """Mark every chosen page and compare its body; see `evals.running.run.run_suite`."""
    started, clock = datetime.now(UTC), time.perf_counter()
    chosen = choose(suite.pages, choice)
    with tempfile.TemporaryDirectory(prefix="pressmark-pages-") as folder:
        outcomes = [
            _judge(item, Path(folder) / "page.txt")
            for item in progress.track(chosen, description=f"{suite.name}: marking")
        ]
    effort = Effort(started, time.perf_counter() - clock)
    return Record(
        suite=suite_info(suite, choice, len(outcomes), {}),
        made=provenance(settings, effort),
        figures=compute_all(outcomes),
        pages=outcomes,
    )


def _judge(item: PageItem, file: Path) -> PageOutcome:
    try:
        found = _mark(visible_text(read_page(item.path)), file)
    except PageFileError as error:
        return _unscored(item, str(error))
    except Exception as error:
        # A defect in one page must not lose the run; we show and count it instead.
        return _unscored(item, f"{type(error).__name__}: {error}")
    body, whole = overlap(found.body, item.text), overlap(found.whole, item.text)
    return PageOutcome(
        id=item.id,
        type=item.type,
        portion=item.portion,
        scores={
            "page_f1": body.f1,
            "body_shared": body.shared,
            "body_extra": body.extra,
            "body_missing": body.missing,
            "whole_shared": whole.shared,
            "whole_extra": whole.extra,
            "whole_missing": whole.missing,
            "latency_ms": found.wall_ms,
            "cpu_ms": found.cpu_ms,
        },
        unscored={},
        html_file=item.html_file,
        refused=found.refused,
        words_gold=len(words(item.text)),
        words_body=len(words(found.body)),
        words_whole=len(words(found.whole)),
        extra=_lines_beyond(found.body, item.text),
        missing=_lines_beyond(item.text, found.body),
    )


def _mark(whole: str, file: Path) -> _Marked:
    """Read and mark the text as indexing does; a refused page has no body."""
    file.write_text(whole, encoding="utf-8", newline="\n")
    wall, cpu = time.perf_counter(), time.process_time()
    body, refused = "", None
    try:
        source, metadata = read_file(file)
        articles = clean(source, metadata)
        spans = [span for article in articles for span in article.body]
        body = "\n".join(source.text[span.start : span.end] for span in spans)
    except UnreadableFileError as error:
        refused = error.user_message
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return _Marked(whole, body, wall * 1000, cpu * 1000, refused)


def _unscored(item: PageItem, reason: str) -> PageOutcome:
    lost = ["page_f1", "latency_ms", "cpu_ms"]
    lost += [f"{text}_{part}" for text in ("body", "whole") for part in _PARTS]
    return PageOutcome(
        id=item.id,
        type=item.type,
        portion=item.portion,
        scores={},
        unscored=dict.fromkeys(lost, reason),
        html_file=item.html_file,
        refused=reason,
        words_gold=len(words(item.text)),
    )


def _lines_beyond(text: str, other: str) -> list[str]:
    """Pick the first lines of a text whose words do not stand in a row in the other one."""
    held = f" {' '.join(words(other))} "
    beyond = []
    for line in text.splitlines():
        row = " ".join(words(line))
        if row and f" {row} " not in held:
            beyond.append(_shortened(line.strip()))
        if len(beyond) == _SHOWN_LINES:
            break
    return beyond


def _shortened(line: str) -> str:
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[:_SHOWN_CHARACTERS]}…"
