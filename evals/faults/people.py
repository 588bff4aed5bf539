"""People who ask on the page at the same moment: how long each waits for a first sentence.

Once in quotes, which costs the processor all of the time; once with a model that writes slowly, as
models do, and leaves the processor idle meanwhile.
"""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import httpx

from evals.faults.model import slow_model
from evals.faults.serving import serving
from evals.faults.world import World

PEOPLE = 25
MOST = 2.0
"""A first sentence may take this many times as long among so many people, while a model writes."""
_ALONE = 5
_PATIENCE_S = 300.0
_JOIN, _EVENTS = "/gradio_api/queue/join", "/gradio_api/queue/data"


@dataclass(slots=True)
class Sentences:
    """When first sentences came.

    Attributes:
        how: in which way answers were made.
        alone: seconds, of one person who asks again and again.
        together: seconds, of each of many.
        wrong: in words, what went wrong.
    """

    how: str
    alone: list[float] = field(default_factory=list)
    together: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def usual(self) -> float:
        """Seconds that one person waits."""
        return median(self.alone) if self.alone else float("nan")

    @property
    def last(self) -> float:
        """Seconds that the last of many waits."""
        return max(self.together, default=float("nan"))

    @property
    def ratio(self) -> float:
        """How many times as long the last of many waits as one person."""
        return self.last / self.usual


def quoting(world: World) -> Sentences:
    """Ask for quotes.

    Args:
        world: whose articles are served.
    """
    found = Sentences("quoting")
    with serving(world, page=True) as server:
        _measure(found, server.url)
    return found


def writing(world: World) -> Sentences:
    """Ask with a model on this machine that writes slowly.

    Args:
        world: whose articles are served.
    """
    found = Sentences("writing")
    with slow_model() as address:
        settings = {"PRESSMARK_LLM_BASE_URL": address, "PRESSMARK_LLM_MODEL": "slow"}
        settings["PRESSMARK_LLM_TIMEOUT_S"] = "300"  # however slow this machine is
        with serving(world, page=True, settings=settings) as server:
            _measure(found, server.url)
    if found.ratio > MOST:
        found.wrong.append(f"the last of {PEOPLE} waits {found.ratio:.1f} times as long as one")
    return found


def _measure(found: Sentences, url: str) -> None:
    asks = asking(url)

    def person(number: int) -> float:
        try:
            return asks(number)
        except (httpx.HTTPError, RuntimeError) as error:
            found.wrong.append(f"person {number}: {type(error).__name__}: {error}")
            return float("nan")

    person(0)  # loads the models
    found.alone = [person(number) for number in range(1, 1 + _ALONE)]
    with ThreadPoolExecutor(PEOPLE) as people:
        first = 1 + _ALONE
        found.together = list(people.map(person, range(first, first + PEOPLE)))


def asking(url: str) -> Callable[[int], float]:
    """Find out how the page asks; give what asks and says after how long a sentence came."""
    told = httpx.get(f"{url}/config", timeout=_PATIENCE_S, trust_env=False).json()
    function = next(
        one["id"]
        for one in told["dependencies"]
        if one["trigger_mode"] == "multiple" and one["types"]["generator"]
    )

    def ask(number: int) -> float:
        story = number % 24
        question = (
            f"Who saw what edition{story:06d} tells of quay 1 in story{story:04d} at {number}?"
        )
        session = f"person-{number}"
        sent = {"turn": session, "question": question}
        body = {"data": [sent], "fn_index": function, "session_hash": session}
        with httpx.Client(base_url=url, timeout=_PATIENCE_S, trust_env=False) as client:
            began = time.monotonic()
            client.post(_JOIN, json=body).raise_for_status()
            with client.stream("GET", _EVENTS, params={"session_hash": session}) as events:
                return _first_sentence(events, began)

    return ask


def _first_sentence(events: httpx.Response, began: float) -> float:
    """Seconds until a sentence with its citation was there; the answer is read to its end."""
    first, said = None, ""
    for line in events.iter_lines():
        if not line.startswith("data:"):
            continue
        event: dict[str, Any] = json.loads(line.removeprefix("data:"))
        if event["msg"] == "process_generating" and "pm-claim" in line and first is None:
            first = time.monotonic() - began
        if event["msg"] == "process_completed":
            said = line
            break
    if first is None or "data-turn" not in said:
        raise RuntimeError(f"no sentence came: {said[:300]}")
    return first
