"""The retriever's examples: questions beside the passages that answer them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evals.training.mining import Mined, Run, articles_of, text_of
from evals.training.mixture import POOL, InputT
from evals.training.passages import extent, window
from evals.training.reading_data import (
    SUITES,
    ReadingExample,
    from_set,
    from_suite,
    translated,
)
from evals.training.sources import Row, Sources

# Each set, with how many of its questions to take.
SETS: tuple[tuple[str, int], ...] = (
    ("qed_nq", 4000),
    ("squad2_halfdev", 3000),
    ("norquad", 1200),
    ("timeqa_human_train", 600),
    ("selqa_dev_test", 800),
    ("squad_it_test", 400),
    ("jaquad", 200),
    ("cmrc2018", 300),
    ("arcd", 400),
)
TITLED = 0.85
"""Share of passages under their title; the rest teaches passages without one."""
BESIDE = 2
"""Articles similar to a question whose own questions join its batch."""
_NAMED = 60
"""Characters that identify a passage without an article's id."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and a passage that answers it.

    Attributes:
        article: identifies the article among others.
        wrong: a passage similar to the question that does not answer it; may be empty.
        wrong_article: identifies the article of that passage.
    """

    question: str
    passage: str
    article: str
    wrong: str = ""
    wrong_article: str = ""


def news_pair(article: Row, asked: Row, rng: random.Random) -> Pair:
    """Pair a question about news with a run of sentences around those that answer it."""
    must = [number - 1 for number in asked["s"]]
    start, end = extent(article, *window(len(article["sentences"]), must, 2, 5, rng))
    title = f"{article['title']}. " if rng.random() < TITLED else ""
    return Pair(asked["q"], title + article["text"][start:end], article["id"])


def answered(article: Row) -> list[Row]:
    """Gather the questions that sentences of the article answer."""
    return [asked for asked in article["questions"] if asked["s"]]


def general_pairs(sources: Sources, rng: random.Random) -> list[Pair]:
    """Gather everything that is not news, once."""
    made: list[Pair] = []
    for name, count in SETS:
        found = pairs_of(from_set(sources.reading(name), count, 0, rng))
        sources.note(f"reading/{name}", found)
        made += found
    for name in SUITES:
        found = pairs_of(from_suite(name, *sources.suite(name), rng))
        sources.note(f"{name} (train portion)", found)
        made += found
    crossed = pairs_of(translated(sources, rng))
    sources.note("xquad across languages (train portion)", crossed)
    return made + crossed


def pairs_of(examples: Sequence[ReadingExample]) -> list[Pair]:
    """Gather the questions that their passages answer."""
    return [Pair(e.question, e.passage, e.passage[:_NAMED]) for e in examples if e.spans]


def same_article(articles: Sequence[str], wrong: Sequence[str] = ()) -> NDArray[np.bool_]:
    """Mark the passages of a batch that are not wrong: others of the article in question.

    Args:
        articles: of each question and its passage.
        wrong: of the passages after these, which answer no question.

    Returns:
        (questions, passages).
    """
    names = np.array(articles)
    found: NDArray[np.bool_] = names[:, None] == np.array([*articles, *wrong])[None, :]
    np.fill_diagonal(found, False)
    return found


class PairMixture:
    """Endless batches of pairs, each with a given share of news.

    A question about news brings questions about the articles most similar to it: their passages
    are wrong ones that are hard to tell from the right one.

    Args:
        articles: of news.
        mined: the passages most similar to each question that do not answer it.
        general: every pair that is not news; this shuffles it, once.
        rng: source of random numbers of the whole training.
    """

    def __init__(
        self, articles: Sequence[Row], mined: Mined, general: list[Pair],
        rng: random.Random,
    ) -> None:  # fmt: skip
        self._articles = {article["id"]: article for article in articles}
        self._neighbours, self._mined = articles_of(mined), mined
        self._general, self._rng = general, rng
        self._keys = [
            (article["id"], place)
            for article in articles
            for place, asked in enumerate(article["questions"])
            if asked["s"]
        ]
        self._left: list[tuple[str, int]] = []
        self._next = 0
        rng.shuffle(general)

    def draw(self, share: float, size: int) -> list[Pair]:
        """Draw the next batch.

        Args:
            share: of news.
            size: pairs of a batch.
        """
        found = self._news(round(size * share))
        while len(found) < size:
            found.append(self._general[self._next % len(self._general)])
            self._next += 1
        return found

    def _news(self, count: int) -> list[Pair]:
        found: list[Pair] = []
        while len(found) < count:
            if not self._left:
                self._left = list(self._keys)
                self._rng.shuffle(self._left)
            key = self._left.pop()
            article = self._articles[key[0]]
            pair = news_pair(article, article["questions"][key[1]], self._rng)
            found.append(self._with_wrong(pair, self._mined[key]))
            near = self._neighbours[key]
            for other in self._rng.sample(near, min(BESIDE, len(near))):
                if len(found) < count and (asked := answered(self._articles[other])):
                    chosen = self._rng.choice(asked)
                    found.append(news_pair(self._articles[other], chosen, self._rng))
        return found

    def _with_wrong(self, pair: Pair, mined: Sequence[Run]) -> Pair:
        wrong = [run for run in mined if run.article != pair.article]
        if not wrong:
            return pair
        run = self._rng.choice(wrong)
        text = text_of(self._articles[run.article], run)
        return replace(pair, wrong=text, wrong_article=run.article)

    def batches(
        self,
        share: float,
        size: int,
        encode: Callable[[Pair], InputT],
        length: Callable[[InputT], int],
    ) -> list[list[InputT]]:
        """Lay out the next `POOL` batches.

        Args:
            share: of news.
            size: pairs of a batch.
            encode: lays a pair out.
            length: of a layout; not used.
        """
        return [[encode(pair) for pair in self.draw(share, size)] for _ in range(POOL)]

    def skip(self, share: float, size: int) -> None:
        """Draw as `batches` does and forget it."""
        for _ in range(POOL):
            self.draw(share, size)
