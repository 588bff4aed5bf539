"""Learn how much likeness supports a claim, from the train portions of public suites.

    python -m evals.support_training --data FOLDER --out rag/support_weights.json

Learnt from clapnq, timeqa and xquad_en alone: their licences allow it. A claim is a sentence
of a person's answer (clapnq), or a question with its answer put behind it (the other two). It is
supported by its passage, and not by the same passage without the answering sentences, nor by
another passage, of the same article where there is one. The thresholds are chosen on the train
portion of attributionbench_dev, which gives no weight.
"""

import argparse
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from evals.items import Query, Suite
from evals.metrics_binary import auroc, macro_f1
from evals.suites import load_suite
from evals.verifier import sentences_of
from rag.alignment import Cited, alignments, covered
from rag.likeness import Likeness, SupportModel, compare
from rag.support import align, as_cited

SUITES = ("clapnq", "timeqa", "xquad_en")
THRESHOLDS = "attributionbench_dev"
WINDOW = 12
QUESTIONS = 400
CLAIMS = 3
SEED = 0
WITH_MEANING = ("meaning", "pairs")
WORDS_ALONE = ("coverage", "pairs")
FLAT = 0.01
PARTIAL_RECALL = 0.97
"""Of the true claims of the training data, the share that must be at least partly supported."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """A claim, what it is compared with, and whether that supports it."""

    suite: str
    variant: str
    claim: str
    sentences: tuple[str, ...]
    supported: bool


def _claims(query: Query, suite: Suite) -> list[str]:
    if suite.name == "clapnq":
        sentences = [s for answer in query.answers for s in sentences_of(answer.strip())]
        return list(dict.fromkeys(s for s in sentences if len(s.split()) > 3))[:CLAIMS]
    return [f"{query.question.rstrip('? ')} {query.answers[0]}"]


def cases(suite: Suite, rng: random.Random) -> Iterator[Case]:
    """The claims of a suite's train portion with passages that support them and that do not."""
    queries = [q for q in suite.queries if q.portion == "train" and q.answers and q.gold]
    rng.shuffle(queries)
    titles: dict[str | None, list[str]] = {}
    for document in suite.documents.values():
        titles.setdefault(document.title, []).append(document.doc_id)
    for query in queries[:QUESTIONS]:
        gold = tuple(g.quote for g in query.gold if g.quote)
        document = suite.documents[query.gold[0].doc_id]
        sentences = _sentences(document.text)
        answers = [any(s in quote or quote in s for quote in gold) for s in sentences]
        if True not in answers:
            continue
        first = max(0, answers.index(True) - 4) if len(sentences) > WINDOW else 0
        near = list(zip(sentences, answers, strict=True))[first : first + WINDOW]
        others = [d for d in titles[document.title] if d != document.doc_id]
        other = rng.choice(others or [d for d in suite.documents if d != document.doc_id])
        passages = (
            ("passage", tuple(s for s, _ in near)),
            ("sentences cut out", tuple(s for s, answering in near if not answering)),
            ("another passage", _sentences(suite.documents[other].text)[:WINDOW]),
        )
        for claim in _claims(query, suite):
            for variant, passage in passages:
                if passage:
                    yield Case(suite.name, variant, claim, passage, variant == "passage")


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(s for paragraph in re.split(r"\n+", text) for s in sentences_of(paragraph))


def likeness_of(claim: str, cited: Sequence[Cited]) -> Likeness | None:
    """The likeness of a claim and the sentences that have most of its words."""
    best: tuple[float, list[str]] | None = None
    for places in alignments(claim, cited):
        sentences = [cited[p.text].sentences[p.sentence] for p in places]
        share = covered(claim, sentences)
        if best is None or share > best[0]:
            best = share, sentences
    return compare(claim, best[1]) if best else None


def _columns(found: Sequence[Likeness], names: Sequence[str]) -> Numbers:
    return np.array([[asdict(likeness)[name] for name in names] for likeness in found])


