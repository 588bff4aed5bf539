"""The encoder in torch, for training: the sums of `index.embedding.transformer`, and a head."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from index.embedding.e5 import HEADS, INNER, LAYERS, WIDTH, E5Model
from index.embedding.fine_tuned import read_fine_tuned

_EPSILON = 1e-12
_MASKED = -1e4
HALVES = bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
"""Whether the processor multiplies bfloat16 itself; imitating it takes many times as long."""
_ROUND_TO = 16
"""Tokens; batches are padded to a multiple of this."""


class Layer(nn.Module):
    """One layer of BERT (Devlin et al., arXiv:1810.04805), which normalises after each part."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.o = nn.Linear(WIDTH, WIDTH)
        self.n1 = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.i = nn.Linear(WIDTH, INNER)
        self.f = nn.Linear(INNER, WIDTH)
        self.n2 = nn.LayerNorm(WIDTH, eps=_EPSILON)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Attend, then feed forward."""
        batch, tokens, _ = x.shape
        each = WIDTH // HEADS
        query, key, value = self.qkv(x).view(batch, tokens, 3, HEADS, each).permute(2, 0, 3, 1, 4)
        bias = mask.to(query.dtype).expand(batch, HEADS, 1, tokens)
        scores = torch.baddbmm(
            bias.reshape(batch * HEADS, 1, tokens),
            query.reshape(batch * HEADS, tokens, each) * each**-0.5,
            key.reshape(batch * HEADS, tokens, each).transpose(1, 2),
        )
        share = functional.softmax(scores, -1, dtype=scores.dtype)
        seen = torch.bmm(share, value.reshape(batch * HEADS, tokens, each))
        seen = seen.view(batch, HEADS, tokens, each).transpose(1, 2).reshape(batch, tokens, WIDTH)
        x = self.n1(x + self.o(seen))
        return self.n2(x + self.f(functional.gelu(self.i(x))))


class Body(nn.Module):
    """All layers, with the encoder's weights.

    Args:
        model: the encoder.
        frozen: how many of the lowest layers keep their weights, as word vectors do.
    """

    def __init__(self, model: E5Model, frozen: int) -> None:
        super().__init__()
        self.n = nn.LayerNorm(WIDTH, eps=_EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.fill(model.layer_weights())
        for part in (self.n, *self.layers[:frozen]):
            part.requires_grad_(False)

    def fill(self, layers: Mapping[str, NDArray[np.float32]]) -> None:
        """Take over weights by the names of `E5Model.layer_weights`."""
        weights = {name: torch.tensor(values) for name, values in layers.items()}
        self.n.weight.data, self.n.bias.data = weights["emb.ln.w"], weights["emb.ln.b"]
        for number, layer in enumerate(self.layers):
            _fill(layer, weights, f"l{number}.")

    def forward(self, rows: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Compute the vector of each token after the last layer.

        Args:
            rows: word and position vectors added up, (batch, tokens, width).
            mask: true for each token.
        """
        x = self.n(rows)
        bias = torch.zeros(mask.shape, dtype=x.dtype).masked_fill(~mask, _MASKED)
        for layer in self.layers:
            x = layer(x, bias[:, None, None, :])
        return x


def _fill(layer: Layer, weights: dict[str, torch.Tensor], prefix: str) -> None:
    for end, kind in (("weight", "w"), ("bias", "b")):
        joined = torch.cat([weights[f"{prefix}{part}.{kind}"] for part in "qkv"])
        getattr(layer.qkv, end).data = joined
        for inner, name in (("o", "ao"), ("i", "fi"), ("f", "fo"), ("n1", "aln"), ("n2", "oln")):
            getattr(getattr(layer, inner), end).data = weights[f"{prefix}{name}.{kind}"]


class Network:
    """Body and head, and the step from token ids to vectors.

    Args:
        model: the encoder.
        inputs: of the head.
        outputs: of the head; 0 for none.
        frozen: how many of the lowest layers keep their weights.
    """

    def __init__(self, model: E5Model, inputs: int, outputs: int, frozen: int) -> None:
        self.model, self.frozen = model, frozen
        # In this order, because making the layers draws from torch's random numbers, too.
        self.body = Body(model, frozen)
        self.head = nn.Linear(inputs, outputs) if outputs else nn.Identity()
        if outputs:
            nn.init.normal_(self.head.weight, std=0.02)
            nn.init.zeros_(self.head.bias)

    def begin_from(self, path: Path) -> None:
        """Take over what an earlier training left; a head of another shape starts over.

        Args:
            path: its state, or the weights it wrote, which are rounded to 8 bits.
        """
        if path.suffix == ".safetensors":
            found = read_fine_tuned(path, self.model)
            self.body.fill(found.weights)
            parts = found.head or ()
            head = {k: torch.tensor(v) for k, v in zip(("weight", "bias"), parts, strict=False)}
        else:
            state = torch.load(path, weights_only=True)
            self.body.load_state_dict(state["body"])
            head = state["head"]
        if _shapes(head) == _shapes(self.head.state_dict()):
            self.head.load_state_dict(head)

    @property
    def taught(self) -> list[nn.Parameter]:
        """Every parameter to train."""
        both = (*self.body.parameters(), *self.head.parameters())
        return [parameter for parameter in both if parameter.requires_grad]

    def run(self, batch: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        """Compute the vector of each token, in float32, and the mask of tokens."""
        longest = -(-max(map(len, batch)) // _ROUND_TO) * _ROUND_TO
        ids = np.full((len(batch), longest), self.model.tokenizer.pad, dtype=np.int32)
        mask = np.zeros(ids.shape, dtype=bool)
        for row, given in enumerate(batch):
            ids[row, : len(given)] = given
            mask[row, : len(given)] = True
        present = torch.from_numpy(mask)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=HALVES):
            hidden = self.body(torch.from_numpy(self.model.rows(ids)), present)
        return hidden.float(), present

    def vectors(self, batch: Sequence[Sequence[int]]) -> torch.Tensor:
        """Compute a vector of length 1 for each text."""
        return functional.normalize(mean_of(*self.run(batch)), dim=1)


def _shapes(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Size]:
    return {name: values.shape for name, values in state.items()}


def mean_of(hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean over the tokens of each text."""
    weights = mask[..., None].float()
    return (hidden * weights).sum(1) / weights.sum(1)


def contrast(
    questions: torch.Tensor, passages: torch.Tensor, left_out: torch.Tensor, temperature: float
) -> torch.Tensor:
    """The negative log likelihood of each question's passage among all (InfoNCE, arXiv:1807.03748).

    Args:
        questions: their vectors, of length 1.
        passages: their vectors, in the same order, and wrong ones after them, if any.
        left_out: true if a passage does not count against a question.
        temperature: the smaller, the more the nearest wrong passages count.
    """
    scores = (questions @ passages.T / temperature).masked_fill(left_out, _MASKED)
    return functional.cross_entropy(scores, torch.arange(len(scores)))
