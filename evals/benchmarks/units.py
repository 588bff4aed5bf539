"""What a passage, an article and an answer cost: ``python -m evals.benchmarks.units FILE.json``.

A library on PostgreSQL with its vectors on a Chroma server is filled twice; what the second filling
adds is what passages cost, without what an empty server holds. Vectors are drawn, as what a row
costs does not depend on what it means. Embedding and answering are timed with the real models.
`evals.benchmarks.capacity` carries the figures further.
"""

import argparse
import json
import os
import random
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import httpx

from evals.benchmarks.collected import DIMENSION, SEED, DrawnVectors, drawn_articles
from evals.benchmarks.libraries import disk_bytes
from evals.dataset.corpus import corpus_folder
from evals.dataset.finding import find_suite
from evals.dataset.suites import load_suite
from evals.running.servers import (
    Chroma,
    Part,
    Postgres,
    address_of,
    postgres_programs,
    pressmark,
)
from index.embedding.local import E5Embedding, embed_texts
from index.ingest.run import index_roots
from index.library.library import Library
from index.search.places import Places
from index.search.stores import TANTIVY_FOLDER, SearchIndex, open_stores
from rag.settings import Settings

ANSWERED: Final = "seeds"
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PATIENCE_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Filled:
    """What a library of a size takes.

    Attributes:
        articles: how many there are.
        passages: how many there are.
        postgres: bytes of the database, without the index of words there.
        words: bytes of that index.
        tantivy: bytes of a process's copy of the words.
        chroma: bytes on the disk of the vectors' server.
        chroma_memory: bytes that it holds in memory.
        holdings: bytes that each process holds of the articles.
    """

    articles: int
    passages: int
    postgres: int
    words: int
    tantivy: int
    chroma: int
    chroma_memory: int
    holdings: int


def measure(passages: int, questions: int) -> dict[str, float]:
    """Measure every unit.

    Args:
        passages: of the first filling; the second has four times as many.
        questions: to answer.

    Returns:
        by name, with the unit in the name.
    """
    with tempfile.TemporaryDirectory(prefix="pressmark-units-") as place:
        units = _of_storage(Path(place), passages)
        units |= _of_embedding()
        units |= _of_answering(Path(place), questions)
    return {name: float(f"{value:.4g}") for name, value in units.items()}


def _of_storage(place: Path, passages: int) -> dict[str, float]:
    folder = place / "articles"
    folder.mkdir()
    with ExitStack() as stack:
        postgres, chroma = Postgres.make(), Chroma.make(place / "chroma")
        stack.callback(postgres.end)
        postgres.start()
        stack.callback(chroma.part.end)
        chroma.start()
        drawn = drawn_articles(random.Random(SEED))  # noqa: S311 - articles, not secrets
        copies = Places(url=postgres.url, chroma_url=chroma.url)
        spent = time.process_time()
        found = []
        for size in (passages, 4 * passages):
            with _opened(place / "library", copies) as stores:
                _fill(stores, folder, size, drawn)
                library = stores.library
                counts, holdings = library.counts(), _held(library)
            with _opened(place / "library", replace(copies, lexical="postgres")):
                pass  # opening it has built the index of words there
            words = _table_bytes(postgres, "words")
            found.append(
                Filled(
                    counts.articles,
                    counts.passages,
                    _database_bytes(postgres) - words,
                    words,
                    disk_bytes(place / "library" / TANTIVY_FOLDER),
                    disk_bytes(chroma.part.folder / "data"),
                    resident_bytes(chroma.part),
                    holdings,
                )
            )
        taken_in = time.process_time() - spent
        began = time.process_time()
        with _opened(place / "another", copies):
            pass  # a server that starts builds its copy of the words
        copied = time.process_time() - began
    return _each(*found) | {
        "taking_in_processor_ms_a_passage": 1000 * taken_in / found[-1].passages,
        "copy_processor_ms_a_passage": 1000 * copied / found[-1].passages,
    }


