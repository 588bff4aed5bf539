"""Measure how long overviews and timelines take in a large library: [--passages N] [--rounds N].

The library is drawn: sentences of the newsroom's articles, put together anew under its headlines,
each article with a day of its own. Vectors are drawn as well, since how long a search takes does
not depend on what they mean; the encoder that tells kinds of questions apart is the real one.
Rounds alternate, each question once a round, and a search of the same library stands beside: its
time on the same machine is what the ratios are of.
"""

import argparse
import hashlib
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding

from evals.dataset.finding import find_suite
from index.article import Span
from index.language.sentences import split_sentences
from rag.overview.examples import full_name
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.types import Question, Task

SUITE: Final = "newsroom"
DIMENSION: Final = 384
SENTENCES: Final = 24
"""Of each article."""
PARAGRAPH: Final = 3
"""Sentences of a paragraph."""
FIRST_DAY: Final = date(2021, 1, 1)
DAYS: Final = 1500
SEED: Final = 15
NAMES: Final = 12
"""Names that are asked about."""


class DrawnVectors(BaseEmbedding):
    """Vectors that depend on a text alone and mean nothing."""

    @classmethod
    def class_name(cls) -> str:
        """Name this class in LlamaIndex's events."""
        return "DrawnVectors"

    def _vector(self, text: str) -> list[float]:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        drawn = np.random.default_rng(seed).standard_normal(DIMENSION)
        found: list[float] = (drawn / np.linalg.norm(drawn)).tolist()
        return found

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._vector(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._vector(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._vector(text)


def drawn_articles(rng: random.Random) -> Iterator[str]:
    """Articles without end, as plain text with headline, paper and day."""
    folder = find_suite(SUITE, Settings())
    lines = (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    articles = [json.loads(line) for line in lines]
    titles = [article["title"] for article in articles if article["title"]]
    sentences = [
        article["text"][span.start : span.end].strip()
        for article in articles
        for span in split_sentences(article["text"], 0, len(article["text"]))
    ]
    while True:
        told = rng.sample(sentences, SENTENCES)
        day = FIRST_DAY + timedelta(rng.randrange(DAYS))
        body = (" ".join(told[at : at + PARAGRAPH]) for at in range(0, SENTENCES, PARAGRAPH))
        head = f"{rng.choice(titles)}\nThe Daily Draw, {day:%d %B %Y}"
        yield "\n\n".join((head, *body)) + "\n"


def fill(pressmark: Pressmark, folder: Path, passages: int) -> int:
    """Index drawn articles until the library has so many passages; how many it has then."""
    articles, written = drawn_articles(random.Random(SEED)), 0  # noqa: S311
    while (held := pressmark.library.counts().passages) < passages:
        each = held / written if written else 1.0
        for _ in range(min(1000, int((passages - held) / each) + 1)):
            (folder / f"{written:06}.txt").write_text(next(articles), encoding="utf-8")
            written += 1
        pressmark.index([folder])
    return held


def asked_names(pressmark: Pressmark) -> list[str]:
    """Names that the library's newest articles are about."""
    library = pressmark.library
    newest = sorted(library.holdings().published.items(), key=lambda item: (item[1], item[0]))
    names: dict[str, None] = {}
    for article in library.articles([name for name, _ in newest[-100:]]).values():
        source = library.sources([article.source_id])[article.source_id]
        body = article.body[0] if article.body else Span(0, 0)
        spans = split_sentences(source.text, body.start, body.end, "en")
        for span in spans:
            if name := full_name(article, source, source.text[span.start : span.end]):
                names.setdefault(name)
    return list(names)[:NAMES]


def questions(names: Sequence[str]) -> dict[str, list[Question]]:
    """By task, what is asked."""
    asked: dict[Task, list[str]] = {
        "overview": [
            *(f"What is the latest on {name}?" for name in names),
            *(f"What happened in {month} 2023?" for month in ("March", "June", "October")),
        ],
        "timeline": [f"Timeline of {name}" for name in names],
    }
    return {
        task: [Question(text, task=task, mode="extractive") for text in texts]
        for task, texts in asked.items()
    }


def measure(
    pressmark: Pressmark, asked: Mapping[str, Sequence[Question]], rounds: int
) -> dict[str, list[list[float]]]:
    """Milliseconds of each question, by task and round; ``search`` is a search for the same."""
    times: dict[str, list[list[float]]] = defaultdict(list)
    for _ in range(rounds):
        for task, several in asked.items():
            times[task].append([_timed(partial(pressmark.answer, one)) for one in several])
        several = asked["overview"]
        times["search"].append([_timed(partial(pressmark.evidence, one)) for one in several])
    return times


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def main(say: Callable[[str], None] = print) -> None:
    """Measure, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "articles"
        folder.mkdir()
        embedding = f"{DrawnVectors.__module__}:{DrawnVectors.__name__}"
        settings = Settings(home=Path(home) / "library", embedding=embedding)
        with Pressmark.open(settings, write=True, purpose="measuring") as pressmark:
            held = fill(pressmark, folder, options.passages)
            asked = questions(asked_names(pressmark))
            measure(pressmark, asked, 1)
            times = measure(pressmark, asked, options.rounds)
    say(f"{held:,} passages, {options.rounds} rounds after one that warms up; milliseconds")
    base = float(np.median(np.concatenate(times["search"])))
    for task, every in times.items():
        middles = [float(np.median(one)) for one in every]
        whole = np.concatenate(every)
        say(
            f"{task:>8}: p50 {np.median(whole):6.1f}, p95 {np.percentile(whole, 95):6.1f}; "
            f"p50 of the rounds {min(middles):.1f} to {max(middles):.1f}; "
            f"{np.median(whole) / base:.2f} times a search"
        )


if __name__ == "__main__":
    main()
