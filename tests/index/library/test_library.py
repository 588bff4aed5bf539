from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from index.article import (
    Article,
    DateCandidate,
    MarkedSpan,
    Passage,
    SearchFilters,
    Source,
    Span,
    SpanKind,
)
from index.days import MonthDay
from index.embedding.local import passage_text
from index.errors import EmbeddingMismatchError, LibraryError, LibraryFormatError, RootError
from index.library.library import LIBRARY_NAME, Library
from index.library.rows import from_blob, text_key, to_blob
from index.library.tables import FileRecord, LedgerEntry, Vector
from index.library.writes import CutArticle, Origin

DIMENSION = 4


def vector_of(text: str) -> Vector:
    seed = int.from_bytes(text_key(text)[:4], "little")
    vector = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "home") as opened:
        opened.bind_model("model/1", DIMENSION)
        yield opened


def shelve(
    library: Library,
    name: str,
    text: str = "First one. Second one.",
    *,
    root: str = "/news",
    title: str | None = "A title",
    publisher: str | None = None,
    published: date | None = None,
) -> tuple[Source, Article, Passage]:
    """Put one source with one article and one passage into a library, as ingestion does."""
    source = Source(f"src_{name}", name, text, text_key(text).hex(), "text/plain")
    middle = text.index(".") + 1
    sentences = (Span(0, middle), Span(middle + 1, len(text)))
    article = Article(
        f"art_{name}",
        source.source_id,
        title,
        publisher,
        published,
        "sidecar" if published else "none",
        "en",
        (MarkedSpan(SpanKind.BODY, Span(0, len(text))),),
        (DateCandidate(MonthDay(8, 6), "page stamp", "page"),),
        "no year",
        "https://example.org/",
    )
    passage = Passage(
        f"{source.source_id}:0-{len(text)}",
        article.article_id,
        source.source_id,
        0,
        len(text),
        text,
        sentences,
    )
    embedded = passage_text(title, text)
    key = text_key(embedded)
    origin = Origin(source.source_id, root, name, "", "1")
    record = FileRecord(
        name, len(text), 1, source.sha256, "", "1", "indexed", None, source.source_id
    )
    with library.writing() as writer:
        writer.put_vectors({key: vector_of(embedded)})
        writer.put_source(source, origin, [CutArticle(article, (passage,), (key,))])
        writer.put_file(writer.put_root(root), record)
    return source, article, passage


def test_what_is_written_is_read(library: Library) -> None:
    source, article, passage = shelve(library, "a.txt")

    assert library.source(source.source_id) == source
    assert library.article(article.article_id) == article
    assert library.articles() == {article.article_id: article}
    assert library.source_articles(article.source_id) == [article]
    assert library.source_articles("src_unknown") == []
    assert library.passages([passage.passage_id, "unknown"]) == {passage.passage_id: passage}
    assert library.article_passages(article.article_id) == [passage]
    (row,) = library.all_passage_rows()
    (again,) = library.passage_rows([passage.passage_id, "unknown"])
    assert (row.passage_id, row.article_id) == (passage.passage_id, article.article_id)
    assert (row.title, row.text) == ("A title", passage.text)
    assert_array_equal(row.vector, vector_of("A title. First one. Second one."))
    assert_array_equal(again.vector, row.vector)
    assert library.verify() == []
    counts = library.counts()
    assert (counts.roots, counts.files, counts.sources, counts.vectors) == (1, 1, 1, 1)


def test_days_are_stored_as_text_and_one_without_its_year_dates_nothing(
    library: Library, tmp_path: Path
) -> None:
    _, article, _ = shelve(library, "a.txt", published=date(2020, 8, 6))
    with closing(sqlite3.connect(tmp_path / "home" / LIBRARY_NAME)) as raw, raw:
        stored = raw.execute("SELECT published_at, dates FROM articles").fetchall()
        assert stored == [("2020-08-06", '[["--08-06", "page stamp", "page"]]')]
        raw.execute("UPDATE articles SET published_at = '--08-22'")

    assert library.articles()[article.article_id].published is None
    assert library.holdings().published == {}


def test_it_survives_closing(tmp_path: Path) -> None:
    with Library.open(tmp_path) as library:
        library.bind_model("model/1", DIMENSION)
        _, article, _ = shelve(library, "a.txt")
        version = library.index_version
    with Library.open(tmp_path) as library:
        assert library.articles() == {article.article_id: article}
        assert library.index_version == version
        assert library.dimension == DIMENSION


