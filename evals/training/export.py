"""Trained weights as the program reads them: 8-bit rows with a scale each, in one safetensors file.

`index.embedding.fine_tuned` reads what this writes.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from index.embedding.e5 import LAYERS, WIDTH

Floats = NDArray[np.float32]
Tensors = dict[str, NDArray[np.generic]]

LARGEST: Final = 127
_MATRICES: Final = {"o": "ao", "i": "fi", "f": "fo"}
_NORMS: Final = {"n1": "aln", "n2": "oln"}


def quantised(matrix: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Round a matrix to int8 with a scale for each row, symmetric about zero (arXiv:1712.05877)."""
    scale = np.abs(matrix).max(axis=1) / LARGEST
    scale[scale == 0] = 1.0
    rows = np.clip(np.rint(matrix / scale[:, None]), -LARGEST, LARGEST)
    return rows.astype(np.int8), scale.astype(np.float32)


def stored(body: Mapping[str, Floats], head: Mapping[str, Floats], frozen: int) -> Tensors:
    """Collect what a file holds: the trained layers, and the head if there is one.

    Args:
        body: parameters of the network by its own names, such as "layers.4.qkv.weight".
        head: its "weight" and "bias"; empty if the task has none.
        frozen: how many of the lowest layers kept their weights.
    """
    found: Tensors = {}
    for layer in range(frozen, LAYERS):
        theirs, ours = f"layers.{layer}.", f"l{layer}."
        for place, part in enumerate("qkv"):
            rows = slice(WIDTH * place, WIDTH * (place + 1))
            _add(found, ours + part, body, theirs + "qkv", rows)
        for inner, part in _MATRICES.items():
            _add(found, ours + part, body, theirs + inner)
        for inner, part in _NORMS.items():
            found[f"{ours}{part}.w"] = body[f"{theirs}{inner}.weight"]
            found[f"{ours}{part}.b"] = body[f"{theirs}{inner}.bias"]
    if head:
        found["head.w"], found["head.b"] = head["weight"], head["bias"]
    return found


def _add(
    found: Tensors, name: str, body: Mapping[str, Floats], inner: str, rows: slice = slice(None)
) -> None:
    values, scale = quantised(body[f"{inner}.weight"][rows])
    found[f"{name}.w"], found[f"{name}.w.scale"] = values, scale
    found[f"{name}.b"] = body[f"{inner}.bias"][rows]


def write(path: Path, tensors: Tensors, metadata: Mapping[str, str]) -> None:
    """Write a file, whole or not at all."""
    unfinished = path.with_name(path.name + ".part")
    whole = {name: np.ascontiguousarray(values) for name, values in tensors.items()}
    save_file(whole, str(unfinished), metadata=dict(metadata))
    unfinished.replace(path)
