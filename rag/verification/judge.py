"""The judge: does this evidence support that claim, contradict it, or say nothing about it?

Natural language inference (Bowman et al., arXiv:1508.05326) by the encoder that also searches,
fine-tuned on claims as language models write them, true and subtly false. It reads claim and
evidence together, in any two of its hundred languages. ``evals/training`` trains it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from index.embedding.e5 import E5Model, open_model
from index.embedding.fine_tuned import read_fine_tuned
from index.embedding.once import once
from index.embedding.remembering import Remembered
from index.embedding.transformer import Transformer
from index.errors import EmbeddingModelError

WEIGHTS: Final = Path(__file__).with_name("judge.safetensors")
SUPPORTED: Final = 0
NEUTRAL: Final = 1
REFUTED: Final = 2
VERDICTS: Final = 3

CLAIM_TOKENS: Final = 112
HEADER_TOKENS: Final = 56
INPUT_TOKENS: Final = 352
"""Tokens of claim, header and evidence together; the rest is cut off, as in training."""
REMEMBERED: Final = 4_096
"""The check tries a claim against the same sentences several times: alone, and beside others."""

Floats = NDArray[np.float32]
Pair = tuple[str, str, str]
"""A claim, the header of its article (title, publisher, date; may be empty), and the evidence."""


class Judge(Protocol):
    """What tells whether evidence supports a claim."""

    def ready(self) -> None:
        """Load what judging needs, so that the first claim does not wait for it.

        Raises:
            EmbeddingModelError: a file is missing or altered.
        """

    def judge(self, pairs: Sequence[Pair]) -> Floats:
        """Compute how likely each claim is supported, left open, and contradicted.

        Args:
            pairs: claim, header and evidence of each.

        Returns:
            (pairs, 3) probabilities; each row depends on its pair alone.

        Raises:
            EmbeddingModelError: the model fails.
        """


@dataclass(frozen=True, slots=True)
class _Network:
    """The model in memory.

    Attributes:
        model: the encoder, for its tokens and their vectors.
        transformer: the taught layers.
        matrix: of the head, (verdicts, twice the width).
        bias: of the head.
    """

    model: E5Model
    transformer: Transformer
    matrix: Floats
    bias: Floats


def _load(weights: Path) -> _Network:
    model = open_model()
    taught = read_fine_tuned(weights, model)
    shape = (VERDICTS, 2 * len(taught.weights["emb.ln.w"]))
    if taught.head is None or taught.head[0].shape != shape:
        raise EmbeddingModelError(f"{weights.name} holds no judge. Install Pressmark again.")
    matrix, bias = taught.head
    return _Network(model, Transformer(taught.weights), matrix, bias)


class TaughtJudge:
    """The taught judge; its file is read at the first claim, and threads may share it.

    Args:
        weights: the file of trained weights.
    """

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._network = once(lambda: _load(weights))
        self._known: Remembered[Pair, Floats] = Remembered(REMEMBERED)

    def ready(self) -> None:
        """As `Judge.ready`."""
        self._network()

    def judge(self, pairs: Sequence[Pair]) -> Floats:
        """As `Judge.judge`.

        Raises:
            EmbeddingModelError: a file is missing or altered, or the model fails.
        """
        found = self._known.of(pairs, self._read)
        return np.array(found, dtype=np.float32).reshape(-1, VERDICTS)

    def _read(self, pairs: Sequence[Pair]) -> Floats:
        network = self._network()
        ids = [_ids(network.model, *pair) for pair in pairs]
        outputs = network.transformer.run(ids, network.model)
        read = [np.concatenate((output.first, output.mean)) for output in outputs]
        # One sum for each verdict: matrix products this narrow raise false alarms in OpenBLAS.
        logits = [(network.matrix * row).sum(axis=1) + network.bias for row in read]
        odds = [np.exp(row - row.max()) for row in logits]
        return np.array([row / row.sum() for row in odds], dtype=np.float32).reshape(-1, VERDICTS)


def _ids(model: E5Model, claim: str, header: str, evidence: str) -> list[int]:
    """Lay out the tokens as in training: claim, header and evidence, each with its end."""
    encode, bos, eos = model.tokenizer.encode, model.tokenizer.bos, model.tokenizer.eos
    claimed = encode("query: " + claim).ids[:CLAIM_TOKENS]
    over = encode(header).ids[:HEADER_TOKENS] if header else []
    room = INPUT_TOKENS - len(claimed) - len(over) - 4
    return [bos, *claimed, eos, *over, eos, *encode(evidence).ids[:room], eos]


_share = once(TaughtJudge)


def judge_available() -> bool:
    """Whether the judge's weights are installed; without them the rules judge alone."""
    return WEIGHTS.exists()


def open_judge() -> TaughtJudge | None:
    """The taught judge, one for all that ask; None if its weights are not installed."""
    return _share() if judge_available() else None
