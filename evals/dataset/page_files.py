"""The HTML files of a suite of pages: only those inside its folder, and of bearable size."""

import gzip
import zlib
from pathlib import Path

from evals.dataset.visible_text import decode_html

MAX_PAGE_BYTES = 8 * 1024 * 1024


class PageFileError(Exception):
    """A page's file cannot be used; caught where the suite is read."""


def find_page(folder: Path, name: str) -> Path:
    """The file that a line names.

    Args:
        folder: the suite's.
        name: a path inside it.

    Raises:
        PageFileError: it is no file, or leads out of the folder.
    """
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise PageFileError(f"{name!r} leads out of the suite's folder")
        if not path.is_file():
            raise PageFileError(f"there is no file {name!r} in the suite's folder")
    except (OSError, RuntimeError, ValueError) as error:
        raise PageFileError(f"{name!r} is no path of a file") from error
    return path


def read_page(path: Path) -> str:
    """The HTML of a page, plain or compressed (``.gz``).

    Raises:
        PageFileError: it cannot be read, or is too large.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            data = file.read(MAX_PAGE_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise PageFileError(f"{path.name!r} is no whole gzip file ({error})") from error
    except OSError as error:
        raise PageFileError(f"{path.name!r} cannot be read: {error.strerror}") from error
    if len(data) > MAX_PAGE_BYTES:
        raise PageFileError(f"{path.name!r} is larger than {MAX_PAGE_BYTES // 1024**2} MiB")
    return decode_html(data)
