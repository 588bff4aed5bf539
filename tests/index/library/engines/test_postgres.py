"""What only a library on a server has to stand: others who write, and a server that is gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embedding.local import model_fingerprint
from index.errors import (
    EmbeddingMismatchError,
    LibraryBusyError,
    LibraryError,
    LibraryUnreachableError,
)
from index.ingest.run import index_roots
from index.library import upgrade
from index.library.engines import postgres as module
from index.library.library import Library
from index.library.upgrade import bring_over
from index.search.places import Places
from index.search.stores import SearchIndex, open_stores
from tests.helpers.doubles import HashEmbedding, article_text
from tests.helpers.postgres import raw, running_postgres
from tests.index.library.test_library import shelve

pytest_plugins = ["tests.helpers.fixtures_postgres"]

NAMES = ["a.txt", "b.txt", "c.txt"]


@pytest.fixture
def library(tmp_path: Path, postgres_url: str) -> Iterator[Library]:
    with Library.open(tmp_path / "home", postgres_url) as opened:
        opened.bind_model("model/1", 4)
        yield opened


@pytest.fixture
def other(library: Library, tmp_path: Path, postgres_url: str) -> Iterator[Library]:
    with Library.open(tmp_path / "elsewhere", postgres_url) as opened:
        yield opened


def open_for(home: Path, embedding: HashEmbedding, url: str) -> SearchIndex:
    return open_stores(
        home,
        write=True,
        fingerprint=model_fingerprint(embedding),
        dimension=embedding.dimension,
        places=Places(url=url),
    )


def test_a_file_is_claimed_once(library: Library, other: Library) -> None:
    with library.writing() as writer:
        root_id = writer.put_root("/news")
    with library.database.claiming(root_id, NAMES[:2]) as mine:
        assert mine == {"a.txt", "b.txt"}
        with other.database.claiming(root_id, NAMES) as theirs:
            assert theirs == {"c.txt"}
    with other.database.claiming(root_id, NAMES) as theirs:
        assert theirs == set(NAMES)


def test_a_claim_ends_with_what_it_was_for(library: Library, other: Library) -> None:
    with library.writing() as writer:
        root_id = writer.put_root("/news")

    def fail() -> None:
        with library.database.claiming(root_id, NAMES):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with other.database.claiming(root_id, NAMES) as theirs:
        assert theirs == set(NAMES)


def test_writers_take_turns_and_lose_nothing(library: Library, other: Library) -> None:
    failed: list[BaseException] = []

    def fill(which: Library, name: str) -> None:
        try:
            for n in range(10):
                shelve(which, f"{name}{n}.txt", f"First one of {name}. The {n}th.")
        except BaseException as error:
            failed.append(error)

    threads = [
        threading.Thread(target=fill, args=(which, name))
        for which, name in ((library, "a"), (library, "b"), (other, "c"), (other, "d"))
    ]
    before = library.index_version
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert library.counts().articles == 40
    assert library.verify() == []
    assert library.index_version.startswith("40-")
    since = library.changes_since(before)
    assert since is not None
    assert len(since.touched) == 40


def test_a_turn_that_does_not_come_is_told(
    library: Library, other: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BUSY", "50ms")

    def write() -> None:
        with other.writing():
            pass

    with library.writing(), pytest.raises(LibraryBusyError, match="in use by another process"):
        write()
    write()


def test_whoever_must_be_alone_waits_for_no_run(library: Library, other: Library) -> None:
    def alone() -> None:
        with other.database.alone("mending"):
            pass

    def take_part() -> None:
        with other.database.taking_part():
            pass

    with library.database.taking_part():
        take_part()
        with pytest.raises(LibraryBusyError, match="mending needs it alone"):
            alone()
    alone()
    with library.database.alone("mending"), pytest.raises(LibraryBusyError, match="brought over"):
        take_part()
    take_part()


def test_tasks_are_done_in_turn(library: Library, other: Library) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with other.database.in_turn("linking"):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with library.database.in_turn("linking"):
        inside.set()
        # Another task need not wait for this one.
        with other.database.in_turn("something else"):
            order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_process_that_ends_leaves_no_lock(library: Library, postgres_url: str) -> None:
    with library.database.taking_part(), raw(postgres_url) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks "
            "WHERE locktype = 'advisory' AND pid != pg_backend_pid()"
        )
        with library.database.alone("mending"):
            pass


def test_the_next_model_takes_the_place_of_the_former(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrade, "BATCH", 2)
    news = tmp_path / "news"
    news.mkdir()
    (news / "a.txt").write_text(article_text("flood"))
    first, second = HashEmbedding(), HashEmbedding(model_name="next", dimension=48)
    names = model_fingerprint(first), model_fingerprint(second)
    assert len(set(names)) == 2
    monkeypatch.setattr(upgrade, "OWN_MODELS", names)
    with open_for(tmp_path / "one", first, postgres_url) as stores:
        index_roots(stores, [news], first)
        with stores.library.database.taking_part(), pytest.raises(LibraryBusyError):
            bring_over(tmp_path / "two", second, 48, url=postgres_url)
        bring_over(tmp_path / "two", second, 48, url=postgres_url)
        # Who was there before goes on with what it has, and does not mix both.
        assert stores.search_words("flood", 3)
        with pytest.raises(EmbeddingMismatchError, match="Start it again"):
            stores.ensure()
    with open_for(tmp_path / "two", second, postgres_url) as stores:
        assert stores.library.verify() == []
        assert stores.library.dimension == 48
        assert stores.search_words("flood", 3)


def test_a_server_that_is_gone_is_told_and_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_postgres() as folder:
        url = f"postgresql+psycopg://pressmark@/postgres?host={folder}"
        library = Library.open(tmp_path, url)
        with raw(url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid != pg_backend_pid()"
            )
        assert library.counts().articles == 0
    with pytest.raises(LibraryUnreachableError, match="Is the server running") as caught:
        library.counts()
    assert caught.value.retryable
    library.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://user:secret@host/base", "names mysql, for which there is no engine"),
        ("user:secret", "is no address"),
    ],
)
def test_another_address_is_refused(tmp_path: Path, url: str, message: str) -> None:
    with pytest.raises(LibraryError, match=message) as caught:
        Library.open(tmp_path, url)
    assert "secret" not in str(caught.value)


def test_a_refusal_does_not_tell_the_password(tmp_path: Path, postgres: Path) -> None:
    url = f"postgresql+psycopg://nobody:secret@/postgres?host={postgres}"
    with pytest.raises(LibraryError, match="nobody") as caught:
        Library.open(tmp_path, url)
    assert "secret" not in str(caught.value)


def test_it_is_no_file(library: Library) -> None:
    with pytest.raises(LibraryError, match="pg_dump"):
        library.path  # noqa: B018
