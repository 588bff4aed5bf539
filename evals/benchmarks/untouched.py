"""Count the articles that reading takes for what they are not: CORPUS….

The articles of the corpora are running text, a line of JSON each. None of them bears the heads of
printed pages or the frame of a database, so that none may be changed or cut for these.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from index.readers.base import Read
from index.readers.frames import frame_of
from index.readers.turned_pages import across_pages

EXAMPLE = """example, of 900 articles of each:
  python -m evals.benchmarks.untouched DATA/*/corpus.jsonl.gz --most 900
"""


def mistaken(line: str) -> Counter[str]:
    """What one article is taken for."""
    given = json.loads(line)
    text = f"{given.get('title') or ''}\n\n{given['text']}".strip()
    return Counter(
        articles=1,
        changed=across_pages(Read(text)).text != text,
        framed=frame_of(text) is not None,
    )


def main(say: Callable[[str], None] = print) -> None:
    """Measure corpora, and say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, nargs="+")
    parser.add_argument("--most", type=int, help="take so many articles of each at most")
    asked = parser.parse_args()
    total: Counter[str] = Counter()
    for corpus in asked.corpus:
        with gzip.open(corpus, "rt", encoding="utf-8") as lines:
            for _, line in zip(range(asked.most or 10**9), lines, strict=False):
                total += mistaken(line)
    say(
        f"{total['articles']} articles: {total['changed']} changed for heads of pages, "
        f"{total['framed']} cut as exports"
    )


if __name__ == "__main__":
    main()
