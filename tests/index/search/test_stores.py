from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.article import PassageHit
from index.embedding.local import embed_texts
from index.errors import (
    EmbeddingMismatchError,
    IndexStoreError,
    LibraryBusyError,
    LibraryFormatError,
)
from index.ingest.run import index_roots
from index.library.library import LIBRARY_NAME
from index.library.lock import WriteLock
from index.search.chroma import VectorIndex
from index.search.stores import CHROMA_FOLDER, TANTIVY_FOLDER, SearchIndex, open_stores
from index.search.tantivy import LexicalIndex
from tests.helpers.doubles import HashEmbedding, article_text, open_for

TOPICS = ("flood", "strike", "election", "harvest")
Found = tuple[list[PassageHit], list[PassageHit]]


@pytest.fixture
def embedding() -> HashEmbedding:
    return HashEmbedding()


@pytest.fixture
def home(tmp_path: Path, embedding: HashEmbedding) -> Path:
    """A home folder with four articles indexed, closed."""
    news = tmp_path / "news"
    news.mkdir()
    for topic in TOPICS:
        (news / f"{topic}.txt").write_text(article_text(topic, sentences=40))
    with open_for(tmp_path / "home", embedding) as stores:
        index_roots(stores, [news], embedding)
    return tmp_path / "home"


def found(stores: SearchIndex, embedding: HashEmbedding) -> Found:
    """Find with a search, and do not count the embedding of the question."""
    query = embed_texts(HashEmbedding(), ["witness of the strike"])[0]
    return stores.search_vectors(query, 10), stores.search_words("witness of the strike", 10)


def same(first: Found, second: Found) -> bool:
    return all(
        [hit.passage_id for hit in a] == [hit.passage_id for hit in b]
        and np.allclose([hit.score for hit in a], [hit.score for hit in b], atol=1e-5)
        for a, b in zip(first, second, strict=True)
    )


def delete_chroma(home: Path) -> None:
    shutil.rmtree(home / CHROMA_FOLDER)


def delete_tantivy(home: Path) -> None:
    shutil.rmtree(home / TANTIVY_FOLDER)


def delete_both(home: Path) -> None:
    delete_chroma(home)
    delete_tantivy(home)


def corrupt_all(home: Path) -> None:
    for folder in (CHROMA_FOLDER, TANTIVY_FOLDER):
        for path in (home / folder).rglob("*"):
            if path.is_file():
                path.write_bytes(b"\x00garbage" * 64)


def corrupt_chroma_database(home: Path) -> None:
    (database,) = (home / CHROMA_FOLDER).rglob("chroma.sqlite3")
    database.write_bytes(b"garbage" * 999)


