"""Which kind of answer a question wants: fits ``rag/question/kinds.json``.

``python -m evals.training.question_kinds`` puts the topics of ``evals/training/kinds`` into the
prototype questions beside them, a file a language, adds the questions of the newsroom's suite as
plain ones, and fits a multinomial logistic model over their vectors. How sure it must be is set by
prototypes that were kept back from a first fit, so that hardly a plain question is taken for
something else. It needs no torch.
"""

import json
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from evals.dataset.finding import find_suite
from evals.dataset.suites import load_suite
from index.embedding.local import E5Embedding, model_fingerprint, open_encoder
from index.language.tokens import content_tokens
from rag.question.kinds import KINDS, PATH, Kind
from rag.question.periods import period_words
from rag.settings import Settings

PROTOTYPES: Final = Path(__file__).with_name("kinds")
SUITE: Final = "newsroom"
TOPICS_EACH: Final = 4
"""Topics that each prototype is asked about."""
SOME_DAY: Final = date(2024, 1, 1)
"""On which prototypes are asked, so that "last week" names a time."""
KEPT_BACK: Final = 0.2
"""Of the prototypes, for the first fit."""
SEED: Final = 11
RIDGE: Final = 3e-3
STEPS: Final = 600
RATE: Final = 0.5
PRECISION: Final = 0.98
"""Of the plain questions kept back, no more than the rest of this may be taken for something."""
LEAST_SURE: Final = 0.6
LIST_SURE: Final = 0.93
"""A list quotes more than an answer does, so it is not guessed."""

# Types of the suite's questions that are, or may be, no plain question.
_YES_NO: Final = "yes-no"
_NOT_PLAIN: Final = frozenset(
    "none what-happened changed what-changed which who-criticised comparison who-denied".split()
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question whose kind is known.

    Attributes:
        prototype: that it was made from, so that its variants are kept back together.
    """

    text: str
    kind: Kind
    prototype: str


def read_prototypes(folder: Path = PROTOTYPES) -> dict[str, Mapping[str, list[str]]]:
    """Prototype questions and topics by language."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.json"))
    }


def ask_prototypes(
    prototypes: Mapping[str, Mapping[str, list[str]]], rng: random.Random
) -> list[Asked]:
    """Each prototype about some topics, as written, and some of them as they are typed in haste."""
    asked = []
    for language in prototypes.values():
        for kind in KINDS:
            for prototype in language[kind]:
                topics = rng.sample(language["topics"], min(TOPICS_EACH, len(language["topics"])))
                for topic in topics if "{" in prototype else topics[:2]:
                    text = prototype.replace("{n}", topic[0]).replace("{o}", topic[1])
                    hasty = text.rstrip("?!. ").casefold() if rng.random() < 1 / 3 else text
                    asked.append(Asked(hasty, kind, prototype))
    return asked


def ask_suite(name: str = SUITE) -> list[Asked]:
    """The plain questions of a suite, and those that want yes or no."""
    asked = []
    for query in load_suite(find_suite(name, Settings())).queries:
        if query.type not in _NOT_PLAIN:
            kind: Kind = "yes_no" if query.type == _YES_NO else "answer"
            asked.append(Asked(query.question, kind, query.question))
    return asked


def frames(prototypes: Mapping[str, Mapping[str, list[str]]]) -> dict[Kind, list[str]]:
    """By kind, the keys of the words that its prototypes are put in."""
    found: dict[Kind, set[str]] = defaultdict(set)
    for language in prototypes.values():
        for kind in KINDS:
            for prototype in language[kind] if kind != "answer" else ():
                found[kind] |= _framing(prototype)
    return {kind: sorted(keys) for kind, keys in found.items()}


def marks(prototypes: Mapping[str, Mapping[str, list[str]]]) -> dict[Kind, list[str]]:
    """By kind, the words of its frame that hardly any plain prototype is put in."""
    plain = Counter(
        key
        for language in prototypes.values()
        for prototype in (*language["answer"], *language["yes_no"])
        for key in _framing(prototype)
    )
    return {
        kind: [key for key in keys if plain[key] <= 1] for kind, keys in frames(prototypes).items()
    }


def _framing(prototype: str) -> set[str]:
    """Keys of a prototype's words, without its topic and the time it names."""
    dated = period_words(prototype, SOME_DAY)
    return {
        token.key
        for token in content_tokens(prototype)
        if not token.is_number
        and prototype[token.start - 1 : token.start] != "{"
        and not any(token.start < end and start < token.end for start, end in dated)
    }


