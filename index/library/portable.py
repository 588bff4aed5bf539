"""SQL that reads the same above and differs below: upserts, places of words, types of columns."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Integer,
    Table,
    Text,
    TypeDecorator,
    literal,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

Insert = sqlite.Insert | postgresql.Insert

# PostgreSQL stores every character but NUL. A noncharacter of Unicode, which no text should hold,
# stands for it, and is told from itself by what follows.
_ESCAPE = "\U0010fffe"
_NUL, _ITSELF = f"{_ESCAPE}0", f"{_ESCAPE}1"


class _AnyText(TypeDecorator[str]):
    """Text that comes back as it went in, sorted by its bytes as SQLite does."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or ("\0" not in value and _ESCAPE not in value):
            return value
        return value.replace(_ESCAPE, _ITSELF).replace("\0", _NUL)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or _ESCAPE not in value:
            return value
        return value.replace(_NUL, "\0").replace(_ITSELF, _ESCAPE)


Words = Text().with_variant(_AnyText(collation="C"), "postgresql")
"""The type of a column that holds text."""

Number = Integer().with_variant(BigInteger(), "postgresql")
"""The type of a column that holds whole numbers of up to 64 bits, which SQLite's always do."""


class _Place(GenericFunction[int]):
    """Where words begin in a text, from 1; 0 if they are not in it."""

    type = Integer()
    inherit_cache = True


@compiles(_Place, "sqlite")
def _instr(element: _Place, compiler: Any, **how: Any) -> str:
    return f"instr{compiler.process(element.clause_expr, **how)}"


@compiles(_Place, "postgresql")
def _strpos(element: _Place, compiler: Any, **how: Any) -> str:
    return f"strpos{compiler.process(element.clause_expr, **how)}"


def holds(column: Column[str], words: str) -> ColumnElement[bool]:
    """Whether a column's text holds words, letter for letter."""
    return _Place(column, literal(words, column.type)) > 0


def insert(connection: Connection, table: Table) -> Insert:
    """An insert that can say what to do where a row is there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
