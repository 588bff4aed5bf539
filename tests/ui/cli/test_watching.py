"""A folder is followed until it is told to end."""

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from index.errors import RootError
from index.ingest.report import IngestReport, RootReport
from ui.cli.watching import _matters, following

REPORT = IngestReport((RootReport("r", added=1, articles=1),), 1, 1, 1, 0.1, True)


def test_a_new_file_is_indexed_and_an_error_ends_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, indexed, failed = tmp_path / "news", threading.Event(), threading.Event()
    folder.mkdir()

    def index(paths: Any, keep: Any = ()) -> IngestReport:
        assert paths == [folder]
        if not failed.is_set():
            failed.set()
            raise RootError("the folder is being moved")
        indexed.set()
        return REPORT

    pressmark: Any = SimpleNamespace(index=index, settings=SimpleNamespace(home=tmp_path / "home"))
    with following(pressmark, [folder]):
        for event, name in ((failed, "a.txt"), (indexed, "b.txt")):
            for _ in range(200):  # until the watcher is there and has seen one
                (folder / name).write_text("The mayor spoke.")
                if event.wait(0.2):
                    break
            assert event.is_set()
    assert "being moved" in capfd.readouterr().err
    assert not [t for t in threading.enumerate() if t.name == "following"]


def test_nothing_is_followed_where_nothing_is_asked_for() -> None:
    pressmark: Any = SimpleNamespace()
    with following(pressmark, []):
        assert not [t for t in threading.enumerate() if t.name == "following"]


@pytest.mark.parametrize(
    ("changed", "matters"),
    [
        ("news/a.txt", True), ("news/sub/a.txt", True), ("news/.git/a", False),
        ("news/home/library.sqlite3", False), ("other/a.txt", False), ("one.txt", True),
        ("two.txt", False),
    ],
)  # fmt: skip
def test_what_the_library_writes_is_no_change(tmp_path: Path, changed: str, matters: bool) -> None:
    roots = [tmp_path / "news", tmp_path / "one.txt"]
    roots[0].mkdir()
    roots[1].write_text("One.")
    assert _matters(tmp_path / changed, roots, tmp_path / "news" / "home") is matters
