"""Files that were given to the page or the API: a folder of the home, which is indexed as any.

File names come from outside. Of a name only what is plain text stays, it never leads out of the
folder, and it never replaces another file.
"""

import os
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
    """A file that was not taken in, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of files that were sent.

    Attributes:
        stored: for each file that is in the folder now, as what it was sent and its name there;
            an archive is stored as its files.
        refused: those that are not.
    """

    stored: tuple[tuple[str, str], ...]
    refused: tuple[Refused, ...]


class Uploads:
    """The folder of uploaded files of one home.

    Attributes:
        folder: where they are; it may not exist yet.
        in_transit: where files are while they are being sent.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER
        self.in_transit = home / IN_TRANSIT

    def take_in(self, files: Iterable[str]) -> TakenIn:
        """Move files that were sent into the folder; those left out are deleted.

        Args:
            files: where they lie; their names are what the sender calls them.

        Raises:
            LibraryError: the folder cannot be written to.
        """
        sent = [Path(file) for file in files]
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            room = MAX_FOLDER_FILES - sum(1 for _ in self.folder.iterdir())
            done = list(self._done(sent[: min(MAX_FILES, max(room, 0))]))
        except OSError as error:
            raise LibraryError(f"Files cannot be stored in {self.folder}: {error}.") from error
        finally:
            for file in sent:
                file.unlink(missing_ok=True)
        left = sent[min(MAX_FILES, max(room, 0)) :]
        refused = [one for one in done if isinstance(one, Refused)]
        refused += [Refused(file.name, _too_many(room)) for file in left]
        return TakenIn(tuple(one for one in done if isinstance(one, tuple)), tuple(refused))

    def remove(self, relpath: str) -> None:
        """Delete an uploaded file.

        Raises:
            InputError: there is no such file.
        """
        path = self.folder / relpath
        if Path(relpath).name != relpath or not path.is_file():
            raise InputError("There is no uploaded file of this name any more.")
        path.unlink()

    def _done(self, files: Iterable[Path]) -> Iterator[Refused | tuple[str, str]]:
        for file in files:
            name = safe_name(file.name)
            if name.lower() == SIDECAR_NAME:
                reason = "it describes the articles of a folder; index the folder instead"
                yield Refused(name, reason)
            elif file.stat().st_size > MAX_FILE_BYTES:
                limit = MAX_FILE_BYTES // 2**20
                yield Refused(name, f"larger than {limit} MiB, the most that one file may have")
            elif name.lower().endswith(SUFFIXES):
                yield from self._unpacked(file, name)
            else:
                yield name, self._store(file, name)

    def _unpacked(self, file: Path, name: str) -> Iterator[Refused | tuple[str, str]]:
        """Store the files of an archive one by one, so that each can be removed again."""
        try:
            members = archived(file)
        except UnreadableFileError as error:
            yield Refused(name, error.user_message)
            return
        if members is None:
            yield name, self._store(file, name)
            return
        for member in members.values():
            own_name = safe_name(f"{Path(name).stem} - {member.name}")
            if member.problem is not None:
                yield Refused(own_name, member.problem)
                continue
            waiting = file.with_name(f"{file.name}.unpacked")
            waiting.write_bytes(member.data)
            yield name, self._store(waiting, own_name)
            waiting.unlink(missing_ok=True)

    def _store(self, file: Path, name: str) -> str:
        """Its name in the folder; the same bytes under the same name are stored once."""
        stem, suffix = os.path.splitext(name)
        target, number = self.folder / name, 1
        while target.exists():
            if target.read_bytes() == file.read_bytes():
                return target.name
            number += 1
            target = self.folder / f"{stem} ({number}){suffix}"
        shutil.move(file, target)
        return target.name


def safe_name(name: str) -> str:
    """A file name as sent, made harmless for any file system and any terminal."""
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
