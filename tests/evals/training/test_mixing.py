"""The mean of two trainings."""

import json
from pathlib import Path

import numpy as np
import pytest

from evals.training.mixing import main, mixed
from index.embedding.e5 import open_model
from index.embedding.fine_tuned import read_fine_tuned
from rag.reading import reader
from rag.verification import judge


def test_the_mean_of_one_with_itself_is_the_same() -> None:
    model = open_model()
    before = read_fine_tuned(reader.WEIGHTS, model)
    made = mixed(reader.WEIGHTS, reader.WEIGHTS, 0.3)

    assert np.allclose(made["head.w"], before.head[0] if before.head else 0, atol=1e-6)
    for name, scale in made.items():
        if name.endswith(".scale"):
            rows = np.asarray(made[name.removesuffix(".scale")], dtype=np.float32)
            values = rows * np.asarray(scale, dtype=np.float32)[:, None]
            assert np.allclose(values, before.weights[name.removesuffix(".scale")], atol=1e-3)


def test_it_writes_weights_that_are_read_and_how_they_were_made(tmp_path: Path) -> None:
    weights = str(reader.WEIGHTS)
    assert main([weights, weights, "--share", "0.6", "--out", str(tmp_path)]) == 0

    read = read_fine_tuned(tmp_path / "reader.safetensors", open_model())
    assert read.metadata["task"] == "reader"
    made = json.loads((tmp_path / "reader.json").read_text(encoding="utf-8"))
    assert made["mean"]["share"] == 0.6
    assert len(set(made["mean"]["of"])) == 1


def test_different_tasks_have_no_mean() -> None:
    with pytest.raises(ValueError, match="different tasks"):
        mixed(reader.WEIGHTS, judge.WEIGHTS, 0.5)
