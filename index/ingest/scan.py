"""Find the files of a folder to index, without reading any article."""

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from index.errors import RootError, UnreadableFileError
from index.readers.archives import archived
from index.readers.metadata import SourceMetadata
from index.readers.sidecar import SIDECAR_NAME, read_sidecar

# A file that changed less than this before we read it may change again without a trace in its time
# or size; some file systems keep whole (even) seconds only.
_FINE_NS = 50_000_000
_COARSE_NS = 2_000_000_000

_Sidecar = dict[str, SourceMetadata]


@dataclass(frozen=True, slots=True)
class SeenFile:
    """One file as it lies in a root.

    Attributes:
        relpath: path below the root with ``/``; bytes that are not text are escaped.
        path: of the file to read.
        size: in bytes; -1 if the next run must look at it again.
        mtime_ns: time of last change; -1 as for `size`.
        metadata: what the sidecar says about it.
        metadata_sha: hash of that; empty if there is nothing.
        problem: why it cannot be an article, if that is clear without reading it.
        member: its name in the archive at `path`; None if it is not in an archive.
    """

    relpath: str
    path: Path
    size: int
    mtime_ns: int
    metadata: SourceMetadata | None = None
    metadata_sha: str = ""
    problem: str | None = None
    member: str | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """All files of a root.

    Attributes:
        root: its path, as the library records it.
        files: in order of their relative path.
        unlisted: folders that the system refused to list; the library keeps what it knows about
            the files below them.
    """

    root: str
    files: tuple[SeenFile, ...]
    unlisted: tuple[str, ...] = ()

    def covers(self, relpath: str) -> bool:
        """Whether a file that is not among `files` is surely gone."""
        return not any(relpath.startswith(f"{folder}/") for folder in self.unlisted)


def root_label(path: Path) -> str:
    """A root's path as the library records it."""
    return _label(str(path.expanduser().resolve()))


def scan_root(path: Path, skip: Path) -> Scan:
    """List the files of a folder, or a single file, with what its sidecars say.

    Leaves out hidden files and folders, and follows links only to files within the root.

    Args:
        path: the folder or file.
        skip: a folder never to enter: that of the library itself.

    Raises:
        RootError: it is not there, not readable, or neither folder nor file.
    """
    shown = path.expanduser()
    root = shown.resolve()
    try:
        mode = root.stat().st_mode
        if stat.S_ISDIR(mode):
            os.scandir(root).close()
    except OSError as error:
        raise RootError(f"{shown} cannot be indexed: {error.strerror}.") from error
    if stat.S_ISDIR(mode):
        walk = _Walk(root, skip.resolve())
        found = sorted(walk.files(root, ""), key=lambda seen: seen.relpath)
        return Scan(root_label(path), tuple(found), tuple(walk.unlisted))
    if not stat.S_ISREG(mode):
        raise RootError(f"{shown} cannot be indexed: it is neither a folder nor a file.")
    return Scan(root_label(path), tuple(_Walk(root, skip).single(root)))


def look_again(root: Path, relpath: str) -> SeenFile | None:
    """Find one file of a root that was scanned before. Return None if it cannot be read now."""
    walk = _Walk(root, root)
    if root.is_file():
        found = [seen for seen in walk.single(root) if seen.relpath == relpath]
    else:
        found = [walk.again(relpath)]
    return found[0] if found and found[0].problem is None else None


