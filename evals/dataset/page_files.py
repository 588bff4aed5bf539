"""The HTML files of a suite of pages: only those inside its folder, of bearable size."""

import gzip
import zlib
from pathlib import Path

from evals.dataset.visible_text import decode_html

MAX_PAGE_BYTES = 8 * 1024 * 1024


class PageFileError(Exception):
    """A page's file is not usable; the code that reads the suite catches this."""


def find_page(folder: Path, name: str) -> Path:
    """Find the file that a line names.

    Args:
        folder: the suite's.
        name: a path inside it.

    Raises:
        PageFileError: it is not a file, or leads out of the folder.
    """
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise PageFileError(f"{name!r} leads out of the suite's folder")
        if not path.is_file():
            raise PageFileError(f"there is no file {name!r} in the suite's folder")
    except (OSError, RuntimeError, ValueError) as error:
        raise PageFileError(f"{name!r} is not the path of a file") from error
    return path


def read_page(path: Path) -> str:
    """Read the HTML of a page, plain or compressed (``.gz``).

    Raises:
        PageFileError: it is unreadable, or too large.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            data = file.read(MAX_PAGE_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise PageFileError(f"{path.name!r} is not a whole gzip file ({error})") from error
    except OSError as error:
        raise PageFileError(f"{path.name!r} cannot be read: {error.strerror}") from error
    if len(data) > MAX_PAGE_BYTES:
        raise PageFileError(f"{path.name!r} is larger than {MAX_PAGE_BYTES // 1024**2} MiB")
    return decode_html(data)
