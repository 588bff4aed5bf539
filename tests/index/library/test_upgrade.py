"""Bring over a library of an earlier format, made by the Pressmark of its time."""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from index.embedding.local import E5Embedding, embed_texts, model_fingerprint, passage_text
from index.errors import EmbeddingMismatchError, EmbeddingModelError, LibraryBusyError
from index.library import upgrade
from index.library.engines.sqlite import SqliteDatabase
from index.library.library import LIBRARY_NAME, Library
from index.library.lock import WriteLock
from index.library.seal import Seal
from index.library.tables import SCHEMA_VERSION
from index.library.upgrade import bring_over, is_older
from index.search.stores import SearchIndex, open_stores
from tests.helpers.doubles import HashEmbedding

OLD = Path(__file__).parents[2] / "data" / "library_format_2.sqlite3.gz"
PASSAGES = 7


class OwnEmbedding(HashEmbedding):
    """Stands for the local encoder: a cheap one with a fingerprint of the family."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    (made / LIBRARY_NAME).write_bytes(gzip.decompress(OLD.read_bytes()))
    return made


@pytest.fixture
def embedding(monkeypatch: pytest.MonkeyPatch) -> HashEmbedding:
    monkeypatch.setattr(upgrade, "model_fingerprint", fingerprint)
    monkeypatch.setattr(upgrade, "BATCH", 2)
    return OwnEmbedding()


def fingerprint(embedding: HashEmbedding) -> str:
    is_own = isinstance(embedding, OwnEmbedding)
    return "multilingual-e5-small@test" if is_own else model_fingerprint(embedding)


def ask(home: Path, question: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / LIBRARY_NAME)) as raw:
        return raw.execute(question, values).fetchall()


def version(home: Path) -> str:
    ((found,),) = ask(home, "SELECT value FROM meta WHERE key = 'schema_version'")
    return str(found)


def open_for(home: Path, embedding: HashEmbedding) -> SearchIndex:
    return open_stores(
        home, write=True, fingerprint=fingerprint(embedding), dimension=embedding.dimension
    )


def test_every_passage_has_its_new_vector(home: Path, embedding: HashEmbedding) -> None:
    before = ask(home, "SELECT passage_id, text FROM passages ORDER BY passage_id")
    size = (home / LIBRARY_NAME).stat().st_size
    done: list[tuple[int, int]] = []
    assert is_older(home, embedding)
    bring_over(home, embedding, embedding.dimension, lambda n, total: done.append((n, total)))
    assert done == [(0, 7), (2, 7), (4, 7), (6, 7), (7, 7)]
    assert not is_older(home, embedding)
    assert (home / LIBRARY_NAME).stat().st_size < size / 2
    with open_for(home, embedding) as stores:
        rows = {row.passage_id: row for row in stores.library.all_passage_rows()}
        assert [(name, row.text) for name, row in sorted(rows.items())] == before
        texts = [passage_text(row.title, row.text) for row in rows.values()]
        expected = embed_texts(HashEmbedding(), texts)
        assert_allclose([row.vector for row in rows.values()], expected, atol=1e-6)
        assert stores.library.verify() == []
        (nearest,) = stores.search_vectors(expected[0], 1)
        assert nearest.passage_id == next(iter(rows))
        assert stores.search_words("Belarus", 3)
        assert stores.library.roots()[0].path == "/articles"


def test_nothing_is_done_twice(home: Path, embedding: HashEmbedding) -> None:
    bring_over(home, embedding, embedding.dimension)
    count = len(embedding.texts)
    bring_over(home, embedding, embedding.dimension)
    assert count == len(embedding.texts) == PASSAGES


@pytest.mark.parametrize("earlier", range(3, SCHEMA_VERSION))
def test_a_format_with_the_same_vectors_embeds_nothing(
    tmp_path: Path, embedding: HashEmbedding, earlier: int
) -> None:
    data = OLD.with_name(f"library_format_{earlier}.sqlite3.gz").read_bytes()
    (tmp_path / LIBRARY_NAME).write_bytes(gzip.decompress(data))
    own = OwnEmbedding(dimension=384)
    with closing(sqlite3.connect(tmp_path / LIBRARY_NAME)) as raw, raw:
        name = fingerprint(own)
        raw.execute("UPDATE meta SET value = ? WHERE key = 'model_fingerprint'", (name,))
    before = ask(tmp_path, "SELECT key, vector FROM vectors ORDER BY key")
    assert len(before) == PASSAGES
    assert is_older(tmp_path, own)
    bring_over(tmp_path, own, own.dimension)
    assert not is_older(tmp_path, own)
    assert own.texts == []
    assert version(tmp_path) == str(SCHEMA_VERSION)
    assert ask(tmp_path, "SELECT key, vector FROM vectors ORDER BY key") == before
    with open_for(tmp_path, own) as stores:
        assert stores.library.verify() == []
        assert stores.library.holdings().copies == {}
        assert stores.search_words("Belarus", 3)


def test_what_is_interrupted_is_continued(home: Path, embedding: HashEmbedding) -> None:
    stopping = OwnEmbedding(fails_after=4)
    with pytest.raises(EmbeddingModelError):
        bring_over(home, stopping, stopping.dimension)
    # The old library is whole meanwhile, with as many vectors as before.
    assert version(home) == "2"
    assert ask(home, "SELECT count(*) FROM vectors") == [(48,)]
    Seal(home).remove()
    # A new headline needs a new vector.
    with closing(sqlite3.connect(home / LIBRARY_NAME)) as raw, raw:
        raw.execute("UPDATE articles SET title = 'Changed' || article_id")
    bring_over(home, embedding, embedding.dimension)
    assert len(embedding.texts) == PASSAGES
    with open_for(home, embedding) as stores:
        assert stores.library.verify() == []
        titles = [row.title or "" for row in stores.library.all_passage_rows()]
        assert all(title.startswith("Changed") for title in titles)


def test_what_was_done_before_an_interruption_stays(home: Path, embedding: HashEmbedding) -> None:
    stopping = OwnEmbedding(fails_after=4)
    with pytest.raises(EmbeddingModelError):
        bring_over(home, stopping, stopping.dimension)
    bring_over(home, embedding, embedding.dimension)
    assert len(embedding.texts) == PASSAGES - 4


@pytest.mark.slow
def test_a_killed_process_is_continued(home: Path, embedding: HashEmbedding) -> None:
    program = (
        "import os, pathlib, sys\n"
        "import index.library.upgrade\n"
        "from tests.index.library.test_upgrade import OwnEmbedding, fingerprint\n"
        "class Deadly(OwnEmbedding):\n"
        "    def _get_text_embedding(self, text):\n"
        "        if len(self.texts) == 5: os.kill(os.getpid(), 9)\n"
        "        return super()._get_text_embedding(text)\n"
        "index.library.upgrade.model_fingerprint, index.library.upgrade.BATCH = fingerprint, 2\n"
        "index.library.upgrade.bring_over(pathlib.Path(sys.argv[1]), Deadly(), 32)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(home)], cwd=Path(__file__).parents[3], timeout=240
    )
    assert done.returncode == -9
    assert version(home) == "2"
    bring_over(home, embedding, embedding.dimension)
    assert len(embedding.texts) == PASSAGES - 4
    with open_for(home, embedding) as stores:
        assert stores.library.verify() == []


def test_a_failing_switch_changes_nothing(
    home: Path, embedding: HashEmbedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(upgrade, "read_meta", fail)
        with pytest.raises(KeyboardInterrupt):
            upgrade._Move(SqliteDatabase(home / LIBRARY_NAME), embedding, 32).run(
                upgrade._State(2, "all-MiniLM-L6-v2@", False), None
            )
    assert version(home) == "2"
    assert ask(home, "SELECT count(*) FROM embeddings") == [(48,)]
    bring_over(home, embedding, embedding.dimension)
    assert version(home) == str(SCHEMA_VERSION)


def test_beside_a_writer_it_waits_for_its_turn(home: Path, embedding: HashEmbedding) -> None:
    lock = WriteLock.acquire(home, "indexing articles")
    with pytest.raises(LibraryBusyError, match="indexing articles"):
        bring_over(home, embedding, embedding.dimension)
    lock.release()
    assert version(home) == "2"


def test_an_embedding_by_name_keeps_its_vectors(home: Path, embedding: HashEmbedding) -> None:
    chosen = HashEmbedding(dimension=384)
    with closing(sqlite3.connect(home / LIBRARY_NAME)) as raw, raw:
        name = model_fingerprint(chosen)
        raw.execute("UPDATE meta SET value = ? WHERE key = 'model_fingerprint'", (name,))
    before = ask(
        home,
        "SELECT passage_id, vector FROM embeddings JOIN vectors USING (vector_id) "
        "WHERE position = 0 ORDER BY passage_id",
    )
    with pytest.raises(EmbeddingMismatchError, match="Set the former model again"):
        bring_over(home, embedding, embedding.dimension)
    bring_over(home, chosen, chosen.dimension)
    assert chosen.texts == []
    after = "SELECT passage_id, vector FROM embeddings JOIN vectors USING (vector_id) ORDER BY 1"
    assert ask(home, after) == before
    assert not is_older(home, embedding)


def test_only_an_older_library_is_touched(tmp_path: Path, embedding: HashEmbedding) -> None:
    assert not is_older(tmp_path, embedding)
    Library.open(tmp_path).close()
    before = (tmp_path / LIBRARY_NAME).read_bytes()
    bring_over(tmp_path, embedding, embedding.dimension)
    assert (tmp_path / LIBRARY_NAME).read_bytes() == before
    (tmp_path / LIBRARY_NAME).write_bytes(b"")
    assert not is_older(tmp_path, embedding)


def test_with_the_real_encoder(home: Path) -> None:
    encoder = E5Embedding()
    bring_over(home, encoder, 384)
    with closing(sqlite3.connect(home / LIBRARY_NAME)) as raw:
        assert raw.execute("SELECT count(*) FROM vectors").fetchone() == (PASSAGES,)
    with open_stores(
        home, write=False, fingerprint=model_fingerprint(encoder), dimension=384
    ) as stores:
        assert stores.library.verify() == []
