"""A stamp that says which version of the library a folder's files were built from.

A change takes the stamp away first and puts it back at the end, so that a crash in between shows.
The stamp also holds the SHA-256 of every file, because a damaged file can make Chroma or Tantivy
answer wrongly or end the whole process, too late for an exception: what is not byte for byte as
this program left it is rebuilt, not opened.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

_STAMP = "pressmark.json"


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
