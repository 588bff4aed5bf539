from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.articles.passages import cut_article
from index.errors import EmbeddingModelError, LibraryBusyError, RootError
from index.ingest.preview import preview_roots
from index.ingest.report import IngestReport, in_words
from index.ingest.roots import WHAT_IS_AWAY
from index.ingest.run import IngestProgress, index_roots, remove_root
from index.library.library import Library
from index.search.stores import SearchIndex
from tests.helpers import one_story
from tests.helpers.doubles import HashEmbedding, article_text, open_for

OLD_NS = 1_600_000_000_123_456_789


@pytest.fixture
def embedding() -> HashEmbedding:
    return HashEmbedding()


@pytest.fixture
def stores(tmp_path: Path, embedding: HashEmbedding) -> Iterator[SearchIndex]:
    with open_for(tmp_path / "home", embedding) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "news"
    made.mkdir()
    return made


def put(path: Path, text: str | bytes, age: int = 0) -> Path:
    """Write a file that looks as if it had long been there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, ns=(OLD_NS + age, OLD_NS + age))
    return path


def content(library: Library) -> dict[str, Any]:
    """Everything in a library that can be found or shown."""
    articles = library.articles()
    passages = {p.passage_id: p for a in articles for p in library.article_passages(a)}
    return {
        "sources": library.sources(a.source_id for a in articles.values()),
        "articles": articles,
        "passages": passages,
        "vectors": {r.passage_id: r.vector.tolist() for r in library.passage_rows(passages)},
        "counts": {**asdict(library.counts()), "roots": 0},
    }


def names(stores: SearchIndex) -> set[str]:
    found = stores.library.sources(a.source_id for a in stores.library.articles().values())
    return {source.name for source in found.values()}


def words(stores: SearchIndex, text: str) -> set[str]:
    """The names of the sources that a search by words finds."""
    hits = stores.search_words(text, 20)
    found = stores.library.passages(hit.passage_id for hit in hits)
    return {s.name for s in stores.library.sources(p.source_id for p in found.values()).values()}


def summary(report: IngestReport) -> list[tuple[int, int, int, int, int]]:
    return [(r.added, r.changed, r.renamed, r.removed, r.unchanged) for r in report.roots]


def test_a_folder_is_indexed_and_found(
    stores: SearchIndex, folder: Path, embedding: HashEmbedding
) -> None:
    put(folder / "flood.txt", article_text("flood"))
    put(folder / "deep" / "er" / "strike.txt", article_text("strike"))

    report = index_roots(stores, [folder], embedding)

    assert summary(report) == [(2, 0, 0, 0, 0)]
    assert report.texts_embedded == len(embedding.texts) == len(set(embedding.texts)) > 0
    assert report.changed
    assert names(stores) == {"flood.txt", "deep/er/strike.txt"}
    assert words(stores, "What of the strike?") == {"deep/er/strike.txt"}
    (row,) = stores.library.passage_rows([stores.search_words("flood", 1)[0].passage_id])
    nearest = stores.search_vectors(row.vector, 2)
    assert [hit.rank for hit in nearest] == [1, 2]
    assert nearest[0].passage_id == row.passage_id
    assert nearest[0].score == pytest.approx(1.0, abs=1e-5)
    assert stores.library.verify() == []


def test_the_files_of_an_archive_are_files_of_the_library(
    stores: SearchIndex, folder: Path, embedding: HashEmbedding
) -> None:
    parts: dict[str, str | bytes] = {
        "a.txt": article_text("One"),
        "in/b.txt": article_text("Two"),
        "c.bin": b"\x00\x01",
    }
    put(folder / "week.zip", one_story.zipped(parts))
    (report,) = index_roots(stores, [folder], embedding).roots
    assert (report.added, len(report.refused)) == (2, 1)
    assert report.refused[0].relpath == "week.zip/c.bin"
    assert names(stores) == {"week.zip/a.txt", "week.zip/in/b.txt"}

    (again,) = index_roots(stores, [folder], embedding).roots
    assert (again.unchanged, again.added, again.changed) == (2, 0, 0)

    put(folder / "week.zip", one_story.zipped({"a.txt": parts["a.txt"]}), age=1)
    (fewer,) = index_roots(stores, [folder], embedding).roots
    assert (fewer.unchanged, fewer.removed) == (1, 1)
    put(folder / "week.zip", b"PK\x03\x04 damaged", age=2)
    (damaged,) = index_roots(stores, [folder], embedding).roots
    assert "damaged" in damaged.refused[0].reason


def test_a_feed_gives_each_entry_its_own_date(
    stores: SearchIndex, folder: Path, embedding: HashEmbedding
) -> None:
    entries = "".join(
        f"<item><title>Bridge {n} opens at Orm</title><pubDate>0{n} Jan 2020 08:00:00 GMT</pubDate>"
        f"<description>The bridge at Orm with the number {n} was opened by its mayor.</description>"
        "</item>"
        for n in (1, 2)
    )
    put(folder / "feed.xml", f'<rss version="2.0"><channel>{entries}</channel></rss>')
    assert index_roots(stores, [folder], embedding).articles == 2
    dates = {a.title: a.published for a in stores.library.articles().values()}
    assert dates == {
        "Bridge 1 opens at Orm": date(2020, 1, 1),
        "Bridge 2 opens at Orm": date(2020, 1, 2),
    }


def test_the_pages_of_a_pdf_are_kept(
    stores: SearchIndex, embedding: HashEmbedding, folder: Path
) -> None:
    put(folder / "story.pdf", one_story.as_pdf())
    index_roots(stores, [folder], embedding)
    articles = stores.library.articles().values()
    (found,) = [article for article in articles if article.title == one_story.TITLE]
    text = stores.library.sources([found.source_id])[found.source_id].text
    assert [page.number for page in found.pages] == [1, 2]
    assert found.page_at(text.index("pays half")) == 2


def test_an_unchanged_folder_is_not_even_read(
    stores: SearchIndex, folder: Path, embedding: HashEmbedding, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        put(folder / f"{n}.txt", article_text(f"topic{n}"))
    put(folder / "empty.txt", "")
    index_roots(stores, [folder], embedding)
    version, embedded = stores.library.index_version, len(embedding.texts)

    def refuse(*_: object) -> None:
        raise AssertionError("read")

    monkeypatch.setattr("index.ingest.preparing.read_file", refuse)
    report = index_roots(stores, [folder], embedding)

    assert summary(report) == [(0, 0, 0, 0, 3)]
    assert [(entry.relpath, entry.reason) for entry in report.roots[0].refused] == [
        ("empty.txt", "the file is empty, or holds only white space")
    ]
    assert not report.changed
    assert (stores.library.index_version, len(embedding.texts)) == (version, embedded)


def test_a_touched_file_is_read_but_not_embedded(
    stores: SearchIndex, folder: Path, embedding: HashEmbedding
) -> None:
    put(folder / "flood.txt", article_text("flood"))
    index_roots(stores, [folder], embedding)
    version = stores.library.index_version
    put(folder / "flood.txt", article_text("flood"), age=1)

    report = index_roots(stores, [folder], embedding)

    assert summary(report) == [(0, 0, 0, 0, 1)]
    assert (report.texts_embedded, report.changed) == (0, False)
    assert stores.library.index_version == version
    (record,) = stores.library.files(str(folder)).values()
    assert record.mtime_ns == OLD_NS + 1


def test_a_file_written_just_now_is_looked_at_again(
    stores: SearchIndex, folder: Path, embedding: HashEmbedding
) -> None:
    # Same size, and a time that may be the same on a coarse clock.
    file = put(folder / "a.txt", article_text("flood"))
    now = time.time_ns() + 20_000_000
    os.utime(file, ns=(now, now))
    index_roots(stores, [folder], embedding)
    file.write_text(article_text("blood"))
    os.utime(file, ns=(now, now))

    report = index_roots(stores, [folder], embedding)

    assert summary(report) == [(0, 1, 0, 0, 0)]
    assert words(stores, "blood") == {"a.txt"}


def test_change_updates_only_the_file_itself(
    stores: SearchIndex, folder: Path, embedding: HashEmbedding
) -> None:
    put(folder / "flood.txt", article_text("flood"))
    put(folder / "strike.txt", article_text("strike"))
    index_roots(stores, [folder], embedding)
    version, embedded = stores.library.index_version, len(embedding.texts)
    put(folder / "flood.txt", article_text("drought"), age=1)

    report = index_roots(stores, [folder], embedding)

    assert summary(report) == [(0, 1, 0, 0, 1)]
    assert all("drought" in text.lower() for text in embedding.texts[embedded:])
    assert words(stores, "drought") == {"flood.txt"}
    assert words(stores, "flood") == set()
    assert stores.library.index_version != version
    assert stores.library.verify() == []


def test_rename_embeds_nothing(stores: SearchIndex, folder: Path, embedding: HashEmbedding) -> None:
    put(folder / "b.txt", article_text("flood"))
    index_roots(stores, [folder], embedding)
    embedded = len(embedding.texts)
    for new in ("z.txt", "a.txt"):
        (next(folder.iterdir())).rename(folder / new)

        report = index_roots(stores, [folder], embedding)

        assert summary(report) == [(0, 0, 1, 0, 0)]
        assert names(stores) == words(stores, "flood") == {new}
        assert list(stores.library.files(str(folder))) == [new]
    assert len(embedding.texts) == embedded
    assert stores.library.verify() == []


def test_two_files_swap_names(stores: SearchIndex, folder: Path, embedding: HashEmbedding) -> None:
    put(folder / "a.txt", article_text("flood"))
    put(folder / "b.txt", article_text("strike"))
    index_roots(stores, [folder], embedding)
    embedded = len(embedding.texts)
    (folder / "a.txt").rename(folder / "c.txt")
    (folder / "b.txt").rename(folder / "a.txt")
    (folder / "c.txt").rename(folder / "b.txt")
    for name in ("a.txt", "b.txt"):
        os.utime(folder / name, ns=(OLD_NS + 1, OLD_NS + 1))

    index_roots(stores, [folder], embedding)

    assert words(stores, "flood") == {"b.txt"}
    assert words(stores, "strike") == {"a.txt"}
    assert len(embedding.texts) == embedded


def test_a_removed_file_leaves_the_library(
    stores: SearchIndex, folder: Path, embedding: HashEmbedding
) -> None:
    put(folder / "flood.txt", article_text("flood"))
    put(folder / "strike.txt", article_text("strike"))
    index_roots(stores, [folder], embedding)
    (folder / "flood.txt").unlink()

    report = index_roots(stores, [folder], embedding)

    assert summary(report) == [(0, 0, 0, 1, 1)]
    assert words(stores, "flood") == set()
    assert names(stores) == {"strike.txt"}
    (folder / "strike.txt").unlink()
    report = index_roots(stores, [folder], embedding)
    assert summary(report) == [(0, 0, 0, 1, 0)]
    counts = stores.library.counts()
    assert (counts.files, counts.sources, counts.passages, counts.vectors) == (0, 0, 0, 0)
    assert stores.search_words("strike", 5) == []


def test_a_missing_folder_removes_nothing(
    stores: SearchIndex, folder: Path, embedding: HashEmbedding, tmp_path: Path
) -> None:
    put(folder / "flood.txt", article_text("flood"))
    index_roots(stores, [folder], embedding)
    before, version = content(stores.library), stores.library.index_version
    folder.rename(tmp_path / "elsewhere")
    other = put(tmp_path / "other" / "new.txt", article_text("new")).parent

    with pytest.raises(RootError, match="No such file"):
        index_roots(stores, [other, folder], embedding)

    assert content(stores.library) == before
    assert stores.library.index_version == version


@pytest.mark.parametrize("lost", ["away", "emptied"])
def test_articles_of_a_folder_that_is_away_or_suddenly_empty_stay(
    stores: SearchIndex, embedding: HashEmbedding, tmp_path: Path, lost: str
) -> None:
    desk = put(tmp_path / "desk" / "flood.txt", article_text("flood")).parent
    stick = put(tmp_path / "stick" / "strike.txt", article_text("strike")).parent
    put(stick / "vote.txt", article_text("election"))
    index_roots(stores, [desk, stick], embedding)
    stick.rename(tmp_path / "elsewhere")
    if lost == "emptied":
        stick.mkdir()
    put(desk / "new.txt", article_text("harbour"))
    (desk / "flood.txt").unlink()

    told = preview_roots(stores.library, stores.home, [stick, desk], keep=WHAT_IS_AWAY)
    report = index_roots(stores, [stick, desk], embedding, keep=WHAT_IS_AWAY)

    assert told == report.roots
    assert names(stores) == {"new.txt", "strike.txt", "vote.txt"}
    assert [Path(root.path).name for root in report.roots] == ["desk", "stick"]
    kept = report.roots[1].kept or ""
    assert ("is not there" if lost == "away" else "all of its 2 files are gone") in kept
    assert "stick: " in in_words(report.roots)
    assert stores.library.verify() == []


def test_a_folder_that_was_never_indexed_is_not_away(
    stores: SearchIndex, embedding: HashEmbedding, tmp_path: Path
) -> None:
    desk = put(tmp_path / "desk" / "flood.txt", article_text("flood")).parent
    with pytest.raises(RootError, match="No such file"):
        index_roots(stores, [desk, tmp_path / "typo"], embedding, keep=WHAT_IS_AWAY)
    assert names(stores) == set()


def test_nothing_but_what_is_away_is_an_error(
    stores: SearchIndex, embedding: HashEmbedding, folder: Path, tmp_path: Path
) -> None:
    put(folder / "flood.txt", article_text("flood"))
    index_roots(stores, [folder], embedding)
    folder.rename(tmp_path / "elsewhere")
    with pytest.raises(RootError, match="No such file"):
        index_roots(stores, [folder], embedding, keep=WHAT_IS_AWAY)
    assert names(stores) == {"flood.txt"}


def test_indexing_one_root_leaves_the_others(
    stores: SearchIndex, embedding: HashEmbedding, tmp_path: Path
) -> None:
    first = put(tmp_path / "first" / "flood.txt", article_text("flood"))
    second = put(tmp_path / "second" / "strike.txt", article_text("strike"))
    index_roots(stores, [first.parent], embedding)
    first.unlink()

    index_roots(stores, [second.parent], embedding)
    assert names(stores) == {"flood.txt", "strike.txt"}

    report = index_roots(stores, [first.parent], embedding)
    assert summary(report) == [(0, 0, 0, 1, 0)]
    assert names(stores) == {"strike.txt"}
    assert [root.path for root in stores.library.roots()] == [
        str(first.parent),
        str(second.parent),
    ]


def test_the_same_bytes_are_one_source_while_any_file_holds_them(
    stores: SearchIndex, embedding: HashEmbedding, tmp_path: Path
) -> None:
    one = put(tmp_path / "b" / "one.txt", article_text("flood"))
    two = put(tmp_path / "a" / "two.txt", article_text("flood"))
    index_roots(stores, [one.parent], embedding)
    assert names(stores) == {"one.txt"}
    embedded = len(embedding.texts)

    index_roots(stores, [two.parent], embedding)
    assert stores.library.counts().sources == 1
    assert names(stores) == {"two.txt"}  # the first by root and path

    two.unlink()
    index_roots(stores, [two.parent], embedding)
    assert names(stores) == words(stores, "flood") == {"one.txt"}

    one.unlink()
    index_roots(stores, [one.parent], embedding)
    assert names(stores) == set()
    assert len(embedding.texts) == embedded


def test_a_root_within_a_root(stores: SearchIndex, embedding: HashEmbedding, folder: Path) -> None:
    put(folder / "flood.txt", article_text("flood"))
    put(folder / "sub" / "strike.txt", article_text("strike"))
    index_roots(stores, [folder, folder / "sub"], embedding)
    assert stores.library.counts().sources == 2
    assert names(stores) == {"flood.txt", "sub/strike.txt"}

    removed = remove_root(stores, folder)

    assert removed.removed == 2
    assert names(stores) == words(stores, "strike") == {"strike.txt"}
    assert stores.search_words("flood", 5) == []
    with pytest.raises(RootError, match="is not indexed"):
        remove_root(stores, folder)


def test_a_single_file_is_a_root_of_its_own(
    stores: SearchIndex, embedding: HashEmbedding, folder: Path
) -> None:
    put(folder / "flood.txt", article_text("flood"))
    put(folder / "strike.txt", article_text("strike"))
    put(folder / "articles.toml", SIDECAR.format(name="flood.txt", publisher="The Times"))

    report = index_roots(stores, [folder / "flood.txt"], embedding)

    assert summary(report) == [(1, 0, 0, 0, 0)]
    assert names(stores) == {"flood.txt"}
    assert stores.library.holdings().publishers == {"The Times": 1}
    (folder / "flood.txt").unlink()
    with pytest.raises(RootError):
        index_roots(stores, [folder / "flood.txt"], embedding)
    assert names(stores) == {"flood.txt"}
    remove_root(stores, folder / "flood.txt")
    assert names(stores) == set()


SIDECAR = """
["{name}"]
publisher = {{ value = "{publisher}", basis = "the reader" }}
"""


def test_a_sidecar_marks_again_without_embedding(
    stores: SearchIndex, embedding: HashEmbedding, folder: Path
) -> None:
    put(folder / "flood.txt", article_text("flood"))
    put(folder / "sub" / "strike.txt", article_text("strike"))
    index_roots(stores, [folder], embedding)
    version, embedded = stores.library.index_version, len(embedding.texts)
    put(folder / "articles.toml", SIDECAR.format(name="sub/strike.txt", publisher="Far"))

    report = index_roots(stores, [folder], embedding)
    assert summary(report) == [(0, 1, 0, 0, 1)]
    assert stores.library.holdings().publishers == {"Far": 1}
    assert stores.library.index_version != version

    put(folder / "sub" / "articles.toml", SIDECAR.format(name="strike.txt", publisher="Near"))
    index_roots(stores, [folder], embedding)
    assert stores.library.holdings().publishers == {"Near": 1}
    assert len(embedding.texts) == embedded
    assert names(stores) == {"flood.txt", "sub/strike.txt"}  # a sidecar is never a source


def test_a_broken_sidecar_goes_to_the_ledger(
    stores: SearchIndex, embedding: HashEmbedding, folder: Path
) -> None:
    put(folder / "flood.txt", article_text("flood"))
    put(folder / "articles.toml", "[oops")

    report = index_roots(stores, [folder], embedding)

    assert summary(report) == [(1, 0, 0, 0, 0)]
    (entry,) = stores.library.ledger()
    assert entry.relpath == "articles.toml"
    assert "TOML" in entry.reason
    put(folder / "articles.toml", SIDECAR.format(name="flood.txt", publisher="The Times"))
    index_roots(stores, [folder], embedding)
    assert stores.library.ledger() == []
    assert stores.library.holdings().publishers == {"The Times": 1}


def test_bad_files_go_to_the_ledger_and_nothing_stops(
    stores: SearchIndex, embedding: HashEmbedding, folder: Path, tmp_path: Path
) -> None:
    put(folder / "a_good.txt", article_text("flood"))
    put(folder / "b_empty.txt", "")
    put(folder / "c_binary.txt", bytes(range(256)) * 40)
    put(folder / "d_image.jpg", b"\xff\xd8\xff\xe0")
    put(folder / "e_russian.txt", ("Президент выступил с речью в Минске. " * 30).encode("cp1251"))
    with (folder / "f_huge.txt").open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    os.mkfifo(folder / "g_pipe.txt")
    (folder / "h_out.txt").symlink_to(put(tmp_path / "secret.txt", article_text("secret")))
    (folder / "i_dangling.txt").symlink_to(folder / "nothing")
    (folder / "j_within.txt").symlink_to(folder / "a_good.txt")
    (folder / "k_loop").symlink_to(folder)
    put(folder / ".hidden.txt", article_text("hidden"))
    put(folder / ".git" / "x.txt", article_text("hidden"))
    put(folder / "z_good.txt", article_text("strike"))

    started = time.process_time()
    report = index_roots(stores, [folder], embedding)

    assert time.process_time() - started < 20
    assert names(stores) == {"a_good.txt", "e_russian.txt", "z_good.txt"}
    reasons = {entry.relpath: entry.reason for entry in stores.library.ledger()}
    assert reasons.keys() == {
        "b_empty.txt",
        "c_binary.txt",
        "d_image.jpg",
        "f_huge.txt",
        "g_pipe.txt",
        "h_out.txt",
        "i_dangling.txt",
        "k_loop",
    }
    assert "binary" in reasons["c_binary.txt"]
    assert "larger than" in reasons["f_huge.txt"]
    assert "leads out" in reasons["h_out.txt"]
    assert tuple(stores.library.ledger()) == report.roots[0].refused
    assert stores.library.counts().refused == 8
    assert words(stores, "речь в Минске") == {"e_russian.txt"}


def test_what_the_file_system_refuses_is_tried_again(
    stores: SearchIndex, embedding: HashEmbedding, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder / "flood.txt", article_text("flood"))

    opened = Path.open

    def refuse(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name == "flood.txt":
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refuse)
        report = index_roots(stores, [folder], embedding)
    assert [entry.reason for entry in report.roots[0].refused] == ["no permission to read the file"]

    report = index_roots(stores, [folder], embedding)

    assert summary(report) == [(0, 1, 0, 0, 0)]
    assert stores.library.ledger() == []


def test_a_file_that_breaks_our_code_is_refused(
    stores: SearchIndex, embedding: HashEmbedding, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder / "flood.txt", article_text("flood"))
    put(folder / "strike.txt", article_text("strike"))

    def trip(article: Any, source: Any) -> Any:
        if "Flood" in source.text:
            raise RecursionError("too deep")
        return cut_article(article, source)

    monkeypatch.setattr("index.ingest.preparing.cut_article", trip)
    report = index_roots(stores, [folder], embedding)

    assert names(stores) == {"strike.txt"}
    (entry,) = report.roots[0].refused
    assert "RecursionError" in entry.reason


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every folder")
def test_below_a_folder_that_cannot_be_listed_nothing_is_gone(
    stores: SearchIndex, embedding: HashEmbedding, folder: Path
) -> None:
    put(folder / "sub" / "flood.txt", article_text("flood"))
    index_roots(stores, [folder], embedding)
    (folder / "sub").chmod(0)
    try:
        report = index_roots(stores, [folder], embedding)
    finally:
        (folder / "sub").chmod(0o755)
    assert [entry.relpath for entry in report.roots[0].refused] == ["sub"]
    assert names(stores) == {"sub/flood.txt"}


def test_below_a_folder_that_fails_to_list_nothing_is_gone(
    stores: SearchIndex, embedding: HashEmbedding, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder / "sub" / "flood.txt", article_text("flood"))
    index_roots(stores, [folder], embedding)
    scandir = os.scandir

    def refuse(path: Any) -> Any:
        if Path(path).name == "sub":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", refuse)
        report = index_roots(stores, [folder], embedding)
    assert [entry.relpath for entry in report.roots[0].refused] == ["sub"]
    assert names(stores) == {"sub/flood.txt"}
    report = index_roots(stores, [folder], embedding)
    assert summary(report) == [(0, 0, 0, 0, 1)]


def test_a_name_that_is_no_text(
    stores: SearchIndex, embedding: HashEmbedding, folder: Path
) -> None:
    path = os.fsencode(folder) + b"/caf\xe9.txt"
    try:
        with open(path, "wb") as file:
            file.write(article_text("coffee").encode())
    except OSError:
        pytest.skip("this file system takes names that are text only")

    index_roots(stores, [folder], embedding)

    assert names(stores) == {"caf\\udce9.txt"}
    assert summary(index_roots(stores, [folder], embedding))[0][3] == 0


def test_the_home_folder_is_never_indexed(embedding: HashEmbedding, folder: Path) -> None:
    put(folder / "flood.txt", article_text("flood"))
    with open_for(folder / "home", embedding) as stores:
        put(folder / "home" / "notes.txt", article_text("notes"))
        index_roots(stores, [folder], embedding)
        assert names(stores) == {"flood.txt"}


def test_interruption_loses_little_and_resumes(
    embedding: HashEmbedding, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.ingest.intake._BATCH_FILES", 4)
    for n in range(20):
        put(folder / f"{n:02}.txt", article_text(f"topic{n}"))
    embedding.fails_after = 10
    with open_for(tmp_path / "home", embedding) as stores:
        with pytest.raises(EmbeddingModelError):
            index_roots(stores, [folder], embedding)
        held = stores.library.counts()
        assert 0 < held.sources < 20
        assert held.sources == held.files
        assert stores.library.verify() == []
        # What was written is found at once.
        assert words(stores, "topic0") == {"00.txt"}
    embedding.fails_after = None

    with open_for(tmp_path / "home", embedding) as stores:
        report = index_roots(stores, [folder], embedding)
        assert report.roots[0].added == 20 - held.files
        assert stores.library.counts().sources == 20
        assert len(embedding.texts) - len(set(embedding.texts)) <= 2 * 4
        with open_for(tmp_path / "fresh", HashEmbedding()) as fresh:
            index_roots(fresh, [folder], HashEmbedding())
            assert content(stores.library) == content(fresh.library)


@pytest.mark.slow
def test_a_killed_run_leaves_a_sound_library(
    embedding: HashEmbedding, folder: Path, tmp_path: Path
) -> None:
    for n in range(12):
        put(folder / f"{n:02}.txt", article_text(f"topic{n}"))
    program = (
        "import os, sys, pathlib\n"
        "import index.ingest.intake\n"
        "from tests.helpers.doubles import HashEmbedding\n"
        "from index.embedding.local import model_fingerprint\n"
        "from index.ingest.run import index_roots\n"
        "from index.search.stores import open_stores\n"
        "index.ingest.intake._BATCH_FILES = 4\n"
        "class Deadly(HashEmbedding):\n"
        "    def _get_text_embedding(self, text):\n"
        "        if len(self.texts) > 5: os.kill(os.getpid(), 9)\n"
        "        return super()._get_text_embedding(text)\n"
        "e = HashEmbedding()\n"
        "s = open_stores(pathlib.Path(sys.argv[1]), write=True,\n"
        "                fingerprint=model_fingerprint(e), dimension=e.dimension)\n"
        "index_roots(s, [pathlib.Path(sys.argv[2])], Deadly())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "home"), str(folder)],
        cwd=Path(__file__).parents[3],
        timeout=240,
    )
    assert done.returncode == -9
    with open_for(tmp_path / "home", embedding) as stores:
        assert stores.library.counts().sources == 4
        assert stores.library.verify() == []
        assert words(stores, "topic0") == {"00.txt"}
        assert index_roots(stores, [folder], embedding).roots[0].added == 8
        assert stores.library.counts().sources == 12


def test_progress_is_told(stores: SearchIndex, embedding: HashEmbedding, folder: Path) -> None:
    for n in range(3):
        put(folder / f"{n}.txt", article_text(f"topic{n}"))
    told: list[IngestProgress] = []

    index_roots(stores, [folder], embedding, told.append)

    assert [(step.stage, step.done, step.total) for step in told] == [
        ("reading", 1, 3),
        ("reading", 2, 3),
        ("reading", 3, 3),
        ("embedding", 3, 3),
        ("updating search", 3, 3),
    ]
    assert told[-1].texts_embedded == len(embedding.texts)


@pytest.mark.slow
def test_a_second_writer_is_refused_and_a_reader_reads(
    stores: SearchIndex, embedding: HashEmbedding, folder: Path
) -> None:
    put(folder / "flood.txt", article_text("flood"))
    index_roots(stores, [folder], embedding)
    program = (
        "import sys, json, pathlib\n"
        "from tests.helpers.doubles import HashEmbedding\n"
        "from index.embedding.local import model_fingerprint\n"
        "from index.errors import LibraryBusyError\n"
        "from index.ingest.run import index_roots\n"
        "from index.search.stores import open_stores\n"
        "home, e = pathlib.Path(sys.argv[1]), HashEmbedding()\n"
        "known = dict(fingerprint=model_fingerprint(e), dimension=e.dimension)\n"
        "try:\n"
        "    open_stores(home, write=True, **known)\n"
        "except LibraryBusyError as error:\n"
        "    refusal = error.user_message\n"
        "with open_stores(home, write=False, **known) as s:\n"
        "    hits = s.search_words('flood', 5)\n"
        "    try:\n"
        "        index_roots(s, [], e)\n"
        "    except LibraryBusyError as error:\n"
        "        reading = error.user_message\n"
        "print(json.dumps([refusal, reading, [h.passage_id for h in hits], s.writable]))\n"
    )
    # The writer is in the middle of a transaction meanwhile.
    with stores.library.writing() as writer:
        writer.put_root("/somewhere")
        done = subprocess.run(
            [sys.executable, "-W", "error::ResourceWarning", "-c", program, str(stores.home)],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=Path(__file__).parents[3],
        )
    assert done.returncode == 0, done.stderr
    refusal, reading, hits, writable = json.loads(done.stdout)
    assert f"process {os.getpid()} is indexing articles" in refusal
    assert "reading only" in reading
    assert hits == [hit.passage_id for hit in stores.search_words("flood", 5)]
    assert writable is False


class LibraryOnly:
    """The stores without search, which the invariant below does not need."""

    writable = True

    def __init__(self, home: Path) -> None:
        self.home = home
        self.library = Library.open(home)

    def ensure(self) -> None:
        pass


FILES = st.sampled_from(["a/one.txt", "a/two.txt", "a/sub/one.txt", "b/one.txt", "b/three.txt"])
TOPICS = st.sampled_from(["flood", "strike", "election"])
STEPS = st.one_of(
    st.tuples(st.just("write"), FILES, TOPICS),
    st.tuples(st.just("remove"), FILES, st.none()),
    st.tuples(st.just("rename"), FILES, FILES),
    st.tuples(st.just("title"), FILES, TOPICS),
    st.tuples(st.just("index"), st.sampled_from(["a", "b", "a/sub"]), st.none()),
)


def take_step(base: Path, step: tuple[str, str, str | None], tick: int) -> None:
    """Do to a folder what people do to folders."""
    kind, first, second = step
    path = base / first
    if kind == "write":
        put(path, article_text(str(second)), age=tick)
    elif kind == "remove":
        path.unlink(missing_ok=True)
    elif kind == "rename" and path.exists():
        path.rename(base / str(second))
    elif kind == "title":
        title = f'title = {{ value = "About {second}", basis = "the reader" }}\n'
        put(path.parent / "articles.toml", f'["{path.name}"]\n{title}', age=tick)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, max_size=14))
@example(
    [
        ("write", "b/one.txt", "flood"),
        ("index", "b", None),
        ("write", "a/sub/one.txt", "flood"),
        ("title", "a/sub/one.txt", "strike"),
        ("index", "a/sub", None),
        ("remove", "a/sub/one.txt", None),
    ]
)
def test_history_does_not_matter(steps: list[tuple[str, str, str | None]]) -> None:
    with tempfile.TemporaryDirectory() as made:
        base = Path(made).resolve()
        for name in ("a", "a/sub", "b"):
            (base / name).mkdir()
        roots = [base / "a", base / "b", base / "a" / "sub"]
        embedding = HashEmbedding(dimension=4)
        library = prepared(base / "old")
        for tick, step in enumerate(steps):
            take_step(base, step, tick)
            if step[0] == "index":
                told = preview_roots(library.library, library.home, [base / step[1]])
                report = index_roots(cast(SearchIndex, library), [base / step[1]], embedding)
                assert told == report.roots
                lying = [p for p in (base / step[1]).rglob("*.txt") if p.is_file()]
                assert report.roots[0].files == len(lying)  # taken, refused or the same as one
                assert library.library.verify() == []
        index_roots(cast(SearchIndex, library), roots, embedding)
        fresh = prepared(base / "fresh")
        index_roots(cast(SearchIndex, fresh), roots, HashEmbedding(dimension=4))
        try:
            assert library.library.verify() == []
            assert content(library.library) == content(fresh.library)
            again = index_roots(cast(SearchIndex, library), roots, embedding)
            assert (again.changed, again.texts_embedded) == (False, 0)
        finally:
            library.library.close()
            fresh.library.close()


def prepared(home: Path) -> LibraryOnly:
    made = LibraryOnly(home)
    made.library.bind_model("hash", 4)
    return made


def test_unchanged_files_take_no_time(folder: Path, tmp_path: Path) -> None:
    embedding = HashEmbedding(dimension=4)
    library = prepared(tmp_path / "home")
    for n in range(400):
        put(folder / f"{n % 20}" / f"{n}.txt", f"Story {n}\n\nThe story {n} was told in full.\n")
    index_roots(cast(SearchIndex, library), [folder], embedding)
    embedded = len(embedding.texts)

    started = time.process_time()
    report = index_roots(cast(SearchIndex, library), [folder], embedding)
    took = time.process_time() - started

    library.library.close()
    assert report.roots[0].unchanged == 400
    assert len(embedding.texts) == embedded
    assert took < 1  # five times as many may take five seconds


def test_a_reader_may_not_index(
    stores: SearchIndex, embedding: HashEmbedding, folder: Path
) -> None:
    with (
        open_for(stores.home, embedding, write=False) as reader,
        pytest.raises(LibraryBusyError, match="reading only"),
    ):
        index_roots(reader, [folder], embedding)
