"""A judge that says what a test wants it to say."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Said = Callable[[str, str], str]
"""The verdict on a claim and its evidence: "supported", "neutral" or "refuted"."""

_VERDICTS = ("supported", "neutral", "refuted")


class SaidJudge:
    """A `rag.verification.judge.Judge` that remembers what it was asked."""

    def __init__(self, said: Said) -> None:
        self._said = said
        self.asked: list[tuple[str, str, str]] = []

    def ready(self) -> None:
        """Nothing is to be loaded."""

    def judge(self, pairs: Sequence[tuple[str, str, str]]) -> NDArray[np.float32]:
        """Be nearly certain of the scripted verdict."""
        self.asked += pairs
        rows = np.full((len(pairs), len(_VERDICTS)), 0.01, dtype=np.float32)
        for row, (claim, _, evidence) in enumerate(pairs):
            rows[row, _VERDICTS.index(self._said(claim, evidence))] = 0.98
        return rows
