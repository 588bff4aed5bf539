"""How far to trust what the reader read: fits ``rag/reading/calibration.json``.

``python -m evals.training.calibration`` asks the questions of a suite, by default the newsroom's,
reads what the search finds for each, and fits a logistic model (Platt, 1999) of whether the best
sentence is right. It asks each question of the whole suite and of a library of a few articles, so
that the confidence holds for both. It learns nothing from a question alone, and needs no torch.
"""

import argparse
import hashlib
import json
import math
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evals.dataset.corpus import Corpus, corpus_folder, map_corpus
from evals.dataset.finding import find_suite
from evals.dataset.items import Query, Suite
from evals.dataset.suites import load_suite
from index.article import Span
from index.embedding import local
from rag.pressmark import Pressmark
from rag.reading import calibration, reader
from rag.reading.choosing import Candidate, merit, read_part, signals
from rag.settings import Settings
from rag.types import Question

PRIORS: Final = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
RIDGE: Final = 0.01
"""Keeps the weights finite if one signal tells everything."""
STEPS: Final = 50
SEED: Final = 7
FEW: Final = 12
"""Articles of a small library."""
A_FORM: Final = 15
"""Questions that begin with the same two words, at least, to be a form of their own."""

_EXAMPLE = """\
example, after a new training of the reader or the retriever:
  python -m evals.training.calibration
"""


@dataclass(frozen=True, slots=True)
class Read:
    """What the reader read for one question.

    Attributes:
        question: as asked.
        ranked: the candidates, in the order of the prior in force.
        right: whether each is a right sentence.
        answerable: whether any article answers.
    """

    question: str
    ranked: tuple[Candidate, ...]
    right: tuple[bool, ...]
    answerable: bool

    def by(self, prior: float) -> tuple[list[Candidate], bool]:
        """Rank the candidates under another prior, and say whether the best is right."""
        best = max(c.evidence.score for c in self.ranked) or 1.0
        moved = [
            (replace(c, score=merit(c.read, c.evidence.score / best, prior)), right)
            for c, right in zip(self.ranked, self.right, strict=True)
        ]
        moved.sort(key=lambda item: (-item[0].score, item[0].evidence.marker, item[0].position))
        return [candidate for candidate, _ in moved], moved[0][1]


def without_shortcuts(queries: Sequence[Query], rng: random.Random) -> tuple[Query, ...]:
    """Drop unanswerable questions until no form of question has more of them than all have.

    Whoever writes near misses asks for amounts; a confidence that is fitted on them as they are
    doubts whoever asks how much (annotation artifacts, Gururangan et al., arXiv:1803.02324).

    Args:
        queries: judged ones; a form is their first two words, or the first where few share two.
        rng: picks what to drop.

    Returns:
        the others, in their order.
    """
    none = sum(query.answerable is False for query in queries)
    odds = none / max(1, len(queries) - none)
    pairs = Counter(_words(query, 2) for query in queries)
    forms: dict[str, list[Query]] = {}
    for query in queries:
        pair = _words(query, 2)
        forms.setdefault(pair if pairs[pair] >= A_FORM else _words(query, 1), []).append(query)
    dropped: set[str] = set()
    for found in forms.values():
        unanswered = [query.id for query in found if query.answerable is False]
        most = round(odds * (len(found) - len(unanswered)))
        if len(unanswered) > most:
            dropped.update(rng.sample(unanswered, len(unanswered) - most))
    return tuple(query for query in queries if query.id not in dropped)


def _words(query: Query, count: int) -> str:
    return " ".join(query.question.casefold().split()[:count])


def small_libraries(suite: Suite, articles: int) -> Iterator[Suite]:
    """Cut the suite into libraries of a few articles, each with the questions about them.

    A question without a gold article belongs to the document that its id begins with.

    Args:
        suite: of questions.
        articles: documents of each library; the last takes the rest.
    """
    names = list(suite.documents)
    for at in range(0, len(names), articles):
        documents = {name: suite.documents[name] for name in names[at : at + articles]}
        queries = tuple(query for query in suite.queries if _document(query, names) in documents)
        yield replace(suite, documents=documents, queries=queries)


def _document(query: Query, names: Sequence[str]) -> str | None:
    if query.gold:
        return query.gold[0].doc_id
    return max((name for name in names if query.id.startswith(name)), key=len, default=None)


def read_suite(suite: Suite, home: Path) -> Iterator[Read]:
    """Read what the search finds for each judged question of a suite.

    Args:
        suite: of questions.
        home: a folder for its library.
    """
    folder, doc_of_file = corpus_folder(suite, home / "articles")
    with Pressmark.open(Settings(home=home / "library"), write=True) as pressmark:
        pressmark.index([folder])
        corpus = map_corpus(suite, folder, doc_of_file, pressmark.library)
        for query in suite.queries:
            if query.answerable is not None and (read := _read(pressmark, query, corpus)):
                yield read


