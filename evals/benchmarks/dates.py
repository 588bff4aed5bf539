"""Measure how surely articles are dated by their text alone: CORPUS.

The corpus has one article a line, with ``title``, ``text`` and ``published_at``, which is hidden
from the reader and compared with what it finds. A date may be right, wrong, or left open.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from index.article import Source
from index.articles.cleaning import clean
from index.readers.metadata import SourceMetadata

EXAMPLE = """example, of every third article:
  python -m evals.benchmarks.dates DATA/realtimeqa_2025dev/corpus.jsonl.gz --every 3
"""


def judged(line: str, say: Callable[[str], None]) -> str | None:
    """Date one article: ``right``, ``wrong``, ``open``; None if the corpus does not know."""
    given = json.loads(line)
    due = given.get("published_at")
    if not due:
        return None
    text = f"{given.get('title') or ''}\n\n{given['text']}".strip()
    found = clean(Source("s", "article.txt", text, "", "text/plain"), SourceMetadata())
    day = found[0].published if found else None
    if day is None:
        return "open"
    if str(day) == str(due)[:10]:
        return "right"
    say(f"  {given['id']}: {day} ({found[0].date_basis}), due {due}")
    return "wrong"


def main(say: Callable[[str], None] = print) -> None:
    """Measure a corpus, and say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every so-manieth article")
    parser.add_argument("--wrong", action="store_true", help="show the dates that are wrong")
    asked = parser.parse_args()
    data = asked.corpus.read_bytes()
    lines = (gzip.decompress(data) if asked.corpus.suffix == ".gz" else data).decode().split("\n")
    told = say if asked.wrong else lambda _: None
    counts = Counter(judged(line, told) for line in lines[:: asked.every] if line.strip())
    counts.pop(None, None)
    total = sum(counts.values()) or 1
    say(
        f"{total} articles: right {counts['right'] / total:.3f}, wrong "
        f"{counts['wrong'] / total:.3f}, open {counts['open'] / total:.3f}"
    )


if __name__ == "__main__":
    main()
