"""Write suites, each in a folder of its own, and overwrite nothing."""

from collections.abc import Mapping
from pathlib import Path

from index.errors import SuiteError


def write_suite(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Write the files of a suite.

    Args:
        folder: a new or empty folder.
        files: text by path in the folder.

    Returns:
        the files written.

    Raises:
        SuiteError: the folder holds something already, or is not writable.
    """
    paths = {folder / name: text for name, text in files.items()}
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise SuiteError(f"{folder} is there already; name a new folder.")
        for path, text in paths.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
    except OSError as error:
        raise SuiteError(f"{folder} cannot be written: {error.strerror}.") from error
    return list(paths)
