"""A backup is tested by restoring it; a repair by what is found afterwards."""

from __future__ import annotations

import tarfile
import threading
from pathlib import Path

import pytest

from index.embedding.local import model_fingerprint
from index.errors import LibraryBusyError, LibraryError, LibraryFormatError
from index.ingest.run import index_roots
from index.library.backup import back_up, restore
from index.library.library import LIBRARY_NAME
from index.library.notes import Feedback
from index.library.repair import repair
from index.search.stores import SearchIndex, open_stores
from tests.helpers.doubles import HashEmbedding, article_text

TOPICS = ("flood", "strike", "election", "harvest")


def open_for(home: Path, write: bool = True) -> SearchIndex:
    embedding = HashEmbedding()
    return open_stores(
        home, write=write, fingerprint=model_fingerprint(embedding), dimension=embedding.dimension
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Four articles of a folder and one that lies in the home only."""
    news, own = tmp_path / "news", tmp_path / "home" / "uploads"
    news.mkdir()
    own.mkdir(parents=True)
    for topic in TOPICS:
        (news / f"{topic}.txt").write_text(article_text(topic, sentences=40))
    (own / "eclipse.txt").write_text(article_text("eclipse"))
    with open_for(tmp_path / "home") as stores:
        index_roots(stores, [news, own], HashEmbedding())
    return tmp_path / "home"


def titles(stores: SearchIndex) -> set[str | None]:
    return {article.title for article in stores.library.articles().values()}


ALL = {f"{topic.capitalize()} makes the news" for topic in (*TOPICS, "eclipse")}


def test_what_is_restored_is_what_was_backed_up_while_others_wrote(
    home: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "monday.backup"
    news = tmp_path / "news"
    with open_for(home) as stores:
        stop = threading.Event()

        def write() -> None:
            turn = 0
            while not stop.is_set():
                turn += 1
                (news / "harvest.txt").write_text(article_text("harvest", sentences=40 + turn % 3))
                index_roots(stores, [news], HashEmbedding())

        writer = threading.Thread(target=write)
        writer.start()
        try:
            told = back_up(home, kept)
        finally:
            stop.set()
            writer.join()
        (news / "flood.txt").unlink()
        index_roots(stores, [news], HashEmbedding())
        assert titles(stores) == ALL - {"Flood makes the news"}
    assert (told.articles, told.files) == (5, 1)
    (home / "uploads" / "eclipse.txt").unlink()
    back, former = restore(home, kept)
    assert (back.articles, back.files) == (5, 1)
    assert former is not None
    assert former.is_file()
    assert (home / "uploads" / "eclipse.txt").read_text() == article_text("eclipse")
    with open_for(home) as stores:
        assert titles(stores) == ALL
        assert stores.library.verify() == []
        assert stores.search_words("flood", 3)


def test_what_a_killed_writer_had_not_put_away_stays_with_the_former_library(
    home: Path, tmp_path: Path
) -> None:
    back_up(home, tmp_path / "a.backup")
    log = home / f"{LIBRARY_NAME}-wal"
    log.write_bytes(b"not for the next library" * 40)
    _, former = restore(home, tmp_path / "a.backup")
    assert former is not None
    assert not log.exists()
    assert former.with_name(f"{former.name}-wal").read_bytes().startswith(b"not for")
    with open_for(home) as stores:
        assert titles(stores) == ALL


def test_a_backup_opens_on_another_machine(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "a.backup")
    restore(tmp_path / "elsewhere", tmp_path / "a.backup")
    with open_for(tmp_path / "elsewhere") as stores:
        assert titles(stores) == ALL


def test_a_backup_replaces_nothing_and_leaves_nothing_behind(home: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine")
    with pytest.raises(LibraryError, match="replaces nothing"):
        back_up(home, taken)
    with pytest.raises(LibraryError, match="cannot be written"):
        back_up(home, tmp_path / "no such folder" / "file")
    assert taken.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "news", "taken"]


def test_a_damaged_library_is_not_backed_up(home: Path, tmp_path: Path) -> None:
    library = home / LIBRARY_NAME
    library.write_bytes(library.read_bytes()[:20_000])
    with pytest.raises(LibraryFormatError):
        back_up(home, tmp_path / "a.backup")
    assert not (tmp_path / "a.backup").exists()


@pytest.mark.parametrize("damage", ["flipped", "cut", "no tar", "gone"])
def test_a_backup_that_is_damaged_changes_nothing(home: Path, tmp_path: Path, damage: str) -> None:
    kept = tmp_path / "a.backup"
    back_up(home, kept)
    data = bytearray(kept.read_bytes())
    if damage == "flipped":
        data[len(data) // 2] ^= 4
    written = {"cut": data[: len(data) // 2], "no tar": bytearray(b"news")}.get(damage, data)
    kept.write_bytes(written)
    if damage == "gone":
        kept.unlink()
    before = (home / LIBRARY_NAME).read_bytes()
    with pytest.raises(LibraryError):
        restore(home, kept)
    assert (home / LIBRARY_NAME).read_bytes() == before


def test_nothing_of_a_backup_leads_out_of_the_home(home: Path, tmp_path: Path) -> None:
    kept = tmp_path / "a.backup"
    back_up(home, kept)
    (tmp_path / "evil").write_text("evil")
    with tarfile.open(kept, "a") as archive:
        archive.add(tmp_path / "evil", "uploads/../../../escaped")
        archive.add(tmp_path / "evil", "write.lock")
    with pytest.raises(LibraryError):
        restore(tmp_path / "new" / "home", kept)
    assert not (tmp_path / "escaped").exists()


def test_who_serves_is_not_replaced_under(home: Path, tmp_path: Path) -> None:
    back_up(home, tmp_path / "a.backup")
    with open_for(home):
        with pytest.raises(LibraryBusyError):
            restore(home, tmp_path / "a.backup")
        with pytest.raises(LibraryBusyError):
            repair(home)


def test_a_repair_keeps_the_file_and_saves_what_is_whole(home: Path, tmp_path: Path) -> None:
    with open_for(home) as stores:
        stores.library.notes.add_feedback(Feedback(verdict="right", question="Who?", response="{}"))
    library = home / LIBRARY_NAME
    data = bytearray(library.read_bytes())
    # A letter of one article's text: the passage no longer stands at its place.
    at = data.index(b"strike story 7")
    data[at] ^= 1
    library.write_bytes(data)
    with pytest.raises(LibraryFormatError):
        open_for(home)
    done = repair(home)
    assert done.former is not None
    assert done.former.read_bytes() == bytes(data)
    assert done.lost == ("strike.txt",)
    assert done.articles == 4
    assert len(done.folders) == 2
    embedding = HashEmbedding()
    with open_for(home) as stores:
        assert stores.library.verify() == []
        assert titles(stores) == ALL - {"Strike makes the news"}
        assert [note.question for note in stores.library.notes.feedback()] == ["Who?"]
        index_roots(stores, [Path(folder) for folder in done.folders], embedding)
        assert titles(stores) == ALL
        assert stores.library.verify() == []


@pytest.mark.parametrize("page", range(0, 60, 3))
def test_whatever_page_is_lost_the_folders_bring_all_back(
    home: Path, tmp_path: Path, page: int
) -> None:
    library = home / LIBRARY_NAME
    data = bytearray(library.read_bytes())
    page %= len(data) // 4096
    data[4096 * page : 4096 * (page + 1)] = bytes(4096)
    library.write_bytes(data)
    done = repair(home)
    assert done.former is not None
    assert done.former.read_bytes() == bytes(data)
    with open_for(home) as stores:
        # What the library knew of the files may be lost, too.
        problems = [line for line in stores.library.verify() if "No file refers" not in line]
        assert problems == []
        assert titles(stores) <= ALL
        index_roots(stores, [tmp_path / "news", home / "uploads"], HashEmbedding())
        assert titles(stores) == ALL
        assert stores.library.verify() == []
