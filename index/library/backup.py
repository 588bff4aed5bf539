"""Keep a copy of a library, and put one back.

A backup is one file: the library as it stands between two changes, while others read and write it
(SQLite's own backup), and beside it, in a tar archive, the files that were given to Pressmark and
lie nowhere else. The search indexes are left out; they are rebuilt from the library.
"""

import hashlib
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from index.errors import LibraryError, LibraryFormatError
from index.library.engines.opening import file_of, open_database
from index.library.library import LIBRARY_NAME, Library
from index.library.lock import WriteLock
from index.library.seal import Seal, damaged

ARTICLE_FOLDERS = ("uploads", "fetched")
OWN_FOLDERS = (*ARTICLE_FOLDERS, "shared")
"""Folders of the home whose files are the only copies."""
_MANIFEST = "backup.json"
_PAGES_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup that was made or put back.

    Attributes:
        path: the file.
        articles: how many the library in it holds.
        files: how many files of the home's own folders it holds.
        bytes: its size.
    """

    path: Path
    articles: int
    files: int
    bytes: int


def home_of(home: Path, url: str | None) -> Path:
    """The folder that holds a library's file.

    Args:
        home: the folder of the settings.
        url: see `index.library.library.Library.open`.

    Raises:
        LibraryError: the library is on a server, which has tools of its own.
    """
    return file_of(open_database(home, url)).parent


def back_up(home: Path, target: Path) -> Kept:
    """Write a backup, beside whoever reads or writes the library.

    Args:
        home: of the library.
        target: the file to write; it replaces none.

    Raises:
        LibraryFormatError: the library is damaged; nothing is written.
        LibraryError: there is no library, or the file cannot be written.
    """
    library = home / LIBRARY_NAME
    if not library.is_file():
        raise LibraryError(f"There is no library in {home}.")
    if target.exists():
        raise LibraryError(f"{target} is there already, and a backup replaces nothing.")
    Seal(home).check()
    with scratch_beside(target) as scratch:
        copy = scratch / LIBRARY_NAME
        _copy(library, copy)
        articles = _checked(scratch)
        owned = _owned(home)
        _pack(scratch / "backup.tar", copy, home, owned, articles)
        # Like everything else here: whole under its name, or not there.
        os.link(scratch / "backup.tar", target)
    return Kept(target, articles, len(owned), target.stat().st_size)


def restore(home: Path, backup: Path) -> tuple[Kept, Path | None]:
    """Put a backup in the place of a library, which is kept beside it.

    Args:
        home: the folder; it is made if there is none.
        backup: a file that `back_up` has written.

    Returns:
        what was put back, and where the former library lies now, if there was one.

    Raises:
        LibraryBusyError: another process is writing.
        LibraryFormatError: the backup is damaged or is none; the library is as it was.
        LibraryError: the folder is not writable, or the disk is full.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"The folder {home} cannot be made: {error.strerror}.") from error
    with ExitStack() as stack:
        stack.callback(WriteLock.acquire(home, "restoring a backup").release)
        scratch = stack.enter_context(scratch_beside(home / LIBRARY_NAME))
        articles, files = _unpack(backup, scratch)
        _put_back_files(scratch, home)
        former = set_aside(home, "replaced")
        os.replace(scratch / LIBRARY_NAME, home / LIBRARY_NAME)
        Seal(home).put()
    return Kept(backup, articles, files, backup.stat().st_size), former


def set_aside(home: Path, why: str) -> Path | None:
    """Keep the library under another name, with what SQLite keeps beside it.

    The caller has the lock, and puts another library in its place at once. Until then, it is there
    under both names, if the disk can do that, so that no moment has no library.

    Args:
        home: the folder.
        why: stands in the new name: "damaged".

    Returns:
        its new path; None if there was no library.
    """
    Seal(home).remove()
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    former = home / f"library-{why}-{now}.sqlite3"
    if not (home / LIBRARY_NAME).exists():
        return None
    try:
        os.link(home / LIBRARY_NAME, former)
    except OSError:
        os.replace(home / LIBRARY_NAME, former)
    # The log of one library must not be taken for the other's.
    for end in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.replace(home / f"{LIBRARY_NAME}{end}", f"{former}{end}")
    return former


