"""OCR of scans, where the programs for it are installed: pdftoppm draws a page, tesseract reads it.

Each runs once a page, with limits of memory and time and with none of our environment. Text that
was read so is marked: `Source.encoding` says `SEEN`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import index
from index.article import SEEN
from index.errors import UnreadableFileError
from index.readers.base import NO_TEXT, Read, paragraphs_of
from index.readers.paged import TURN, Block, read_pages, without_furniture

PROGRAMS = ("tesseract", "pdftoppm")
HOW_TO_INSTALL = (
    "to have it read, install tesseract and poppler (Debian, Ubuntu: apt-get install "
    "tesseract-ocr poppler-utils; macOS: brew install tesseract poppler) and index again"
)
MAX_PAGES = 300
SECONDS = 90
"""The most that a program may take for a page, by the clock."""
_LONG_SIDE = 3_300
_EDGE = 2
"""So many paragraphs above and below on a page may be its head and its foot."""
_SHORT = 0.75
"""A line that is shorter than this share of the page's longest may end a paragraph."""
_MAX_LANGUAGES = 4
_NO_LANGUAGES = frozenset({"osd", "equ", "snum"})
_PASSED_ON = ("PATH", "TESSDATA_PREFIX", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_ROOT = Path(index.__file__).resolve().parent.parent


def read_scan(data: bytes, what: str) -> Read:
    """Read the pages of a PDF file that are pictures.

    Args:
        data: the file.
        what: what is the matter with it, in words.

    Raises:
        UnreadableFileError: the programs are not installed, or fail, or find no text.
    """
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        # The cause says that the file is to be tried again: tomorrow they may be installed.
        raise UnreadableFileError(f"{what}; {HOW_TO_INSTALL}") from FileNotFoundError(missing[0])
    with tempfile.TemporaryDirectory(prefix="pressmark-") as folder:
        place = Path(folder)
        (place / "scan.pdf").write_bytes(data)
        languages = _languages(place)
        pages = [_paragraphs(text.replace(TURN, "")) for text in _seen(place, languages)]
    if not any(char.isalnum() for page in pages for text in page for char in text):
        raise UnreadableFileError(f"{what}, and OCR finds {NO_TEXT.removeprefix('there is ')}")
    blocks = [
        [Block(text, not _EDGE <= n < len(page) - _EDGE) for n, text in enumerate(page)]
        for page in pages
    ]
    return read_pages(without_furniture(blocks), encoding=f"{SEEN} {languages}")


def _languages(place: Path) -> str:
    """The languages that tesseract has been given, as it wants them named."""
    listed = _run(place, "tesseract", "--list-langs").decode("utf-8", "replace").splitlines()[1:]
    names = [name.strip() for name in listed if name.strip() and "/" not in name]
    return "+".join([n for n in names if n not in _NO_LANGUAGES][:_MAX_LANGUAGES]) or "eng"


def _seen(place: Path, languages: str) -> Iterator[str]:
    """The text of each page."""
    picture = place / "page.png"
    for number in range(1, MAX_PAGES + 1):
        picture.unlink(missing_ok=True)
        n = str(number)
        drawn = ["-png", "-gray", "-singlefile", "-scale-to", str(_LONG_SIDE), "-f", n, "-l", n]
        try:
            _run(place, "pdftoppm", *drawn, "scan.pdf", "page")
        except UnreadableFileError:
            if number == 1:
                raise
        if not picture.is_file():
            return  # past the last page
        text = _run(place, "tesseract", "page.png", "stdout", "-l", languages)
        yield text.decode("utf-8", "replace").replace("\f", "")


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of a page; tesseract takes a headline and the line below it for one."""
    full = max((len(line) for line in text.splitlines()), default=0)
    found: list[str] = []
    for paragraph in paragraphs_of(text):
        lines = paragraph.splitlines()
        begin = 0
        for at in range(1, len(lines)):
            before, line = lines[at - 1].rstrip(), lines[at].lstrip()
            if len(before) < _SHORT * full and not line[:1].islower() and before[-1:] != "-":
                found.append("\n".join(lines[begin:at]))
                begin = at
        found.append("\n".join(lines[begin:]))
    return found


def _run(place: Path, program: str, *arguments: str) -> bytes:
    """What a program prints.

    Raises:
        UnreadableFileError: it fails, or takes too long.
    """
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    command = [sys.executable, "-P", "-B", "-m", "index.readers.limited", program, *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - programs named above, no shell
            command,
            cwd=place,
            env={**environment, "PYTHONPATH": str(_ROOT), "OMP_THREAD_LIMIT": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFileError(f"OCR takes more than {SECONDS} seconds for a page") from error
    except subprocess.CalledProcessError as error:
        raise UnreadableFileError(f"it is a scan, and {program} fails on it") from error
    return done.stdout
