"""How well each index of words finds: ``python -m evals.benchmarks.words [SUITE …]``.

The articles of a suite are put into a library on a PostgreSQL server of this command's own. Both
indexes search by words alone, without vectors and without the reader, and are asked every question
of the suite that has an answer. Vectors are drawn: none is looked at.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

import numpy as np

from evals.benchmarks.collected import DIMENSION, DrawnVectors
from evals.dataset.corpus import corpus_folder
from evals.dataset.finding import find_suite
from evals.dataset.items import Query, Suite
from evals.dataset.suites import load_suite
from evals.running.servers import Postgres
from index.ingest.run import index_roots
from index.search.places import Lexical, Places
from index.search.stores import SearchIndex, open_stores
from rag.settings import Settings

SUITES: Final = ("names", "newsroom")
DEEP: Final = 10
_RESAMPLED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Found:
    """What an index found of a suite's questions.

    Attributes:
        ranks: of the first article that answers, from 1; 0 if it is not among the first ten.
        milliseconds: of each search.
    """

    ranks: tuple[int, ...]
    milliseconds: tuple[float, ...]

    def hit(self, k: int) -> tuple[float, float, float]:
        """The share of questions with a right article among the first k, with its interval."""
        return _with_interval([float(0 < rank <= k) for rank in self.ranks])

    def reciprocal(self) -> tuple[float, float, float]:
        """The mean of one over the rank, with its interval."""
        return _with_interval([1 / rank if rank else 0.0 for rank in self.ranks])


def compare(name: str, place: Path, most: int | None = None) -> dict[Lexical, Found]:
    """Search a suite's articles with both indexes.

    Args:
        name: of the suite.
        place: an empty folder.
        most: questions at most.
    """
    suite = load_suite(find_suite(name, Settings()))
    folder, of_file = corpus_folder(suite, place / "corpus")
    asked = [query for query in suite.queries if query.answerable and query.gold][:most]
    found: dict[Lexical, Found] = {}
    with _served() as url:
        for lexical in get_args(Lexical):
            places = Places(url=url, lexical=lexical)
            with open_stores(
                place / lexical, write=True, fingerprint="drawn", dimension=DIMENSION, places=places
            ) as stores:
                index_roots(stores, [folder], DrawnVectors())
                found[lexical] = _searched(stores, suite, of_file, asked)
    return found


def _searched(
    stores: SearchIndex, suite: Suite, of_file: dict[str, str], asked: Sequence[Query]
) -> Found:
    ranks, milliseconds = [], []
    library = stores.library
    sources = library.sources({a.source_id for a in library.articles().values()})
    document = {name: of_file.get(source.name, "") for name, source in sources.items()}
    holder = {a.article_id: document[a.source_id] for a in library.articles().values()}
    for query in asked:
        began = time.perf_counter()
        hits = stores.search_words(query.question, 8 * DEEP)
        milliseconds.append(1000 * (time.perf_counter() - began))
        order = list(dict.fromkeys(holder[hit.article_id] for hit in hits))[:DEEP]
        right = {gold.doc_id for gold in query.gold}
        ranks.append(next((n for n, doc in enumerate(order, start=1) if doc in right), 0))
    return Found(tuple(ranks), tuple(milliseconds))


@contextmanager
def _served() -> Iterator[str]:
    server = Postgres.make()
    try:
        server.start()
        yield server.url
    finally:
        server.end()


def _with_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean, and the bounds within which it lies in 95 of 100 resamplings."""
    drawn = np.random.default_rng(7).choice(np.array(values), (_RESAMPLED, len(values)))
    low, high = np.quantile(drawn.mean(axis=1), (0.025, 0.975))
    return float(np.mean(values)), float(low), float(high)


def main() -> None:
    """Compare, and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("suites", nargs="*", default=SUITES)
    parser.add_argument("--most", type=int, help="questions of each suite")
    options = parser.parse_args()
    print("| suite (questions) | words found by | hit@1 | hit@5 | MRR@10 | a search, median |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in options.suites:
        with tempfile.TemporaryDirectory(prefix="pressmark-words-") as place:
            for lexical, found in compare(name, Path(place), options.most).items():
                told = (found.hit(1), found.hit(5), found.reciprocal())
                cells = " | ".join(f"{v:.3f} ({low:.3f} to {high:.3f})" for v, low, high in told)
                ms = np.median(found.milliseconds)
                print(f"| {name} ({len(found.ranks)}) | {lexical} | {cells} | {ms:.1f} ms |")


if __name__ == "__main__":
    main()
