"""Archives open in memory and within bounds; a bad file in one gets a reason of its own."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import UnreadableFileError
from index.readers import archives
from index.readers.archives import archived, bytes_at, is_archive, unpack
from index.readers.files import read_data
from tests.helpers import one_story as story


def tarred(members: dict[str, bytes], mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def names(data: bytes, name: str = "a.zip") -> list[str]:
    return [member.name for member in unpack(data, name)]


def problems(data: bytes, name: str = "a.zip") -> dict[str, str | None]:
    return {member.name: member.problem for member in unpack(data, name)}


def test_the_files_of_an_archive() -> None:
    parts = {"b/two.txt": b"Two.", "one.txt": b"One.", ".hidden": b"", "__MACOSX/one.txt": b""}
    zipped = unpack(story.zipped(parts), "a.zip")
    assert [(m.name, m.data) for m in zipped] == [("b/two.txt", b"Two."), ("one.txt", b"One.")]
    assert unpack(tarred({k: parts[k] for k in ("b/two.txt", "one.txt")}), "a.tgz") == zipped


def test_office_files_and_compressed_files_are_no_archives() -> None:
    for make in (story.as_docx, story.as_odt, story.as_epub, story.as_xlsx):
        assert not is_archive(make(), "a.zip")
    assert not is_archive(gzip.compress(b"Some words."), "a.txt.gz")
    assert is_archive(tarred({"a.txt": b"Some words."}), "a.txt.gz")


def test_a_compressed_file_is_read_as_what_it_holds() -> None:
    source, _ = read_data(gzip.compress(story.as_json_lines()), "a.jsonl.gz")
    assert story.TITLE in source.text
    assert source.media_type == "application/x-ndjson"


@pytest.mark.parametrize("name", ["../../out.txt", "/etc/out.txt", "C:\\out.txt", "a/../../b.txt"])
def test_a_path_that_leads_out_is_refused(name: str) -> None:
    found = problems(story.zipped({name: "x", "good.txt": "Good."}))
    assert found.pop("good.txt") is None
    ((where, problem),) = found.items()
    assert problem == "its path leads out of the archive"
    assert ".." not in where.split("/")
    assert not where.startswith("/")


@given(st.text(max_size=30))
@settings(max_examples=40)
def test_any_name_in_an_archive_is_harmless(name: str) -> None:
    try:
        data = story.zipped({name or "x": "Words."})
    except (UnicodeEncodeError, ValueError, IndexError):
        return
    for found in names(data):
        assert ".." not in found.split("/")
        assert not found.startswith("/")
        assert found.isprintable()


def test_links_and_pipes_are_refused() -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind, name in ((tarfile.SYMTYPE, "link"), (tarfile.FIFOTYPE, "pipe")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    found = problems(out.getvalue(), "a.tar")
    assert "link" in str(found["link"])
    assert "pipe" in str(found["pipe"])


def test_two_files_of_one_name_are_two() -> None:
    assert names(tarred({"a.txt": b"One."}, "w") [:1024] + tarred({"a.txt": b"Two."}, "w")) == [
        "a.txt", "a.txt (2)",
    ]  # fmt: skip


def test_archives_within_archives_are_opened_to_a_depth() -> None:
    inner = story.zipped({"a.txt": "Deep."})
    data = story.zipped({"in.zip": inner})
    assert names(data) == ["in.zip/a.txt"]
    found = problems(story.zipped({"out.zip": data}))
    assert "too deep" in str(found["out.zip/in.zip"])


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 10_000)
    monkeypatch.setattr(archives._Budget, "__init__", lambda self: _small(self))
    bomb = {f"{n}.txt": b"0" * 4_000 for n in range(9)}
    for data in (story.zipped(bomb), tarred(bomb)):
        with pytest.raises(UnreadableFileError, match="unpacks to more"):
            unpack(data, "a.zip")
    with pytest.raises(UnreadableFileError, match="more than"):
        archives._gunzip(gzip.compress(bytes(50_000)), 10_000)


def _small(budget: archives._Budget) -> None:
    budget.data, budget.members, budget.taken = 10_000, 20, set()


def test_a_single_file_that_is_too_large_costs_itself_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archives, "MAX_FILE_BYTES", 100)
    found = problems(story.zipped({"big.txt": "x" * 101, "good.txt": "Good."}))
    assert "larger" in str(found["big.txt"])
    assert found["good.txt"] is None


@pytest.mark.parametrize("cut", [10, 40, -30])
def test_a_damaged_archive_is_refused(cut: int, tmp_path: Path) -> None:
    made = {"a.zip": story.zipped({"a.txt": "x" * 99}), "a.tgz": tarred({"a": b"x"})}
    for name, data in made.items():
        path = tmp_path / name
        path.write_bytes(data[:cut])
        try:
            assert not archived(path)
        except UnreadableFileError as error:
            assert "damaged" in error.user_message  # noqa: PT017 - either is right


def test_bytes_of_a_file_in_an_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(story.zipped({"b/c.txt": "Words."}))
    assert bytes_at(path / "b" / "c.txt") == b"Words."
    with pytest.raises(UnreadableFileError):
        bytes_at(path / "d.txt")


def test_an_encrypted_member_is_refused() -> None:
    out = bytearray(story.zipped({"a.txt": "Words."}))
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        offset = archive.start_dir
    out[offset + 8] |= 1
    assert "encrypted" in str(problems(bytes(out))["a.txt"])
