"""The five seed articles indexed once, opened once, and served once by a real process.

A test module that wants them says ``pytest_plugins = ["tests.helpers.fixtures_seeds"]``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers.serving import SEEDS, RunningServer, running_server


@pytest.fixture(scope="session")
def seeds_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the seed articles, closed; to be read only."""
    home = tmp_path_factory.mktemp("seeds") / "home"
    with Pressmark.open(Settings(home=home), write=True, purpose="testing") as pressmark:
        pressmark.index([SEEDS])
    return home


@pytest.fixture(scope="session")
def seeds_pressmark(seeds_home: Path) -> Iterator[Pressmark]:
    """The seed articles, open for asking."""
    with Pressmark.open(Settings(home=seeds_home), purpose="testing") as pressmark:
        yield pressmark


@pytest.fixture(scope="session")
def seeds_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """``pressmark serve seeds``, ready, with page and API; it holds its library for writing."""
    home = tmp_path_factory.mktemp("served") / "home"
    with running_server(home, str(SEEDS)) as server:
        yield server