def test_the_version_changes_with_what_is_found_only(library: Library) -> None:
    versions = [library.index_version]
    shelve(library, "a.txt")
    versions.append(library.index_version)
    assert versions[0] != versions[1]

    with library.writing() as writer:
        root_id = writer.put_root("/news")
        writer.put_file(root_id, FileRecord("b.txt", 0, 0, None, "", "1", "refused", "empty"))
        assert writer.drop_orphans() == set()
    assert library.index_version == versions[1]

    with library.writing() as writer:
        writer.drop_files(root_id, ["a.txt"])
        assert writer.drop_orphans() == {"src_a.txt"}
        assert writer.touched == writer.disturbed == {"src_a.txt:0-22"}
    assert library.index_version not in versions


def test_writing_again_touches_only_what_differs(library: Library) -> None:
    _, article, passage = shelve(library, "a.txt")
    key = text_key("A title. First one. Second one.")
    source = library.source("src_a.txt")
    assert source is not None
    origin = Origin(source.source_id, "/news", "a.txt", "", "1")
    with library.writing() as writer:
        writer.put_source(source, origin, [CutArticle(article, (passage,), (key,))])
        assert (writer.touched, writer.changed) == (set(), True)


def test_a_transaction_is_all_or_nothing(library: Library) -> None:

    def fail() -> None:
        with library.writing() as writer:
            writer.put_root("/news")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert library.roots() == []


def test_vectors_nobody_uses_are_collected(library: Library) -> None:
    shelve(library, "a.txt", "Same here. Only in a.")
    shelve(library, "b.txt", "Same here. Only in b.")
    shelve(library, "c.txt", "Same here. Only in b.")
    assert library.counts().vectors == 2
    with library.writing() as writer:
        writer.drop_files(writer.put_root("/news"), ["a.txt"])
        writer.drop_orphans()
    assert library.counts().vectors == 2  # kept until the end, in case the text comes back
    with library.writing() as writer:
        writer.collect_garbage()
    assert library.counts().vectors == 1
    assert library.verify() == []


def test_another_model_is_refused(library: Library) -> None:
    shelve(library, "a.txt")
    library.bind_model("model/1", DIMENSION)
    with pytest.raises(
        EmbeddingMismatchError, match=r"model/1 \(4 dimensions\).*model/2"
    ) as caught:
        library.bind_model("model/2", DIMENSION)
    assert "--home" in str(caught.value) or "another home" in str(caught.value)
    with pytest.raises(EmbeddingMismatchError):
        library.bind_model("model/1", 8)


def test_an_empty_library_takes_another_model(library: Library) -> None:
    library.bind_model("model/2", 8)
    assert library.dimension == 8


def test_another_format_is_refused(tmp_path: Path) -> None:
    Library.open(tmp_path).close()
    with sqlite3.connect(tmp_path / LIBRARY_NAME) as raw:
        raw.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    raw.close()
    with pytest.raises(LibraryFormatError, match="format 99"):
        Library.open(tmp_path)


def test_a_format_too_old_is_refused(tmp_path: Path) -> None:
    Library.open(tmp_path).close()
    with sqlite3.connect(tmp_path / LIBRARY_NAME) as raw:
        raw.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")
    raw.close()
    with pytest.raises(LibraryFormatError, match="too old to bring over"):
        Library.open(tmp_path)


@pytest.mark.parametrize("data", [b"not a database" * 100, b"SQLite format 3\x00" + b"\x01" * 4096])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / LIBRARY_NAME).write_bytes(data)
    with pytest.raises(LibraryFormatError, match="is damaged or is not a Pressmark library"):
        Library.open(tmp_path)
    assert (tmp_path / LIBRARY_NAME).read_bytes() == data


