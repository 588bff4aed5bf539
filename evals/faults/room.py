"""A full disk, a folder that may not be written to, and a clock that is set back."""

import ctypes
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evals.faults.children import in_child
from evals.faults.damage import told
from evals.faults.results import Result
from evals.faults.toy import ToyEmbedding
from evals.faults.world import Promised, World, faults_of, warm_up
from index.errors import PressmarkError
from index.ingest.run import index_roots

_MIB = 1 << 20
_NOBODY = 65534
_DISK_BYTES = 3 * _MIB
_LIBC = ctypes.CDLL(None, use_errno=True)


def full_disk(rounds: int) -> Result:
    """Fill the disk of the library while it is written to, then make room.

    Args:
        rounds: how often; each with another amount of room.
    """
    result = Result("full disk", "a clear error, nothing acknowledged lost, goes on with room")
    started = time.monotonic()
    for turn in range(rounds):
        with tempfile.TemporaryDirectory(prefix="pressmark-faults-") as place:
            warm_up(Path(place) / "warm")
            with _small_disk(Path(place), _DISK_BYTES + turn * _MIB // 2) as (home, more_room):
                _fill(World(Path(place) / "world", home), more_room, result, turn)
    result.seconds = time.monotonic() - started
    return result


def _fill(world: World, more_room: Callable[[], None], result: Result, turn: int) -> None:
    ended = in_child(lambda: _write_until_it_fails(world))
    result.tried += 1
    if ended.value is None:
        result.wrong.append(f"round {turn}: {ended.error or ended.signal}")
        return
    result.outcomes["the error says so" if ended.value["known"] else "not reached"] += 1
    if not ended.value["known"]:
        result.wrong.append(f"round {turn}: {ended.value['error']}")
    promised = world.promised()
    reading = in_child(lambda: _read_only(world))
    if reading.value is None:
        result.wrong.append(f"round {turn}: nobody can read: {reading.error or reading.signal}")
    more_room()
    after = in_child(lambda: _go_on(world, promised))
    result.wrong += [f"round {turn}: {said}" for said in after.value or [after.error]] * (
        after.value != []
    )


def _write_until_it_fails(world: World) -> dict[str, Any]:
    with world.open() as stores:
        for turn in range(400):
            try:
                world.change(stores, {f"story-{16 * turn + n:04d}.txt": turn for n in range(16)})
            except PressmarkError as error:
                return {"known": True, "error": error.user_message}
            except Exception as error:
                return {"known": False, "error": f"{type(error).__name__}: {error}"}
    return {"known": False, "error": "the disk never was full"}


def _read_only(world: World) -> bool:
    with world.open(write=False) as stores:
        return bool(stores.search_words("witness", 3))


def _go_on(world: World, promised: Promised) -> list[str]:
    with world.open() as stores:
        wrong = faults_of(stores, promised)
        # What was on its way may have come in part, in batches; it is not acknowledged.
        wrong = [said for said in wrong if "No file refers" not in said]
        index_roots(stores, [world.folder], ToyEmbedding())
        have = {
            path.name: int(path.read_text().splitlines()[0].rsplit(" ", 1)[1])
            for path in world.folder.glob("story-*.txt")
        }
        return wrong + faults_of(stores, Promised(have))


@contextmanager
def _small_disk(place: Path, size: int) -> Iterator[tuple[Path, Callable[[], None]]]:
    """A disk of a few MiB; where none may be mounted, a limit of the size of each file."""
    disk = place / "disk"
    disk.mkdir()
    options = f"size={size}".encode()
    if _LIBC.mount(b"pressmark", os.fsencode(disk), b"tmpfs", 0, options) == 0:
        remount = 32

        def more_room() -> None:
            room = f"size={64 * _MIB}".encode()
            _LIBC.mount(b"pressmark", os.fsencode(disk), b"tmpfs", remount, room)

        try:
            yield disk / "home", more_room
        finally:
            _LIBC.umount2(os.fsencode(disk), 2)
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size // 6, hard))
    try:
        yield disk / "home", lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def read_only_folder() -> Result:
    """Ask, and try to write, in a folder that may not be written to."""
    result = Result("read-only folder", "answers as before; writing is refused in words")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pressmark-faults-") as place:
        Path(place).chmod(0o755)
        warm_up(Path(place) / "warm")
        world = World(Path(place) / "world")
        right = in_child(lambda: _make(world)).value
        paths = [world.home, *world.home.rglob("*")]
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        asked = in_child(lambda: _as_nobody(lambda: _ask(world)))
        wrote = in_child(lambda: _as_nobody(lambda: _ask(world, write=True)))
        for path in paths:
            path.chmod(0o755 if path.is_dir() else 0o644)
    result.tried = 2
    if asked.value != right or right is None:
        result.wrong.append(f"asking: {asked.error or asked.signal or 'other answers'}")
    else:
        result.outcomes["answers as before"] += 1
    if wrote.error and wrote.error.startswith("LibraryError"):
        result.outcomes["writing refused"] += 1
    else:
        result.wrong.append(f"writing: {wrote}")
    result.seconds = time.monotonic() - started
    return result


def _make(world: World) -> Any:
    with world.open() as stores:
        world.change(stores, {f"story-{n:04d}.txt": n for n in range(12)})
        return told(stores)


def _ask(world: World, *, write: bool = False) -> Any:
    with world.open(write=write) as stores:
        return told(stores)


def _as_nobody(work: Callable[[], Any]) -> Any:
    """Give up the rights that make every folder writable."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    return work()


def clock_set_back(rounds: int) -> Result:
    """Set the clock back by ten years between changes, and forward again.

    Args:
        rounds: how many changes.
    """
    result = Result("clock set back", "every change is seen, nothing lost or doubled")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pressmark-faults-") as place:
        warm_up(Path(place) / "warm")
        world = World(Path(place) / "world")
        for turn in range(rounds):
            ended = in_child(lambda turn=turn: _change_at(world, turn))  # type: ignore[misc]
            result.tried += 1
            said = ended.value if ended.value is not None else [ended.error or ended.signal]
            result.wrong += [f"change {turn}: {line}" for line in said]
    result.outcomes["changes"] = result.tried
    result.seconds = time.monotonic() - started
    return result


def _change_at(world: World, turn: int) -> list[str]:
    """One change at another time of the clock, which also stamps every file that is written."""
    shift = -10 * 365 * 86_400 * (turn % 2)
    real_time, real_ns = time.time, time.time_ns
    time.time = lambda: real_time() + shift
    time.time_ns = lambda: real_ns() + shift * 10**9
    wanted: dict[str, int | None] = {f"story-{n:04d}.txt": turn for n in range(turn % 5 + 1)}
    with world.open() as stores:
        world.say({"begin": wanted})
        world.write_files(wanted)
        for name in wanted:
            os.utime(world.folder / name, (time.time(), time.time()))
        index_roots(stores, [world.folder], ToyEmbedding())
        world.say({"done": wanted})
    for path in world.home.rglob("*"):
        os.utime(path, (time.time(), time.time()))
    with world.open() as stores:
        return faults_of(stores, world.promised())
