"""What the two derived stores, Chroma and Tantivy, have in common.

Both are copies of the library for searching. Each keeps a stamp beside its files that names the
version of the library it was built from. A change removes the stamp first and puts it back at the
end, so that a crash in between shows. The stamp also holds the SHA-256 of every file, because a
damaged file can make either library answer wrongly or end the whole process, too late for an
exception: what is not byte for byte as this program left it is rebuilt, not opened.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from index.article import PassageHit
from index.errors import IndexStoreError, PressmarkError
from index.library.tables import PassageRow

_STAMP = "pressmark.json"

Row = tuple[str, float, str]
"""Passage id, score, article id."""
Fetch = Callable[[int], Sequence[Row]]
"""Gives the best n of a store's passages, best first."""


class DerivedStore(Protocol):
    """What the stores' keeper (`index.search.stores`) needs of each."""

    @property
    def is_shared(self) -> bool:
        """Whether other processes use the very same, and bring it to later versions."""

    @property
    def version(self) -> str | None:
        """The library version it was built from, or None if it is unreliable."""

    def ids(self) -> frozenset[str]:
        """The ids of the passages that it holds, to compare with the library's."""

    def open(self) -> None:
        """Open what an earlier process left."""

    def rebuild(self, rows: Iterable[PassageRow], version: str) -> None:
        """Rebuild it."""

    def update(self, add: Sequence[PassageRow], remove: Iterable[str], version: str) -> None:
        """Bring it to a later version."""

    def move_to_memory(self) -> bool:
        """Leave the folder alone from now on; say whether it was in one."""

    def close(self) -> None:
        """Free what it holds."""


class WordStore(DerivedStore, Protocol):
    """A store that finds by words."""

    def search(self, text: str, k: int, allowed: frozenset[str] | None) -> list[PassageHit]:
        """The k passages that hold the rarest words of a text most often, of some or all articles.

        Nothing in the text is an operator.
        """

    def find(self, text: str, allowed: frozenset[str] | None) -> list[PassageHit]:
        """The passages, with one of the words, of every article that has all of the words."""


class FolderStore:
    """A store in a folder of its own, under a stamp, or in memory if it has none."""

    _path: Path | None
    _stamp: "Stamp | None"

    def close(self) -> None:
        """Free files and memory."""
        raise NotImplementedError

    def move_to_memory(self) -> bool:
        """Leave the folder alone from now on, and hold everything in memory once rebuilt.

        Returns:
            whether it was in a folder.
        """
        was_in_folder = self._path is not None
        with suppress(IndexStoreError):
            self.close()
        self._path = self._stamp = None
        return was_in_folder


class Stamp:
    """Names the version of the library that a folder's files were built from."""

    def __init__(
        self, folder: Path, format_name: str, unsealed: frozenset[str] = frozenset()
    ) -> None:
        """Read and write nothing yet.

        Args:
            folder: holds the files.
            format_name: changes if the same rows would be stored in another way.
            unsealed: names of files that hold nothing.
        """
        self._path = folder / _STAMP
        self._format = format_name
        self._unsealed = unsealed | {_STAMP}
        self._digests: dict[str, tuple[tuple[int, ...], str]] = {}

    def read(self) -> str | None:
        """The version, or None if there is none or the files have changed since."""
        try:
            found = json.loads(self._path.read_bytes())
            if found["format"] == self._format and found["files"] == self._seal({}):
                return str(found["version"])
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return None

    def clear(self) -> None:
        """Take the stamp away, before a change."""
        self._path.unlink(missing_ok=True)

    def write(self, version: str) -> None:
        """Put the stamp on, after a change."""
        found = {"format": self._format, "version": version, "files": self._seal(self._digests)}
        draft = self._path.with_suffix(".tmp")
        draft.write_text(json.dumps(found), encoding="utf-8")
        os.replace(draft, self._path)

    def _seal(self, known: dict[str, tuple[tuple[int, ...], str]]) -> dict[str, str]:
        """The SHA-256 of every file.

        Args:
            known: what this process has written and read back already, by name. A file that it has
                not changed since is not read again.
        """
        folder, sealed = self._path.parent, {}
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.name in self._unsealed:
                continue
            name, now = path.relative_to(folder).as_posix(), path.stat()
            state = (now.st_ino, now.st_size, now.st_mtime_ns)
            if name not in known or known[name][0] != state:
                with path.open("rb") as file:
                    known[name] = state, hashlib.file_digest(file, "sha256").hexdigest()
            sealed[name] = known[name][1]
        return sealed


def empty_folder(path: Path) -> None:
    """Remake a folder, whatever stood there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    path.mkdir(parents=True)


@contextmanager
def translated(store: str, action: str) -> Iterator[None]:
    """Turn a vendor's errors into ours; nothing else does.

    Both vendors raise anything from TypeError to RuntimeError, and their panics (a failed assertion
    in Rust) are not even an `Exception`.

    Raises:
        IndexStoreError: anything failed; the vendor's error is the cause.
    """
    try:
        yield
    except PressmarkError:
        raise
    except BaseException as error:
        panicked = type(error).__name__ == "PanicException"
        if not isinstance(error, Exception) and not panicked:
            raise
        raise IndexStoreError(
            f"{store} failed while {action} ({error}). It is rebuilt from the library."
        ) from error


def ranked(found: Iterable[Row], k: int, retriever: str) -> list[PassageHit]:
    """Pick the best k rows; equal scores stand in order of the passage's id."""
    best = sorted(found, key=lambda row: (-row[1], row[0]))[:k]
    return [
        PassageHit(passage_id, article_id, score, rank, retriever)
        for rank, (passage_id, score, article_id) in enumerate(best, start=1)
    ]


def best(fetch: Fetch, k: int, most: int) -> Sequence[Row]:
    """Fetch at least the best k of all passages, and all that tie with the last of them.

    Args:
        fetch: gives the best n.
        k: how many.
        most: rows to fetch at most, however many score the same.
    """
    n = min(k + 16, most)
    while True:
        found = fetch(n)
        if len(found) < n or n == most or found[-1][1] < found[k - 1][1]:
            return found
        n = min(4 * n, most)


def best_allowed(fetch: Fetch, k: int, allowed: frozenset[str], most: int) -> list[Row] | None:
    """Pick the best of some articles from the best of all.

    If many articles are allowed, this is much quicker than filtering inside a store.

    Args:
        fetch: gives the best n of all articles.
        k: how many.
        allowed: ids of the articles.
        most: rows to fetch at most.

    Returns:
        rows, fewer than k if there are no more; None if ``most`` rows do not hold them.
    """
    n = 2 * k
    while n <= most:
        found = fetch(n)
        kept = [row for row in found if row[2] in allowed]
        if len(found) < n or (len(kept) >= k and found[-1][1] < kept[k - 1][1]):
            return kept
        n *= 4
    return None
