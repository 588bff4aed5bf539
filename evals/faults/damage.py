"""Damage every file of a home folder in every way, start, and compare what is answered.

The indexes must answer as before, since they are rebuilt. A damaged library is refused, and its
file is left as it is. Nobody may be told something else than before, and no process may die.
"""

import hashlib
import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evals.faults.children import in_child
from evals.faults.results import Result
from evals.faults.toy import ToyEmbedding
from evals.faults.world import World, warm_up
from index.embedding.local import embed_texts
from index.library.library import LIBRARY_NAME
from index.search.stores import SearchIndex

PROMISE = "no wrong answer, no dead process; a damaged library is told and left alone"
_ARTICLES = 12
_ASKED = 6
_TOLD = "LibraryFormatError"
Damage = Callable[[Path, random.Random], object]


def damage(most: int | None, seed: int) -> Result:
    """Damage each file in each way, one at a time.

    Args:
        most: try only so many, spread over all; None tries all.
        seed: another one flips other bits.
    """
    result, started = Result("damage", PROMISE), time.monotonic()
    rng = random.Random(seed)  # noqa: S311
    with tempfile.TemporaryDirectory(prefix="pressmark-faults-") as place:
        sound = World(Path(place) / "sound")
        warm_up(Path(place) / "warm")
        right = in_child(lambda: _make(sound)).value
        cases = [(name, how) for name in _files(sound.home) for how in WAYS]
        if most is not None:
            cases = rng.sample(cases, min(most, len(cases)))
        for number, (name, how) in enumerate(cases):
            world = sound.copy(Path(place) / f"case-{number}")
            _try(world, result, (name, how), right, rng)
            shutil.rmtree(world.home.parent)
    result.seconds = time.monotonic() - started
    return result


def _try(
    world: World, result: Result, case: tuple[str, str], right: Any, rng: random.Random
) -> None:
    name, how = case
    path = world.home / name
    WAYS[how](path, rng)
    is_library = name == LIBRARY_NAME
    before = _digest(path) if is_library else None
    ended = in_child(lambda: _answers(world))
    result.tried += 1
    place = "/".join(part for part in path.relative_to(world.home).parts if len(part) < 30)
    case_is = f"{place} {how}"
    if ended.signal:
        result.wrong.append(f"{case_is}: the process died of {ended.signal}")
        result.outcomes["died"] += 1
    elif ended.error is None and ended.value == right:
        result.outcomes["answers as before"] += 1
    elif ended.error is None:
        result.wrong.append(f"{case_is}: other answers")
        result.outcomes["wrong"] += 1
    elif is_library and ended.error.startswith(_TOLD):
        result.outcomes["library refused"] += 1
    else:
        result.wrong.append(f"{case_is}: {ended.error}")
        result.outcomes["does not serve"] += 1
    if is_library and _digest(path) != before:
        result.wrong.append(f"{case_is}: the damaged library was written to")


def _make(world: World) -> Any:
    with world.open() as stores:
        world.change(stores, {f"story-{n:04d}.txt": n for n in range(_ARTICLES)})
        world.change(stores, {"story-0000.txt": 70, "story-0001.txt": None})
    return _answers(world)


def _answers(world: World) -> Any:
    """All that anybody could be told, in a form to compare."""
    with world.open() as stores:
        return told(stores)


def told(stores: SearchIndex) -> Any:
    """All that anybody could be told by open stores, in a form to compare.

    Args:
        stores: the library and its indexes.
    """
    library = stores.library
    shown = hashlib.sha256()
    for article in library.articles().values():
        source = library.sources([article.source_id])[article.source_id]
        passages = library.article_passages(article.article_id)
        shown.update(repr((article, source, passages)).encode("utf-8", "surrogatepass"))
    hits = []
    for number in range(_ASKED):
        question = f"Who saw what story{2 * number:04d} tells of quay {number}?"
        vector = embed_texts(ToyEmbedding(), [question])[0]
        by_meaning, by_words = stores.search_vectors(vector, 5), stores.search_words(question, 5)
        hits.append([[hit.passage_id, round(hit.score, 4)] for hit in (*by_meaning, *by_words)])
    return [shown.hexdigest(), hits, stores.differences()]


def _files(home: Path) -> list[str]:
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def _with_its_time(change: Damage) -> Damage:
    """The same damage, as a disk makes it: nobody touched the file."""

    def changed(path: Path, rng: random.Random) -> None:
        now = path.stat()
        change(path, rng)
        os.utime(path, ns=(now.st_atime_ns, now.st_mtime_ns))

    return changed


def _flip(path: Path, rng: random.Random) -> None:
    data = bytearray(path.read_bytes())
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(data)


def _zero_a_page(path: Path, rng: random.Random) -> None:
    data = bytearray(path.read_bytes())
    start = 4096 * rng.randrange(len(data) // 4096 + 1)
    end = min(start + 4096, len(data))
    data[start:end] = bytes(end - start)
    path.write_bytes(data)


WAYS: dict[str, Damage] = {
    "cut in half": lambda path, _: os.truncate(path, path.stat().st_size // 2),
    "emptied": lambda path, _: os.truncate(path, 0),
    "zeroed": lambda path, _: path.write_bytes(bytes(path.stat().st_size)),
    "a page zeroed": _with_its_time(_zero_a_page),
    "a bit flipped": _with_its_time(_flip),
    "another bit flipped": _with_its_time(_flip),
    "overwritten": lambda path, rng: path.write_bytes(rng.randbytes(path.stat().st_size)),
    "removed": lambda path, _: path.unlink(),
}
