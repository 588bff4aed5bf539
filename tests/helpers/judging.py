"""A judge that says what a test wants it to say."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

Said = Callable[[str, str], str]
"""The verdict on a claim and its evidence: "supported", "neutral" or "refuted"."""

_VERDICTS = ("supported", "neutral", "refuted")


class SaidJudge:
    """Stands in for `rag.verification.judge.Judge`; remembers what it was asked."""

    def __init__(self, said: Said) -> None:
        self._said = said
        self.asked: list[tuple[str, str, str]] = []

    def judge(self, pairs: Sequence[tuple[str, str, str]]) -> NDArray[np.float32]:
        """Nearly certain of what it was told to say."""
        self.asked += pairs
        rows = np.full((len(pairs), len(_VERDICTS)), 0.01, dtype=np.float32)
        for row, (claim, _, evidence) in enumerate(pairs):
            rows[row, _VERDICTS.index(self._said(claim, evidence))] = 0.98
        return rows


def judge_says(monkeypatch: pytest.MonkeyPatch, said: Said) -> SaidJudge:
    """Put such a judge in the place of the taught one."""
    judge = SaidJudge(said)
    monkeypatch.setattr("rag.verification.support.open_judge", lambda: judge)
    return judge


def no_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the judge's weights away."""
    monkeypatch.setattr("rag.verification.support.open_judge", lambda: None)
