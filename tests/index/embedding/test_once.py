"""What is slow to read is read once, and what reading took goes back to the system."""

import threading
from collections.abc import Iterator

import pytest

from index.embedding import once as module
from index.embedding.once import once


def test_threads_share_what_one_of_them_made() -> None:
    made, begun = [], threading.Barrier(4)

    def make(name: str) -> list[str]:
        made.append(name)
        return [name]

    opened, found = once(make), []

    def ask() -> None:
        begun.wait()
        found.append(opened("a"))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["a"]
    assert all(one is found[0] for one in found)
    assert len(found) == 4
    assert opened("b") == ["b"]


def test_memory_goes_back_after_each_making_only(monkeypatch: pytest.MonkeyPatch) -> None:
    times: list[None] = []
    monkeypatch.setattr(module, "_give_back", lambda: times.append(None))
    opened = once(lambda: object())
    for _ in range(3):
        opened()
    assert len(times) == 1


def test_a_failure_is_tried_again() -> None:
    outcomes: Iterator[OSError | str] = iter([OSError("away"), "there"])

    def make() -> str:
        outcome = next(outcomes)
        if isinstance(outcome, OSError):
            raise outcome
        return outcome

    opened = once(make)
    with pytest.raises(OSError, match="away"):
        opened()
    assert opened() == "there"