def fit(vectors: Floats, kinds: Sequence[Kind]) -> tuple[Floats, Floats]:
    """Weights (kinds, dimension) and bias of a multinomial logistic model, kinds weighing alike."""
    truth = np.array([[float(kind == other) for other in KINDS] for kind in kinds])
    # The square root: plain questions are many, and being wrong about them is what must not be.
    weight = (truth / np.sqrt(np.maximum(truth.sum(axis=0), 1.0))).sum(axis=1)
    weight /= weight.sum()
    centre = vectors.mean(axis=0)
    scale = vectors.std(axis=0) + 1e-6
    rows = (vectors - centre) / scale
    weights, bias = np.zeros((len(KINDS), rows.shape[1])), np.zeros(len(KINDS))
    fast, slow = (np.zeros_like(weights), np.zeros_like(bias)), RATE
    for step in range(STEPS):
        logits = rows @ weights.T + bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = (odds / odds.sum(axis=1, keepdims=True) - truth) * weight[:, None]
        slope = error.T @ rows + RIDGE * weights
        fast = (0.9 * fast[0] + slope, 0.9 * fast[1] + error.sum(axis=0))
        slow = RATE * (1.0 - step / STEPS)
        weights, bias = weights - slow * fast[0], bias - slow * fast[1]
    weights = weights / scale
    return weights, bias - weights @ centre


def shares(vectors: Floats, weights: Floats, bias: Floats) -> Floats:
    """(questions, kinds) probabilities."""
    logits = vectors @ weights.T + bias
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def sure_from(found: Floats, kinds: Sequence[Kind]) -> dict[Kind, float]:
    """By kind, the least probability at which plain questions are hardly ever taken for it."""
    plain = np.array([kind in ("answer", "yes_no") for kind in kinds])
    best = found.argmax(axis=1)
    sure: dict[Kind, float] = {}
    for place, kind in enumerate(KINDS):
        if kind in ("answer", "yes_no"):
            continue
        taken = found[:, place] * (best == place)
        allowed = int((1.0 - PRECISION) * max(1, int((~plain & (best == place)).sum())))
        wrong = np.sort(taken[plain])[::-1]
        bar = float(wrong[allowed]) if allowed < len(wrong) else 0.0
        least = LIST_SURE if kind == "list" else LEAST_SURE
        sure[kind] = round(min(0.95, max(least, bar + 0.01)), 3)
    return sure


def report(found: Floats, kinds: Sequence[Kind], sure: Mapping[Kind, float]) -> dict[str, object]:
    """Precision and recall of each kind on questions that the fit has not seen."""
    best = [KINDS[int(place)] for place in found.argmax(axis=1)]
    told = [
        kind if share >= sure.get(kind, 0.0) else "answer"
        for kind, share in zip(best, found.max(axis=1), strict=True)
    ]
    figures: dict[str, object] = {}
    for kind in KINDS:
        right = sum(a == b == kind for a, b in zip(told, kinds, strict=True))
        figures[kind] = {
            "precision": round(right / max(1, told.count(kind)), 3),
            "recall": round(right / max(1, list(kinds).count(kind)), 3),
            "asked": list(kinds).count(kind),
        }
    return figures


def main() -> None:
    """Fit, measure on prototypes kept back, and write the file."""
    rng = random.Random(SEED)  # noqa: S311 - a repeatable choice, no secret
    prototypes = read_prototypes()
    asked = [*ask_prototypes(prototypes, rng), *ask_suite()]
    vectors = open_encoder().encode(["query: " + item.text for item in asked]).astype(np.float64)
    names = sorted({item.prototype for item in asked})
    kept = set(rng.sample(names, int(KEPT_BACK * len(names))))
    back = np.array([item.prototype in kept for item in asked])
    kinds = [item.kind for item in asked]
    seen = [kind for kind, apart in zip(kinds, back, strict=True) if not apart]
    unseen = [kind for kind, apart in zip(kinds, back, strict=True) if apart]
    first = shares(vectors[back], *fit(vectors[~back], seen))
    sure = sure_from(first, unseen)
    figures = report(first, unseen, sure)
    weights, bias = fit(vectors, kinds)
    stored = {
        "record": {
            "made": datetime.now(UTC).date().isoformat(),
            "encoder": model_fingerprint(E5Embedding()),
            "questions": len(asked),
            "prototypes": len(names),
            "suite": SUITE,
            "seed": SEED,
            "kept_back": figures,
        },
        "sure": sure,
        "bias": {kind: round(float(value), 4) for kind, value in zip(KINDS, bias, strict=True)},
        "frame": frames(prototypes),
        "marks": marks(prototypes),
        "weights": {
            kind: [round(float(value), 3) for value in row]
            for kind, row in zip(KINDS, weights, strict=True)
        },
    }
    PATH.write_text(json.dumps(stored, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({"sure": sure, "kept_back": figures}, indent=1))


if __name__ == "__main__":
    main()
