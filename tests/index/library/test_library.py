"""What a library promises, on every engine that it can live on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sqlalchemy import text as sql

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
from index.library import writes
from index.library.engines.opening import open_database
from index.library.library import Library
from index.library.rows import from_blob, text_key, to_blob
from index.library.tables import Changes, FileRecord, LedgerEntry, Vector
from index.library.writes import CutArticle, Origin

pytest_plugins = ["tests.helpers.fixtures_postgres"]

DIMENSION = 4


def vector_of(text: str) -> Vector:
    seed = int.from_bytes(text_key(text)[:4], "little")
    vector = np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
    return vector / np.linalg.norm(vector)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str | None:
    """Where the test's library is: in its home's file, or on a server."""
    at: str | None = None
    if request.param == "postgres":
        at = request.getfixturevalue("postgres_url")
    return at


@pytest.fixture
def library(tmp_path: Path, url: str | None) -> Iterator[Library]:
    with Library.open(tmp_path / "home", url) as opened:
        opened.bind_model("model/1", DIMENSION)
        yield opened


def run_sql(library: Library, *statements: str) -> list[tuple[object, ...]]:
    """Do to a library what Pressmark does not; the rows of the last statement."""
    with library.database.writing() as connection:
        done = [connection.execute(sql(statement)) for statement in statements]
        return [tuple(row) for row in done[-1]] if done[-1].returns_rows else []


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
    library: Library,
) -> None:
    _, article, _ = shelve(library, "a.txt", published=date(2020, 8, 6))
    stored = run_sql(library, "SELECT published_at, dates FROM articles")
    assert stored == [("2020-08-06", '[["--08-06", "page stamp", "page"]]')]
    run_sql(library, "UPDATE articles SET published_at = '--08-22'")

    assert library.articles()[article.article_id].published is None
    assert library.holdings().published == {}


def test_it_survives_closing(tmp_path: Path, url: str | None) -> None:
    with Library.open(tmp_path, url) as library:
        library.bind_model("model/1", DIMENSION)
        _, article, _ = shelve(library, "a.txt")
        version = library.index_version
    with Library.open(tmp_path, url) as library:
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


@pytest.mark.parametrize(
    ("version", "advice"),
    [
        ("99", "format 99.*A newer Pressmark made it"),
        ("4", "format 4.*To bring it over: pressmark doctor"),
        ("1", "too old to bring over"),
    ],
)
def test_another_format_is_refused(
    tmp_path: Path, url: str | None, version: str, advice: str
) -> None:
    with Library.open(tmp_path, url) as library, library.writing() as writer:
        writer._set("schema_version", version)
    with pytest.raises(LibraryFormatError, match=advice):
        Library.open(tmp_path, url)


def test_someone_elses_database_is_refused(tmp_path: Path, url: str | None) -> None:
    database = open_database(tmp_path, url)
    with database.writing() as connection:
        connection.execute(sql("CREATE TABLE recipes (name TEXT)"))
    database.close()
    with pytest.raises(LibraryFormatError, match="not a Pressmark library"):
        Library.open(tmp_path, url)


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(LibraryError, match="cannot be made"):
        Library.open(tmp_path / "home")


def test_verify_finds_what_is_wrong(library: Library) -> None:
    shelve(library, "a.txt")
    shelve(library, "b.txt", "Another one. Its second.")
    run_sql(
        library,
        "UPDATE passages SET text = 'Made up.'",
        "UPDATE vectors SET vector = key WHERE vector_id = 1",
        "DELETE FROM embeddings WHERE passage_id = 'src_b.txt:0-24'",
        "DELETE FROM files WHERE relpath = 'a.txt'",
    )
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


def test_readers_read_while_one_writes(library: Library, tmp_path: Path, url: str | None) -> None:
    shelve(library, "a.txt")
    with Library.open(tmp_path / "home", url) as other, library.writing() as writer:
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


def test_the_change_log_tells_what_came_and_went(library: Library) -> None:
    empty = library.index_version
    _, _, passage = shelve(library, "a.txt")
    first = library.index_version
    shelve(library, "a.txt", "First one. Second two.")
    second = library.index_version
    since = library.changes_since(first)
    assert since is not None
    # Both texts have as many characters, and passages are named for their places.
    assert since.touched == since.disturbed == {passage.passage_id}
    shelve(library, "b.txt")
    since = library.changes_since(second)
    assert since is not None
    assert since == Changes(frozenset({"src_b.txt:0-22"}), frozenset())
    since = library.changes_since(empty)
    assert since is not None
    assert since.touched == {passage.passage_id, "src_b.txt:0-22"}
    assert library.changes_since(library.index_version) == Changes(frozenset(), frozenset())
    for unknown in ("", "7", "0-elsewhere", f"99-{first.partition('-')[2]}", "x-y"):
        assert library.changes_since(unknown) is None


def test_the_change_log_does_not_grow_for_ever(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writes, "_LOG_ROWS", 2)
    versions = [library.index_version]
    for n in range(4):
        shelve(library, f"{n}.txt", f"First one of {n}. Second one.")
        versions.append(library.index_version)
    with library.writing() as writer:
        writer.collect_garbage()
    kept = [library.changes_since(version) is not None for version in versions]
    assert kept == [False, False, True, True, True]
    assert run_sql(library, "SELECT count(*) FROM changes") == [(2,)]


def test_any_character_comes_back(library: Library) -> None:
    odd = "A NUL \0 and \U0010fffe here. And \U0010fffe0 too."
    source, article, passage = shelve(library, "a.txt", odd, title="\0", publisher="\U0010fffe1")
    assert library.source(source.source_id) == source
    assert library.article(article.article_id) == article
    assert library.passages([passage.passage_id]) == {passage.passage_id: passage}
    assert library.sources_holding("NUL \0 and") == [source]
    assert library.sources_holding("nul \0 and") == []
    assert library.sources_holding("%") == []
    assert library.verify() == []


def test_names_are_in_the_order_of_their_characters(library: Library) -> None:
    for name in ("b", "B", "a", "Ä", "_", "я", "a b"):
        shelve(library, name, root=f"/{name}")
    names = ["B", "_", "a", "a b", "b", "Ä", "я"]
    assert [root.path for root in library.roots()] == [f"/{name}" for name in names]
    assert [article.article_id for article in library.articles().values()] == [
        f"art_{name}" for name in names
    ]


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


def test_two_processes_make_one_library(tmp_path: Path, url: str | None) -> None:
    opened: list[Library] = []
    threads = [
        threading.Thread(target=lambda: opened.append(Library.open(tmp_path, url)))
        for _ in range(4)
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