def fit(found: Sequence[Likeness], supported: Numbers, names: Sequence[str]) -> dict[str, float]:
    """One logistic regression; supported and unsupported cases weigh the same."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1.0, class_weight="balanced", max_iter=5_000)
    model.fit(_columns(found, names), supported)
    weights = dict(zip(names, model.coef_[0].tolist(), strict=True))
    return {**weights, "bias": float(model.intercept_[0])}


def full_threshold(suite: Suite, model: SupportModel, progress: Progress) -> dict[str, float]:
    """The probability that parts supported claims from others, beside the rules.

    The curve is flat around its best: of the thresholds that are as good within `FLAT`, the
    lowest is taken, which rejects the fewest true claims.
    """
    labels, scores = [], []
    chosen = [item for item in suite.claims if item.portion == "train"]
    for item in progress.track(chosen, description=suite.name):
        cited = [as_cited(text) for text in item.references]
        found = align(item.claim, cited, model)
        labels.append(float(item.supported))
        scores.append(-1.0 if found.contradicted else found.check.score)
    actual, values = np.array(labels), np.array(scores)
    steps = np.unique(values[values > 0].round(2))
    decided = np.array([values >= step for step in steps], dtype=float)
    f1 = macro_f1(actual, decided)
    chosen_step = int(np.flatnonzero(f1 >= f1.max() - FLAT)[0])
    return {
        "threshold": float(steps[chosen_step]),
        "macro_f1": float(f1[chosen_step]),
        "auroc": float(auroc(actual, values)),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, choose the thresholds, and write the weights with their record."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.support_training",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with the suites")
    parser.add_argument("--out", type=Path, default=Path("rag/support_weights.json"))
    options = parser.parse_args(arguments)
    suites = [load_suite(options.data / name) for name in SUITES]
    judged = load_suite(options.data / THRESHOLDS)
    rng = random.Random(SEED)  # noqa: S311 — a repeatable choice, no secret
    with Progress() as progress:
        everything = [case for suite in suites for case in cases(suite, rng)]
        met = [
            (case, likeness)
            for case in progress.track(everything, description="comparing")
            if (likeness := likeness_of(case.claim, [Cited(case.sentences)]))
            and likeness.meaning is not None
        ]
        found = [likeness for _, likeness in met]
        supported = np.array([float(case.supported) for case, _ in met])
        weights = {
            "meaning": fit(found, supported, WITH_MEANING),
            "words": fit(found, supported, WORDS_ALONE),
        }
        model = SupportModel(weights["meaning"], weights["words"], full=0.5, partial=0.5)
        chances = np.array([model.probability(likeness) for likeness in found])
        partial = float(np.quantile(chances[supported > 0], 1 - PARTIAL_RECALL))
        full = full_threshold(judged, model, progress)
    _write(options.out, weights, partial, full, [*suites, judged], (chances, supported))


def _write(
    out: Path,
    weights: Mapping[str, Mapping[str, float]],
    partial: float,
    full: Mapping[str, float],
    suites: Sequence[Suite],
    scored: tuple[Numbers, Numbers],
) -> None:
    chances, supported = scored
    record = {
        "made_by": "python -m evals.support_training",
        "made_at": datetime.now(UTC).date().isoformat(),
        "suites": {suite.name: suite.data_hash for suite in suites},
        "portion": "train",
        "weights_from": list(SUITES),
        "full_from": {"suite": THRESHOLDS, **{k: round(v, 4) for k, v in full.items()}},
        "cases": len(chances),
        "auroc_train": round(float(auroc(supported, chances)), 4),
    }
    thresholds = {"full": full["threshold"], "partial": min(partial, full["threshold"])}
    rounded = {
        name: {key: round(value, 4) for key, value in values.items()}
        for name, values in {**weights, "thresholds": thresholds}.items()
    }
    text = json.dumps({**rounded, "record": record}, indent=2)
    out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
