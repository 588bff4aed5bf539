"""What kind of answer a question wants: one sentence, an overview, a list, a number of articles.

A multinomial logistic model over the question's vector, of the encoder that also searches, so it
holds in the encoder's languages and needs no list of words for each. Fitted on prototype questions
by ``python -m evals.training.question_kinds``; the record of how lies in the same file. A question
is taken for something special only where the model is sure: a plain answer is never taken away by
a guess.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, get_args

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from numpy.typing import NDArray

from index.embedding.local import embed_question
from index.language.tokens import content_tokens

PATH: Final = Path(__file__).with_name("kinds.json")

Kind = Literal["answer", "yes_no", "list", "compare", "overview", "timeline", "count", "about"]
"""``answer`` is a plain question, ``about`` none about the articles ("hello")."""

SURE_IF_TOLD: Final = {1: 0.6, 2: 0.3}
"""What names a period or has words of its kind is taken for an overview, a timeline or a count
from here on, by how many such signs it gives: they do not depend on its vector."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_OF_ARTICLES: Final = tuple(map(KINDS.index, ("overview", "timeline", "count")))

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Kinds:
    """The fitted model.

    Attributes:
        weights: (kinds, dimension), in the order of `KINDS`.
        bias: (kinds,).
        sure: by kind, the probability from which a question is taken for it.
        frame: by kind, keys of the words that such questions are put in, in any language; what
            is left of a question is what it is about.
        marks: by kind, those of them that plain questions are hardly ever put in.
        encoder: fingerprint of the encoder whose vectors it reads.
    """

    weights: Floats
    bias: Floats
    sure: Mapping[Kind, float]
    frame: Mapping[Kind, frozenset[str]]
    marks: Mapping[Kind, frozenset[str]]
    encoder: str

    def probabilities(self, vectors: Floats) -> Floats:
        """(questions, kinds) from (questions, dimension)."""
        # A sum a kind: a product of matrices this narrow raises false alarms in OpenBLAS.
        logits = np.stack([(vectors * row).sum(axis=1) for row in self.weights], axis=1) + self.bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)

    def kind_of(self, text: str, vector: Floats, dated: bool = False) -> Kind:
        """The kind of a question; ``answer`` where no other is sure.

        Args:
            text: the standalone question.
            vector: of it, of length 1.
            dated: it names a period.
        """
        shares = self.probabilities(vector[None, :])[0]
        best = KINDS[int(shares.argmax())]
        told = KINDS[max(_OF_ARTICLES, key=lambda place: float(shares[place]))]
        signs = dated + self.marked_words(text, told)
        if signs and shares[KINDS.index(told)] >= SURE_IF_TOLD[min(signs, 2)]:
            return told
        return best if shares.max() >= self.sure.get(best, 0.0) else "answer"

    def framing(self, kind: Kind) -> frozenset[str]:
        """Keys of the words that questions of a kind are put in."""
        return self.frame.get(kind, frozenset())

    def marked_words(self, text: str, kind: Kind) -> int:
        """How many of a question's words speak for a kind."""
        marks = self.marks.get(kind, frozenset())
        return sum(token.key in marks for token in content_tokens(text))


@cache
def load_kinds() -> Kinds:
    """The committed model."""
    stored = json.loads(PATH.read_text(encoding="utf-8"))
    return Kinds(
        np.array([stored["weights"][kind] for kind in KINDS], dtype=np.float32),
        np.array([stored["bias"][kind] for kind in KINDS], dtype=np.float32),
        stored["sure"],
        {kind: frozenset(keys) for kind, keys in stored["frame"].items()},
        {kind: frozenset(keys) for kind, keys in stored["marks"].items()},
        stored["record"]["encoder"],
    )


@dataclass(frozen=True, slots=True)
class KindTeller:
    """Tells kinds of questions apart, whatever embedding the library is searched with.

    Attributes:
        kinds: the fitted model.
        own: the embedding that it was fitted with; None where questions come with its vectors.
    """

    kinds: Kinds
    own: BaseEmbedding | None = None

    def kind_of(self, text: str, vector: Floats, dated: bool = False) -> Kind:
        """The kind of a standalone question.

        Args:
            text: standalone.
            vector: by which it is searched for, of length 1.
            dated: it names a period.

        Raises:
            EmbeddingModelError: the embedding of its own fails.
        """
        fitting = vector if self.own is None else embed_question(self.own, text)
        return self.kinds.kind_of(text, fitting, dated)
