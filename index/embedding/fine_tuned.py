"""Weights trained for one task: the encoder's upper layers and a head, as 8-bit rows.

The lower layers stay the encoder's own, so a file holds only what the training changed. Each matrix
is int8 with one scale a row (symmetric quantisation, Jacob et al., arXiv:1712.05877); biases,
normalisations and the head stay float32. ``evals/training`` makes the files.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open

from index.embedding.e5 import E5Model
from index.errors import EmbeddingModelError

Floats = NDArray[np.float32]

_SCALE: Final = ".scale"
_HEAD: Final = ("head.w", "head.b")


@dataclass(frozen=True, slots=True)
class FineTuned:
    """The contents of a file of trained weights, laid over the encoder's own.

    Attributes:
        weights: of every layer, by the names of `E5Model.layer_weights`.
        head: matrix (outputs, inputs) and bias (outputs) of the task's own layer; None if it has
            none.
        metadata: what the training noted in the file.
    """

    weights: dict[str, Floats]
    head: tuple[Floats, Floats] | None
    metadata: Mapping[str, str]


def read_fine_tuned(path: Path, base: E5Model) -> FineTuned:
    """Read trained weights and lay them over the encoder's.

    Args:
        path: a safetensors file.
        base: the encoder that the training started from.

    Raises:
        EmbeddingModelError: the file is missing or damaged, or belongs to another encoder.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = dict(file.metadata() or {})
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise EmbeddingModelError(f"The weights in {path.name} cannot be read: {error}") from error
    taught = {name: _decoded(name, stored, path) for name in stored if not name.endswith(_SCALE)}
    parts = [taught.pop(name) for name in _HEAD if name in taught]
    head = (parts[0], parts[1]) if len(parts) == 2 else None
    if parts and (head is None or head[0].ndim != 2 or head[1].shape != head[0].shape[:1]):
        raise EmbeddingModelError(f"The head in {path.name} has the wrong shape.")
    weights = base.layer_weights()
    for name, values in taught.items():
        if name not in weights or weights[name].shape != values.shape:
            raise EmbeddingModelError(
                f"{path.name} does not fit the encoder: {name} has another shape. "
                "Install Pressmark again."
            )
    return FineTuned({**weights, **taught}, head, metadata)


def _decoded(name: str, stored: Mapping[str, NDArray[np.generic]], path: Path) -> Floats:
    """Get a tensor as float32, and scale its rows if the file keeps it in 8 bits."""
    values = stored[name]
    if values.dtype != np.int8:
        floats = np.asarray(values, dtype=np.float32)
    else:
        scale = stored.get(name + _SCALE)
        if scale is None or scale.shape != values.shape[:1]:
            raise EmbeddingModelError(f"{name} in {path.name} has no scale for its rows.")
        rows = np.asarray(scale, dtype=np.float32)[:, None]
        floats = np.asarray(values, dtype=np.float32) * rows
    if not np.isfinite(floats).all():
        raise EmbeddingModelError(f"{name} in {path.name} is damaged: it holds no numbers.")
    return floats
