"""The tasks: reader, judge and retriever, each with its loss and its dev figures."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from evals.training import dev
from evals.training.examples import (
    FOUND_TOKENS,
    PairInput,
    ReadingInput,
    SupportInput,
    pair_input,
    reading_input,
    support_input,
)
from evals.training.mining import Mined, mine
from evals.training.mixture import Batches, Mixture
from evals.training.network import Network, contrast, mean_of
from evals.training.pair_data import Pair, PairMixture, answered, general_pairs, same_article
from evals.training.reading_data import ReadingExample, general_reading, news_reading
from evals.training.sources import Row, Sources, seeded
from evals.training.support_data import SupportExample, general_support, news_support
from index.embedding import e5
from index.embedding.e5 import WIDTH, E5Model, E5Tokenizer

RETRIEVER = Path(e5.__file__).with_name("retriever.safetensors")
TEMPERATURE = 0.02
_OUT = -1e4


class Task(Protocol):
    """What the training loop needs of a task."""

    name: str
    batch: int
    share: float
    network: Network

    def mixture(self, sources: Sources, seed: int, folder: Path) -> Batches:
        """Draw examples without end."""
        ...

    def encode(self, example: Any) -> Any:
        """Lay an example out."""
        ...

    def loss(self, batch: Sequence[Any]) -> torch.Tensor:
        """Compute how wrong the network is on a batch."""
        ...

    def figures(self, articles: Sequence[Row], full: bool) -> dict[str, Any]:
        """Compute how right it is on the dev data, or on a part of them."""
        ...


def _all(articles: Sequence[Row], what: str) -> list[Row]:
    return [item for article in articles for item in article[what]]


class ReaderTask:
    """Where an answer begins and where it ends; at the first token if there is none."""

    name = "reader"
    batch = 16
    share = 0.5

    def __init__(self, model: E5Model, frozen: int) -> None:
        self.network = Network(model, WIDTH, 2, frozen)

    @property
    def _tokenizer(self) -> E5Tokenizer:
        return self.network.model.tokenizer

    def mixture(self, sources: Sources, seed: int, folder: Path) -> Mixture[ReadingExample]:
        """Draw questions about news and others."""
        rng, articles = seeded(seed), sources.news("train")
        sources.note("news/train (questions)", _all(articles, "questions"))
        mined = _mined(self.network.model, articles, sources, folder)
        general = general_reading(sources, rng)
        return Mixture(general, lambda: news_reading(articles, mined, rng), rng)

    def encode(self, example: ReadingExample) -> ReadingInput:
        """Lay out a question and its passage."""
        return reading_input(self._tokenizer, example)

    def loss(self, batch: Sequence[ReadingInput]) -> torch.Tensor:
        """The negative log likelihood of all right beginnings, and of all right ends."""
        hidden, mask = self.network.run([given.ids for given in batch])
        allowed = torch.zeros_like(mask)
        for row, given in enumerate(batch):
            allowed[row, 0] = True
            allowed[row, given.first : given.first + given.count] = True
        logits = self.network.head(hidden).masked_fill(~allowed[..., None], _OUT)
        chance = functional.log_softmax(logits, 1)
        total = torch.zeros(())
        for row, given in enumerate(batch):
            total = total - torch.logsumexp(chance[row, given.starts, 0], 0)
            total = total - torch.logsumexp(chance[row, given.ends, 1], 0)
        return total / (2 * len(batch))

    def figures(self, articles: Sequence[Row], full: bool) -> dict[str, Any]:
        """Measure whether the best sentence answers, and whether the reader tells "none"."""
        asked = dev.questions(articles, 1000 if full else 200)
        found: list[dev.ReadQuestion] = []
        for at in range(0, len(asked), self.batch):
            part = asked[at : at + self.batch]
            given = [self.encode(one.example) for one in part]
            with torch.no_grad():
                hidden, _ = self.network.run([one.ids for one in given])
                logits = self.network.head(hidden).numpy()
            found += [
                dev.read(question, item, self._tokenizer, values)
                for question, item, values in zip(part, given, logits, strict=True)
            ]
        return dev.reading_figures(found)


class JudgeTask:
    """Whether evidence supports a claim, leaves it open, or refutes it."""

    name = "judge"
    batch = 24
    share = 0.5

    def __init__(self, model: E5Model, frozen: int) -> None:
        self.network = Network(model, 2 * WIDTH, 3, frozen)

    def mixture(self, sources: Sources, seed: int, folder: Path) -> Mixture[SupportExample]:
        """Draw claims about news and others."""
        rng, articles = seeded(seed), sources.news("train")
        sources.note("news/train (claims)", _all(articles, "claims"))
        general = general_support(sources, rng)
        return Mixture(general, lambda: news_support(articles, rng), rng)

    def encode(self, example: SupportExample) -> SupportInput:
        """Lay out a claim and its evidence."""
        return support_input(self.network.model.tokenizer, example)

    def loss(self, batch: Sequence[SupportInput]) -> torch.Tensor:
        """The negative log likelihood of the label, or of either "not" if only that is known."""
        chance = functional.log_softmax(self._logits([given.ids for given in batch]), 1)
        labels = torch.tensor([given.label for given in batch])
        either = torch.tensor([given.binary for given in batch]) & (labels > 0)
        exact = -chance[range(len(batch)), labels]
        return torch.where(either, -torch.logsumexp(chance[:, 1:], 1), exact).mean()

    def figures(self, articles: Sequence[Row], full: bool) -> dict[str, Any]:
        """Measure how many claims the judge gets right, and which false ones pass."""
        asked = dev.claims(articles, 1200 if full else 240)
        chances = []
        for at in range(0, len(asked), self.batch):
            given = [self.encode(one.example).ids for one in asked[at : at + self.batch]]
            with torch.no_grad():
                chances.append(functional.softmax(self._logits(given), 1).numpy())
        return dev.support_figures(asked, np.concatenate(chances), full)

    def _logits(self, batch: Sequence[Sequence[int]]) -> torch.Tensor:
        hidden, mask = self.network.run(batch)
        return self.network.head(torch.cat([hidden[:, 0], mean_of(hidden, mask)], 1))


class RetrieverTask:
    """A vector for each question, near that of the passage that answers it."""

    name = "retriever"
    batch = 32
    share = 0.5

    def __init__(self, model: E5Model, frozen: int) -> None:
        self.network = Network(model, WIDTH, 0, frozen)

    def mixture(self, sources: Sources, seed: int, folder: Path) -> PairMixture:
        """Draw questions about news, those about similar articles together, and others."""
        rng, articles = seeded(seed), sources.news("train")
        asked = [question for article in articles for question in answered(article)]
        sources.note("news/train (questions answered)", asked)
        mined = _mined(self.network.model, articles, sources, folder)
        return PairMixture(articles, mined, general_pairs(sources, rng), rng)

    def encode(self, example: Pair) -> PairInput:
        """Lay out a question and its passage."""
        return pair_input(self.network.model.tokenizer, example)

    def loss(self, batch: Sequence[PairInput]) -> torch.Tensor:
        """The negative log likelihood of each passage among those of the batch."""
        questions = self.network.vectors([given.question for given in batch])
        wrong = [given for given in batch if given.wrong]
        laid_out = [given.passage for given in batch] + [given.wrong for given in wrong]
        passages = self.network.vectors(laid_out)
        articles = [given.article for given in batch]
        left_out = torch.from_numpy(same_article(articles, [g.wrong_article for g in wrong]))
        return contrast(questions, passages, left_out, TEMPERATURE)

    def figures(self, articles: Sequence[Row], full: bool) -> dict[str, Any]:
        """Measure how often the search finds the passage that answers."""
        asked = [self.encode(pair) for pair in dev.pairs(articles, 1000 if full else 200)]
        questions = _vectors(self.network, [one.question for one in asked]).numpy()
        passages = _vectors(self.network, [one.passage for one in asked]).numpy()
        return dev.finding_figures([one.article for one in asked], questions, passages)


def _mined(model: E5Model, articles: Sequence[Row], sources: Sources, folder: Path) -> Mined:
    """Find passages that the retriever in use finds for each question and that do not answer it."""
    sources.files[f"index/embedding/{RETRIEVER.name}"] = hashlib.sha256(
        RETRIEVER.read_bytes()
    ).hexdigest()
    network = Network(model, WIDTH, 0, 0)
    network.begin_from(RETRIEVER)

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        encoded = [model.tokenizer.encode(text).ids[:FOUND_TOKENS] for text in texts]
        laid_out = [[model.tokenizer.bos, *ids, model.tokenizer.eos] for ids in encoded]
        # Texts of similar length run together.
        order = sorted(range(len(laid_out)), key=lambda at: len(laid_out[at]))
        vectors = np.empty((len(laid_out), WIDTH), np.float32)
        vectors[order] = _vectors(network, [laid_out[at] for at in order]).numpy()
        return vectors

    return mine(articles, embed, folder / "mined.json")


def _vectors(network: Network, laid_out: Sequence[Sequence[int]]) -> torch.Tensor:
    with torch.no_grad():
        parts = [network.vectors(laid_out[at : at + 32]) for at in range(0, len(laid_out), 32)]
    return torch.cat(parts)


TASKS: dict[str, type[ReaderTask] | type[JudgeTask] | type[RetrieverTask]] = {
    "reader": ReaderTask,
    "judge": JudgeTask,
    "retriever": RetrieverTask,
}
