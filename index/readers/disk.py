"""Read the bytes of a file on the disk, within bounds."""

import stat
from pathlib import Path

from index.errors import UnreadableFileError

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_WARC_BYTES = 128 * 1024 * 1024
"""A WARC file holds the pages of a whole web site, with their pictures."""


def limit_of(name: str) -> int:
    """The most bytes that a file of this name may have."""
    return MAX_WARC_BYTES if name.lower().endswith((".warc", ".warc.gz")) else MAX_FILE_BYTES


def read_bytes(path: Path, limit: int | None = None) -> bytes:
    """Read a regular file of bearable size.

    Raises:
        UnreadableFileError: it is unreadable, or too large; the message says which.
    """
    limit = MAX_FILE_BYTES if limit is None else limit
    too_large = f"the file is larger than {limit // 1024**2} MiB"
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableFileError("not a regular file (a folder, pipe, socket or device)")
        if status.st_size > limit:
            raise UnreadableFileError(too_large)
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError as error:
        raise UnreadableFileError("the file does not exist") from error
    except PermissionError as error:
        raise UnreadableFileError("no permission to read the file") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadableFileError(f"the file cannot be read: {reason}") from error
    if len(data) > limit:
        raise UnreadableFileError(too_large)
    return data
