"""A search index that fails is rebuilt once, and nobody waits for it without a word."""

from __future__ import annotations

import threading

import pytest

from index.errors import IndexStoreError
from index.search.mending import Mender


def test_who_waits_too_long_is_told_and_the_rebuild_goes_on() -> None:
    go, done = threading.Event(), threading.Event()

    def rebuild() -> None:
        go.wait(60)
        done.set()

    mender = Mender("word index", 0.0)
    with pytest.raises(
        IndexStoreError, match="word index was damaged and is being rebuilt"
    ) as told:
        mender.mend(rebuild)
    assert told.value.retryable
    go.set()
    assert done.wait(60)


def test_one_rebuild_serves_all_who_wait() -> None:
    go = threading.Event()
    rebuilds: list[int] = []

    def rebuild() -> None:
        rebuilds.append(1)
        go.wait(60)

    mender = Mender("word index", 0.0)
    for _ in range(5):
        with pytest.raises(IndexStoreError, match="being rebuilt"):
            mender.mend(rebuild)
    go.set()
    assert rebuilds == [1]


def test_a_rebuild_that_fails_says_why() -> None:
    def rebuild() -> None:
        raise IndexStoreError("No space left on device.")

    mender = Mender("word index", 60.0)
    for _ in range(2):
        with pytest.raises(IndexStoreError, match="No space left"):
            mender.mend(rebuild)