@contextmanager
def scratch_beside(path: Path) -> Iterator[Path]:
    """A temporary folder on the disk of a file.

    Raises:
        LibraryError: instead of an `OSError` inside, such as a full disk.
    """
    try:
        with tempfile.TemporaryDirectory(
            prefix=".pressmark-", dir=path.absolute().parent, ignore_cleanup_errors=True
        ) as folder:
            yield Path(folder)
    except OSError as error:
        raise LibraryError(
            f"{path.parent} cannot be written to ({error.strerror or error}). Nothing was changed."
        ) from error


def _copy(library: Path, copy: Path) -> None:
    address = f"{library.absolute().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(address, uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            source.backup(target, pages=_PAGES_AT_ONCE)
            target.execute("PRAGMA journal_mode=DELETE").close()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise LibraryError(f"The library {library} cannot be copied: {error}.") from error
        raise LibraryFormatError(damaged(library)) from error


def _checked(folder: Path) -> int:
    """How many articles the library in a folder holds, which is looked through first."""
    with Library.open(folder) as library:
        problems = library.verify()
        if problems:
            raise LibraryFormatError(
                f"The library is damaged ({problems[0]} Problems: {len(problems)}.) "
                "`pressmark doctor --repair` saves what is whole."
            )
        return library.counts().articles


def _owned(home: Path) -> list[Path]:
    return sorted(
        path
        for folder in OWN_FOLDERS
        for path in (home / folder).rglob("*")
        if path.is_file() and not path.is_symlink()
    )


def _pack(path: Path, copy: Path, home: Path, owned: Sequence[Path], articles: int) -> None:
    with copy.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    manifest = {
        "format": "pressmark backup 1",
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "articles": articles,
        "sha256": digest,
    }
    said = copy.with_name(_MANIFEST)
    said.write_text(json.dumps(manifest, indent=2), encoding="utf-8")
    with path.open("wb") as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            archive.add(said, _MANIFEST)
            archive.add(copy, LIBRARY_NAME)
            for found in owned:
                archive.add(found, found.relative_to(home).as_posix(), recursive=False)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o600)


def _unpack(backup: Path, scratch: Path) -> tuple[int, int]:
    """Unpack a backup into an empty folder, and compare its library with what is said of it.

    Returns:
        how many articles and how many files of the home's own folders it holds.
    """
    try:
        with tarfile.open(backup, "r:") as archive:
            members = [m for m in archive.getmembers() if _belongs(m)]
            archive.extractall(scratch, members, filter="data")
        manifest = json.loads((scratch / _MANIFEST).read_bytes())
        with (scratch / LIBRARY_NAME).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        whole, articles = manifest["sha256"] == digest, int(manifest["articles"])
    except FileNotFoundError as error:
        if not backup.exists():
            raise LibraryError(f"There is no file {backup}.") from error
        raise LibraryFormatError(f"{backup} is not a backup of Pressmark's.") from error
    except (tarfile.TarError, ValueError, KeyError, TypeError, EOFError) as error:
        raise LibraryFormatError(f"{backup} is not a backup of Pressmark's, or damaged.") from error
    if not whole:
        raise LibraryFormatError(f"The backup {backup} is damaged; the library is as it was.")
    return articles, len(members) - 2


def _belongs(member: tarfile.TarInfo) -> bool:
    first = member.name.split("/")[0]
    return member.isfile() and (member.name in (_MANIFEST, LIBRARY_NAME) or first in OWN_FOLDERS)


def _put_back_files(scratch: Path, home: Path) -> None:
    """Put files back that are gone; one that is there stays, since it may be newer."""
    for found in _owned(scratch):
        place = home / found.relative_to(scratch)
        if not place.exists():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.replace(found, place)
