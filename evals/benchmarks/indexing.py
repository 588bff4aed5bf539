"""How quickly articles are indexed, beside the encoder by itself, and what they weigh on disk."""

import shutil
import time
from typing import Final

from evals.benchmarks.libraries import disk_bytes, texts
from evals.benchmarks.made_up import write_articles
from evals.benchmarks.programs import run
from evals.benchmarks.values import Measured, Plan, Row, at_least, at_most
from index.embedding.local import E5Embedding, embed_texts, passage_text
from rag.pressmark import Pressmark
from rag.settings import Settings

TITLE: Final = "How quickly are articles indexed, and what do they weigh?"
_KILOBYTE: Final = 1_000


def measure(plan: Plan) -> Measured:
    """Index articles and encode the same passages barely, in turns."""
    folder = write_articles(plan.folder / "to-index", plan.articles, texts(plan))
    encoder, home = E5Embedding(), plan.folder / "indexed"
    embed_texts(encoder, ["the first text loads the model"])
    rates, bare, shares, memory, passages = [], [], [], [], list[str]()
    for number in range(plan.rounds):
        shutil.rmtree(home, ignore_errors=True)
        with Pressmark.open(Settings(home=home), write=True) as pressmark:
            began = time.perf_counter()
            pressmark.index([folder])
            seconds = time.perf_counter() - began
            passages = passages or _embedded(pressmark)
        rates.append(len(passages) / seconds)
        began = time.perf_counter()
        embed_texts(encoder, passages)
        bare.append(len(passages) / (time.perf_counter() - began))
        shares.append(rates[-1] / bare[-1])
        if number == 0:
            on_disk = disk_bytes(home)
            shutil.rmtree(home)
            memory.append(run(["index", str(folder)], home).memory_mb)
    written = disk_bytes(folder)
    rows = (
        Row("passages indexed", "passages/s", tuple(rates)),
        Row("the bare encoder on them", "passages/s", tuple(bare)),
        at_least("share of the encoder's own speed", "×", shares, 0.85),
        Row(
            "articles indexed",
            "articles/s",
            tuple(r * plan.articles / len(passages) for r in rates),
        ),
        at_most(
            "disk an article, beyond its text",
            "kB",
            [(on_disk - written) / plan.articles / _KILOBYTE],
            25.0,
        ),
        at_most(f"memory of indexing {plan.articles:,} articles", "MB", memory, 1_200.0),
    )
    said = (
        f"{plan.articles:,} articles, {len(passages):,} passages, {plan.rounds} rounds in turns; "
        "the model is warm, the library new"
    )
    return Measured("indexing", TITLE, rows, circumstances=said)


def _embedded(pressmark: Pressmark) -> list[str]:
    """The texts that indexing gave the encoder."""
    library = pressmark.library
    of_article = library.passages_of(library.articles())
    titles = {name: article.title for name, article in library.articles().items()}
    return [
        passage_text(titles[name], passage.text)
        for name, found in of_article.items()
        for passage in found
    ]
