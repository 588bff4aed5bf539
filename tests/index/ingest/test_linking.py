from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embedding.local import model_fingerprint
from index.ingest.run import index_roots
from index.library.library import Library
from index.search.stores import SearchIndex, open_stores
from tests.helpers.doubles import HashEmbedding

STORY = """Mill at Torv burns down

4 May 2023

The mill at Torv burned down on Tuesday night, the fire service said, and nobody was hurt.

It had ground rye since 1871 for the villages of the valley and was to become a museum.
"""
REPRINT = STORY.replace("Mill at Torv burns down", "Fire takes the old mill of Torv")
OTHER = """Ferry to Norby doubled

5 May 2023

The ferry to Norby will sail twice as often in summer, harbour master Inga Tait said on Friday.
"""


@pytest.fixture
def embedding() -> HashEmbedding:
    return HashEmbedding()


@pytest.fixture
def stores(tmp_path: Path, embedding: HashEmbedding) -> Iterator[SearchIndex]:
    fingerprint = model_fingerprint(embedding)
    with open_stores(
        tmp_path / "home", write=True, fingerprint=fingerprint, dimension=embedding.dimension
    ) as opened:
        yield opened


@pytest.fixture
def news(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    (made / "mill.txt").write_text(STORY)
    (made / "ferry.txt").write_text(OTHER)
    return made


def copies(library: Library) -> set[frozenset[str | None]]:
    """Which articles tell one story, by headline."""
    titles = {name: article.title for name, article in library.articles().items()}
    return {
        frozenset({titles[name], *(titles[other] for other in others)})
        for name, others in library.holdings().copies.items()
    }


PAIR = frozenset({"Mill at Torv burns down", "Fire takes the old mill of Torv"})


def test_a_copy_is_linked_whenever_it_comes(
    stores: SearchIndex, embedding: HashEmbedding, news: Path
) -> None:
    index_roots(stores, [news], embedding)
    assert copies(stores.library) == set()
    (news / "later.txt").write_text(REPRINT)
    assert index_roots(stores, [news], embedding).changed
    assert copies(stores.library) == {PAIR}


def test_a_link_goes_with_its_article(
    stores: SearchIndex, embedding: HashEmbedding, news: Path
) -> None:
    (news / "later.txt").write_text(REPRINT)
    index_roots(stores, [news], embedding)
    assert copies(stores.library) == {PAIR}
    (news / "later.txt").write_text(OTHER.replace("Norby", "Sundby"))
    index_roots(stores, [news], embedding)
    assert copies(stores.library) == set()
    assert stores.library.verify() == []


def test_what_was_compared_is_not_compared_again(
    stores: SearchIndex, embedding: HashEmbedding, news: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (news / "later.txt").write_text(REPRINT)
    index_roots(stores, [news], embedding)

    def fail(*_: object) -> None:
        raise AssertionError("it was compared again")

    monkeypatch.setattr("index.ingest.linking.sketch", fail)
    assert not index_roots(stores, [news], embedding).changed
    assert copies(stores.library) == {PAIR}


def test_a_later_version_supersedes(
    stores: SearchIndex, embedding: HashEmbedding, news: Path
) -> None:
    (news / "later.txt").write_text(
        STORY.replace("Mill at", "UPDATE 1-Mill at").replace("nobody was hurt", "two men were hurt")
    )
    index_roots(stores, [news], embedding)
    library = stores.library
    titles = {name: article.title for name, article in library.articles().items()}
    later = {
        titles[a]: [titles[b] for b in others] for a, others in library.holdings().later.items()
    }
    assert later == {"Mill at Torv burns down": ["UPDATE 1-Mill at Torv burns down"]}
    assert copies(library) == set()
