"""Measure how much of a news page's article is found when its HTML is read: FOLDER.

The folder holds ``pages.jsonl``, one page a line, with the path of its HTML and the text that a
person marked as its article. Each page is read and marked as `pressmark index` does it. `pressmark
eval` measures the same pages from the text that is copied with them.
"""

import argparse
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from evals.metrics.shingles import Overlap, overlap
from index.articles.cleaning import clean
from index.errors import UnreadableFileError
from index.readers.files import read_data
from index.readers.working import end_reading

EXAMPLE = """example:
  python -m evals.benchmarks.pages DATA/extraction_dev
"""


def measure(folder: Path, say: Callable[[str], None]) -> Iterator[tuple[Overlap, Overlap]]:
    """Read every page; one that cannot be read is told, and counts as found empty.

    Yields:
        what the article marked in it, and all the text that was read, share with the gold text.
    """
    for line in (folder / "pages.jsonl").read_text("utf-8").splitlines():
        page = json.loads(line)
        data = (folder / page["html_file"]).read_bytes()
        try:
            source, metadata = read_data(gzip.decompress(data), "page.html")
            articles = clean(source, metadata)
        except UnreadableFileError as error:
            say(f"{page['id']}: {error.user_message}")
            yield overlap("", page["text"]), overlap("", page["text"])
            continue
        body = "\n".join(source.text[s.start : s.end] for one in articles for s in one.body)
        yield overlap(body, page["text"]), overlap(source.text, page["text"])
    end_reading()


def in_words(found: list[Overlap]) -> str:
    """F1 of the mean precision and the mean recall, as the benchmark has it."""
    precisions = [one.shared / (one.shared + one.extra) for one in found if one.shared + one.extra]
    recalls = [one.shared / (one.shared + one.missing) for one in found]
    precision, recall = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    f1 = 2 * precision * recall / (precision + recall)
    return f"F1 {f1:.3f} (precision {precision:.3f}, recall {recall:.3f})"


def main(say: Callable[[str], None] = print) -> None:
    """Measure a folder of pages, and say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    marked, read = zip(*measure(parser.parse_args().folder, say), strict=True)
    say(f"{len(marked)} pages, the article as marked: {in_words(list(marked))}")
    say(f"{len(read)} pages, all text that was read: {in_words(list(read))}")


if __name__ == "__main__":
    main()
