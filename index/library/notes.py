"""What is kept beside the articles: verdicts on answers, saved answers, what a model was used.

It lies in the library's database, in tables of its own that are made when the first note is: so a
library that has none needs nothing, and taking notes does not change what can be found. Answers
are kept as the JSON in which they were given; what it means is no business of the library's.
"""

import secrets
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final, Literal, TypeVar, get_args

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Index,
    MetaData,
    Row,
    Table,
    delete,
    false,
    func,
    inspect,
    literal,
    select,
    update,
)

from index.errors import LibraryError
from index.library.engines.base import Database
from index.library.portable import Number, Words, insert
from index.saying import phrase

Verdict = Literal[
    "right", "wrong_words", "wrong_source", "should_have_refused", "should_have_answered"
]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
MAX_NOTES: Final = 100_000

_tables = MetaData()
_feedback = Table(
    "feedback",
    _tables,
    Column("number", Number, primary_key=True),
    Column("note_id", Words, nullable=False, unique=True),
    Column("given_at", Words, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("question", Words, nullable=False),
    Column("response", Words, nullable=False),
    Column("history", Words, nullable=False),
    Column("as_of", Words),
    Column("marker", Number),
    Column("expected", Words, nullable=False),
    Column("comment", Words, nullable=False),
    Index("feedback_by_time", "given_at"),
)
_saved = Table(
    "saved_answers",
    _tables,
    Column("number", Number, primary_key=True),
    Column("note_id", Words, nullable=False, unique=True),
    Column("saved_at", Words, nullable=False),
    Column("question", Words, nullable=False),
    Column("response", Words, nullable=False),
    Column("comment", Words, nullable=False),
)
# Beside the saved answers, because their table is there already in libraries of today.
_filed = Table(
    "saved_answer_collections",
    _tables,
    Column("note_id", Words, primary_key=True),
    Column("collection_id", Words, nullable=False),
    Index("saved_answers_by_collection", "collection_id"),
)
_usage = Table(
    "usage_by_day",
    _tables,
    Column("day", Words, primary_key=True),
    Column("model", Words, primary_key=True),
    Column("answers", Number, nullable=False),
    Column("prompt_tokens", Number, nullable=False),
    Column("completion_tokens", Number, nullable=False),
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
    """An answer that somebody saved, with a comment of theirs.

    Attributes:
        collection: the id of the collection that it is kept with; empty for none. A collection
            that was forgotten leaves its id here, which then names nothing.
    """

    question: str
    response: str
    comment: str = ""
    collection: str = ""
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

    def __init__(self, database: Database) -> None:
        self._database = database

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

    def saved(
        self, limit: int | None = None, offset: int = 0, collection: str | None = None
    ) -> list[SavedAnswer]:
        """The answers that were saved, oldest first.

        Args:
            limit: how many at most.
            offset: how many to leave out first.
            collection: the id of the only collection to list; None lists all, also those that are
                kept with none.
        """
        return self._read_saved(limit, offset, collection)

    def saved_answer(self, note_id: str) -> SavedAnswer | None:
        """One answer that was saved; None if there is no such note."""
        if not note_id.isascii():
            return None
        return next(iter(self._read_saved(1, note_id=note_id)), None)

    def file(self, note_id: str, collection: str) -> bool:
        """Keep an answer that was saved with a collection, instead of the one before.

        Args:
            note_id: of the answer.
            collection: the id of the collection; empty for none.

        Returns:
            False where there is no such note.
        """
        if self.saved_answer(note_id) is None:
            return False
        with self._database.writing() as connection:
            _tables.create_all(connection)
            _put(connection, note_id, collection)
        return True

    def annotate(self, note_id: str, comment: str) -> bool:
        """Change the comment on an answer that was saved; False where there is no such note."""
        if not note_id.isascii():
            return False
        with self._database.writing() as connection:
            if not inspect(connection).has_table(_saved.name):
                return False
            changed = update(_saved).where(_saved.c.note_id == note_id).values(comment=comment)
            return bool(connection.execute(changed).rowcount)

    def unsave(self, note_id: str) -> bool:
        """Forget an answer that was saved; False if there is no such note."""
        if not self._remove(_saved, note_id):
            return False
        self._remove(_filed, note_id)
        return True

    def add_usage(self, spent: DayUsage) -> None:
        """Add to what a model was used on a day."""
        with self._database.writing() as connection:
            _tables.create_all(connection)
            row = insert(connection, _usage).values(**asdict(spent))
            more = {
                column.name: column + row.excluded[column.name]
                for column in _usage.c
                if not column.primary_key
            }
            connection.execute(
                row.on_conflict_do_update(index_elements=["day", "model"], set_=more)
            )

    def usage(self, day: str) -> list[DayUsage]:
        """What each model was used on a day."""
        with self._database.reading() as connection:
            if not inspect(connection).has_table(_usage.name):
                return []
            query = select(_usage).where(_usage.c.day == day).order_by(_usage.c.model)
            return [_read(DayUsage, row) for row in connection.execute(query)]

    def _add(self, table: Table, note: Feedback | SavedAnswer, timed: str) -> str:
        note_id = secrets.token_urlsafe(16)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        values = asdict(note) | {"note_id": note_id, timed: now}
        collection = values.pop("collection", None)
        with self._database.writing() as connection:
            _tables.create_all(connection)
            if (connection.scalar(select(func.count()).select_from(table)) or 0) >= MAX_NOTES:
                raise LibraryError(
                    phrase("There are %(count)s notes already; remove some first.", count=MAX_NOTES)
                )
            connection.execute(insert(connection, table).values(**values))
            if collection:
                _put(connection, note_id, collection)
        return note_id

    def _read_saved(
        self,
        limit: int | None,
        offset: int = 0,
        collection: str | None = None,
        note_id: str | None = None,
    ) -> list[SavedAnswer]:
        with self._database.reading() as connection:
            there = inspect(connection)
            if not there.has_table(_saved.name):
                return []
            nowhere = select(literal("").label("note_id"), literal("").label("collection_id"))
            is_filed = there.has_table(_filed.name)
            filed = (select(_filed) if is_filed else nowhere.where(false())).subquery()
            query = select(
                _saved, func.coalesce(filed.c.collection_id, "").label("collection")
            ).outerjoin(filed, filed.c.note_id == _saved.c.note_id)
            if collection is not None:
                query = query.where(filed.c.collection_id == collection)
            if note_id is not None:
                query = query.where(_saved.c.note_id == note_id)
            query = query.order_by(_saved.c.number).limit(limit).offset(offset)
            return [_read(SavedAnswer, row) for row in connection.execute(query)]

    def _rows(self, table: Table, limit: int | None, offset: int) -> list[Any]:
        with self._database.reading() as connection:
            if not inspect(connection).has_table(table.name):
                return []
            query = select(table).order_by(table.c.number).limit(limit).offset(offset)
            return list(connection.execute(query))

    def _remove(self, table: Table, note_id: str) -> bool:
        if not note_id.isascii():
            return False
        with self._database.writing() as connection:
            if not inspect(connection).has_table(table.name):
                return False
            gone = connection.execute(delete(table).where(table.c.note_id == note_id))
            return bool(gone.rowcount)


def _put(connection: Connection, note_id: str, collection: str) -> None:
    connection.execute(delete(_filed).where(_filed.c.note_id == note_id))
    if collection:
        row = insert(connection, _filed).values(note_id=note_id, collection_id=collection)
        connection.execute(row)


def _read(kind: type[_Note], row: Row[Any]) -> _Note:
    """A row as the value whose fields its columns are named after."""
    return kind(**{field.name: getattr(row, field.name) for field in fields(kind)})
