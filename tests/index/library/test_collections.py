"""Collections name articles, in libraries old and new, and change nothing that can be found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from index.article import SearchFilters
from index.errors import InputError, LibraryError
from index.library import collections as module
from index.library.holdings import Holding, Holdings
from index.library.library import Library

pytest_plugins = ["tests.helpers.fixtures_postgres"]


@pytest.fixture(params=["sqlite", "postgres"])
def at(request: pytest.FixtureRequest) -> str | None:
    """The address of the library's server; None for a file."""
    return request.getfixturevalue("postgres_url") if request.param == "postgres" else None


@pytest.fixture
def library(tmp_path: Path, at: str | None) -> Iterator[Library]:
    with Library.open(tmp_path, at) as opened:
        yield opened


def test_a_library_without_collections_has_no_table_for_them(library: Library) -> None:
    assert library.collections.all() == []
    assert not library.collections.remove("none")
    assert library.collections.take_out("none", ["a"]) is None
    with library.database.reading() as connection:
        names = set(inspect(connection).get_table_names())
    assert not names & {"collections", "collection_articles"}


def test_a_collection_is_made_added_to_and_forgotten(
    library: Library, tmp_path: Path, at: str | None
) -> None:
    before = library.index_version
    made = library.collections.add("  The  Vote ", ["a", "b", "a"])
    again = library.collections.add("the vote", ["c"])

    assert made.name == "The Vote"
    assert again.collection_id == made.collection_id
    with Library.open(tmp_path, at) as other:
        (kept,) = other.collections.all()
    assert kept == again
    assert kept.article_ids == {"a", "b", "c"}
    left = library.collections.take_out(kept.collection_id, ["a", "unknown"])
    assert left
    assert left.article_ids == {"b", "c"}
    assert library.collections.remove(kept.collection_id)
    assert not library.collections.remove(kept.collection_id)
    assert library.collections.all() == []
    assert library.index_version == before
    assert library.verify() == []


def test_names_in_any_script_and_case_are_one_each(library: Library) -> None:
    library.collections.add("Вибори", ["a"])
    library.collections.add("ВИБОРИ", ["b"])
    library.collections.add("Выборы", ["c"])

    assert [one.name for one in library.collections.all()] == ["Вибори", "Выборы"]
    assert library.collections.named(["вибори", "ВЫБОРЫ"]) == {"a", "b", "c"}


@pytest.mark.parametrize("name", ["", " \n", "x" * 101])
def test_a_name_that_cannot_be_shown_is_refused(library: Library, name: str) -> None:
    with pytest.raises(InputError):
        library.collections.add(name, [])


def test_there_is_an_end_to_collections(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_COLLECTIONS", 1)
    library.collections.add("one", [])

    library.collections.add("one", ["a"])
    with pytest.raises(LibraryError, match="forget one first"):
        library.collections.add("two", [])


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.text("abc", min_size=1, max_size=3)), st.none() | st.sets(st.text("abc")))
def test_filters_hold_what_is_in_both(
    library: Library, members: set[str], chosen: set[str] | None
) -> None:
    made = library.collections.add("it", members)
    asked = None if chosen is None else frozenset(chosen)
    try:
        found = library.resolved(
            SearchFilters(publishers=("TASS",), article_ids=asked, collections=("IT",))
        )
    finally:
        library.collections.remove(made.collection_id)

    both = members if chosen is None else members & chosen
    assert found == SearchFilters(publishers=("TASS",), article_ids=frozenset(both))


def test_many_articles_are_one_collection(library: Library) -> None:
    ids = [f"article-{number}" for number in range(3_000)]

    assert len(library.collections.add("all", ids).article_ids) == 3_000
    (kept,) = library.collections.all()
    left = library.collections.take_out(kept.collection_id, ids[:2_000])
    assert left
    assert left.article_ids == set(ids[2_000:])


def test_collections_are_never_passed_over() -> None:
    holdings = Holdings({"a": Holding("TASS", date(2020, 8, 10), "en")})

    with pytest.raises(ValueError, match="resolved"):
        holdings.matching(SearchFilters(collections=("it",)))


def test_a_collection_that_is_not_there_is_said(library: Library) -> None:
    with pytest.raises(InputError, match="no collection “it”"):
        library.resolved(SearchFilters(collections=("it",)))
