"""What one process indexes another finds, without being asked to look."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import pytest

from index.errors import LibraryUnreachableError
from index.ingest.run import index_roots
from index.search.following import following
from index.search.stores import SearchIndex
from tests.helpers.doubles import HashEmbedding, article_text
from tests.index.library.engines.test_postgres import open_for

pytest_plugins = ["tests.helpers.fixtures_postgres"]


class Looks:
    """Counts how often the stores have been brought to the library's version."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *failures: Exception) -> None:
        self._changed = threading.Condition()
        self._count = 0
        real, waiting = SearchIndex.ensure, list(failures)

        def ensure(stores: SearchIndex, *args: Any) -> None:
            try:
                if waiting:
                    raise waiting.pop(0)
                real(stores, *args)
            finally:
                with self._changed:
                    self._count += 1
                    self._changed.notify_all()

        monkeypatch.setattr(SearchIndex, "ensure", ensure)

    def wait(self, more: int = 2) -> None:
        """Until it has begun and ended anew."""
        with self._changed:
            wanted = self._count + more
            assert self._changed.wait_for(lambda: self._count >= wanted, timeout=120)


def test_what_another_process_indexes_is_found(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedding = HashEmbedding()
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.txt").write_text(article_text("flood"))
    with (
        open_for(tmp_path / "one", embedding, postgres_url) as writer,
        open_for(tmp_path / "two", embedding, postgres_url) as reader,
    ):
        looks = Looks(monkeypatch)
        with following(reader, every_s=0.01):
            index_roots(writer, [news], embedding)
            looks.wait(3)
            assert reader.search_words("flood", 3) == writer.search_words("flood", 3) != []
            assert {lag.changes for lag in reader.lags().values()} == {0}


def test_how_far_a_copy_is_behind(tmp_path: Path, postgres_url: str) -> None:
    embedding = HashEmbedding()
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.txt").write_text(article_text("flood"))
    with (
        open_for(tmp_path / "one", embedding, postgres_url) as writer,
        open_for(tmp_path / "two", embedding, postgres_url) as reader,
    ):
        index_roots(writer, [news], embedding)
        passages = writer.library.counts().passages
        for lag in reader.lags().values():
            assert lag.changes == passages > 0
            assert lag.seconds > 0
        (news / "b.txt").write_text(article_text("eclipse"))
        index_roots(writer, [news], embedding)
        more = reader.lags()
        assert {lag.changes for lag in more.values()} == {writer.library.counts().passages}
        reader.ensure()
        assert {(lag.changes, lag.seconds) for lag in reader.lags().values()} == {(0, 0.0)}
        (news / "b.txt").unlink()
        index_roots(writer, [news], embedding)
        assert reader.lags()["words"].changes > 0
    # What the next process finds in the folder is as far behind as the last one left it.
    with open_for(tmp_path / "two", embedding, postgres_url) as again:
        assert again.caught_up()["words"] > 0
        assert again.lags()["words"].changes == 0


def test_it_goes_on_when_the_server_is_back(
    tmp_path: Path,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING, "index.search.following")
    with open_for(tmp_path / "one", HashEmbedding(), postgres_url) as stores:
        looks = Looks(monkeypatch, *[LibraryUnreachableError("It is away.")] * 3)
        with following(stores, every_s=0.01):
            looks.wait(5)
    assert [record.getMessage() for record in caplog.records] == ["It is away."]
