"""Notes are kept beside the articles, in libraries old and new, and change nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import inspect

from index.errors import LibraryError
from index.library import notes as module
from index.library.library import Library
from index.library.notes import VERDICTS, DayUsage, Feedback, SavedAnswer

GIVEN = Feedback("wrong_words", "How many?", "{}", "[]", "2020-08-10", 1, "33", "It says 33.")


pytest_plugins = ["tests.helpers.fixtures_postgres"]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str | None:
    at: str | None = None
    if request.param == "postgres":
        at = request.getfixturevalue("postgres_url")
    return at


@pytest.fixture
def library(tmp_path: Path, url: str | None) -> Iterator[Library]:
    with Library.open(tmp_path, url) as opened:
        yield opened


def test_a_library_without_notes_says_so_and_has_no_table_for_them(library: Library) -> None:
    assert library.notes.feedback() == []
    assert library.notes.saved() == []
    assert library.notes.saved_answer("none") is None
    assert not library.notes.remove_feedback("none")
    assert not library.notes.unsave("none")
    assert not library.notes.annotate("none", "x")
    with library.database.reading() as connection:
        names = set(inspect(connection).get_table_names())
    assert not names & {"feedback", "saved_answers", "saved_answer_collections"}


def test_feedback_is_kept_and_forgotten(library: Library, tmp_path: Path, url: str | None) -> None:
    before = library.index_version
    first, second = (library.notes.add_feedback(replace(GIVEN, verdict=v)) for v in VERDICTS[:2])

    with Library.open(tmp_path, url) as again:
        kept = again.notes.feedback()
    assert [note.note_id for note in kept] == [first, second]
    assert kept[1] == replace(GIVEN, note_id=second, given_at=kept[1].given_at)
    assert kept[1].given_at.endswith("+00:00")
    assert library.notes.feedback(1, 1) == [kept[1]]
    assert library.notes.remove_feedback(first)
    assert not library.notes.remove_feedback(first)
    assert library.index_version == before
    assert library.verify() == []


def test_answers_are_saved_and_forgotten(library: Library) -> None:
    ident = library.notes.save(SavedAnswer("Who?", '{"answer": "He."}', "for Monday"))

    (kept,) = library.notes.saved()
    assert kept == library.notes.saved_answer(ident)
    assert (kept.question, kept.comment) == ("Who?", "for Monday")
    assert library.notes.annotate(ident, "for Tuesday")
    assert [note.comment for note in library.notes.saved()] == ["for Tuesday"]
    assert not library.notes.annotate("none", "x")
    assert library.notes.saved_answer("\ud800") is None
    assert library.notes.unsave(ident)
    assert library.notes.saved() == []


def test_usage_adds_up_by_day_and_model(library: Library) -> None:
    assert library.notes.usage("2026-01-31") == []
    for day, model in (*[("2026-01-31", "a")] * 2, ("2026-01-31", "b"), ("2026-02-01", "a")):
        library.notes.add_usage(DayUsage(day, model, 1, 100, 10, 0.25))

    assert library.notes.usage("2026-01-31") == [
        DayUsage("2026-01-31", "a", 2, 200, 20, 0.5),
        DayUsage("2026-01-31", "b", 1, 100, 10, 0.25),
    ]


def test_notes_do_not_grow_for_ever(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_NOTES", 1)
    library.notes.add_feedback(GIVEN)

    with pytest.raises(LibraryError, match="remove some"):
        library.notes.add_feedback(GIVEN)


def test_saved_answers_are_kept_with_a_collection(library: Library) -> None:
    notes = library.notes
    bridge = library.collections.add("Bridge", ()).collection_id
    loose = notes.save(SavedAnswer("Loose?", "{}"))
    filed = notes.save(SavedAnswer("Filed?", "{}", "for Monday", bridge))

    assert [one.collection for one in notes.saved()] == ["", bridge]
    assert [one.note_id for one in notes.saved(collection=bridge)] == [filed]
    assert notes.file(loose, bridge)
    assert [one.note_id for one in notes.saved(1, 1, bridge)] == [filed]
    assert notes.file(filed, "")
    assert [one.note_id for one in notes.saved(collection=bridge)] == [loose]
    kept = notes.saved_answer(loose)
    assert kept is not None
    assert kept.collection == bridge
    assert not notes.file("none", bridge)
    assert notes.unsave(loose)
    assert notes.saved(collection=bridge) == []


def test_answers_saved_before_there_were_collections_for_them_are_read(library: Library) -> None:
    ident = library.notes.save(SavedAnswer("Old?", "{}"))
    with library.database.writing() as connection:
        module._filed.drop(connection)

    assert [one.collection for one in library.notes.saved()] == [""]
    assert library.notes.saved(collection="any") == []
    bridge = library.collections.add("Bridge", ()).collection_id
    assert library.notes.file(ident, bridge)
    assert [one.note_id for one in library.notes.saved(collection=bridge)] == [ident]
