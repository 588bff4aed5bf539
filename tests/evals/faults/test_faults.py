"""The short form of ``make faults``, and that the harness itself can fail."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evals.faults.results import Result
from evals.faults.world import Promised, World, article, faults_of
from index.search.stores import CHROMA_FOLDER

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
def test_short_form(tmp_path: Path) -> None:
    """In a process of its own, because it forks."""
    told = tmp_path / "faults.json"
    done = subprocess.run(
        [sys.executable, "-m", "evals.faults", "--short", "--json", str(told)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads(told.read_text())
    assert [result["wrong"] for result in results] == [[]] * len(results)
    assert all(result["tried"] or result["skipped"] for result in results)
    crash = next(result for result in results if result["kind"] == "crash")
    assert crash["outcomes"]["killed between two steps"] > 0


@pytest.mark.slow
def test_help_has_an_example() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evals.faults", "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert "Example: make faults" in done.stdout


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    with world.open() as stores:
        world.change(stores, {"story-0000.txt": 1, "story-0001.txt": 1})
    return world


def test_a_kept_promise(world: World) -> None:
    with world.open() as stores:
        assert faults_of(stores, world.promised()) == []


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ({"story-0000.txt": 1}, "story-0001.txt: version 1, but promised was absent"),
        ({"story-0000.txt": 2, "story-0001.txt": 1}, "version 1, but promised was version 2"),
        (
            {"story-0000.txt": 1, "story-0001.txt": 1, "story-0002.txt": 5},
            "story-0002.txt: absent, but promised was version 5",
        ),
    ],
)
def test_each_broken_promise_is_seen(world: World, kept: dict[str, int], said: str) -> None:
    with world.open() as stores:
        assert any(said in line for line in faults_of(stores, Promised(kept)))


def test_what_is_under_way_may_be_either(world: World) -> None:
    either: list[dict[str, int | None]] = [{"story-0001.txt": None}, {"story-0001.txt": 9}]
    for under_way in either:
        with world.open() as stores:
            assert faults_of(stores, Promised(world.promised().kept, under_way)) == []


def test_an_article_that_is_there_twice_is_seen(world: World) -> None:
    with world.open() as stores:
        (world.folder / "again.txt").write_text(article(1, 1) + "\nAnd one line more.\n")
        world.change(stores, {"story-0000.txt": 2})
        assert any("is there 2 times" in line for line in faults_of(stores, world.promised()))


def test_an_index_with_other_ids_is_seen(world: World) -> None:
    with world.open() as stores:
        chroma = stores._vectors._opened
        assert chroma is not None
        chroma.delete(ids=sorted(stores._vectors.ids())[:1])
        assert "Chroma lacks passages: 1." in stores.differences()
        assert (world.home / CHROMA_FOLDER).is_dir()


def test_a_result_tells_what_broke() -> None:
    result = Result("crash", "nothing lost", tried=3, wrong=["round 2: story is absent"])
    result.outcomes["killed"] += 1
    assert result.json()["wrong"] == ["round 2: story is absent"]
    assert result.json()["outcomes"] == {"killed": 1}
