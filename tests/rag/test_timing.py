"""Time by step: what is booked within a step is not booked under it as well."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import timing
from rag.timing import Timer

MS = 1_000_000


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.now = 5 * MS

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(timing, "perf_counter_ns", found)
    monkeypatch.setattr(timing, "time_ns", lambda: found.now + 1_000 * MS)
    return found


def test_a_step_within_another_is_told_apart(clock: Clock) -> None:
    timer = Timer()
    clock.now += 3 * MS
    with timer.within("verify"):
        clock.now += 2 * MS
    clock.now += 1 * MS
    timer.lap("write")
    clock.now += 4 * MS
    timer.lap("verify")
    assert timer.steps == {"verify": 6.0, "write": 4.0, "total": 10.0}
    told = [(stage.name, stage.began // MS, stage.ended // MS) for stage in timer.stages]
    assert told == [("verify", 1008, 1010), ("write", 1005, 1011), ("verify", 1011, 1015)]


def test_what_fails_is_booked_too(clock: Clock) -> None:
    timer = Timer()
    with suppress(ValueError), timer.within("verify"):
        clock.now += 7 * MS
        raise ValueError
    assert timer.steps["verify"] == 7.0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 10**9))))
def test_the_steps_add_up_to_the_total(steps: list[tuple[str, bool, int]]) -> None:
    clock = Clock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timing, "perf_counter_ns", clock)
        timer = Timer()
        for name, is_within, took in steps:
            if is_within:
                with timer.within(name):
                    clock.now += took
            else:
                clock.now += took
                timer.lap(name)
        timer.lap("rest")
    total = timer.steps.pop("total")
    assert sum(timer.steps.values()) == pytest.approx(total)
    assert all(stage.began <= stage.ended for stage in timer.stages)
