"""A library that is not as it was left is told, and never written to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from index.embedding.local import model_fingerprint
from index.errors import LibraryFormatError
from index.ingest.run import index_roots
from index.library.library import LIBRARY_NAME
from index.library.seal import SEAL_NAME, Seal
from index.search.stores import SearchIndex, open_stores
from tests.helpers.doubles import HashEmbedding, article_text

ROOT = Path(__file__).parents[3]


def open_for(home: Path, write: bool = True) -> SearchIndex:
    embedding = HashEmbedding()
    return open_stores(
        home,
        write=write,
        fingerprint=model_fingerprint(embedding),
        dimension=embedding.dimension,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    news = tmp_path / "news"
    news.mkdir()
    for topic in ("flood", "strike"):
        (news / f"{topic}.txt").write_text(article_text(topic))
    with open_for(tmp_path / "home") as stores:
        index_roots(stores, [news], HashEmbedding())
    return tmp_path / "home"


def flip(path: Path, where: int) -> None:
    data = bytearray(path.read_bytes())
    data[where] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("write", [True, False])
def test_a_changed_letter_of_a_title_is_found_though_sqlite_sees_nothing(
    home: Path, write: bool
) -> None:
    library = home / LIBRARY_NAME
    flip(library, library.read_bytes().rindex(b"Flood makes the news"))
    before = library.read_bytes()
    with pytest.raises(LibraryFormatError, match="doctor --repair"):
        open_for(home, write)
    assert library.read_bytes() == before
    assert sorted(path.name for path in home.iterdir() if "library" in path.name) == [
        LIBRARY_NAME,
        SEAL_NAME,
    ]


def test_a_damage_keeps_the_time_of_the_file(home: Path) -> None:
    library = home / LIBRARY_NAME
    now = library.stat()
    flip(library, library.stat().st_size // 2)
    os.utime(library, ns=(now.st_atime_ns, now.st_mtime_ns))
    with pytest.raises(LibraryFormatError):
        open_for(home)


def test_a_library_that_is_gone_is_not_replaced_by_an_empty_one(home: Path) -> None:
    (home / LIBRARY_NAME).unlink()
    with pytest.raises(LibraryFormatError, match="is gone"):
        open_for(home)
    assert not (home / LIBRARY_NAME).exists()


@pytest.mark.parametrize("seal", [None, b"", b"{}", b'{"sha256": "0", "check": "0"}'])
def test_without_a_seal_or_with_a_damaged_one_it_opens(home: Path, seal: bytes | None) -> None:
    if seal is None:
        (home / SEAL_NAME).unlink()
    else:
        (home / SEAL_NAME).write_bytes(seal)
    with open_for(home) as stores:
        assert stores.library.counts().articles == 2
        assert not (home / SEAL_NAME).exists()
    Seal(home).check()
    assert (home / SEAL_NAME).exists()


def test_without_a_seal_torn_pages_are_found(home: Path) -> None:
    (home / SEAL_NAME).unlink()
    library = home / LIBRARY_NAME
    data = bytearray(library.read_bytes())
    data[4096 * 3 : 4096 * 6] = bytes(4096 * 3)
    library.write_bytes(data)
    with pytest.raises(LibraryFormatError, match="not as Pressmark left it"):
        open_for(home)
    assert library.read_bytes() == bytes(data)


def test_who_only_reads_does_not_read_it_twice(home: Path) -> None:
    before = (home / SEAL_NAME).read_bytes()
    with open_for(home, write=False) as stores:
        assert stores.search_words("flood", 3)
    assert (home / SEAL_NAME).read_bytes() == before


def test_a_reader_beside_a_writer_leaves_the_seal_to_it(home: Path) -> None:
    with ExitStack() as stack:
        stack.enter_context(open_for(home))
        with open_for(home, write=False) as reader:
            assert not reader.writable
        assert not (home / SEAL_NAME).exists()
    Seal(home).check()


@pytest.mark.slow
def test_who_is_killed_leaves_no_seal_and_the_next_opens(home: Path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from tests.index.library.test_seal import open_for\n"
        "open_for(pathlib.Path(sys.argv[1]))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(home)], cwd=ROOT, timeout=120)
    assert done.returncode == -signal.SIGKILL
    assert not (home / SEAL_NAME).exists()
    with open_for(home) as stores:
        assert stores.search_words("flood", 3)
