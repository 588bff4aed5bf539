"""How far to trust what the reader found: a logistic calibration, fitted on news.

Platt scaling (1999) over a few signals of the reading. ``python -m evals.training.calibration``
fits it; the record of how lies in the same file.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PATH: Final = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the calibration.

    Attributes:
        weights: by signal, and ``bias``.
        prior: weight of the log of a passage's share in the search, beside the reader.
    """

    weights: Mapping[str, float]
    prior: float

    def probability(self, signals: Mapping[str, float]) -> float:
        """The probability, 0 to 1, that the best sentence answers; a signal without weight is 0."""
        logit = self.weights["bias"]
        logit += math.fsum(self.weights.get(name, 0.0) * value for name, value in signals.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


def load_calibration() -> Calibration:
    """Load the committed calibration."""
    stored = json.loads(PATH.read_text(encoding="utf-8"))
    return Calibration(stored["weights"], stored["prior"])