def test_someone_elses_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / LIBRARY_NAME) as raw:
        raw.execute("CREATE TABLE recipes (name TEXT)")
    raw.close()
    with pytest.raises(LibraryFormatError, match="not a Pressmark library"):
        Library.open(tmp_path)


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    with Library.open(tmp_path) as library:
        library.bind_model("model/1", DIMENSION)
        for n in range(50):
            shelve(library, f"{n}.txt", f"First one of {n}. " + "Second one. " * 50)
    path = tmp_path / LIBRARY_NAME
    data = bytearray(path.read_bytes())
    data[8192 : len(data) // 2] = b"\x5a" * (len(data) // 2 - 8192)
    path.write_bytes(data)

    def read_all() -> list[str]:
        with Library.open(tmp_path) as library:
            list(library.all_passage_rows())
            return library.verify()

    with pytest.raises(LibraryFormatError, match="is damaged"):
        read_all()


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(LibraryError, match="cannot be made"):
        Library.open(tmp_path / "home")


def test_verify_finds_what_is_wrong(library: Library) -> None:
    shelve(library, "a.txt")
    shelve(library, "b.txt", "Another one. Its second.")
    raw = sqlite3.connect(library.path)
    raw.execute("UPDATE passages SET text = 'Made up.'")
    raw.execute("UPDATE vectors SET vector = x'00' WHERE vector_id = 1")
    raw.execute("DELETE FROM embeddings WHERE passage_id = 'src_b.txt:0-24'")
    raw.execute("DELETE FROM files WHERE relpath = 'a.txt'")
    raw.commit()
    raw.close()
    problems = "\n".join(library.verify())
    assert "is not the text at its place" in problems
    assert "Passage src_b.txt:0-24 has no vector." in problems
    assert "1 vectors do not have 4 dimensions" in problems
    assert "No file refers to the source a.txt" in problems


def test_filters(library: Library) -> None:
    shelve(library, "a", publisher="ТАСС", published=date(2020, 8, 6))
    shelve(library, "b", publisher="Reuters", published=date(2020, 8, 7))
    shelve(library, "c", publisher="Reuters")
    shelve(library, "d", published=date(2021, 1, 1))

    def found(filters: SearchFilters) -> str | None:
        ids = library.holdings().matching(filters)
        return None if ids is None else "".join(sorted(name[-1] for name in ids))

    assert found(SearchFilters()) is None
    assert found(SearchFilters(not_after=date(2021, 1, 1))) is None
    assert found(SearchFilters(publishers=("тасс", "\ud800"))) == "a"
    assert found(SearchFilters(publishers=("REUTERS", "ТАСС"))) == "abc"
    assert found(SearchFilters(published_from=date(2020, 8, 7))) == "bd"
    assert found(SearchFilters(published_to=date(2020, 8, 7))) == "ab"
    assert (
        found(SearchFilters(published_from=date(2020, 8, 6), published_to=date(2020, 8, 6))) == "a"
    )
    assert found(SearchFilters(not_after=date(2020, 12, 31))) == "abc"
    assert found(SearchFilters(article_ids=frozenset({"art_d", "art_x"}))) == "d"
    assert found(SearchFilters(article_ids=frozenset())) == ""
    assert library.holdings().publishers == {"Reuters": 2, "ТАСС": 1}


def test_files_and_ledger(library: Library) -> None:
    shelve(library, "a.txt", root="/z")
    refused = FileRecord("bad.txt", 3, 4, None, "", "1", "refused", "binary")
    with library.writing() as writer:
        writer.put_file(writer.put_root("/b"), refused)
    assert [root.path for root in library.roots()] == ["/b", "/z"]
    assert library.files("/b") == {"bad.txt": refused}
    assert library.ledger() == [LedgerEntry("/b", "bad.txt", "binary")]
    with pytest.raises(RootError):
        library.files("/nowhere")


def test_odd_ids_and_many_ids_do_no_harm(library: Library) -> None:
    _, article, passage = shelve(library, "a.txt")
    ids = ["\ud800", "", "x\x00y", *(f"id{n}" for n in range(40_000)), passage.passage_id]
    assert library.passages(ids) == {passage.passage_id: passage}
    assert library.passages([]) == {}
    assert library.articles(["\udfff", article.article_id]) == {article.article_id: article}
    assert library.source("\ud800") is None
    assert library.article("nothing") is None


def test_readers_read_while_one_writes(library: Library, tmp_path: Path) -> None:
    shelve(library, "a.txt")
    with Library.open(tmp_path / "home") as other, library.writing() as writer:
        writer.drop_files(writer.put_root("/news"), ["a.txt"])
        writer.drop_orphans()
        assert other.counts().sources == 1
        assert len(list(other.all_passage_rows())) == 1


def test_a_stream_sees_one_state(library: Library) -> None:
    for n in range(3):
        shelve(library, f"{n}.txt")
    rows = library.all_passage_rows()
    first = next(rows)
    with library.writing() as writer:
        writer.drop_files(writer.put_root("/news"), ["0.txt", "1.txt", "2.txt"])
        writer.drop_orphans()
    assert len([first, *rows]) == 3
    assert list(library.all_passage_rows()) == []


def test_many_threads_read_at_once(library: Library) -> None:
    _, _, passage = shelve(library, "a.txt")
    wrong: list[object] = []

    def read() -> None:
        found = [library.passages([passage.passage_id]) for _ in range(20)]
        wrong.extend(each for each in found if each != {passage.passage_id: passage})

    threads = [threading.Thread(target=read) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_two_processes_make_one_library(tmp_path: Path) -> None:
    opened: list[Library] = []
    threads = [
        threading.Thread(target=lambda: opened.append(Library.open(tmp_path))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    assert len({library.index_version for library in opened}) == 1
    for library in opened:
        library.close()


@given(st.lists(st.floats(width=32, allow_nan=False), min_size=1, max_size=8))
def test_vectors_survive_storing(values: list[float]) -> None:
    vector = np.array(values, dtype=np.float32)
    assert_array_equal(from_blob(to_blob(vector)), vector)
