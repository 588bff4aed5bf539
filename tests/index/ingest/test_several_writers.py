"""Several processes fill one library on a server: each file is taken in once, and none is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from index.embedding.local import embed_texts, model_fingerprint
from index.ingest.run import index_roots, remove_root
from index.library.library import Library
from index.search.places import Places
from index.search.stores import SearchIndex, open_stores
from tests.helpers.doubles import HashEmbedding, article_text

pytest_plugins = ["tests.helpers.fixtures_postgres"]

FILES = 12
# Arguments: home, address, folder, file for the embedded texts, how many texts before it is killed.
PROGRAM = """
import os, pathlib, sys
from tests.helpers.doubles import HashEmbedding
from index.embedding.local import model_fingerprint
from index.ingest import run
from index.search.places import Places
from index.search.stores import open_stores
home, url, news, log, last = sys.argv[1:]
class Noted(HashEmbedding):
    def _get_text_embedding(self, text):
        if len(self.texts) == int(last):
            os.kill(os.getpid(), 9)
        with open(log, "a") as out:
            out.write(text.partition(chr(10))[0] + chr(10))
        return super()._get_text_embedding(text)
made = HashEmbedding()
run._CLAIMED_FILES, run._CLAIM_SECONDS = 2, 0.02
with open_stores(pathlib.Path(home), write=True, fingerprint=model_fingerprint(made),
                 dimension=made.dimension, places=Places(url=url)) as stores:
    print("open", flush=True)
    sys.stdin.readline()
    run.index_roots(stores, [pathlib.Path(news)], Noted())
"""


@pytest.fixture
def news(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    for n in range(FILES):
        (made / f"{n:02}.txt").write_text(article_text(f"topic{n}"))
    return made


def open_for(home: Path, url: str) -> SearchIndex:
    embedding = HashEmbedding()
    return open_stores(
        home,
        write=True,
        fingerprint=model_fingerprint(embedding),
        dimension=embedding.dimension,
        places=Places(url=url),
    )


def start(home: Path, url: str, news: Path, log: Path, last: int = -1) -> subprocess.Popen[str]:
    """A process that has the library open, and indexes when it is told to."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, home, url, news, log, str(last)],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def go(*processes: subprocess.Popen[str]) -> list[int]:
    """Let them index at once; their exit statuses."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=120)
    return [process.returncode for process in processes]


@pytest.mark.slow
def test_each_file_is_taken_in_once(tmp_path: Path, news: Path, postgres_url: str) -> None:
    logs = [tmp_path / "first", tmp_path / "second"]
    # Each has a machine of its own, so to speak.
    processes = [start(tmp_path / f"{log.name}-home", postgres_url, news, log) for log in logs]
    assert go(*processes) == [0, 0]
    embedded = [line for log in logs for line in log.read_text().splitlines()]
    with open_for(tmp_path / "third-home", postgres_url) as stores:
        counts = stores.library.counts()
        assert stores.library.verify() == []
        assert stores.library.uncompared() == []
        assert all(stores.search_words(f"topic{n}", 1) for n in range(FILES))
        assert stores.search_vectors(embed_texts(HashEmbedding(), ["topic3"])[0], 3)
    assert (counts.articles, counts.files) == (FILES, FILES)
    assert len(embedded) == counts.vectors == counts.passages
    assert all(log.read_text() for log in logs)


@pytest.mark.slow
def test_what_a_killed_process_had_claimed_is_taken_in_by_another(
    tmp_path: Path, news: Path, postgres_url: str
) -> None:
    dying = start(tmp_path / "first-home", postgres_url, news, tmp_path / "first", last=3)
    living = start(tmp_path / "second-home", postgres_url, news, tmp_path / "second")
    assert go(dying) == [-signal.SIGKILL]
    assert go(living) == [0]
    with open_for(tmp_path / "first-home", postgres_url) as stores:
        assert stores.library.counts().articles == FILES
        assert stores.library.verify() == []
        assert all(stores.search_words(f"topic{n}", 1) for n in range(FILES))


def test_an_index_follows_the_change_log_of_others(
    tmp_path: Path, news: Path, postgres_url: str
) -> None:
    embedding = HashEmbedding()
    with (
        open_for(tmp_path / "one", postgres_url) as one,
        open_for(tmp_path / "two", postgres_url) as two,
    ):
        index_roots(one, [news], embedding)
        two.ensure()
        before = two._rebuilds
        (news / "new.txt").write_text(article_text("eclipse"))
        index_roots(one, [news], embedding)
        assert two.search_words("eclipse", 5) == []
        two.ensure()
        assert two.search_words("eclipse", 5) == one.search_words("eclipse", 5) != []
        assert two._rebuilds == before
        remove_root(two, news)
        one.ensure()
        assert one.search_words("eclipse", 5) == []


def test_a_folder_of_copies_follows_where_it_left_off(
    tmp_path: Path, news: Path, postgres_url: str
) -> None:
    embedding = HashEmbedding()
    with open_for(tmp_path / "one", postgres_url) as one:
        index_roots(one, [news], embedding)
        open_for(tmp_path / "two", postgres_url).close()
        (news / "new.txt").write_text(article_text("eclipse"))
        index_roots(one, [news], embedding)
        with open_for(tmp_path / "two", postgres_url) as two:
            assert (two._rebuilds, two._updates) == (0, 2)
            assert two.search_words("eclipse", 5) == one.search_words("eclipse", 5) != []


def test_a_vector_that_another_run_collects_is_made_again(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    news, embedding = tmp_path / "small", HashEmbedding()
    news.mkdir()
    (news / "a.txt").write_text(article_text("flood"))
    with open_for(tmp_path / "one", postgres_url) as stores:
        index_roots(stores, [news], embedding)
        (news / "a.txt").unlink()
        (news / "b.txt").write_text(article_text("flood"))
        known = Library.known_vectors

        def collected(library: Library, keys: list[bytes]) -> set[bytes]:
            """Say what is there; then another run drops the article and collects its vectors."""
            monkeypatch.setattr(Library, "known_vectors", known)
            found = known(library, keys)
            with library.writing() as writer:
                writer.drop_orphans()
            with library.writing() as writer:
                writer.collect_garbage()
            return found

        with stores.library.writing() as writer:
            writer.drop_files(writer.put_root(str(news)), ["a.txt"])
        monkeypatch.setattr(Library, "known_vectors", collected)
        done = len(embedding.texts)
        index_roots(stores, [news], embedding)
        assert len(embedding.texts) > done
        assert stores.library.verify() == []
        assert stores.search_words("flood", 1)
