"""Seals, links to answers, uploaded files, originals: what the page keeps on the server."""

import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from tests.helpers.answers import response
from ui.http.uploads import MAX_FILES, Refused, Uploads, safe_name
from ui.page.html.answers import Link, TurnView
from ui.page.seals import Seals
from ui.page.shared import SharedAnswers

ANSWERED = TurnView(id="t", question="How many?", response=response())


def test_a_seal_fits_its_own_answer_only(tmp_path: Path) -> None:
    seals = Seals(tmp_path)
    sealed = seals.sealed(ANSWERED)

    assert seals.fits(sealed)
    assert Seals(tmp_path).fits(sealed)
    assert not seals.fits(ANSWERED)
    assert not seals.fits(sealed.model_copy(update={"question": "Who?"}))
    assert not seals.fits(sealed.model_copy(update={"response": response(confidence=1.0)}))
    assert not seals.fits(sealed.model_copy(update={"seal": "ü\ud800"}))
    assert not seals.fits(TurnView(question="How many?"))


def test_the_secret_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    key = Seals(tmp_path).browser_key

    assert Seals(tmp_path).browser_key == key
    assert key not in (tmp_path / "page-secret").read_text()
    assert stat.S_IMODE((tmp_path / "page-secret").stat().st_mode) == 0o600
    assert Seals(tmp_path / "missing").browser_key == ""


def test_a_link_opens_the_answer_until_it_is_taken_back(tmp_path: Path) -> None:
    shared = SharedAnswers(tmp_path)
    link = shared.add(ANSWERED)

    found = SharedAnswers(tmp_path).turn(link.id)
    assert found
    assert (found.question, found.response) == (ANSWERED.question, ANSWERED.response)
    assert not shared.remove(Link(id=link.id, key="guessed").model_dump())
    assert shared.remove(link.model_dump())
    assert shared.turn(link.id) is None
    assert list((tmp_path / "shared").iterdir()) == []


@pytest.mark.parametrize("sent", [None, 5, "", "x", "../../secret", "a" * 22, {"id": 1}])
def test_what_is_no_link_opens_and_removes_nothing(tmp_path: Path, sent: Any) -> None:
    (tmp_path / "secret.json").write_text("{}")
    shared = SharedAnswers(tmp_path)

    assert shared.turn(sent) is None
    assert not shared.remove(sent)
    assert not shared.remove({"id": sent, "key": "k"})


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
