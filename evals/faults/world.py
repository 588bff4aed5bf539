"""A small archive that changes, what was promised about it, and whether the promise was kept."""

import json
import os
import random
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evals.faults.toy import DIMENSION, ToyEmbedding
from index.embedding.local import embed_texts, model_fingerprint
from index.ingest.preparing import cut_source, read_seen
from index.ingest.run import index_roots
from index.ingest.scan import scan_root
from index.search.stores import SearchIndex, open_stores

_STORY = re.compile(r"Story (\d+) in version (\d+)")
_SENTENCES = 4
Versions = dict[str, int]
"""By name of its file, the version of each article."""


def article(number: int, version: int) -> str:
    """An article that says which story and version it is."""
    lines = [
        f"Witness {n} of story{number:04d} saw what edition{version:06d} tells of quay {n}."
        for n in range(_SENTENCES)
    ]
    return f"Story {number} in version {version}\n\n" + " ".join(lines) + "\n"


@dataclass(slots=True)
class Promised:
    """What the killed process had said.

    Attributes:
        kept: the versions that were acknowledged.
        under_way: what was being changed; None is for a removal.
    """

    kept: Versions = field(default_factory=dict)
    under_way: dict[str, int | None] = field(default_factory=dict)


class World:
    """One home folder, one folder of articles, one record of promises.

    Attributes:
        home: of the library.
        folder: of the articles.
    """

    def __init__(self, place: Path, home: Path | None = None) -> None:
        """Use folders below a place.

        Args:
            place: an empty folder.
            home: somewhere else, such as on a disk that is nearly full.
        """
        self.home = home or place / "home"
        self.folder = place / "articles"
        self._record = place / "promised.jsonl"
        self.folder.mkdir(parents=True, exist_ok=True)

    def open(self, *, write: bool = True) -> SearchIndex:
        """Open the stores, as the program does."""
        return open_stores(
            self.home,
            write=write,
            fingerprint=model_fingerprint(ToyEmbedding()),
            dimension=DIMENSION,
        )

    def change(self, stores: SearchIndex, wanted: Mapping[str, int | None]) -> None:
        """Add, change and remove articles, and promise it when the program says it is done.

        Args:
            stores: open for writing.
            wanted: by name of the file, the version; None removes it.
        """
        self.say({"begin": dict(wanted)})
        self.write_files(wanted)
        index_roots(stores, [self.folder], ToyEmbedding())
        self.say({"done": dict(wanted)})

    def write_files(self, wanted: Mapping[str, int | None]) -> None:
        """Change the files alone, as somebody does who works in the folder."""
        for name, version in wanted.items():
            path = self.folder / name
            if version is None:
                path.unlink(missing_ok=True)
                continue
            draft = path.with_suffix(".draft~")
            draft.write_text(article(number_of(name), version), encoding="utf-8")
            os.replace(draft, path)

    def say(self, line: dict[str, Any]) -> None:
        """Record something so that it outlives this process."""
        with self._record.open("ab", buffering=0) as file:
            file.write(json.dumps(line).encode() + b"\n")

    def promised(self) -> Promised:
        """What had been said when the process ended."""
        found = Promised()
        if not self._record.exists():
            return found
        for line in self._record.read_bytes().splitlines():
            said = json.loads(line)
            if "begin" in said:
                found.under_way = said["begin"]
                continue
            found.under_way = {}
            for name, version in said["done"].items():
                if version is None:
                    found.kept.pop(name, None)
                else:
                    found.kept[name] = version
        return found

    def copy(self, place: Path) -> "World":
        """The same world in another place."""
        shutil.copytree(self.home, place / "home", symlinks=True)
        shutil.copytree(self.folder, place / "articles")
        return World(place)


def warm_up(place: Path) -> None:
    """Load, before anything forks, what the first article loads: tables of languages and dates."""
    world = World(place)
    world.write_files({"story-0000.txt": 0})
    for seen in scan_root(world.folder, world.home).files:
        cut_source(read_seen(seen))
    shutil.rmtree(world.folder)


def number_of(name: str) -> int:
    """The number of the story that a file tells."""
    return int(name.split("-")[1].split(".")[0])


def plan(rng: random.Random, have: Versions, turn: int) -> dict[str, int | None]:
    """What to change next: one to four articles are added, changed or removed."""
    wanted: dict[str, int | None] = {}
    for _ in range(rng.randint(1, 4)):
        name = f"story-{rng.randrange(24):04d}.txt"
        gone = name in have and rng.random() < 0.3
        wanted[name] = None if gone else turn
    return wanted


def faults_of(stores: SearchIndex, promised: Promised) -> list[str]:
    """Everything in open stores that breaks a promise, in words.

    Args:
        stores: open after whatever happened.
        promised: before it happened.
    """
    wrong = [f"library: {line}" for line in stores.library.verify()]
    wrong += stores.differences()
    found: dict[str, list[int]] = {}
    for entry in stores.library.articles().values():
        source = stores.library.sources([entry.source_id])[entry.source_id]
        story = _STORY.search(source.text)
        if story is None:
            wrong.append(f"{source.name} holds what nobody wrote")
            continue
        found.setdefault(f"story-{int(story[1]):04d}.txt", []).append(int(story[2]))
    for name in sorted({*promised.kept, *promised.under_way, *found}):
        wrong += _article_faults(name, found.get(name, []), promised)
    return wrong + _search_faults(stores, promised)


def _article_faults(name: str, here: list[int], promised: Promised) -> list[str]:
    may = {promised.kept.get(name)}
    if name in promised.under_way:
        may.add(promised.under_way[name])
    if len(here) > 1:
        return [f"{name} is there {len(here)} times: {here}"]
    now = here[0] if here else None
    if now in may:
        return []
    said = ", ".join(sorted("absent" if v is None else f"version {v}" for v in may))
    return [f"{name}: {'absent' if now is None else f'version {now}'}, but promised was {said}"]


def _search_faults(stores: SearchIndex, promised: Promised) -> list[str]:
    """Whether both indexes find what was promised, and first."""
    wrong = []
    for name in sorted(promised.kept.keys() - promised.under_way.keys())[:3]:
        number = number_of(name)
        text = article(number, promised.kept[name]).split("\n\n")[1].strip()
        by_words = stores.search_words(f"story{number:04d}", 3)
        by_meaning = stores.search_vectors(embed_texts(ToyEmbedding(), [text])[0], 3)
        for how, hits in (("words", by_words), ("meaning", by_meaning)):
            if not hits:
                wrong.append(f"{name} is not found by {how}")
                continue
            passage = stores.library.passages([hits[0].passage_id]).get(hits[0].passage_id)
            if passage is None or f"story{number:04d}" not in passage.text:
                wrong.append(f"{name} is not the first that is found by {how}")
    return wrong
