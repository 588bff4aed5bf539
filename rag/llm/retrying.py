"""When to try a language model again, when to stop waiting, and when not to ask at all.

This is the one retry loop of the program. The clients' own retries are off, because they neither
know the deadline of a question nor stop for a `Retry-After` that lies after it.
"""

import asyncio
import random
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from index.errors import LanguageModelError, ModelUnavailableError
from index.saying import phrase

Clock = Callable[[], float]
T = TypeVar("T")


class CancelledByReaderError(Exception):
    """The reader has gone; nobody needs an answer any longer."""


class Deadline:
    """The seconds that a question may spend on a language model, over all of its calls.

    Threads may share it. `cancel` ends it at once, from any thread.
    """

    def __init__(self, seconds: float, clock: Clock = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds
        self._held: float | None = None
        self._lock = threading.Lock()
        self._cancelled = False
        self._callbacks: list[Callable[[], object]] = []

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - self._clock()) if self._held is None else self._held

    @property
    def cancelled(self) -> bool:
        """Whether the reader has gone."""
        return self._cancelled

    def restart(self) -> None:
        """Count from now: until here the question has waited for its turn."""
        self._end = self._clock() + self.seconds

    def hold(self) -> None:
        """Let no time pass: what follows is no work of the model's."""
        self._held = self.remaining

    def resume(self) -> None:
        """Go on counting where `hold` stopped."""
        self._end, self._held = self._clock() + self.remaining, None

    def at_most(self, seconds: float) -> "Deadline":
        """Make a shorter deadline inside this one; cancelling this one cancels both."""
        inner = Deadline(min(seconds, self.remaining), self._clock)
        self.on_cancel(inner.cancel)
        return inner

    def on_cancel(self, callback: Callable[[], object]) -> None:
        """Call back when somebody cancels it; at once if somebody already has."""
        with self._lock:
            if not self._cancelled:
                self._callbacks.append(callback)
                return
        callback()

    def cancel(self) -> None:
        """Stop everything that works within this deadline."""
        with self._lock:
            self._cancelled = True
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def overrun(self) -> ModelUnavailableError:
        """Make the error to raise once it has passed."""
        seconds = f"{self.seconds:g}"
        return ModelUnavailableError(
            phrase(
                "The language model did not answer within %(seconds)s seconds. "
                "PRESSMARK_LLM_TIMEOUT_S gives it more.",
                seconds=seconds,
            )
        )


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often to try, and how long to pause between.

    Attributes:
        attempts: tries in all, including the first.
        first_pause_s: before the second try; doubles from there, up to `longest_pause_s`.
    """

    attempts: int = 3
    first_pause_s: float = 0.4
    longest_pause_s: float = 8.0

    def pause(self, failures: int, asked_for: float | None, chance: float) -> float:
        """Compute the seconds to wait after a number of failures.

        Args:
            failures: 1 after the first.
            asked_for: the server's `Retry-After`; the pause is never shorter.
            chance: 0 to 1; spreads clients that failed together.
        """
        backoff = min(self.longest_pause_s, self.first_pause_s * 2.0 ** (failures - 1))
        jittered = backoff * (0.5 + 0.5 * chance)
        return jittered if asked_for is None else asked_for + 0.1 * jittered


class CircuitBreaker:
    """Stops asking a model that keeps failing, so that nobody waits for it in vain.

    After `threshold` unavailable answers in a row it opens for `rest_s` seconds. Then one
    question tries again; the others go on without the model until that one has succeeded.
    """

    def __init__(
        self, threshold: int = 3, rest_s: float = 30.0, clock: Clock = time.monotonic
    ) -> None:
        self._threshold, self._rest_s, self._clock = threshold, rest_s, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_again_at = 0.0
        self._trying = False

    def enter(self) -> None:
        """Ask for leave to call.

        Raises:
            ModelUnavailableError: the breaker is open.
        """
        with self._lock:
            if self._failures < self._threshold:
                return
            rest = self._closed_again_at - self._clock()
            if rest > 0 or self._trying:
                raise ModelUnavailableError(
                    phrase(
                        "The language model failed %(count)s times in a row, and is not asked "
                        "again for %(seconds)s s.",
                        count=self._failures,
                        seconds=max(1, round(rest)),
                    )
                )
            self._trying = True

    def succeeded(self) -> None:
        """Note that the model answered, whatever it said."""
        with self._lock:
            self._failures, self._trying = 0, False

    def failed(self) -> None:
        """Note that the model was down, too slow or overloaded."""
        with self._lock:
            self._failures += 1
            self._trying = False
            self._closed_again_at = self._clock() + self._rest_s

    def left(self) -> None:
        """Note that the call ended and says nothing about the model (it was cancelled)."""
        with self._lock:
            self._trying = False


async def call_within(
    attempt: Callable[[], Awaitable[T]],
    deadline: Deadline,
    policy: RetryPolicy,
    breaker: CircuitBreaker,
    may_repeat: Callable[[], bool] = lambda: True,
) -> T:
    """Call a model until it answers, must not be asked again, or time is up.

    Args:
        attempt: one call; raises `LanguageModelError`.
        deadline: for everything together.
        policy: how often and when.
        breaker: of this model.
        may_repeat: whether we may repeat a failed call (nobody has seen any of it yet).

    Raises:
        LanguageModelError: the last attempt's, or that time is up.
    """
    breaker.enter()
    met: list[ModelUnavailableError] = []
    try:
        async with asyncio.timeout(deadline.remaining):
            result = await _repeat(attempt, deadline, policy, may_repeat, met)
    except TimeoutError:
        breaker.failed()
        # The errors of earlier attempts say more than that the last one was too late.
        raise met[-1] if met else deadline.overrun() from None
    except ModelUnavailableError:
        breaker.failed()
        raise
    except LanguageModelError:
        breaker.succeeded()
        raise
    except BaseException:
        breaker.left()
        raise
    breaker.succeeded()
    return result


async def _repeat(
    attempt: Callable[[], Awaitable[T]],
    deadline: Deadline,
    policy: RetryPolicy,
    may_repeat: Callable[[], bool],
    met: list[ModelUnavailableError],
) -> T:
    while True:
        try:
            return await attempt()
        except ModelUnavailableError as error:
            met.append(error)
            chance = random.random()  # noqa: S311 - jitter, no secret
            pause = policy.pause(len(met), error.retry_after_s, chance)
            # A pause that outlasts the deadline would only delay the quoted answer.
            if len(met) >= policy.attempts or pause >= deadline.remaining or not may_repeat():
                raise
        await asyncio.sleep(pause)
