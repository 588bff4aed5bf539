from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import IndexStoreError
from index.library.tables import PassageRow, Vector
from index.search.chroma import VectorIndex

DIMENSION = 8


def row(name: int, vector: Vector, article: int | None = None) -> PassageRow:
    article = name // 3 if article is None else article
    return PassageRow(f"p{name:05}", f"a{article}", None, f"text {name}", vector)


def random_rows(count: int, seed: int = 0) -> list[PassageRow]:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return [row(n, vector) for n, vector in enumerate(vectors)]


def exact(
    rows: Sequence[PassageRow], query: Vector, k: int, allowed: frozenset[str] | None = None
) -> list[str]:
    kept = [r for r in rows if allowed is None or r.article_id in allowed]
    kept.sort(key=lambda r: (-float(r.vector @ query), r.passage_id))
    return [r.passage_id for r in kept[:k]]


@pytest.fixture(params=["folder", "memory"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    opened = VectorIndex(tmp_path / "chroma" if request.param == "folder" else None, DIMENSION)
    yield opened
    opened.close()


def ids(
    index: VectorIndex, query: Vector, k: int, allowed: frozenset[str] | None = None
) -> list[str]:
    hits = index.search(query, k, allowed)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(a.score >= b.score for a, b in pairwise(hits))
    return [hit.passage_id for hit in hits]


def test_search_is_exact_in_a_small_library(index: VectorIndex) -> None:
    rows = random_rows(1_500)
    index.rebuild(rows, "1-x")
    assert index.version == "1-x"
    for n in range(0, 1_500, 100):
        query = rows[n].vector
        assert ids(index, query, 40) == exact(rows, query, 40)
    assert index.search(rows[0].vector, 1, None)[0].score == pytest.approx(1.0, abs=1e-5)


def test_search_within_articles(index: VectorIndex) -> None:
    rows = random_rows(1_800)
    index.rebuild(rows, "1-x")
    query = rows[7].vector
    for allowed in (
        frozenset({"a3"}),
        frozenset(f"a{n}" for n in range(0, 600, 7)),
        frozenset(f"a{n}" for n in range(590)),
        frozenset({"a1", "\ud800", "unknown"}),
        frozenset({"unknown"}),
        frozenset(),
    ):
        assert ids(index, query, 30, allowed) == exact(rows, query, 30, allowed)


def test_many_articles_that_lie_far_away_are_found(
    index: VectorIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.search.chroma._FILTER_INSIDE", 5)
    monkeypatch.setattr("index.search.chroma._FILTER_OUTSIDE", 50)
    monkeypatch.setattr("index.search.chroma._READ_IDS", 4)
    rows = random_rows(300)
    index.rebuild(rows, "1-x")
    query = rows[0].vector
    far = [int(name[1:]) // 3 for name in exact(rows, query, 300)[-90:]]
    allowed = frozenset(f"a{n}" for n in far)
    assert ids(index, query, 10, allowed) == exact(rows, query, 10, allowed)


def test_equal_scores_come_in_order_of_the_id(index: VectorIndex) -> None:
    same = np.eye(DIMENSION, dtype=np.float32)[0]
    rows = [row(n, same) for n in (5, 3, 9, 0, 7)] + [row(n, same) for n in range(100, 300)]
    index.rebuild(rows, "1-x")
    assert ids(index, same, 4) == ["p00000", "p00003", "p00005", "p00007"]
    assert ids(index, same, 2, frozenset({"a33"})) == ["p00100", "p00101"]


def test_it_holds_more_than_chroma_takes_at_once(index: VectorIndex) -> None:
    rows = random_rows(6_000)
    index.rebuild(iter(rows), "1-x")
    assert len(index.search(rows[0].vector, 7_000, None)) == 6_000
    index.update([], [r.passage_id for r in rows[:5_990]], "2-x")
    assert len(index.search(rows[0].vector, 50, None)) == 10


def test_update_replaces_and_removes(index: VectorIndex) -> None:
    rows = random_rows(50)
    index.rebuild(rows, "1-x")
    moved = row(3, rows[40].vector, article=99)
    gone = [rows[4].passage_id, rows[3].passage_id, "unknown"]
    index.update([moved], gone, "2-x")
    assert index.version == "2-x"
    now = [r for r in rows if r.passage_id not in gone] + [moved]
    assert ids(index, rows[40].vector, 50) == exact(now, rows[40].vector, 50)
    assert ids(index, rows[40].vector, 5, frozenset({"a99"})) == ["p00003"]


def test_an_empty_library(index: VectorIndex) -> None:
    index.rebuild([], "0-x")
    assert index.search(np.ones(DIMENSION, dtype=np.float32), 5, None) == []
    index.update(random_rows(3), [], "1-x")
    assert len(index.search(np.ones(DIMENSION, dtype=np.float32), 5, None)) == 3
    assert index.search(np.ones(DIMENSION, dtype=np.float32), 0, None) == []


def test_it_is_opened_again(tmp_path: Path) -> None:
    rows = random_rows(1_200)
    index = VectorIndex(tmp_path / "chroma", DIMENSION)
    assert index.version is None
    index.rebuild(rows, "1-x")
    index.close()
    for _ in range(2):
        index = VectorIndex(tmp_path / "chroma", DIMENSION)
        assert index.version == "1-x"
        index.open()
        assert ids(index, rows[9].vector, 20) == exact(rows, rows[9].vector, 20)
        index.close()


def test_the_stamp_is_off_during_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = VectorIndex(tmp_path, DIMENSION)
    index.rebuild(random_rows(9), "1-x")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("index.search.chroma.write_to", die)
    with pytest.raises(KeyboardInterrupt):
        index.update(random_rows(10), [], "2-x")
    index.close()
    assert VectorIndex(tmp_path, DIMENSION).version is None


def test_another_dimension_or_a_changed_file_is_not_relied_on(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path, DIMENSION)
    index.rebuild(random_rows(1_100), "1-x")
    index.close()
    assert VectorIndex(tmp_path, 9).version is None
    # Opening a collection with this file damaged ends the process with a segmentation fault.
    (damaged,) = tmp_path.rglob("link_lists.bin")
    damaged.write_bytes(bytes(damaged.stat().st_size))
    index = VectorIndex(tmp_path, DIMENSION)
    assert index.version is None
    with pytest.raises(IndexStoreError):
        index.open()


def test_errors_are_ours(index: VectorIndex) -> None:
    query = np.ones(DIMENSION, dtype=np.float32)
    with pytest.raises(IndexStoreError, match="not open"):
        index.search(query, 5, None)
    with pytest.raises(IndexStoreError, match="not open"):
        index.update([], [], "1-x")
    with pytest.raises(IndexStoreError, match="no vector index"):
        index.open()
    index.rebuild(random_rows(9), "1-x")
    with pytest.raises(IndexStoreError, match="Chroma failed while searching") as caught:
        index.search(np.ones(3, dtype=np.float32), 5, None)
    assert caught.value.__cause__ is not None
    assert caught.value.retryable


def test_several_in_memory_do_not_mix() -> None:
    first, second = VectorIndex(None, DIMENSION), VectorIndex(None, DIMENSION)
    rows = random_rows(20)
    first.rebuild(rows[:10], "1-x")
    second.rebuild(rows[10:], "1-y")
    assert set(ids(first, rows[0].vector, 20)) == {r.passage_id for r in rows[:10]}
    first.close()
    assert set(ids(second, rows[0].vector, 20)) == {r.passage_id for r in rows[10:]}
    second.close()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux")
def test_close_frees_files(tmp_path: Path) -> None:
    index = VectorIndex(tmp_path, DIMENSION)
    for n in range(3):
        index.rebuild(random_rows(30), f"{n}-x")
        index.close()
    gc.collect()
    links = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    assert [link for link in links if str(tmp_path) in os.path.realpath(link)] == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 5)), min_size=1, max_size=40),
    st.integers(1, 12),
)
def test_any_history_of_updates_searches_exactly(steps: list[tuple[int, int]], k: int) -> None:
    """Add, replace and remove in any order: the result is that of what is left."""
    axes = np.eye(DIMENSION, dtype=np.float32)
    held: dict[str, PassageRow] = {}
    index = VectorIndex(None, DIMENSION)
    index.rebuild([], "0-x")
    for n, (name, axis) in enumerate(steps):
        new = row(name, axes[axis])
        if axis == 5:
            held.pop(new.passage_id, None)
            index.update([], [new.passage_id], f"{n}-x")
        else:
            held[new.passage_id] = new
            index.update([new], [new.passage_id], f"{n}-x")
    query = (axes[0] * 0.8 + axes[1] * 0.6).astype(np.float32)
    assert ids(index, query, k) == exact(list(held.values()), query, k)
    index.close()
