"""Sentences in the order in which they answer a question, and how far the best is to be trusted.

The weights are learnt by ``evals/training.py`` and lie beside this file with the record of how.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from index.article import Span
from index.token_vectors import TokenVectors
from rag.answer import Evidence
from rag.features import Features, passage_features
from rag.glossary import is_cyrillic
from rag.matching import Asked, Comparison, ReadPassage, Vector, match_passages

Script = Literal["latin", "cyrillic"]
WEIGHTS_PATH = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, slots=True)
class Model:
    """Two logistic models over `Features`.

    Attributes:
        rank: weights that put the sentences of one question in order.
        trust: weights that say whether the best of them answers, with ``bias`` and ``lead``
            (by how much it leads the second).
    """

    rank: Mapping[str, float]
    trust: Mapping[str, float]

    def score(self, features: Features) -> float:
        """Higher is better; comparable among the sentences of one question."""
        return float(sum(w * getattr(features, name) for name, w in self.rank.items()))

    def probability(self, features: Features, lead: float) -> float:
        """Probability, 0 to 1, that a sentence with these features answers the question."""
        values = {**asdict(features), "lead": lead, "bias": 1.0}
        logit = sum(weight * values[name] for name, weight in self.trust.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


@cache
def load_model(script: Script) -> Model:
    """The committed weights for questions in a script.

    The local model reads Latin letters; of Cyrillic ones it makes so much less that what it makes
    of them is weighed apart.
    """
    stored = json.loads(WEIGHTS_PATH.read_text(encoding="utf-8"))[script]
    return Model(rank=stored["rank"], trust=stored["trust"])


def script_of(text: str) -> Script:
    """The script that most of a text is in, as far as weights differ."""
    return "cyrillic" if is_cyrillic(text) else "latin"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be quoted, with how well it answers.

    Attributes:
        position: index of the sentence in its passage.
        score: higher is better; comparable among the sentences of one question.
        model: that gave the score.
    """

    evidence: Evidence
    position: int
    span: Span
    text: str
    features: Features
    score: float
    model: Model


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A part of a question and the sentences of the evidence, in the order they answer it.

    Attributes:
        forms: of the part.
        ranked: every sentence, best first.
    """

    forms: Sequence[Asked]
    ranked: Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class EvidenceVectors:
    """What passages mean, by passage id.

    Attributes:
        sentences: unit vectors of the sentences; a passage without them counts as dissimilar.
        tokens: token vectors; every passage needs them.
    """

    sentences: Mapping[str, Vector]
    tokens: Mapping[str, TokenVectors]
    _read: dict[str, ReadPassage] = field(default_factory=dict, repr=False, compare=False)

    def passage(self, item: Evidence) -> ReadPassage:
        """A passage as it is compared with a question; its words are read once for all parts."""
        name = item.passage.passage_id
        if (known := self._read.get(name)) is None:
            known = self._read[name] = ReadPassage(item, self.tokens[name])
        return known.of(item)


def form_for(forms: Sequence[Asked], text: str) -> Asked:
    """The form of a question that is written as a text is: the first, or the one in English."""
    return forms[-1] if len(forms) > 1 and not is_cyrillic(text) else forms[0]


def score_sentences(
    forms: Sequence[Asked],
    evidence: Sequence[Evidence],
    vectors: EvidenceVectors,
    model: Model | None = None,
) -> list[Candidate]:
    """Every sentence of the evidence with its score, best first.

    Args:
        forms: the standalone question, or one part of it, and its form in English if any.
        evidence: passages in rank order.
        vectors: of the evidence.
        model: the weights; the committed ones by default.
    """
    passages = [vectors.passage(item) for item in evidence]
    candidates = []
    for form in forms:
        alike = [p for p in passages if form_for(forms, p.item.passage.text) is form]
        asked, weights = Comparison(form, passages), model or load_model(script_of(form.text))
        for match in match_passages(alike, asked):
            item, texts = match.passage.item, match.passage.texts
            near = vectors.sentences.get(item.passage.passage_id)
            for position, features in enumerate(passage_features(match, asked, near)):
                span, text = item.passage.sentences[position], texts[position]
                score = weights.score(features)
                candidates.append(Candidate(item, position, span, text, features, score, weights))
    return sorted(candidates, key=lambda c: (-c.score, c.evidence.marker, c.position))