def _each(first: Filled, second: Filled) -> dict[str, float]:
    """What the second filling added, for each passage and article."""
    added = second.passages - first.passages
    names = ("postgres", "words", "tantivy", "chroma", "chroma_memory")
    each = {
        f"{name}_bytes_a_passage": (getattr(second, name) - getattr(first, name)) / added
        for name in names
    }
    return each | {
        "passages_an_article": second.passages / second.articles,
        "holdings_bytes_an_article": (second.holdings - first.holdings)
        / (second.articles - first.articles),
    }


def _opened(home: Path, places: Places) -> SearchIndex:
    return open_stores(home, write=True, fingerprint="drawn", dimension=DIMENSION, places=places)


def _fill(stores: SearchIndex, folder: Path, passages: int, drawn: Iterator[str]) -> None:
    """Add drawn articles until the library has so many passages."""
    counts = stores.library.counts()
    while counts.passages < passages:
        each = counts.passages / counts.articles if counts.articles else 4.0
        for _ in range(max(1, round((passages - counts.passages) / each))):
            name = f"{sum(1 for _ in folder.iterdir()):07}.txt"
            (folder / name).write_text(next(drawn), encoding="utf-8")
        index_roots(stores, [folder], DrawnVectors())
        counts = stores.library.counts()


def _of_embedding() -> dict[str, float]:
    """Processor time of the real encoder, over passages of the newsroom."""
    suite = load_suite(find_suite("newsroom", Settings()))
    texts = [document.text[:700] for document in list(suite.documents.values())[:33]]
    embed_texts(E5Embedding(), texts[:1])
    began = time.process_time()
    embed_texts(E5Embedding(), texts[1:])
    return {"embedding_processor_ms_a_passage": 1000 * (time.process_time() - began) / 32}


def _of_answering(place: Path, questions: int) -> dict[str, float]:
    """Processor time of an answer that quotes, and what a server holds without any articles."""
    suite = load_suite(find_suite(ANSWERED, Settings()))
    folder, _ = corpus_folder(suite, place / "corpus")
    server = pressmark("server", place, {}, "serve", "--no-page", "--port", "0", str(folder))
    server.start()
    try:
        url = f"{address_of(server)}/v1/answer"
        asked = [{"question": query.question} for query in suite.queries[: questions + 2]]
        with httpx.Client(timeout=_PATIENCE_S, trust_env=False) as client:
            for body in asked[:2]:
                client.post(url, json=body).raise_for_status()
            before = processor_seconds(server)
            for body in asked[2:]:
                client.post(url, json=body).raise_for_status()
            spent = processor_seconds(server) - before
        memory = resident_bytes(server)
    finally:
        server.end()
    return {
        "answer_processor_ms": 1000 * spent / (len(asked) - 2),
        "server_memory_bytes": float(memory),
    }


def _held(library: Library) -> int:
    """Bytes of what a process keeps in memory of every article."""
    library.__dict__["_holdings"] = None
    tracemalloc.start()
    try:
        library.holdings()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


def _asked_of(postgres: Postgres, query: str) -> int:
    programs = postgres_programs()
    command = [f"{programs}/psql", "-h", str(postgres.folder), "-U", "pressmark", "-d", "postgres"]
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL
        [*command, "-Atc", query], capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[0])


def _table_bytes(postgres: Postgres, table: str) -> int:
    return _asked_of(postgres, f"SELECT pg_total_relation_size('{table}')")


def _database_bytes(postgres: Postgres) -> int:
    return _asked_of(postgres, "SELECT pg_database_size('postgres')")


def resident_bytes(part: Part) -> int:
    """Memory that a process holds."""
    status = Path(f"/proc/{_process(part)}/status").read_text()
    return next(
        1024 * int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")
    )


def processor_seconds(part: Part) -> float:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{_process(part)}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _process(part: Part) -> int:
    if part.process is None:
        raise ValueError(f"{part.name} is not running")
    return part.process.pid


def main() -> None:
    """Measure, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path, help="to write")
    parser.add_argument("--passages", type=int, default=500, help="of the first filling (500)")
    parser.add_argument("--questions", type=int, default=20, help="to answer (20)")
    options = parser.parse_args()
    units = measure(options.passages, options.questions)
    options.file.write_text(json.dumps(units, indent=1) + "\n", encoding="utf-8")
    for name, value in units.items():
        print(f"{name}: {value:g}")


if __name__ == "__main__":
    main()
