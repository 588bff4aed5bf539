"""Find passages that look like an answer and are not, as the program finds passages."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evals.training.passages import extent
from evals.training.sources import Row

KEPT: Final = 6
"""Passages to keep for each question."""
SENTENCES: Final = 5
STEP: Final = 3
"""Sentences of a passage, and from the start of one passage to the start of the next."""

Key = tuple[str, int]
"""An article's id and the place of a question in it."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run of sentences of an article.

    Attributes:
        article: its id.
        first: the first sentence, from 0.
        after: the one after the last.
    """

    article: str
    first: int
    after: int


Mined = Mapping[Key, Sequence[Run]]
Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Turns texts, each with its prefix, into rows of length 1."""


def runs(article: Row) -> Iterator[Run]:
    """Cut an article into passages; each begins before the previous one ends."""
    count = len(article["sentences"])
    starts = [*range(0, max(1, count - SENTENCES + STEP), STEP), count]
    for start, _ in pairwise(starts):
        yield Run(article["id"], start, min(count, start + SENTENCES))


def mine(articles: Sequence[Row], embed: Embed, kept: Path) -> Mined:
    """Find the passages nearest to each question that do not answer it, nearest first.

    A file keeps them, so that a resumed training finds the same.

    Args:
        articles: of news.
        embed: the retriever.
        kept: the file.
    """
    if kept.exists():
        stored = json.loads(kept.read_text(encoding="utf-8"))
        return {(key[0], key[1]): [Run(*run) for run in found] for key, found in stored}
    by_id = {article["id"]: article for article in articles}
    passages = [run for article in articles for run in runs(article)]
    asked = [(a, place) for a in articles for place in range(len(a["questions"]))]
    questions = embed([f"query: {article['questions'][at]['q']}" for article, at in asked])
    texts = [f"passage: {text_of(by_id[run.article], run)}" for run in passages]
    likeness = questions @ embed(texts).T
    found: dict[Key, list[Run]] = {}
    for (article, place), scores in zip(asked, likeness, strict=True):
        nearest = [passages[at] for at in np.argsort(-scores, kind="stable")[: 4 * KEPT]]
        answers = {number - 1 for number in article["questions"][place]["s"]}
        wrong = [run for run in nearest if not _holds(run, article["id"], answers)]
        found[article["id"], place] = wrong[:KEPT]
    stored = [[key, [astuple(run) for run in wrong]] for key, wrong in found.items()]
    kept.write_text(json.dumps(stored), encoding="utf-8")
    return found


def articles_of(mined: Mined) -> dict[Key, list[str]]:
    """List the other articles behind each question's passages, nearest first."""
    return {
        key: list(dict.fromkeys(run.article for run in wrong if run.article != key[0]))
        for key, wrong in mined.items()
    }


def _holds(run: Run, article: str, sentences: set[int]) -> bool:
    return run.article == article and any(run.first <= s < run.after for s in sentences)


def text_of(article: Row, run: Run) -> str:
    """Put a passage under its title, as the search embeds it."""
    start, end = extent(article, run.first, run.after)
    return f"{article['title']}. {article['text'][start:end]}"
