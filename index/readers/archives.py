"""Open archives in memory, within bounds: no name in them leads anywhere on the disk."""

import functools
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import UnreadableFileError
from index.readers import sniffing
from index.readers.disk import MAX_FILE_BYTES, read_bytes

SUFFIXES = (".zip", ".tar", ".tgz", ".gz")
"""Names of files to look into; a gzip file that holds one file alone is not an archive."""
MAX_ARCHIVE_BYTES = 128 * 1024 * 1024
MAX_UNPACKED_BYTES = 256 * 1024 * 1024
MAX_MEMBERS = 5_000
MAX_DEPTH = 2
_CHUNK = 1024 * 1024
_DO = "unpack it and index the folder"
_BROKEN = (
    tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError,
    NotImplementedError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive.

    Attributes:
        name: its path within the archive, with ``/``; harmless.
        data: its bytes; empty if there is a problem.
        problem: why we do not read it.
    """

    name: str
    data: bytes = b""
    problem: str | None = None


@dataclass(slots=True)
class _Budget:
    """The rest of the bounds that an archive shares with those within it."""

    data: int = MAX_UNPACKED_BYTES
    members: int = MAX_MEMBERS
    taken: set[str] = field(default_factory=set)

    def count(self) -> None:
        self.members -= 1
        if self.members < 0:
            raise UnreadableFileError(f"the archive holds more than {MAX_MEMBERS:,} files; {_DO}")

    def spend(self, amount: int) -> None:
        self.data -= amount
        if self.data < 0:
            limit = MAX_UNPACKED_BYTES // 2**20
            raise UnreadableFileError(f"the archive unpacks to more than {limit} MiB; {_DO}")


def unzipped(data: bytes, limit: int = MAX_FILE_BYTES) -> bytes:
    """Unpack a gzip file.

    Args:
        data: the file.
        limit: the most bytes that it may hold.

    Raises:
        UnreadableFileError: it is damaged, or holds too much.
    """
    try:
        return _gunzip(data, limit)
    except (zlib.error, EOFError) as error:
        raise UnreadableFileError("the gzip file is damaged; pack it again") from error


def is_archive(data: bytes, name: str) -> bool:
    """Whether a file holds others, in a form that we open."""
    try:
        media_type = sniffing.media_type_of(data, name)
        if media_type == sniffing.GZIP:
            opening = zlib.decompressobj(wbits=31).decompress(data, 512)
            media_type = sniffing.TAR if opening[257:262] == b"ustar" else media_type
    except (UnreadableFileError, zlib.error):
        return False
    return media_type in sniffing.ARCHIVES


def archived(path: Path) -> Mapping[str, Member] | None:
    """Get the files of an archive on the disk, by name. Return None if the file is not one.

    This keeps the last archive, since callers ask for each of its files in turn.

    Raises:
        UnreadableFileError: it is unreadable, or holds more than we open.
    """
    if not path.name.lower().endswith(SUFFIXES):
        return None
    found = path.stat()
    return _archived(path, found.st_size, found.st_mtime_ns)


@functools.lru_cache(maxsize=1)
def _archived(path: Path, size: int, mtime_ns: int) -> Mapping[str, Member] | None:
    if size > MAX_ARCHIVE_BYTES:
        limit = MAX_ARCHIVE_BYTES // 2**20
        raise UnreadableFileError(f"the archive is larger than {limit} MiB; {_DO}")
    data = read_bytes(path, MAX_ARCHIVE_BYTES)
    if not is_archive(data, path.name):
        return None
    return {member.name: member for member in unpack(data, path.name)}


def bytes_at(path: Path) -> bytes:
    """Get the bytes of a file, which may lie in an archive.

    Raises:
        UnreadableFileError: the archive does not open, or holds no such file.
        OSError: the file is unreadable.
    """
    for archive in path.parents:
        if archive.is_file():
            member = (archived(archive) or {}).get(path.relative_to(archive).as_posix())
            if member is None or member.problem is not None:
                raise UnreadableFileError("it is not in the archive any more")
            return member.data
    return path.read_bytes()


def forget() -> None:
    """Let go of the last archive."""
    _archived.cache_clear()


def unpack(data: bytes, name: str) -> list[Member]:
    """Get the files of an archive, including those of archives within it.

    Raises:
        UnreadableFileError: it is damaged, or holds more than we open.
    """
    budget = _Budget()
    try:
        return sorted(_members(data, name, budget, 1), key=lambda member: member.name)
    except _BROKEN as error:
        raise UnreadableFileError(f"the archive is damaged; {_DO}") from _Damaged(str(error))


class _Damaged(Exception):
    """Turn a library's complaint about an archive into our error; not one of the file system."""


def _members(data: bytes, name: str, budget: _Budget, depth: int) -> Iterator[Member]:
    if data.startswith(b"PK"):
        found = _zip_members(data, budget)
    else:
        if data.startswith(b"\x1f\x8b"):
            data = _gunzip(data, budget.data)
            budget.spend(len(data))
        found = _tar_members(data, budget)
    for member in found:
        if member.problem is None and is_archive(member.data, member.name):
            if depth >= MAX_DEPTH:
                yield Member(member.name, problem=f"an archive too deep within archives; {_DO}")
                continue
            for inner in _members(member.data, member.name, budget, depth + 1):
                yield Member(f"{member.name}/{inner.name}", inner.data, inner.problem)
        else:
            yield member


def _zip_members(data: bytes, budget: _Budget) -> Iterator[Member]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            budget.count()
            problem = None
            if info.flag_bits & 1:
                problem = "it is encrypted; unpack it with its password and index the folder"
            elif info.external_attr >> 28 == 0o12:
                problem = "a link within an archive"
            name, problem = _safe_name(info.filename, budget, problem)
            if name is None:
                continue
            if problem is None and info.file_size > MAX_FILE_BYTES:
                problem = _too_large()
            if problem is not None:
                yield Member(name, problem=problem)
                continue
            with archive.open(info) as file:
                yield _taken(name, file.read(MAX_FILE_BYTES + 1), budget)


def _tar_members(data: bytes, budget: _Budget) -> Iterator[Member]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for info in archive:
            if info.isdir():
                continue
            budget.count()
            problem = None
            if info.issym() or info.islnk():
                problem = "a link within an archive"
            elif not info.isreg() or info.issparse():
                problem = "not a regular file (a pipe, a device or a sparse file)"
            elif info.size > MAX_FILE_BYTES:
                problem = _too_large()
            name, problem = _safe_name(info.name, budget, problem)
            if name is None:
                continue
            file = None if problem else archive.extractfile(info)
            if file is None:
                yield Member(name, problem=problem or "it cannot be read from the archive")
            else:
                yield _taken(name, file.read(MAX_FILE_BYTES + 1), budget)


def _taken(name: str, data: bytes, budget: _Budget) -> Member:
    budget.spend(len(data))
    if len(data) > MAX_FILE_BYTES:
        return Member(name, problem=_too_large())
    return Member(name, data)


def _safe_name(name: str, budget: _Budget, problem: str | None) -> tuple[str | None, str | None]:
    """Make a member's name harmless and say what is wrong with it; None for a system's leftovers.

    Two members with one name are two files: the second gets a number.
    """
    written = name.encode("utf-8", "backslashreplace").decode().replace("\\", "/")
    parts = [part for part in written.split("/") if part not in ("", ".")]
    if not parts or parts[0] == "__MACOSX" or any(p[0] == "." and p != ".." for p in parts):
        return None, None
    if ".." in parts or written.startswith("/") or parts[0].endswith(":"):
        problem = "its path leads out of the archive"
        parts = [part for part in parts if part != ".."] or ["unnamed"]
    plain = "/".join("".join(c if c.isprintable() else "_" for c in part) for part in parts)[:500]
    unique, number = plain, 1
    while unique in budget.taken:
        number += 1
        unique = f"{plain} ({number})"
    budget.taken.add(unique)
    return unique, problem


def _gunzip(data: bytes, limit: int) -> bytes:
    """Unpack every member of a gzip file, up to a limit."""
    pieces: list[bytes] = []
    left = limit
    while data.startswith(b"\x1f\x8b"):
        stream = zlib.decompressobj(wbits=31)
        piece = stream.decompress(data, left + 1)
        left -= len(piece)
        if left < 0:
            raise UnreadableFileError(f"it unpacks to more than {limit // 2**20} MiB; {_DO}")
        if not stream.eof:
            raise EOFError("cut short")
        pieces.append(piece)
        data = stream.unused_data
    return b"".join(pieces)


def _too_large() -> str:
    return f"the file is larger than {MAX_FILE_BYTES // 1024**2} MiB"
