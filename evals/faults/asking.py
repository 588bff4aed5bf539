"""Closed-loop clients: each asks again as soon as it is answered."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import numpy as np

ANSWERED, REFUSED = "200", "503"
_PATIENCE_S = 300.0
_PAUSE_S = 0.2
Question = Callable[[int], str]
"""Makes the question of a turn."""


@dataclass(slots=True)
class Asked:
    """What clients were told.

    Attributes:
        seconds: of each answer.
        ends: when each came, in seconds from the beginning.
        statuses: how often each HTTP status came, or the name of an error.
        without_advice: refusals that did not say when to come back.
        lasted: seconds that all of it took.
    """

    seconds: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    without_advice: int = 0
    lasted: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.seconds) / max(self.lasted, 1e-9)

    @property
    def p95(self) -> float:
        """Seconds within which 95 of 100 answers came."""
        return float(np.percentile(self.seconds, 95)) if self.seconds else float("nan")

    @property
    def errors(self) -> int:
        """Whatever was neither an answer nor a refusal."""
        return sum(n for status, n in self.statuses.items() if status not in (ANSWERED, REFUSED))

    def normal_after(self, usual: float) -> float:
        """Seconds from the beginning until the first answer that took no longer than usual.

        Args:
            usual: seconds.
        """
        found = (end for took, end in zip(self.seconds, self.ends, strict=True) if took <= usual)
        return min(found, default=float("inf"))


def ask(
    url: str,
    clients: int,
    question: Question,
    *,
    seconds: float = float("inf"),
    answers: int | None = None,
) -> Asked:
    """Let clients ask for quoted answers.

    Args:
        url: of the server.
        clients: how many.
        question: of each turn; turns are counted over all clients.
        seconds: for so long.
        answers: end after so many answers of all together.
    """
    told, guard, began = Asked(), threading.Lock(), time.monotonic()
    turns = iter(range(1 << 62))

    def one_client() -> None:
        with httpx.Client(base_url=url, timeout=_PATIENCE_S, trust_env=False) as client:
            while time.monotonic() - began < seconds:
                with guard:
                    if answers is not None and len(told.seconds) >= answers:
                        return
                    turn = next(turns)
                _ask_once(client, question(turn), told, guard, began)

    threads = [threading.Thread(target=one_client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.lasted = time.monotonic() - began
    return told


def _ask_once(
    client: httpx.Client, question: str, told: Asked, guard: threading.Lock, began: float
) -> None:
    sent = time.monotonic()
    try:
        reply = client.post("/v1/answer", json={"question": question, "mode": "extractive"})
        status, advised = str(reply.status_code), "retry-after" in reply.headers
    except httpx.HTTPError as error:
        status, advised = type(error).__name__, True
    now = time.monotonic()
    with guard:
        told.statuses[status] += 1
        if status == ANSWERED:
            told.seconds.append(now - sent)
            told.ends.append(now - began)
        told.without_advice += status == REFUSED and not advised
    if status != ANSWERED:
        time.sleep(_PAUSE_S)
