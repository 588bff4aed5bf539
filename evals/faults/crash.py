"""Kill the process that writes: at any moment, between any two steps, and while it recovers."""

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from evals.faults.children import Ended, Steps, die_at_step, in_child
from evals.faults.results import Result
from evals.faults.toy import ToyEmbedding
from evals.faults.world import Promised, World, faults_of, number_of, plan, warm_up
from index.ingest.run import index_roots

PROMISE = "no acknowledged article lost or doubled, every start serves, all ids equal"
_START = 12
_CHANGES = 6
_TRIES_TO_START = 3
_LEAVING = "No file refers to the source"


def crash(rounds: int, seed: int) -> Result:
    """Kill a writing process again and again, in the same library.

    Args:
        rounds: how often.
        seed: another one kills at other moments.
    """
    result, started = Result("crash", PROMISE), time.monotonic()
    rng = random.Random(seed)  # noqa: S311 - moments, not secrets
    with tempfile.TemporaryDirectory(prefix="pressmark-faults-") as place:
        world = World(Path(place) / "world")
        warm_up(Path(place) / "warm")
        first = in_child(lambda: _begin(world))
        if first.value is None:
            result.wrong.append(f"the library could not be made: {first}")
            return result
        seconds, steps, recovery = first.value
        for turn in range(1, rounds + 1):
            _round(world, result, rng, turn, (seconds, steps, recovery))
    result.seconds = time.monotonic() - started
    result.figures = {"steps of a change": steps, "steps of a start": recovery}
    return result


def _begin(world: World) -> tuple[float, int, int]:
    """Make the library, and measure a change and a start: seconds, steps, steps."""
    with world.open() as stores:
        world.change(stores, {f"story-{n:04d}.txt": 0 for n in range(_START)})
        started = time.monotonic()
        world.change(stores, {"story-0000.txt": 1, "story-0001.txt": None})
        seconds = time.monotonic() - started
        with Steps() as change:
            world.change(stores, {"story-0001.txt": 1, "story-0002.txt": 1})
    with Steps() as opening, world.open():
        pass
    return seconds, change.seen, opening.seen


def _round(
    world: World,
    result: Result,
    rng: random.Random,
    turn: int,
    usual: tuple[float, int, int],
) -> None:
    seconds, steps, recovery = usual
    seed, how = rng.randrange(1 << 30), ("at any moment", "between two steps")[turn % 2]
    if how == "at any moment":
        moment = rng.uniform(0.0, _CHANGES * seconds)
        ended = in_child(lambda: _write(world, seed, turn, None), kill_after_s=moment)
    else:
        step = rng.randrange(steps)
        ended = in_child(lambda: _write(world, seed, turn, step))
    result.tried += 1
    result.outcomes[f"killed {how}" if ended.signal == "SIGKILL" else "not reached"] += 1
    if ended.signal not in (None, "SIGKILL") or ended.error:
        result.wrong.append(f"round {turn}: the writer ended by itself: {ended}")
    if turn % 3 == 0:
        at = rng.randrange(max(recovery, 1))
        again = in_child(lambda: _recover(world, at))
        result.outcomes["killed while recovering"] += again.signal == "SIGKILL"
    promised = world.promised()
    for said in _start(lambda: _look(world, promised, turn)):
        result.wrong.append(f"round {turn}, {how}: {said}")


def _write(world: World, seed: int, turn: int, step: int | None) -> bool:
    """Change articles until the end, or until the given step."""
    rng = random.Random(seed)  # noqa: S311
    with world.open() as stores:
        for number in range(_CHANGES):
            if step is not None and number == 1:
                die_at_step(step)
            have = world.promised().kept
            world.change(stores, plan(rng, have, 100 * turn + number))
    return True


def _recover(world: World, step: int) -> bool:
    die_at_step(step)
    with world.open():
        return True


def _start(look: Callable[[], list[str]]) -> list[str]:
    """Start as a user does, and start again after a start that fails; each failure counts."""
    wrong: list[str] = []
    for _ in range(_TRIES_TO_START):
        ended: Ended = in_child(look)
        if ended.signal is None and ended.error is None:
            return wrong + list(ended.value)
        wrong.append(f"a start does not serve: {ended.error or ended.signal}")
    return wrong


def _look(world: World, promised: Promised, turn: int) -> list[str]:
    """Compare what is there with what was promised, then go on as if nothing had happened."""
    with world.open() as stores:
        wrong = faults_of(stores, promised)
        # An article on its way out may still be there without its file, until the next run.
        wrong = [said for said in wrong if not (promised.under_way and _LEAVING in said)]
        index_roots(stores, [world.folder], ToyEmbedding())
        have = _in_folder(world)
        wrong += [f"afterwards: {said}" for said in faults_of(stores, Promised(have))]
    gone = {name: None for name in promised.kept if name not in have}
    world.say({"done": {**have, **gone}})
    return wrong


def _in_folder(world: World) -> dict[str, int]:
    found = {}
    for path in world.folder.glob("story-*.txt"):
        title = path.read_text(encoding="utf-8").splitlines()[0]
        found[path.name] = int(title.rsplit(" ", 1)[1])
        if number_of(path.name) != int(title.split(" ")[1]):
            raise AssertionError(f"{path.name} tells another story")
    return found
