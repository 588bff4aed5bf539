"""``backup``, ``restore`` and ``doctor --repair`` as a user types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from index.library.library import LIBRARY_NAME
from ui.cli.main import app

EMBEDDING = "tests.helpers.doubles:HashEmbedding"


def run(home: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--home", str(home), *arguments])
    return done.exit_code, done.output


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRESSMARK_EMBEDDING", EMBEDDING)
    news = tmp_path / "news"
    news.mkdir()
    for topic in ("flood", "strike"):
        (news / f"{topic}.txt").write_text(
            f"{topic.capitalize()} in Tarnholt\n\nThe {topic} began on Monday, the mayor said.\n"
        )
    status, said = run(tmp_path / "home", "index", str(news))
    assert status == 0, said
    return tmp_path / "home"


def test_back_up_damage_restore(home: Path, tmp_path: Path) -> None:
    kept = tmp_path / "monday.backup"
    status, said = run(home, "backup", str(kept))
    assert (status, "2 articles" in said) == (0, True), said
    library = home / LIBRARY_NAME
    library.write_bytes(b"")
    status, said = run(home, "ask", "When did the flood begin?")
    assert status == 3
    assert "pressmark restore" in said
    assert library.read_bytes() == b""
    status, said = run(home, "restore", str(kept))
    assert status == 0, said
    assert "The former library is now" in said
    status, said = run(home, "articles")
    assert "Flood in Tarnholt" in said


def test_repair_says_what_it_saved_and_reads_the_folders_again(home: Path) -> None:
    assert "Nothing to repair" in run(home, "doctor", "--repair")[1]
    library = home / LIBRARY_NAME
    data = library.read_bytes().replace(
        b"The flood began on Monday", b"The flood began on Nonday", 1
    )
    library.write_bytes(data)
    _, said = run(home, "doctor", "--repair")
    assert "not whole: flood.txt" in said
    assert "Library: checked, consistent" in said
    (former,) = home.glob("library-damaged-*.sqlite3")
    assert former.read_bytes() == data
    assert "Nonday" not in run(home, "ask", "When did the flood begin?")[1]
