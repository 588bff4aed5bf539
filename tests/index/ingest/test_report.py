"""Every file that was seen is counted once, and the words say so."""

from pathlib import Path

import pytest

from index.ingest.preview import preview_roots
from index.ingest.report import Duplicate, RootReport, in_words
from index.ingest.run import index_roots
from index.library.library import Library
from index.library.tables import LedgerEntry
from index.search.stores import SearchIndex, open_stores
from tests.helpers.doubles import HashEmbedding, article_text
from tests.index.ingest.test_run import put

REFUSED = (LedgerEntry("r", "a.png", "a picture"),)


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (RootReport("r"), ""),
        (RootReport("r", removed=2), "2 removed"),
        (RootReport("r", added=1, articles=1), "1 file: 1 article added"),
        (
            RootReport("r", added=4, articles=4, duplicates=(Duplicate("b.txt", "bridge.txt"),)),
            "5 files: 4 articles added, 1 duplicate of bridge.txt",
        ),
        (
            RootReport("r", added=1, articles=9, changed=1, unchanged=3, refused=REFUSED),
            "6 files: 1 added (9 articles), 1 changed, 3 unchanged, 1 refused",
        ),
        (
            RootReport("r", duplicates=(Duplicate("a", "c"), Duplicate("b", "c")), removed=1),
            "2 files: 2 duplicates; 1 removed",
        ),
    ],
)
def test_what_was_found_in_words(report: RootReport, words: str) -> None:
    assert in_words([report]) == words


def test_a_copy_is_named_with_what_it_is_a_copy_of(tmp_path: Path) -> None:
    folder, home = tmp_path / "news", tmp_path / "home"
    put(folder / "bridge.txt", article_text("flood"))
    put(folder / "copy.txt", article_text("flood"))
    put(folder / "strike.txt", article_text("strike"))
    put(folder / "picture.txt", b"\x89PNG")
    stores = opened(home)
    try:
        told = preview_roots(stores.library, home, [folder])
        assert stores.library.counts().files == 0
        report = index_roots(stores, [folder], HashEmbedding(dimension=4))
        assert told == report.roots
        (root,) = report.roots
        assert in_words([root]) == (
            "4 files: 2 articles added, 1 duplicate of bridge.txt, 1 refused"
        )
        assert root.duplicates == (Duplicate("copy.txt", "bridge.txt"),)
        again = index_roots(stores, [folder], HashEmbedding(dimension=4)).roots[0]
        assert (again.unchanged, again.files) == (2, 4)
        assert again.duplicates == (Duplicate("copy.txt", "bridge.txt", is_new=False),)
    finally:
        stores.close()


def test_a_copy_elsewhere_is_named_with_its_folder(tmp_path: Path) -> None:
    home = tmp_path / "home"
    put(tmp_path / "b" / "bridge.txt", article_text("flood"))
    put(tmp_path / "a" / "copy.txt", article_text("flood"))
    stores = opened(home)
    try:
        embedding = HashEmbedding(dimension=4)
        index_roots(stores, [tmp_path / "b"], embedding)
        (root,) = index_roots(stores, [tmp_path / "a"], embedding).roots
        first = str((tmp_path / "b" / "bridge.txt").resolve())
        assert root.duplicates == (Duplicate("copy.txt", first),)
        assert root.files == 1
    finally:
        stores.close()


def opened(home: Path) -> SearchIndex:
    return open_stores(home, write=True, fingerprint="hash", dimension=4, activity="testing")


def test_a_preview_needs_no_writer(tmp_path: Path) -> None:
    put(tmp_path / "news" / "bridge.txt", article_text("flood"))
    with Library.open(tmp_path / "home") as library:
        (root,) = preview_roots(library, tmp_path / "home", [tmp_path / "news"])
        assert (root.added, root.articles) == (1, 1)
        assert library.roots() == []
