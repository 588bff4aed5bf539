"""What only a library in a file has to stand: damage, and files of others."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import LibraryFormatError
from index.library.library import LIBRARY_NAME, Library
from tests.index.library.test_library import DIMENSION, shelve


@pytest.mark.parametrize("data", [b"not a database" * 100, b"SQLite format 3\x00" + b"\x01" * 4096])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / LIBRARY_NAME).write_bytes(data)
    with pytest.raises(LibraryFormatError, match="is damaged or is not a Pressmark library"):
        Library.open(tmp_path)
    assert (tmp_path / LIBRARY_NAME).read_bytes() == data


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    with Library.open(tmp_path) as library:
        library.bind_model("model/1", DIMENSION)
        for n in range(50):
            shelve(library, f"{n}.txt", f"First one of {n}. " + "Second one. " * 50)
    path = tmp_path / LIBRARY_NAME
    data = bytearray(path.read_bytes())
    data[8192 : len(data) // 2] = b"\x5a" * (len(data) // 2 - 8192)
    path.write_bytes(data)

    def read_all() -> list[str]:
        with Library.open(tmp_path) as library:
            list(library.all_passage_rows())
            return library.verify()

    with pytest.raises(LibraryFormatError, match="is damaged"):
        read_all()
