"""Figures on ``news/dev`` during a training: whole articles, each with its header."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals.metrics.binary import auroc, macro_f1
from evals.training.examples import ReadingInput
from evals.training.pair_data import Pair, answered, news_pair, same_article
from evals.training.passages import evidence, header
from evals.training.reading_data import ReadingExample
from evals.training.sources import Row, seeded
from evals.training.support_data import LABELS, SUPPORTED, SupportExample
from index.embedding.e5 import E5Tokenizer

_SEED = 3
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class DevQuestion:
    """A question about an article, and the sentences that answer it, from 1."""

    example: ReadingExample
    article: Row
    answering: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A reading: how much likelier than "none" the best sentence is, and if it is right."""

    answerable: bool
    right: bool
    score: float


@dataclass(frozen=True, slots=True)
class DevClaim:
    """A claim about an article, and what is wrong with it."""

    example: SupportExample
    kind: str


def questions(articles: Sequence[Row], count: int) -> list[DevQuestion]:
    """Pick a number of questions, the same ones each time."""
    rng = seeded(_SEED)
    found = [(article, asked) for article in articles for asked in article["questions"]]
    rng.shuffle(found)
    return [
        DevQuestion(
            ReadingExample(asked["q"], header(article, rng, 1.0), article["text"], ()),
            article,
            tuple(asked["s"]),
        )
        for article, asked in found[:count]
    ]


def claims(articles: Sequence[Row], count: int) -> list[DevClaim]:
    """Pick a number of claims, the same ones each time."""
    rng = seeded(_SEED)
    found = [(article, claim) for article in articles for claim in article["claims"]]
    rng.shuffle(found)
    made = []
    for article, claim in found[:count]:
        over = header(article, rng, 1.0)
        cited = [number - 1 for number in claim["s"]] or [0]
        shown = evidence(article, cited, "before", rng)
        label = LABELS[claim["label"]]
        example = SupportExample(claim["claim"], over, shown, label, False)
        made.append(DevClaim(example, claim["kind"]))
    return made


def pairs(articles: Sequence[Row], count: int) -> list[Pair]:
    """Pick a number of questions beside passages that answer, the same ones each time."""
    rng = seeded(_SEED)
    found = [(article, asked) for article in articles for asked in answered(article)]
    rng.shuffle(found)
    return [news_pair(article, asked, rng) for article, asked in found[:count]]


def read(
    question: DevQuestion, given: ReadingInput, tokenizer: E5Tokenizer, logits: Floats
) -> ReadQuestion:
    """Find the best sentence by the logits of beginning and end.

    Args:
        question: as asked.
        given: its layout.
        tokenizer: of the encoder.
        logits: (tokens, 2).
    """
    tokens = tokenizer.encode(question.article["text"])
    starts, ends = tokens.starts[: given.count], tokens.ends[: given.count]
    best, place = -1e9, 0
    for number, (start, end) in enumerate(question.article["sentences"], start=1):
        inside = np.flatnonzero((starts >= start - 1) & (ends <= end))
        if inside.size:
            first, last = given.first + inside[0], given.first + inside[-1]
            score = best_pair(logits[first : last + 1])
            if score > best:
                best, place = score, number
    right = place in question.answering
    return ReadQuestion(bool(question.answering), right, best - float(logits[0].sum()))


def best_pair(logits: Floats) -> float:
    """The largest sum of a beginning and an end at or after it."""
    sums = logits[:, :1] + logits[:, 1][None, :]
    return float(sums[np.triu_indices(len(logits))].max())


def reading_figures(read_: Sequence[ReadQuestion]) -> dict[str, Any]:
    """The share of right best sentences, and how well the reader tells "none"."""
    answerable = np.array([one.answerable for one in read_], dtype=np.float64)
    scores = np.array([one.score for one in read_])
    right = [one.right for one in read_ if one.answerable]
    apart = np.median(scores[answerable == 1]) - np.median(scores[answerable == 0])
    return {
        "first": float(np.mean(right)),
        "auroc": float(auroc(answerable, scores)),
        "questions": len(read_),
        "apart": float(apart),
    }


def finding_figures(articles: Sequence[str], questions: Floats, passages: Floats) -> dict[str, Any]:
    """How often a question's passage is the nearest of all, or among the nearest eight.

    Args:
        articles: the article of each pair; its other passages do not count against a question.
        questions: their vectors, a row for each pair.
        passages: their vectors, in the same order.
    """
    scores = np.where(same_article(articles), -np.inf, questions @ passages.T)
    before = (scores > scores.diagonal()[:, None]).sum(1)
    return {
        "first": float((before == 0).mean()),
        "among_8": float((before < 8).mean()),
        "questions": len(articles),
    }


def support_figures(asked: Sequence[DevClaim], chances: Floats, full: bool) -> dict[str, Any]:
    """Macro-F1 of supported or not, and the false claims that pass.

    Args:
        asked: the claims.
        chances: of the three labels, a row for each claim.
        full: whether to count the false ones by kind, too.
    """
    labels = np.array([claim.example.label for claim in asked])
    true = (labels == SUPPORTED).astype(np.float64)
    passed = (chances[:, SUPPORTED] > 0.5).astype(np.float64)
    found: dict[str, Any] = {
        "macro_f1": float(macro_f1(true, passed)),
        "auroc": float(auroc(true, chances[:, SUPPORTED].astype(np.float64))),
        "three_labels_right": float((chances.argmax(1) == labels).mean()),
        "false_passed": float(passed[true == 0].mean()),
        "true_kept": float(passed[true == 1].mean()),
        "claims": len(asked),
    }
    if full:
        kinds = np.array([claim.kind for claim in asked])
        found["passed_by_kind"] = {
            str(kind): round(float(passed[(kinds == kind) & (true == 0)].mean()), 2)
            for kind in sorted(set(kinds[true == 0]))
        }
    return found
