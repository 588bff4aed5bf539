"""Libraries of a wanted size, made once and kept between runs."""

import json
from pathlib import Path
from typing import Final

import numpy as np

from evals.benchmarks.made_up import Sentences, sentences_of, write_articles
from evals.benchmarks.values import Plan
from index.embedding.local import E5Embedding, Vectors, embed_texts
from rag.pressmark import Pressmark
from rag.settings import Settings

POOL: Final = 500
"""Real vectors that synthetic ones are drawn from."""
_ROOM: Final = 64
"""Articles to add at a time beyond an estimate."""


def texts(plan: Plan) -> Sentences:
    """The sentences that this run recombines."""
    return sentences_of(plan.texts)


def settings_of(plan: Plan, size: int) -> Settings:
    """How a library of this size is set up: with synthetic vectors.

    Args:
        plan: says where libraries lie.
        size: in passages.
    """
    home = plan.folder / f"library-{size}"
    name = "evals.benchmarks.synthetic:SyntheticEmbedding"
    return Settings(home=home, embedding=f"{name}?pool={_pool(plan)}")


def library_of(plan: Plan, size: int) -> Pressmark:
    """Open a library of at least this many passages, and make it if it is not there.

    Args:
        plan: says where libraries lie, and what their articles are made of.
        size: in passages.
    """
    settings = settings_of(plan, size)
    done = settings.home / "made.json"
    if not done.exists():
        known, articles = texts(plan), max(1, size // 4)
        folder = plan.folder / f"articles-{size}"
        with Pressmark.open(settings, write=True) as pressmark:
            while True:
                pressmark.index([write_articles(folder, articles, known, seed=size)])
                counts = pressmark.library.counts()
                if counts.passages >= size:
                    break
                a_passage = counts.articles / max(1, counts.passages)
                articles += int((size - counts.passages) * a_passage) + _ROOM
        made = {"articles": counts.articles, "passages": counts.passages}
        done.write_text(json.dumps(made), encoding="utf-8")
    return Pressmark.open(settings)


def disk_bytes(home: Path) -> int:
    """The bytes of the files below a folder."""
    return sum(path.stat().st_size for path in home.rglob("*") if path.is_file())


def _pool(plan: Plan) -> Path:
    path = plan.folder / "pool.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        sentences = texts(plan).sentences
        passages = [" ".join(sentences[at : at + 6]) for at in range(0, len(sentences), 6)]
        vectors: Vectors = embed_texts(E5Embedding(), passages[:POOL])
        np.save(path, vectors)
    return path
