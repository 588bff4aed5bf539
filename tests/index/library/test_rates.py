"""The count of questions that all processes of a library share, on both engines."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.library.library import Library

pytest_plugins = ["tests.helpers.fixtures_postgres"]
START = 1_800_000_000.0  # a full minute
_callers = itertools.count()


@pytest.fixture(params=["sqlite", "postgres"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    with Library.open(tmp_path, url) as opened:
        opened.rates.prepare()
        yield opened


def test_so_many_in_any_minute_and_no_more(library: Library) -> None:
    rates = library.rates
    assert [rates.take("a", 3, START + n) for n in range(3)] == [0, 0, 0]
    wait = rates.take("a", 3, START + 3)
    assert wait > 0
    assert rates.take("b", 3, START + 3) == 0
    assert rates.take("a", 3, START + 3 + wait) == 0


def test_what_is_refused_is_not_counted(library: Library) -> None:
    rates = library.rates
    assert rates.take("a", 1, START) == 0
    assert all(rates.take("a", 1, START + 30) > 0 for _ in range(50))
    assert rates.take("a", 1, START + 120) == 0


def test_two_who_count_at_once_grant_no_more_than_there_is(library: Library) -> None:
    granted: list[float] = []

    def ask() -> None:
        granted.extend(library.rates.take("a", 10, START + 1) for _ in range(8))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert granted.count(0.0) == 10


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    most=st.integers(1, 5),
    steps=st.lists(st.floats(0, 40, allow_nan=False), min_size=1, max_size=30),
)
def test_waiting_as_told_is_always_enough(
    tmp_path_factory: pytest.TempPathFactory, most: int, steps: list[float]
) -> None:
    home = tmp_path_factory.getbasetemp() / "rates-property"
    with Library.open(home) as library:
        library.rates.prepare()
        caller, now = str(next(_callers)), START
        for step in steps:
            now += step
            wait = library.rates.take(caller, most, now)
            if wait:
                now += wait
                assert library.rates.take(caller, most, now) == 0
