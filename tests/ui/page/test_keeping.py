"""Seals, links to answers, uploaded files, originals: what the page keeps on the server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError, LibraryError
from index.library.library import Library
from tests.helpers.answers import response
from ui.http.uploads import MAX_FILES, Refused, Uploads, safe_name
from ui.page.html.answers import Link, TurnView
from ui.page.seals import Seals
from ui.page.shared import SharedAnswers

ANSWERED = TurnView(id="t", question="How many?", response=response())


pytest_plugins = ["tests.helpers.fixtures_postgres"]


@pytest.fixture(params=["sqlite", "postgres"])
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    with Library.open(tmp_path / "library", url) as opened:
        yield opened


def test_a_seal_fits_its_own_answer_only(library: Library, tmp_path: Path) -> None:
    seals = Seals(library, tmp_path)
    sealed = seals.sealed(ANSWERED)

    assert seals.fits(sealed)
    # Another machine, with a home of its own, answers from the same library.
    assert Seals(library, tmp_path / "elsewhere").fits(sealed)
    assert not seals.fits(ANSWERED)
    assert not seals.fits(sealed.model_copy(update={"question": "Who?"}))
    assert not seals.fits(sealed.model_copy(update={"response": response(confidence=1.0)}))
    assert not seals.fits(sealed.model_copy(update={"seal": "ü\ud800"}))
    assert not seals.fits(TurnView(question="How many?"))


def test_the_secret_is_made_once_for_all_processes(library: Library, tmp_path: Path) -> None:
    keys: list[str] = []
    threads = [
        threading.Thread(target=lambda: keys.append(Seals(library, tmp_path).browser_key))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 4
    assert len(set(keys)) == 1
    assert keys[0]


def test_the_secret_of_a_former_version_stays_in_force(library: Library, tmp_path: Path) -> None:
    (tmp_path / "page-secret").write_text("former")
    key = Seals(library, tmp_path).browser_key
    assert not (tmp_path / "page-secret").exists()
    assert Seals(library, tmp_path).browser_key == key
    (tmp_path / "page-secret").write_text("of another machine")
    assert Seals(library, tmp_path).browser_key == key


def test_a_library_that_keeps_nothing_gives_no_key(tmp_path: Path) -> None:
    class Fixed:
        def secret(self, name: str, fresh: str) -> str:
            raise LibraryError("it is read-only")

    library = cast(Library, SimpleNamespace(shared=Fixed()))
    seals = Seals(library, tmp_path)
    assert seals.browser_key == ""
    assert seals.fits(seals.sealed(ANSWERED))


def test_a_link_opens_the_answer_until_it_is_taken_back(library: Library) -> None:
    shared = SharedAnswers(library)
    link = shared.add(ANSWERED)

    found = SharedAnswers(library).turn(link.id)
    assert found
    assert (found.question, found.response) == (ANSWERED.question, ANSWERED.response)
    assert not shared.remove(Link(id=link.id, key="guessed").model_dump())
    assert shared.remove(link.model_dump())
    assert shared.turn(link.id) is None
    assert library.shared.count() == 0


def test_links_of_a_former_version_still_open(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    kept = {"key_sha256": sha256(b"k").hexdigest(), "question": "How many?"}
    stored = json.dumps(kept | {"response": response().model_dump(mode="json")})
    (folder / f"{'a' * 22}.json").write_text(stored)
    shared = SharedAnswers(library)
    shared.take_over(tmp_path)
    shared.take_over(tmp_path)
    found = shared.turn("a" * 22)
    assert found
    assert found.question == "How many?"
    assert not folder.exists()
    assert shared.remove({"id": "a" * 22, "key": "k"})


@pytest.mark.parametrize("sent", [None, 5, "", "x", "../../secret", "a" * 22, {"id": 1}])
def test_what_is_no_link_opens_and_removes_nothing(library: Library, sent: Any) -> None:
    shared = SharedAnswers(library)

    assert shared.turn(sent) is None
    assert not shared.remove(sent)
    assert not shared.remove({"id": sent, "key": "k"})


def test_there_is_an_end_to_links(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.page.shared.MAX_SHARED", 1)
    SharedAnswers(library).add(ANSWERED)
    with pytest.raises(LibraryError, match="remove some first"):
        SharedAnswers(library).add(ANSWERED)


def sent(folder: Path, name: str, content: bytes = b"News.") -> str:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return str(folder / name)


def test_files_are_taken_in_under_names_that_replace_nothing(tmp_path: Path) -> None:
    uploads, transit = Uploads(tmp_path / "home"), tmp_path / "transit"
    files = [
        sent(transit / "1", "a.txt", b"one"),
        sent(transit / "2", "a.txt", b"two"),
        sent(transit / "3", "a.txt", b"one"),
        sent(transit / "4", ".hidden", b"three"),
    ]

    assert uploads.take_in(files).refused == []
    assert sorted(path.name for path in uploads.folder.iterdir()) == [
        "a (2).txt", "a.txt", "hidden",
    ]  # fmt: skip
    assert not any(Path(file).exists() for file in files)


def test_what_is_left_out_is_named_with_its_reason(tmp_path: Path) -> None:
    uploads, transit = Uploads(tmp_path / "home"), tmp_path / "transit"
    sidecar = sent(transit, "articles.toml")
    large = sent(transit, "large.txt", b"")
    with Path(large).open("wb") as file:
        file.truncate(20 * 2**20 + 1)
    many = [sent(transit, f"{number}.txt", b"%d" % number) for number in range(MAX_FILES)]

    refused = uploads.take_in([sidecar, large, *many]).refused

    assert [one.name for one in refused] == ["articles.toml", "large.txt", "198.txt", "199.txt"]
    assert "describes the articles of a folder" in refused[0].reason
    assert "20 MiB" in refused[1].reason
    assert refused[2] == Refused("198.txt", "more than 200 files at once; send it again")
    assert len(list(uploads.folder.iterdir())) == MAX_FILES - 2
    assert list(transit.iterdir()) == []


@pytest.mark.parametrize("name", ["gone.txt", "../secret", "/etc/passwd", "", ".", ".."])
def test_only_uploaded_files_can_be_removed(tmp_path: Path, name: str) -> None:
    uploads = Uploads(tmp_path)
    uploads.folder.mkdir()
    (tmp_path / "secret").write_text("x")

    with pytest.raises(InputError):
        uploads.remove(name)
    assert (tmp_path / "secret").exists()


@given(st.text(max_size=300))
def test_any_name_becomes_one_that_stays_in_its_folder(name: str) -> None:
    safe = safe_name(name)

    assert safe
    assert Path(safe).name == safe
    assert not safe.startswith(".")
    assert len(safe.encode("utf-8", "replace")) <= 240
    assert not set(safe) & set('/\\:*?"<>|\0\n\u202e')
    assert safe_name(safe) == safe
