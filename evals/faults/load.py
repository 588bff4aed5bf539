"""Ask a real server more than it likes: what it carries, what it says beyond, what it keeps."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from evals.faults.asking import REFUSED, Asked, ask
from evals.faults.people import PEOPLE, Sentences, quoting, writing
from evals.faults.results import Result
from evals.faults.serving import Server, serving
from evals.faults.world import World

CLIENTS = 32
OVERLOAD = 4
PROMISE = "32 clients without an error; beyond, 503 with Retry-After; nothing stays behind"
_ARTICLES = 24
_SECONDS_A_ROUND = 3.0
_ANSWERS_A_ROUND = 50
_WARM_ANSWERS = 200
_SHORT_S = 30.0
_STRETCH = 1_000_000
_BACK_TO_NORMAL_S = 5.0
_USUAL = 2.0
"""An answer is normal again if it takes no more than this many times a usual one."""
_MOST_INSIDE = 36
"""Of `ui.http.admission.AnswerGate`: being answered and waiting."""
_MOST_GROWTH = 0.05
_WATCH_S = 0.5
_SETTLE_S = 2.0


def load(rounds: int) -> Result:
    """Ask with one client, with 32 and with four times as many; then let 25 people ask on the page.

    Args:
        rounds: three seconds of 32 clients each, and fifty answers over which memory is watched:
            200 rounds take ten minutes of the one and ten thousand of the other.
    """
    result, started = Result("load", PROMISE), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pressmark-faults-") as place:
        world = World(Path(place) / "world")
        world.write_files({f"story-{n:04d}.txt": n for n in range(_ARTICLES)})
        with serving(world) as server:
            _carry(result, server, _SECONDS_A_ROUND * rounds)
            _keep(result, server, _ANSWERS_A_ROUND * rounds)
        for found in (quoting(world), writing(world)):
            _people(result, found)
    result.seconds = time.monotonic() - started
    return result


def new_questions(stretch: int) -> Callable[[int], str]:
    """Questions that nobody has asked yet, so that nothing read before can answer them.

    Args:
        stretch: each has questions of its own.
    """
    return lambda turn: f"{known_question(turn)[:-1]} at {stretch * _STRETCH + turn} o'clock?"


def known_question(turn: int) -> str:
    """One of a few questions."""
    story = turn % _ARTICLES
    return f"Who saw what edition{story:06d} tells of quay {turn % 4} in story{story:04d}?"


def _carry(result: Result, server: Server, seconds: float) -> None:
    """What it carries, and what happens beyond."""
    short = min(seconds / 4, _SHORT_S)
    ask(server.url, 4, known_question, answers=_WARM_ANSWERS)
    one = ask(server.url, 1, new_questions(0), seconds=short)
    many = ask(server.url, CLIENTS, new_questions(1), seconds=seconds)
    with _watched(server) as inside:
        beyond = ask(server.url, CLIENTS * OVERLOAD, new_questions(2), seconds=short)
    after = ask(server.url, 1, new_questions(3), seconds=short)
    back = after.normal_after(_USUAL * one.p95)
    result.tried += sum(len(asked.seconds) for asked in (one, many, beyond, after))
    result.outcomes["refused beyond"] = beyond.statuses[REFUSED]
    result.figures |= {
        "1 client answers/s": round(one.per_second, 1),
        "1 client p95 s": round(one.p95, 2),
        f"{CLIENTS} clients answers/s": round(many.per_second, 1),
        f"{CLIENTS} clients p95 s": round(many.p95, 2),
        f"{CLIENTS} clients asked for s": round(many.lasted),
        f"{CLIENTS * OVERLOAD} clients p95 s": round(beyond.p95, 2),
        "queue beyond, at most": max(inside, default=0),
        "normal again after s": round(back, 2),
    }
    _errors(result, {"1 client": one, f"{CLIENTS} clients": many, "beyond": beyond, "after": after})
    if many.statuses[REFUSED]:
        result.wrong.append(f"{CLIENTS} clients were refused {many.statuses[REFUSED]} times")
    if beyond.without_advice:
        result.wrong.append(f"{beyond.without_advice} refusals without Retry-After")
    if not beyond.statuses[REFUSED]:
        result.wrong.append("nobody was refused beyond what it carries")
    if max(inside, default=0) > _MOST_INSIDE:
        result.wrong.append(f"{max(inside)} questions were inside at once")
    if back > _BACK_TO_NORMAL_S:
        result.wrong.append(f"normal again only after {back:.1f} s")


def _keep(result: Result, server: Server, answers: int) -> None:
    """What stays behind after many answers."""
    time.sleep(_SETTLE_S)  # connections of clients that left are closed
    memory, files = server.resident, server.descriptors
    asked = ask(server.url, CLIENTS, known_question, answers=answers)
    time.sleep(_SETTLE_S)
    grown, more = server.resident / memory - 1, server.descriptors - files
    result.tried += len(asked.seconds)
    result.figures |= {
        "memory growth %": round(100 * grown, 1),
        "over answers": len(asked.seconds),
        "descriptors more": more,
    }
    _errors(result, {"for the memory": asked})
    if grown > _MOST_GROWTH:
        result.wrong.append(f"memory grew by {grown:.0%} over {len(asked.seconds)} answers")
    if more > 0:
        result.wrong.append(f"descriptors leaked: {more}")


def _people(result: Result, found: Sentences) -> None:
    """How long people on the page wait for a first sentence."""
    result.tried += len(found.alone) + len(found.together)
    result.figures |= {
        f"page, {found.how}: 1 person's first sentence s": round(found.usual, 2),
        f"page, {found.how}: {PEOPLE} people's, the last, s": round(found.last, 2),
        f"page, {found.how}: ratio": round(found.ratio, 1),
    }
    result.wrong += [f"the page, {found.how}: {line}" for line in found.wrong]


def _errors(result: Result, asked: dict[str, Asked]) -> None:
    result.wrong += [f"{who}: {dict(one.statuses)}" for who, one in asked.items() if one.errors]


@contextmanager
def _watched(server: Server) -> Iterator[list[int]]:
    """Note again and again how many questions the server has inside."""
    seen: list[int] = []
    over = threading.Event()

    def look() -> None:
        while not over.wait(_WATCH_S):
            seen.append(server.queue)

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield seen
    finally:
        over.set()
        watching.join()
