"""Files that were given to the page or the API: a folder of the home, which is indexed as any.

File names come from outside. Only plain text of a name survives; it never leads out of the folder,
and it never replaces another file.
"""

import os
import shutil
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import InputError, LibraryError, UnreadableFileError
from index.readers.archives import SUFFIXES, archived
from index.readers.disk import MAX_FILE_BYTES
from index.readers.sidecar import SIDECAR_NAME

FOLDER = "uploads"
IN_TRANSIT = "incoming"
MAX_FILES = 200
MAX_FOLDER_FILES = 100_000
_MAX_NAME_BYTES = 150
_FORBIDDEN = frozenset('/\\:*?"<>|')


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was refused, and why."""

    name: str
    reason: str


@dataclass(slots=True)
class TakenIn:
    """What became of files that were sent, before they are read.

    Attributes:
        stored: each file that was added to the folder: what it was sent as, and its name there.
            An archive is stored as its files.
        same: those that were in the folder already, in the same form.
        refused: those that were not taken in.
    """

    stored: list[tuple[str, str]] = field(default_factory=list)
    same: list[tuple[str, str]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def present(self) -> list[tuple[str, str]]:
        """Each file that is in the folder now: what it was sent as, and its name there."""
        return self.stored + self.same


class Uploads:
    """The folder of uploaded files of one home.

    Attributes:
        folder: holds them; it may not exist yet.
        in_transit: holds files while the browser sends them.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER
        self.in_transit = home / IN_TRANSIT

    def take_in(self, files: Iterable[str]) -> TakenIn:
        """Move files that were sent into the folder; those left out are deleted.

        Args:
            files: their paths; their names are the sender's.

        Raises:
            LibraryError: the folder is not writable.
        """
        sent, found = [Path(file) for file in files], TakenIn()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            room = MAX_FOLDER_FILES - sum(1 for _ in self.folder.iterdir())
            for file in sent[: min(MAX_FILES, max(room, 0))]:
                self._take(file, found)
        except OSError as error:
            raise LibraryError(f"Cannot store files in {self.folder}: {error}.") from error
        finally:
            for file in sent:
                file.unlink(missing_ok=True)
        left = sent[min(MAX_FILES, max(room, 0)) :]
        found.refused += [Refused(file.name, _too_many(room)) for file in left]
        return found

    def remove(self, relpath: str) -> None:
        """Delete an uploaded file.

        Raises:
            InputError: there is no such file.
        """
        path = self.folder / relpath
        if Path(relpath).name != relpath or not path.is_file():
            raise InputError("There is no longer an uploaded file of this name.")
        path.unlink()

    def _take(self, file: Path, found: TakenIn) -> None:
        name = safe_name(file.name)
        if name.lower() == SIDECAR_NAME:
            reason = "it describes the articles of a folder; index the folder instead"
            found.refused.append(Refused(name, reason))
        elif file.stat().st_size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 2**20
            reason = f"larger than {limit} MiB, the most that one file may have"
            found.refused.append(Refused(name, reason))
        elif name.lower().endswith(SUFFIXES):
            self._unpack(file, name, found)
        else:
            self._store(file, name, found)

    def _unpack(self, file: Path, name: str, found: TakenIn) -> None:
        """Store the files of an archive one by one, so that each can be removed again."""
        try:
            members = archived(file)
        except UnreadableFileError as error:
            found.refused.append(Refused(name, error.user_message))
            return
        if members is None:
            self._store(file, name, found)
            return
        if not members:
            found.refused.append(Refused(name, "the archive is empty"))
        for member in members.values():
            own_name = safe_name(f"{Path(name).stem} - {member.name}")
            if member.problem is not None:
                found.refused.append(Refused(own_name, member.problem))
                continue
            waiting = file.with_name(f"{file.name}.unpacked")
            waiting.write_bytes(member.data)
            self._store(waiting, own_name, found)
            waiting.unlink(missing_ok=True)

    def _store(self, file: Path, name: str, found: TakenIn) -> None:
        stem, suffix = os.path.splitext(name)
        target, number = self.folder / name, 1
        while target.exists():
            if target.read_bytes() == file.read_bytes():
                found.same.append((name, target.name))
                return
            number += 1
            target = self.folder / f"{stem} ({number}){suffix}"
        shutil.move(file, target)
        found.stored.append((name, target.name))


def safe_name(name: str) -> str:
    """Make a file name harmless for any file system and any terminal."""
    plain = "".join(
        "_" if letter in _FORBIDDEN else letter
        for letter in unicodedata.normalize("NFC", name)
        if unicodedata.category(letter)[0] != "C"
    )
    stem, suffix = os.path.splitext(plain.strip(" ."))
    short = stem.encode()[:_MAX_NAME_BYTES].decode("utf-8", "ignore").strip(" .")
    return f"{short or 'article'}{suffix[:20].rstrip(' .')}"


def _too_many(room: int) -> str:
    if room < MAX_FILES:
        return f"there is room for {MAX_FOLDER_FILES:,} uploaded files; remove some first"
    return f"more than {MAX_FILES} files at once; send it again"
