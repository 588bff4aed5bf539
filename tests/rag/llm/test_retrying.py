"""Deadlines, pauses and the circuit breaker, on a clock of the test's own."""

import asyncio
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import LanguageModelError, ModelReplyError, ModelUnavailableError
from index.saying import phrase
from rag.llm.errors import MAX_RETRY_AFTER_S, retry_after
from rag.llm.retrying import CircuitBreaker, Deadline, RetryPolicy, call_within


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def run(
    outcomes: list[str | LanguageModelError],
    breaker: CircuitBreaker | None = None,
    seconds: float = 5.0,
    policy: RetryPolicy | None = None,
) -> tuple[str | LanguageModelError, int]:
    """What a call ends with, and how many attempts it took."""
    calls = 0

    async def attempt() -> str:
        nonlocal calls
        outcome = outcomes[min(calls, len(outcomes) - 1)]
        calls += 1
        if isinstance(outcome, str):
            return outcome
        raise outcome

    policy = policy or RetryPolicy(first_pause_s=0.001)
    try:
        called = call_within(attempt, Deadline(seconds), policy, breaker or CircuitBreaker())
        return asyncio.run(called), calls
    except LanguageModelError as error:
        return error, calls


DOWN = ModelUnavailableError(phrase("down"))
ODD = ModelReplyError(phrase("odd"))


def test_only_what_may_pass_is_tried_again() -> None:
    assert run(["ok"]) == ("ok", 1)
    assert run([DOWN, DOWN, "ok"]) == ("ok", 3)
    assert run([DOWN]) == (DOWN, 3)
    assert run([ODD, "ok"]) == (ODD, 1)


def test_a_server_may_ask_for_a_pause_within_the_deadline() -> None:
    short, long = (ModelUnavailableError(phrase("wait"), pause) for pause in (0.01, 60.0))
    assert run([short, "ok"]) == ("ok", 2)
    assert run([long, "ok"]) == (long, 1)


def test_the_last_known_reason_is_told_when_time_runs_out() -> None:
    calls = 0

    async def fails_then_hangs() -> str:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise DOWN
        await asyncio.sleep(60)
        return "late"

    with pytest.raises(ModelUnavailableError, match="down"):
        asyncio.run(
            call_within(
                fails_then_hangs, Deadline(0.2), RetryPolicy(first_pause_s=0.001), CircuitBreaker()
            )
        )


@given(st.integers(1, 50), st.none() | st.floats(0, 1e6), st.floats(0, 1))
def test_a_pause_is_never_shorter_than_asked_for_and_bounded(
    failures: int, asked_for: float | None, chance: float
) -> None:
    policy = RetryPolicy()
    pause = policy.pause(failures, asked_for, chance)
    assert pause >= (asked_for or 0)
    assert pause <= (asked_for or 0) + policy.longest_pause_s


def test_the_breaker_opens_rests_and_tries_one() -> None:
    clock = Clock()
    breaker = CircuitBreaker(threshold=2, rest_s=10, clock=clock)
    for _ in range(2):
        assert run([DOWN], breaker)[0] is DOWN
    refused, calls = run(["ok"], breaker)
    assert isinstance(refused, ModelUnavailableError)
    assert "2 times in a row" in refused.user_message
    assert calls == 0
    clock.now += 11
    breaker.enter()  # one may try
    with pytest.raises(ModelUnavailableError):
        breaker.enter()  # the others go on without
    breaker.left()
    assert run([DOWN], breaker)[0] is DOWN
    assert run(["ok"], breaker)[1] == 0, "it rests again"
    clock.now += 11
    assert run(["ok"], breaker) == ("ok", 1)
    assert run(["ok"], breaker) == ("ok", 1)


def test_odd_replies_do_not_open_the_breaker() -> None:
    breaker = CircuitBreaker(threshold=1)
    assert run([ODD], breaker) == (ODD, 1)
    assert run(["ok"], breaker) == ("ok", 1)


def test_a_deadline_counts_down_and_can_be_cancelled_from_anywhere() -> None:
    clock = Clock()
    deadline = Deadline(10, clock)
    inner, called = deadline.at_most(3), []
    clock.now += 4
    assert (deadline.remaining, inner.remaining) == (6, 0)
    assert deadline.at_most(60).remaining == 6
    deadline.restart()
    assert deadline.remaining == 10
    deadline.on_cancel(lambda: called.append(1))
    thread = threading.Thread(target=deadline.cancel)
    thread.start()
    thread.join()
    deadline.on_cancel(lambda: called.append(2))
    assert called == [1, 2]
    assert deadline.cancelled
    assert inner.cancelled


def test_a_deadline_counts_no_time_that_is_not_the_models() -> None:
    clock = Clock()
    deadline = Deadline(10, clock)
    clock.now += 4
    deadline.hold()
    clock.now += 100
    assert deadline.remaining == 6
    deadline.resume()
    clock.now += 1
    assert deadline.remaining == 5
    deadline.cancel()
    assert deadline.cancelled


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Fri, 07 Aug 2020 10:00:30 GMT"}, 30.0),
        ({"retry-after": "Fri, 07 Aug 2020 09:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e12"}, MAX_RETRY_AFTER_S),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(headers, datetime(2020, 8, 7, 10, tzinfo=UTC)) == seconds