def _read(pressmark: Pressmark, query: Query, corpus: Corpus) -> Read | None:
    question = Question(query.question, as_of=query.date)
    evidence, known = pressmark.evidence(question), calibration.load_calibration()
    part = read_part(query.question, evidence, reader.open_reader(), known, math.inf)
    if not part.ranked:
        return None
    gold = [gold for gold in query.gold if gold.doc_id in corpus.source_of]
    right = tuple(
        any(
            corpus.covers(c.evidence.source.source_id, Span(c.span.start, c.span.end), one)
            for one in gold
        )
        for c in part.ranked
    )
    return Read(query.question, part.ranked, right, bool(query.answerable))


def fit(read: Sequence[Read]) -> tuple[float, dict[str, float]]:
    """Find the prior that puts the most right sentences first, and the weights under it.

    The weights lie half-way between those that tell right sentences from wrong ones and those
    that tell questions with an answer from questions without. A confidence that is good only at
    the first is low for many questions with an answer, and refuses them. The result is scaled to
    be the probability of a right sentence.
    """
    prior = max(PRIORS, key=lambda one: sum(item.by(one)[1] for item in read))
    rows, right = [], []
    for item in read:
        ranked, is_right = item.by(prior)
        rows.append({**signals(item.question, ranked), "bias": 1.0})
        right.append(float(is_right))
    names = list(rows[0])
    matrix = np.array([[row[name] for name in names] for row in rows])
    answerable = np.array([float(item.answerable) for item in read])
    mixed = (_logistic(matrix, np.array(right)) + _logistic(matrix, answerable)) / 2.0
    scaled = np.stack([matrix @ mixed, np.ones(len(matrix))], axis=1)
    slope, shift = _logistic(scaled, np.array(right))
    weights = dict(zip(names, slope * mixed, strict=True))
    weights["bias"] += shift
    return prior, {name: round(float(weight), 4) for name, weight in weights.items()}


def _logistic(matrix: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit a logistic regression by Newton's method, with a small ridge."""
    weights = np.zeros(matrix.shape[1])
    for _ in range(STEPS):
        odds = 1.0 / (1.0 + np.exp(-np.clip(matrix @ weights, -30, 30)))
        slope = matrix.T @ (labels - odds) - RIDGE * weights
        curve = (matrix * (odds * (1.0 - odds))[:, None]).T @ matrix
        step = np.linalg.solve(curve + RIDGE * np.eye(len(weights)), slope)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def record(suite: Suite, few: int, read: Sequence[Read]) -> Mapping[str, object]:
    """Describe how the calibration was made."""

    def sha256(path: Path) -> str | None:
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None

    return {
        "made": datetime.now(UTC).date().isoformat(),
        "suite": suite.name,
        "small_libraries_of": few,
        "questions": len(read),
        "reader": sha256(reader.WEIGHTS),
        "retriever": sha256(local.WEIGHTS),
    }


def main(arguments: list[str] | None = None) -> int:
    """Fit the calibration and write it beside the reader."""
    line = argparse.ArgumentParser(
        prog="python -m evals.training.calibration",
        description="Fit how far to trust what the reader read.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    line.add_argument("--suite", default="newsroom", help="of questions (default: newsroom)")
    line.add_argument(
        "--few", type=int, default=FEW, metavar="N",
        help=f"articles of the small libraries; 0 for none (default: {FEW})",
    )  # fmt: skip
    line.add_argument(
        "--limit", type=int, metavar="N",
        help="ask N of the questions, drawn with a fixed seed; all if it is left out",
    )  # fmt: skip
    line.add_argument("--out", type=Path, default=calibration.PATH, help="the file to write")
    given = line.parse_args(arguments)
    suite = load_suite(find_suite(given.suite, Settings()))
    rng = random.Random(SEED)  # noqa: S311 - a repeatable choice, no secret
    suite = replace(suite, queries=without_shortcuts(suite.queries, rng))
    if given.limit and given.limit < len(suite.queries):
        suite = replace(suite, queries=tuple(rng.sample(suite.queries, given.limit)))
    with tempfile.TemporaryDirectory() as home:
        read = list(read_suite(suite, Path(home) / "whole"))
        for number, few in enumerate(small_libraries(suite, given.few) if given.few else ()):
            read += read_suite(few, Path(home) / str(number))
    prior, weights = fit(read)
    made = {"prior": prior, "weights": weights, "record": record(suite, given.few, read)}
    given.out.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(f"{len(read)} questions: prior {prior}, weights {weights}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
