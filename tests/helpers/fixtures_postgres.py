"""A PostgreSQL server for the session, and a library's address on it for each test.

A test module that wants them says ``pytest_plugins = ["tests.helpers.fixtures_postgres"]``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.helpers.postgres import running_postgres

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    """The server of this session."""
    with running_postgres() as folder:
        yield folder


@pytest.fixture
def postgres_url(postgres: Path) -> str:
    """The address of a library of its own, in a schema of its own."""
    schema = f"library_{next(_numbers)}"
    connect = f"host={postgres} user=pressmark dbname=postgres"
    with psycopg.connect(connect, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}".encode())
    return (
        f"postgresql+psycopg://pressmark@/postgres?host={postgres}&options=-csearch_path%3D{schema}"
    )
