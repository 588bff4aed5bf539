"""The mean of two trainings of one task, which often reads better than either (arXiv:2203.05482).

``python -m evals.training.mixing A B --share 0.6 --out FOLDER`` needs no torch.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Final

import numpy as np

from evals.training import export, record
from index.embedding.e5 import open_model
from index.embedding.fine_tuned import read_fine_tuned

_EXAMPLE: Final = """\
example, three parts of a new training and two of the weights it began from:
  python -m evals.training.mixing rag/reading/reader.safetensors ~/reader/reader.safetensors \\
      --share 0.6 --out ~/mean
"""


def mixed(first: Path, second: Path, share: float) -> export.Tensors:
    """The weights of two files, averaged and rounded to 8-bit rows again.

    Args:
        first: trained weights.
        second: weights of the same task.
        share: of the second, 0 to 1.

    Raises:
        EmbeddingModelError: a file cannot be read.
        ValueError: the files are of different tasks.
    """
    model = open_model()
    one, other = read_fine_tuned(first, model), read_fine_tuned(second, model)
    if one.metadata.get("task") != other.metadata.get("task"):
        raise ValueError(f"{first.name} and {second.name} are of different tasks")
    found: export.Tensors = {}
    frozen = int(one.metadata["frozen_layers"])
    for name, values in one.weights.items():
        layer = name.split(".")[0]
        if not layer.startswith("l") or not layer[1:].isdigit() or int(layer[1:]) < frozen:
            continue
        mean = np.asarray((1 - share) * values + share * other.weights[name], dtype=np.float32)
        if mean.ndim == 2:
            found[name], found[f"{name}.scale"] = export.quantised(mean)
        else:
            found[name] = mean
    if one.head and other.head:
        for name, a, b in zip(("head.w", "head.b"), one.head, other.head, strict=True):
            found[name] = np.asarray((1 - share) * a + share * b, dtype=np.float32)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    line = argparse.ArgumentParser(
        prog="python -m evals.training.mixing",
        description="Average the weights of two trainings of one task.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    line.add_argument("first", type=Path, help="weights, with their record beside them")
    line.add_argument("second", type=Path, help="weights of the same task, with their record")
    line.add_argument("--share", type=float, default=0.5, help="of the second (default: 0.5)")
    line.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where it goes")
    given = line.parse_args(arguments)
    made = json.loads(given.second.with_suffix(".json").read_text(encoding="utf-8"))
    made["mean"] = {
        "share": given.share,
        "of": [hashlib.sha256(p.read_bytes()).hexdigest() for p in (given.first, given.second)],
        "repeat": f"python -m evals.training.mixing A B --share {given.share} --out FOLDER",
    }
    given.out.mkdir(parents=True, exist_ok=True)
    weights = given.out / f"{made['task']}.safetensors"
    tensors = mixed(given.first, given.second, given.share)
    frozen = made["learning"]["frozen_layers"]
    export.write(weights, tensors, record.metadata(made["task"], frozen, made))
    record.write_record(weights.with_suffix(".json"), made)
    print(weights)
    return 0


if __name__ == "__main__":
    sys.exit(main())
