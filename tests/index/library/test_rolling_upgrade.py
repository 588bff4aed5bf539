"""A newer Pressmark brings a library over while processes of this one have it open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from index.embedding.local import embed_texts, model_fingerprint
from index.errors import LibraryFormatError
from index.ingest.run import index_roots
from index.library.library import Library
from index.library.tables import SCHEMA_VERSION
from index.search.places import Places
from index.search.stores import SearchIndex, open_stores
from tests.helpers.doubles import HashEmbedding, article_text

pytest_plugins = ["tests.helpers.fixtures_postgres"]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str | None:
    return request.getfixturevalue("postgres_url") if request.param == "postgres" else None


@pytest.fixture
def news(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text(article_text("flood"))
    return folder


@pytest.fixture
def stores(tmp_path: Path, url: str | None, news: Path) -> Iterator[SearchIndex]:
    embedding = HashEmbedding()
    with open_stores(
        tmp_path / "home",
        write=True,
        fingerprint=model_fingerprint(embedding),
        dimension=embedding.dimension,
        places=Places(url=url),
    ) as opened:
        index_roots(opened, [news], embedding)
        yield opened


def bring_over(stores: SearchIndex) -> None:
    """What the next version does: it adds a column and a table, and says so."""
    with stores.library.database.writing() as connection:
        connection.execute(text("ALTER TABLE articles ADD COLUMN rubric TEXT"))
        connection.execute(text("CREATE TABLE rubrics (name TEXT PRIMARY KEY)"))
        connection.execute(
            text("UPDATE meta SET value = :to WHERE key = 'schema_version'"),
            {"to": str(SCHEMA_VERSION + 1)},
        )
        # Its first change: the article is shown in another way.
        connection.execute(
            text("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'generation'")
        )


def test_a_reader_goes_on_until_it_is_started_again(
    stores: SearchIndex, tmp_path: Path, url: str | None
) -> None:
    words, vector = stores.search_words("flood", 3), embed_texts(HashEmbedding(), ["flood"])[0]
    near = stores.search_vectors(vector, 3)
    article = next(iter(stores.library.articles().values()))
    bring_over(stores)
    stores.ensure()
    assert stores.search_words("flood", 3) == words != []
    assert stores.search_vectors(vector, 3) == near != []
    assert stores.library.article(article.article_id) == article
    assert stores.library.holdings().published == {}
    assert {lag.changes for lag in stores.lags().values()} == {0}
    with pytest.raises(LibraryFormatError, match="newer"):
        Library.open(tmp_path / "home", url)


def test_a_writer_writes_no_more(stores: SearchIndex, news: Path) -> None:
    before = stores.library.counts()
    bring_over(stores)
    (news / "b.txt").write_text(article_text("eclipse"))
    with pytest.raises(LibraryFormatError, match="newer"):
        index_roots(stores, [news], HashEmbedding())
    assert stores.library.counts() == before
    assert stores.search_words("flood", 3) != []
