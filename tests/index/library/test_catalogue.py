from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.ingest.run import index_roots
from index.library.catalogue import CatalogueEntry, selected
from index.search.stores import open_stores
from tests.helpers.doubles import HashEmbedding, article_text

PLAIN = CatalogueEntry("a", "s", "file.txt", None, None, None, "none", (), None)
ENTRIES = [
    replace(PLAIN, article_id="1", name="b.txt", title="Minsk waits", published=date(2020, 8, 6)),
    replace(PLAIN, article_id="2", name="a.txt", title="Абэ уходит", publisher="ТАСС"),
    replace(
        PLAIN, article_id="3", name="c.txt", publisher="RBC", published=date(2021, 1, 1),
        date_warning="the year is in doubt",
    ),
]  # fmt: skip


def found(search: str = "", order: str = "newest", warned: bool = False) -> str:
    return "".join(e.article_id for e in selected(ENTRIES, search, order, warned))


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", "312"), ("oldest", "132"), ("title", "123"), ("publisher", "321"),
        ("file", "213"), ("sideways", "213"),
    ],
)  # fmt: skip
def test_every_order_puts_what_it_cannot_place_last(order: str, expected: str) -> None:
    assert found(order=order) == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("MINSK", "1"), ("абэ тасс", "2"), ("абэ rbc", ""), ("2021", "3"), ("undated", "2"),
        (" ", "312"),
    ],
)  # fmt: skip
def test_all_words_must_occur_somewhere(search: str, expected: str) -> None:
    assert found(search) == expected


def test_doubtful_dates_can_be_singled_out() -> None:
    assert found(warned=True) == "32"


def test_a_library_lists_its_articles_and_where_they_lie(tmp_path: Path) -> None:
    folder, embedding = tmp_path / "news", HashEmbedding()
    folder.mkdir()
    for name in ("one.txt", "copy.txt"):
        (folder / name).write_text(article_text("storm"))
    home = tmp_path / "home"
    with open_stores(home, write=True, fingerprint="hash", dimension=32) as stores:
        index_roots(stores, [folder], embedding)
        (entry,) = stores.library.catalogue()
        article = stores.library.article(entry.article_id)
        places = stores.library.places(entry.source_id)

    assert article
    assert (entry.title, entry.dates) == (article.title, article.dates)
    assert places == [(str(folder), "copy.txt"), (str(folder), "one.txt")]
