"""What is kept beside the articles: verdicts on answers, saved answers, what a model was used.

It lies in the library's file, in tables of its own that are made when the first note is: so a
library that has none needs nothing, and taking notes does not change what can be found. Answers
are kept as the JSON in which they were given; what it means is no business of the library's.
"""

import secrets
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, TypeVar, get_args

from sqlalchemy import (
    Column,
    Engine,
    Float,
    Index,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from index.errors import LibraryError
from index.library.database import reading, writing

Verdict = Literal[
    "right", "wrong_words", "wrong_source", "should_have_refused", "should_have_answered"
]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
MAX_NOTES: Final = 100_000

_tables = MetaData()
_feedback = Table(
    "feedback",
    _tables,
    Column("number", Integer, primary_key=True),
    Column("note_id", Text, nullable=False, unique=True),
    Column("given_at", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("response", Text, nullable=False),
    Column("history", Text, nullable=False),
    Column("as_of", Text),
    Column("marker", Integer),
    Column("expected", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Index("feedback_by_time", "given_at"),
)
_saved = Table(
    "saved_answers",
    _tables,
    Column("number", Integer, primary_key=True),
    Column("note_id", Text, nullable=False, unique=True),
    Column("saved_at", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("response", Text, nullable=False),
    Column("comment", Text, nullable=False),
)
_usage = Table(
    "usage_by_day",
    _tables,
    Column("day", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("answers", Integer, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("cost", Float, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody says of an answer.

    Attributes:
        verdict: one of `VERDICTS`.
        question: as it was asked.
        response: the answer, in JSON.
        history: what was asked and answered before, in JSON.
        as_of: the day on which it was asked, if one was set.
        marker: the citation that is meant; None for the answer as a whole.
        expected: the right words, if they were given.
        comment: in free words.
        note_id: of the note; empty until it is kept.
        given_at: when, in UTC; empty until it is kept.
    """

    verdict: Verdict
    question: str
    response: str
    history: str = "[]"
    as_of: str | None = None
    marker: int | None = None
    expected: str = ""
    comment: str = ""
    note_id: str = ""
    given_at: str = ""


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """An answer that somebody saved, with a comment of theirs."""

    question: str
    response: str
    comment: str = ""
    note_id: str = ""
    saved_at: str = ""


@dataclass(frozen=True, slots=True)
class DayUsage:
    """What a language model was used on a day.

    Attributes:
        cost: in the currency of the prices that were set.
    """

    day: str
    model: str
    answers: int
    prompt_tokens: int
    completion_tokens: int
    cost: float


_Note = TypeVar("_Note", Feedback, SavedAnswer, DayUsage)


class Notes:
    """The notes of one library; see `index.library.library.Library.notes`."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self._engine, self._path = engine, path

    def add_feedback(self, given: Feedback) -> str:
        """Keep what somebody says of an answer.

        Returns:
            The id under which it is kept.

        Raises:
            LibraryError: there is no room for more.
        """
        return self._add(_feedback, given, "given_at")

    def feedback(self, limit: int | None = None, offset: int = 0) -> list[Feedback]:
        """What was said of answers, oldest first."""
        return [_read(Feedback, row) for row in self._rows(_feedback, limit, offset)]

    def remove_feedback(self, note_id: str) -> bool:
        """Forget what was said of an answer; False if there is no such note."""
        return self._remove(_feedback, note_id)

    def save(self, answer: SavedAnswer) -> str:
        """Save an answer.

        Returns:
            The id under which it is kept.

        Raises:
            LibraryError: there is no room for more.
        """
        return self._add(_saved, answer, "saved_at")

    def saved(self, limit: int | None = None, offset: int = 0) -> list[SavedAnswer]:
        """The answers that were saved, oldest first."""
        return [_read(SavedAnswer, row) for row in self._rows(_saved, limit, offset)]

    def saved_answer(self, note_id: str) -> SavedAnswer | None:
        """One answer that was saved; None if there is no such note."""
        with reading(self._engine, self._path) as connection:
            if not note_id.isascii() or not inspect(connection).has_table(_saved.name):
                return None
            row = connection.execute(select(_saved).where(_saved.c.note_id == note_id)).first()
        return _read(SavedAnswer, row) if row else None

    def annotate(self, note_id: str, comment: str) -> bool:
        """Change the comment on an answer that was saved; False where there is no such note."""
        if not note_id.isascii():
            return False
        with writing(self._engine, self._path) as connection:
            if not inspect(connection).has_table(_saved.name):
                return False
            changed = update(_saved).where(_saved.c.note_id == note_id).values(comment=comment)
            return bool(connection.execute(changed).rowcount)

    def unsave(self, note_id: str) -> bool:
        """Forget an answer that was saved; False if there is no such note."""
        return self._remove(_saved, note_id)

    def add_usage(self, spent: DayUsage) -> None:
        """Add to what a model was used on a day."""
        row = sqlite_insert(_usage).values(**asdict(spent))
        more = {
            column.name: column + row.excluded[column.name]
            for column in _usage.c
            if not column.primary_key
        }
        with writing(self._engine, self._path) as connection:
            _tables.create_all(connection)
            connection.execute(
                row.on_conflict_do_update(index_elements=["day", "model"], set_=more)
            )

    def usage(self, day: str) -> list[DayUsage]:
        """What each model was used on a day."""
        with reading(self._engine, self._path) as connection:
            if not inspect(connection).has_table(_usage.name):
                return []
            query = select(_usage).where(_usage.c.day == day).order_by(_usage.c.model)
            return [_read(DayUsage, row) for row in connection.execute(query)]

    def _add(self, table: Table, note: Feedback | SavedAnswer, timed: str) -> str:
        note_id = secrets.token_urlsafe(16)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        values = asdict(note) | {"note_id": note_id, timed: now}
        with writing(self._engine, self._path) as connection:
            _tables.create_all(connection)
            if (connection.scalar(select(func.count()).select_from(table)) or 0) >= MAX_NOTES:
                raise LibraryError(f"There are {MAX_NOTES:,} notes already; remove some first.")
            connection.execute(insert(table).values(**values))
        return note_id

    def _rows(self, table: Table, limit: int | None, offset: int) -> list[Any]:
        with reading(self._engine, self._path) as connection:
            if not inspect(connection).has_table(table.name):
                return []
            query = select(table).order_by(table.c.number).limit(limit).offset(offset)
            return list(connection.execute(query))

    def _remove(self, table: Table, note_id: str) -> bool:
        if not note_id.isascii():
            return False
        with writing(self._engine, self._path) as connection:
            if not inspect(connection).has_table(table.name):
                return False
            gone = connection.execute(delete(table).where(table.c.note_id == note_id))
            return bool(gone.rowcount)


def _read(kind: type[_Note], row: Row[Any]) -> _Note:
    """A row as the value whose fields its columns are named after."""
    return kind(**{field.name: getattr(row, field.name) for field in fields(kind)})
