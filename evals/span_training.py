"""Learn the weights of `rag.answer_spans` from the train portions of public suites.

    python -m evals.span_training --data FOLDER --out rag/span_weights.json

Only timeqa, xquad_en and xquad_ru are learnt from: their licences allow it. (The answers of
clapnq are made of whole sentences, so there are no words to mark.) Each case is a question and
the sentence of its gold quote that holds an accepted answer; the model is a softmax over the
runs of words of the sentence (a conditional logit), fitted with SciPy, from the test packages.
The strength of the regularisation is chosen by cross-validation over articles.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.items import Query, Suite
from evals.metrics_text import exact_match, token_f1
from evals.suites import load_suite
from index.embedding import local_token_vectors
from index.sentences import split_sentences
from rag.answer_spans import MARK_FROM, Weights, decide, expects_words
from rag.span_features import FEATURES, Runs, find_runs, read_asking

SUITES = ("timeqa", "xquad_en", "xquad_ru")
STRENGTHS = (0.001, 0.002, 0.004)
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Case:
    """A question and the sentence that answers it.

    Attributes:
        group: the article, so that folds never share one.
        right: whether each run is an accepted answer.
    """

    suite: str
    portion: str
    group: str
    sentence: str
    answers: tuple[str, ...]
    runs: Runs
    right: NDArray[np.bool_]


def _sentence_with_answer(query: Query) -> tuple[str, str] | None:
    for gold in query.gold:
        quote = gold.quote or ""
        for span in split_sentences(quote, 0, len(quote)):
            text = quote[span.start : span.end]
            if any(answer and answer in text for answer in query.answers):
                return gold.doc_id, text
    return None


def _words(runs: Runs, sentence: str, place: int) -> str:
    first, last = runs.words[runs.first[place]], runs.words[runs.last[place]]
    return sentence[first.start : last.end]


def case_of(query: Query, suite: str) -> Case | None:
    """The case that a question makes; None where no gold sentence holds its answer."""
    found = _sentence_with_answer(query) if query.answerable else None
    if found is None or not expects_words(query.question):
        return None
    doc_id, sentence = found
    read = local_token_vectors
    asking = read_asking(query.question, read(query.question))
    runs = find_runs(asking, sentence, read(sentence))
    right = np.array(
        [exact_match(_words(runs, sentence, i), query.answers) for i in range(len(runs.first))],
        bool,
    )
    return Case(
        suite, query.portion or "train", doc_id, sentence, tuple(query.answers), runs, right
    )


def collect(suite: Suite) -> list[Case]:
    """The cases of a suite."""
    return [case for query in suite.queries if (case := case_of(query, suite.name))]


def fit(cases: Sequence[Case], strength: float) -> Weights:
    """Maximise the likelihood of the right runs, less the squared weights."""
    from scipy.optimize import minimize

    usable = [case for case in cases if case.right.any()]
    rows = np.vstack([case.runs.rows for case in usable]).astype(np.float32)
    right = np.concatenate([case.right for case in usable])
    starts = np.cumsum([0, *(len(case.right) for case in usable)])[:-1]
    sizes = np.array([len(case.right) for case in usable])

    def loss(weights: Weights) -> tuple[float, Weights]:
        scores = (rows @ weights.astype(np.float32)).astype(np.float64)
        scores -= np.repeat(np.maximum.reduceat(scores, starts), sizes)
        likely = np.exp(scores)
        total = np.add.reduceat(likely, starts)
        good = np.add.reduceat(likely * right, starts)
        everything = likely / np.repeat(total, sizes)
        wanted = likely * right / np.repeat(good, sizes)
        gradient = rows.T @ (everything - wanted).astype(np.float32) / len(usable)
        value = -np.log(good / total).mean() + strength * float(weights @ weights) / 2
        return float(value), gradient.astype(np.float64) + strength * weights

    start = np.zeros(rows.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x)


def figures(cases: Sequence[Case], weights: Weights) -> dict[str, dict[str, float]]:
    """Exact match and token F1 in the gold sentences, and of those that would be marked."""
    found = {}
    for suite in sorted({case.suite for case in cases}):
        rows = []
        for case in (one for one in cases if one.suite == suite and len(one.right)):
            place, expected = decide(case.runs, weights)
            words = _words(case.runs, case.sentence, place)
            f1 = token_f1(words, case.answers)
            rows.append((exact_match(words, case.answers), f1, expected))
        table = np.array(rows)
        marked = table[table[:, 2] >= MARK_FROM]
        found[suite] = {
            "cases": len(rows),
            "exact match": round(float(table[:, 0].mean()), 4),
            "token F1": round(float(table[:, 1].mean()), 4),
            "marked": round(len(marked) / len(table), 4),
            "token F1 of marked": round(float(marked[:, 1].mean()), 4) if len(marked) else 0.0,
            "overlapping of marked": round(float((marked[:, 1] > 0).mean()), 4)
            if len(marked)
            else 0.0,
        }
    return found


def cross_validate(cases: Sequence[Case], strength: float) -> dict[str, dict[str, float]]:
    """Figures of cases that their model has not seen, over folds of whole articles."""
    groups = sorted({case.group.rsplit("-", 1)[-1] for case in cases})
    totals: dict[str, list[tuple[float, dict[str, float]]]] = {}
    for fold in range(FOLDS):
        out = set(groups[fold::FOLDS])
        held = [case for case in cases if case.group.rsplit("-", 1)[-1] in out]
        kept = [case for case in cases if case.group.rsplit("-", 1)[-1] not in out]
        for suite, row in figures(held, fit(kept, strength)).items():
            totals.setdefault(suite, []).append((row["cases"], row))
    return {
        suite: {
            name: round(sum(n * row[name] for n, row in rows) / sum(n for n, _ in rows), 4)
            for name in rows[0][1]
            if name != "cases"
        }
        for suite, rows in totals.items()
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, print the figures, and write the weights with their record."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.span_training",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with the suites")
    parser.add_argument("--out", type=Path, default=Path("rag/span_weights.json"))
    options = parser.parse_args(arguments)
    suites = [load_suite(options.data / name) for name in SUITES]
    cases = [case for suite in suites for case in collect(suite)]
    train = [case for case in cases if case.portion == "train"]
    tried = {strength: cross_validate(train, strength) for strength in STRENGTHS}
    best = max(tried, key=lambda s: sum(row["token F1"] for row in tried[s].values()))
    weights = fit(train, best)
    record = {
        "made_by": "python -m evals.span_training",
        "made_at": datetime.now(UTC).date().isoformat(),
        "suites": {suite.name: suite.data_hash for suite in suites},
        "portion": "train",
        "cases": len(train),
        "strength": best,
        "cross_validated": tried[best],
        "figures_report": figures([case for case in cases if case.portion != "train"], weights),
    }
    rounded = {
        n: round(float(w), 3) for n, w in zip(FEATURES, weights, strict=True) if abs(w) > 5e-4
    }
    text = json.dumps({"weights": rounded, "record": record}, indent=1, ensure_ascii=False)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(json.dumps({str(strength): row for strength, row in tried.items()}, indent=1))


if __name__ == "__main__":
    main()