def truncate_all(home: Path) -> None:
    for folder in (CHROMA_FOLDER, TANTIVY_FOLDER):
        for path in (home / folder).rglob("*"):
            if path.is_file():
                os.truncate(path, path.stat().st_size // 2)


def drop_stamps(home: Path) -> None:
    for folder in (CHROMA_FOLDER, TANTIVY_FOLDER):
        (home / folder / "pressmark.json").unlink()


def empty_chroma(home: Path) -> None:
    for path in (home / CHROMA_FOLDER).iterdir():
        if path.name != "pressmark.json":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def files_for_folders(home: Path) -> None:
    delete_both(home)
    (home / CHROMA_FOLDER).write_text("not a folder")
    (home / TANTIVY_FOLDER).write_text("not a folder")


@pytest.mark.parametrize(
    "harm",
    [
        delete_chroma,
        delete_tantivy,
        delete_both,
        corrupt_all,
        corrupt_chroma_database,
        truncate_all,
        drop_stamps,
        empty_chroma,
        files_for_folders,
    ],
)
def test_a_lost_or_damaged_index_is_rebuilt_without_embedding(
    home: Path, embedding: HashEmbedding, harm: Callable[[Path], None]
) -> None:
    with open_for(home, embedding) as stores:
        before, version = found(stores, embedding), stores.library.index_version
    embedded = len(embedding.texts)
    assert all(before)
    harm(home)

    with open_for(home, embedding, write=False) as stores:
        assert stores.writable
        assert same(found(stores, embedding), before)
        assert stores.library.index_version == version

    assert len(embedding.texts) == embedded
    # A rebuilt index lasts.
    with open_for(home, embedding) as stores:
        assert stores._rebuilds == 0
        assert same(found(stores, embedding), before)


def test_another_version_is_rebuilt(home: Path, embedding: HashEmbedding) -> None:
    for folder in (CHROMA_FOLDER, TANTIVY_FOLDER):
        stamp = home / folder / "pressmark.json"
        known = json.loads(stamp.read_text())
        stamp.write_text(json.dumps({**known, "version": "0-elsewhere"}))
    embedded = len(embedding.texts)
    with open_for(home, embedding) as stores:
        assert stores._rebuilds == 2
        assert all(found(stores, embedding))
    assert len(embedding.texts) == embedded


def test_a_healthy_index_is_not_rebuilt(home: Path, embedding: HashEmbedding) -> None:
    for _ in range(3):
        with open_for(home, embedding) as stores:
            assert stores._rebuilds == 0
            stores.ensure()
            assert stores._rebuilds == 0


@pytest.mark.parametrize("store", [VectorIndex, LexicalIndex])
def test_an_index_that_fails_while_searching_is_rebuilt_once(
    home: Path, embedding: HashEmbedding, store: type[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    search, failures = store.search, [IndexStoreError("lost"), None, IndexStoreError("lost")]

    def fail(self: Any, *args: Any) -> Any:
        if failure := failures.pop(0) if failures else None:
            raise failure
        return search(self, *args)

    with open_for(home, embedding) as stores:
        before = found(stores, embedding)
        monkeypatch.setattr(store, "search", fail)
        assert same(found(stores, embedding), before)
        assert stores._rebuilds == 1
        failures[:] = [IndexStoreError("lost"), IndexStoreError("lost")]
        with pytest.raises(IndexStoreError):
            found(stores, embedding)


def test_files_taken_away_while_open(home: Path, embedding: HashEmbedding) -> None:
    with open_for(home, embedding) as stores:
        before = found(stores, embedding)
        delete_both(home)
        assert same(found(stores, embedding), before)
    with open_for(home, embedding) as stores:
        assert same(found(stores, embedding), before)


def test_a_reader_beside_the_writer_finds_the_same_and_touches_nothing(
    home: Path, embedding: HashEmbedding
) -> None:
    with open_for(home, embedding) as writer:
        files = {p: p.stat().st_mtime_ns for p in home.rglob("*") if "library" not in p.name}
        with open_for(home, embedding, write=False) as reader:
            assert not reader.writable
            assert same(found(reader, embedding), found(writer, embedding))
        assert files == {p: p.stat().st_mtime_ns for p in files}


def test_a_reader_follows_when_asked(home: Path, embedding: HashEmbedding, tmp_path: Path) -> None:
    with open_for(home, embedding) as writer, open_for(home, embedding, write=False) as reader:
        (tmp_path / "news" / "new.txt").write_text(article_text("eclipse"))
        index_roots(writer, [tmp_path / "news"], embedding)
        assert reader.search_words("eclipse", 5) == []
        reader.ensure()
        assert len(reader.search_words("eclipse", 5)) > 0
        assert same(found(reader, embedding), found(writer, embedding))


def test_incremental_updates_find_what_a_rebuild_finds(
    home: Path, embedding: HashEmbedding, tmp_path: Path
) -> None:
    news = tmp_path / "news"
    with open_for(home, embedding) as stores:
        rebuilds = stores._rebuilds
        (news / "new.txt").write_text(article_text("eclipse"))
        index_roots(stores, [news], embedding)
        assert stores._rebuilds == rebuilds
        (news / "flood.txt").unlink()
        (news / "harvest.txt").write_text(article_text("witness"))
        index_roots(stores, [news], embedding)
        updated = found(stores, embedding)
    delete_both(home)
    with open_for(home, embedding) as stores:
        assert same(found(stores, embedding), updated)


def test_a_second_writer_is_told_who_writes(home: Path, embedding: HashEmbedding) -> None:
    with (
        open_for(home, embedding),
        pytest.raises(LibraryBusyError, match=f"process {os.getpid()} is indexing") as caught,
    ):
        open_for(home, embedding)
    assert caught.value.retryable
    with open_for(home, embedding, write=False) as asking:
        assert asking.writable
        with pytest.raises(LibraryBusyError, match="answering questions"):
            open_for(home, embedding)
    assert not (home / "write.json").exists()


@pytest.mark.parametrize("note", [b"", b"[]", b"\xff", b'{"pid": 1}'])
def test_a_lock_without_a_readable_note(tmp_path: Path, note: bytes) -> None:
    lock = WriteLock.acquire(tmp_path, "testing")
    (tmp_path / "write.json").write_bytes(note)
    with pytest.raises(LibraryBusyError, match="another process"):
        WriteLock.acquire(tmp_path, "testing")
    lock.release()
    WriteLock.acquire(tmp_path, "testing").release()


@pytest.mark.slow
def test_a_killed_process_leaves_no_lock(home: Path, embedding: HashEmbedding) -> None:
    program = (
        "import os, sys, pathlib\n"
        "from tests.helpers.doubles import HashEmbedding\n"
        "from index.embedding.local import model_fingerprint\n"
        "from index.search.stores import open_stores\n"
        "e = HashEmbedding()\n"
        "s = open_stores(pathlib.Path(sys.argv[1]), write=True,\n"
        "                fingerprint=model_fingerprint(e), dimension=e.dimension)\n"
        "assert s.search_words('strike', 3)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(home)],
        cwd=Path(__file__).parents[3],
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL
    with open_for(home, embedding) as stores:
        assert all(found(stores, embedding))


def test_another_model_is_refused_and_nothing_stays_locked(
    home: Path, embedding: HashEmbedding
) -> None:
    with pytest.raises(EmbeddingMismatchError):
        open_stores(home, write=True, fingerprint="another", dimension=32)
    with open_for(home, embedding) as stores:
        assert stores.writable


def test_a_damaged_library_is_told_and_left_as_it_is(home: Path, embedding: HashEmbedding) -> None:
    (home / LIBRARY_NAME).write_bytes(b"garbage" * 1000)
    with pytest.raises(LibraryFormatError):
        open_for(home, embedding)
    assert (home / LIBRARY_NAME).read_bytes() == b"garbage" * 1000


def test_an_index_that_cannot_be_written_is_held_in_memory(
    tmp_path: Path, embedding: HashEmbedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", fail_below(CHROMA_FOLDER, Path.mkdir, fail))
    news = tmp_path / "news"
    news.mkdir()
    (news / "flood.txt").write_text(article_text("flood"))
    with open_for(tmp_path / "home", embedding) as stores:
        index_roots(stores, [news], embedding)
        before = found(stores, embedding)
        assert stores.differences() == []
    monkeypatch.undo()
    assert not (tmp_path / "home" / CHROMA_FOLDER).exists()
    with open_for(tmp_path / "home", embedding) as stores:
        assert same(found(stores, embedding), before)
        assert stores.differences() == []
    assert (tmp_path / "home" / CHROMA_FOLDER).is_dir()


def fail_below(name: str, real: Callable[..., None], fail: Callable[..., None]) -> Any:
    def patched(path: Path, *args: Any, **kwargs: Any) -> None:
        (fail if path.name == name else real)(path, *args, **kwargs)

    return patched


def test_many_threads_search_while_it_is_rebuilt(home: Path, embedding: HashEmbedding) -> None:
    wrong: list[object] = []
    with open_for(home, embedding) as stores:
        expected = found(stores, embedding)

        def search() -> None:
            for _ in range(10):
                try:
                    if not same(found(stores, embedding), expected):
                        wrong.append("other hits")
                except Exception as error:
                    wrong.append(error)

        threads = [threading.Thread(target=search) for _ in range(6)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            with stores._mutex:
                for store in stores._stores():
                    stores._rebuild(store, stores.library.index_version)
        for thread in threads:
            thread.join()
    assert wrong == []


def test_closing_twice_does_no_harm(home: Path, embedding: HashEmbedding) -> None:
    stores = open_for(home, embedding)
    stores.close()
    stores.close()
