"""What the gate goes by: the limits in ``gate.toml``, and the committed baselines."""

import json
import tomllib
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from evals.records.figures import BY_NAME
from index.errors import SuiteError

GATE_FILE = Path(__file__).parents[1] / "gate.toml"
BASELINES = Path(__file__).parents[1] / "baseline"


class Limit(BaseModel):
    """How bad a figure may become.

    Attributes:
        floor: lowest value allowed, of a figure that should be high.
        ceiling: highest value allowed, of a figure that should be low.
        tolerance: how much worse than the baseline it may be.
        decision: note that explains why the limit is looser than it once was.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    floor: float | None = None
    ceiling: float | None = None
    tolerance: float = Field(ge=0)
    decision: str | None = None

    @property
    def edge(self) -> float | None:
        """The floor or the ceiling."""
        return self.floor if self.floor is not None else self.ceiling


Limits = dict[str, Limit]
_LIMITS = TypeAdapter(dict[str, Limits])


class Baseline(BaseModel):
    """The normal values of a suite: the gated figures, and the scores they come from.

    Attributes:
        strictest: for each figure, the strictest floor or ceiling it ever had.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    suite: str
    data_hash: str
    figures: dict[str, float]
    strictest: dict[str, float]
    items: dict[str, dict[str, float]]

    @model_validator(mode="after")
    def _known(self) -> Self:
        unknown = [name for name in self.figures if name not in BY_NAME]
        if unknown:
            raise ValueError(f"unknown figure {unknown[0]}")
        return self


def read_limits(path: Path = GATE_FILE) -> dict[str, Limits]:
    """Read the limits by suite and figure.

    Raises:
        SuiteError: the file is malformed; the message names the place.
    """
    try:
        limits = _LIMITS.validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SuiteError(f"{path} cannot be read: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SuiteError(f"{path}, [{place}]: {first['msg'].lower()}.") from error
    for suite, figures in limits.items():
        for name, limit in figures.items():
            _check_limit(path, f"{suite}.{name}", name, limit)
    return limits


def _check_limit(path: Path, place: str, name: str, limit: Limit) -> None:
    if name not in BY_NAME:
        raise SuiteError(f"{path}, [{place}]: there is no figure {name!r}.")
    wrong = "ceiling" if BY_NAME[name].better == "higher" else "floor"
    if getattr(limit, wrong) is not None:
        raise SuiteError(f"{path}, [{place}]: a {wrong} makes no sense for {name!r}.")


def baseline_path(suite: str, folder: Path = BASELINES) -> Path:
    """The path of a suite's baseline."""
    return folder / f"{suite}.json"


def read_baseline(path: Path) -> Baseline | None:
    """Read a baseline. Return None if there is none.

    Raises:
        SuiteError: the file is malformed.
    """
    if not path.is_file():
        return None
    try:
        return Baseline.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise SuiteError(f"{path} is not a baseline: {error.errors()[0]['msg']}.") from error


def write_baseline(baseline: Baseline, path: Path) -> None:
    """Write a baseline with one item a line, so that a diff of it is readable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    head = baseline.model_dump(exclude={"items"})
    lines = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(scores)}" for name, scores in baseline.items.items()
    )
    opening = json.dumps(head, indent=1).removesuffix("\n}")
    path.write_text(f'{opening},\n "items": {{\n{lines}\n }}\n}}\n', encoding="utf-8")