class _Walk:
    """A walk through one root."""

    def __init__(self, root: Path, skip: Path) -> None:
        self._root = root
        self._skip = skip
        self._sidecars: dict[str, _Sidecar] = {}
        self._now = time.time_ns()
        self.unlisted: list[str] = []

    def files(self, folder: Path, below: str) -> Iterator[SeenFile]:
        """List everything in a folder and the folders below it."""
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            self.unlisted.append(below)
            yield _refused(below, folder, f"the folder cannot be listed: {error.strerror}")
            return
        yield from self._read_sidecar(folder, below)
        for entry in entries:
            if entry.name.startswith(".") or entry.name == SIDECAR_NAME:
                continue
            relpath = f"{below}/{_label(entry.name)}".lstrip("/")
            if not entry.is_dir(follow_symlinks=False):
                file = self._file(relpath, Path(entry.path), entry.is_symlink())
                yield from self._opened(file)
            elif Path(entry.path) != self._skip:
                yield from self.files(Path(entry.path), relpath)

    def single(self, path: Path) -> Iterator[SeenFile]:
        """Find a file, and what the sidecar beside it says."""
        yield from self._read_sidecar(path.parent, "")
        yield from self._opened(self._file(_label(path.name), path, is_link=False))

    def again(self, relpath: str) -> SeenFile:
        """Find a file, and what the sidecars on the way to it say."""
        folders = [folder.as_posix() for folder in reversed(Path(relpath).parents)]
        for folder in folders:
            below = "" if folder == "." else folder
            list(self._read_sidecar(self._root / below, below))
        for place in reversed(Path(relpath).parents):
            archive = self._root / place
            if archive.is_file():
                file = self._file(place.as_posix(), archive, is_link=True)
                members = (seen for seen in self._opened(file) if seen.relpath == relpath)
                return next(members, _refused(relpath, archive, "it is not in the archive"))
        return self._file(relpath, self._root / relpath, is_link=True)

    def _opened(self, file: SeenFile) -> Iterator[SeenFile]:
        """Put the files of an archive in its place; leave any other file as it is."""
        if file.problem is not None:
            yield file
            return
        try:
            members = archived(file.path)
        except (UnreadableFileError, OSError) as error:
            yield replace(file, size=-1, mtime_ns=-1, problem=str(error))
            return
        if members is None:
            yield file
            return
        if not members:
            yield replace(file, problem="the archive is empty")
        for name, member in members.items():
            relpath = f"{file.relpath}/{name}"
            metadata = self._metadata(relpath) or file.metadata
            yield replace(
                file,
                relpath=relpath,
                metadata=metadata,
                metadata_sha=_digest(metadata),
                problem=member.problem,
                member=name,
            )

    def _read_sidecar(self, folder: Path, below: str) -> Iterator[SeenFile]:
        """Read a folder's sidecar; a broken one is a refused file."""
        try:
            self._sidecars[below] = read_sidecar(folder)
        except UnreadableFileError as error:
            yield _refused(f"{below}/{SIDECAR_NAME}".lstrip("/"), folder, str(error))

    def _file(self, relpath: str, path: Path, is_link: bool) -> SeenFile:
        try:
            if is_link and not path.resolve(strict=True).is_relative_to(self._root):
                return _refused(relpath, path, "a link that leads out of the folder")
            found = path.stat()
        except (OSError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return _refused(relpath, path, f"the file cannot be read: {reason}")
        if not stat.S_ISREG(found.st_mode):
            return _refused(relpath, path, "not a regular file (a folder, pipe, socket or device)")
        metadata = self._metadata(relpath)
        digest = _digest(metadata)
        window = _FINE_NS if found.st_mtime_ns % 1_000_000_000 else _COARSE_NS
        if abs(self._now - found.st_mtime_ns) < window:
            return SeenFile(relpath, path, -1, -1, metadata, digest)
        return SeenFile(relpath, path, found.st_size, found.st_mtime_ns, metadata, digest)

    def _metadata(self, relpath: str) -> SourceMetadata | None:
        """Get the entry of the nearest sidecar that names the file."""
        folder, name = "", relpath
        found = self._sidecars.get("", {}).get(relpath)
        while "/" in name:
            part, name = name.split("/", 1)
            folder = f"{folder}/{part}".lstrip("/")
            found = self._sidecars.get(folder, {}).get(name, found)
        return found


def _digest(metadata: SourceMetadata | None) -> str:
    return "" if metadata is None else hashlib.sha256(repr(metadata).encode()).hexdigest()


def _refused(relpath: str, path: Path, problem: str) -> SeenFile:
    return SeenFile(relpath, path, -1, -1, problem=problem)


def _label(name: str) -> str:
    """Make text of a file name; not every system's names are text."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
