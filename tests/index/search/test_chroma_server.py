"""The vectors on a real Chroma server: found as in a folder, known when stale, caught up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from evals.running.servers import free_port
from index.article import PassageHit
from index.embedding.local import embed_texts, model_fingerprint
from index.errors import IndexStoreError
from index.ingest.run import index_roots
from index.search.chroma import connect_to, disconnect, sessions_of
from index.search.chroma_server import ServedVectorIndex
from index.search.places import Places
from index.search.stores import CHROMA_FOLDER, SearchIndex, open_stores
from tests.helpers.chroma_server import running_chroma
from tests.helpers.doubles import HashEmbedding, article_text

pytest_plugins = ["tests.helpers.fixtures_postgres"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_chroma(tmp_path_factory.mktemp("chroma") / "data") as url:
        yield url


@pytest.fixture
def embedding() -> HashEmbedding:
    return HashEmbedding()


@pytest.fixture
def news(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    for topic in ("flood", "strike", "election", "harvest", "drought", "fire", "storm"):
        (made / f"{topic}.txt").write_text(article_text(topic, sentences=20))
    return made


def open_for(
    home: Path, chroma: str | None, url: str | None = None, write: bool = True
) -> SearchIndex:
    embedding = HashEmbedding()
    return open_stores(
        home,
        write=write,
        fingerprint=model_fingerprint(embedding),
        dimension=embedding.dimension,
        places=Places(url=url, chroma_url=chroma),
    )


def found(stores: SearchIndex, text: str = "witness of the strike") -> list[PassageHit]:
    return stores.search_vectors(embed_texts(HashEmbedding(), [text])[0], 8)


def same(first: list[PassageHit], second: list[PassageHit]) -> bool:
    return [hit.passage_id for hit in first] == [hit.passage_id for hit in second] and np.allclose(
        [hit.score for hit in first], [hit.score for hit in second], atol=1e-4
    )


def served(stores: SearchIndex) -> ServedVectorIndex:
    assert isinstance(stores._vectors, ServedVectorIndex)
    return stores._vectors


def test_it_finds_what_the_folder_finds(
    tmp_path: Path, news: Path, embedding: HashEmbedding, server: str
) -> None:
    with open_for(tmp_path / "home", server) as stores:
        index_roots(stores, [news], embedding)
        remote = found(stores)
        some = frozenset(list(stores.library.articles())[:2])
        query = embed_texts(HashEmbedding(), ["witness"])[0]
        filtered = stores.search_vectors(query, 5, some)
    assert not (tmp_path / "home" / CHROMA_FOLDER).exists()
    with open_for(tmp_path / "home", None) as stores:
        assert same(remote, found(stores))
        assert same(filtered, stores.search_vectors(query, 5, some))


def test_a_stale_index_is_known_and_caught_up(
    tmp_path: Path, news: Path, embedding: HashEmbedding, server: str
) -> None:
    with open_for(tmp_path / "home", server) as stores:
        index_roots(stores, [news], embedding)
        (before,) = served(stores)._all()
    # Meanwhile the library goes on without the server.
    (news / "new.txt").write_text(article_text("eclipse"))
    (news / "flood.txt").unlink()
    with open_for(tmp_path / "home", None) as stores:
        index_roots(stores, [news], embedding)
        expected = found(stores)
    with open_for(tmp_path / "home", server) as stores:
        assert same(found(stores), expected)
        assert served(stores).version == stores.library.index_version
        # It took in what had changed, and was not built again.
        (after,) = served(stores)._all()
        assert after.name == before.name


def test_what_is_lost_on_the_server_is_known_and_built_again(
    tmp_path: Path, news: Path, embedding: HashEmbedding, server: str
) -> None:
    with open_for(tmp_path / "home", server) as stores:
        index_roots(stores, [news], embedding)
        expected = found(stores)
        (collection,) = served(stores)._all()
        collection.delete(ids=[expected[0].passage_id])
        assert served(stores).version is None
        stores.ensure()
        assert same(found(stores), expected)
        (again,) = served(stores)._all()
        assert again.name != collection.name


def test_a_change_cut_short_is_taken_in_again(
    tmp_path: Path,
    news: Path,
    embedding: HashEmbedding,
    server: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with open_for(tmp_path / "home", server) as stores:
        index_roots(stores, [news], embedding)
        (news / "new.txt").write_text(article_text("eclipse"))

        def fail(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("index.search.chroma_server._stamp", fail)
            with pytest.raises(KeyboardInterrupt):
                index_roots(stores, [news], embedding)
    with open_for(tmp_path / "home", server) as stores:
        assert served(stores).version == stores.library.index_version
        hits = found(stores, "the eclipse story")
    with open_for(tmp_path / "home", None) as stores:
        assert same(hits, found(stores, "the eclipse story"))


def test_two_processes_share_it(
    tmp_path: Path, news: Path, embedding: HashEmbedding, server: str, postgres_url: str
) -> None:
    with (
        open_for(tmp_path / "one", server, postgres_url) as one,
        open_for(tmp_path / "two", server, postgres_url) as two,
    ):
        index_roots(one, [news], embedding)
        before = two._updates, two._rebuilds
        two.ensure()
        # Only the word index is two's own.
        assert sum((two._updates, two._rebuilds)) == sum(before) + 1
        assert same(found(one), found(two))
        # A new collection takes the place of the one that two is asking.
        served(one).rebuild(one.library.all_passage_rows(), one.library.index_version)
        assert same(found(one), found(two))


def test_libraries_and_models_do_not_mix(
    tmp_path: Path, news: Path, embedding: HashEmbedding, server: str
) -> None:
    with open_for(tmp_path / "one", server) as one, open_for(tmp_path / "two", server) as two:
        index_roots(one, [news], embedding)
        assert found(one)
        assert found(two) == []
        assert served(one)._family != served(two)._family


def test_a_server_that_is_away_is_told_and_found_again(
    tmp_path: Path, news: Path, embedding: HashEmbedding
) -> None:
    port = free_port()
    with running_chroma(tmp_path / "data", port) as url:
        stores = open_for(tmp_path / "home", url)
        index_roots(stores, [news], embedding)
        expected = found(stores)
    with pytest.raises(IndexStoreError) as caught:
        found(stores)
    assert caught.value.retryable
    with running_chroma(tmp_path / "data", port):
        assert same(found(stores), expected)
        stores.close()
    shutil.rmtree(tmp_path / "data")
    with running_chroma(tmp_path / "data", port), open_for(tmp_path / "home", url) as stores:
        assert served(stores).version == stores.library.index_version
        assert same(found(stores), expected)


def test_a_password_is_not_told(tmp_path: Path) -> None:
    url = f"http://reader:secret@127.0.0.1:{free_port()}"
    with pytest.raises(IndexStoreError) as caught:
        open_for(tmp_path / "home", url)
    assert "secret" not in str(caught.value)


def test_a_name_and_password_are_sent(server: str) -> None:
    client = connect_to(server.replace("://", "://reader:s%20t@"))
    sent = {session.headers["Authorization"] for session in sessions_of(client)}
    assert sent == {"Basic cmVhZGVyOnMgdA=="}
    disconnect(client)
