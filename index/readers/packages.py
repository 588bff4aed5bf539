"""Read the parts of office files and books, which are ZIP archives of XML, within bounds.

defusedxml parses the XML and refuses the file's own entities. Nothing follows a reference.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException, ElementTree

from index.errors import UnreadableFileError

MAX_PART_BYTES = 64 * 1024 * 1024
MAX_PARTS = 20_000


@contextmanager
def opened(data: bytes, what: str) -> Iterator["Package"]:
    """Open a package.

    Raises:
        UnreadableFileError: it is damaged or encrypted.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MAX_PARTS:
                raise UnreadableFileError(f"the {what} file holds more than {MAX_PARTS:,} parts")
            yield Package(archive, what)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UnreadableFileError(f"the {what} file is damaged; save it again") from error
    except RuntimeError as error:
        raise UnreadableFileError(f"the {what} file is encrypted; save it without") from error


class Package:
    """The parts of one file, by name."""

    def __init__(self, archive: zipfile.ZipFile, what: str) -> None:
        self._archive = archive
        self._what = what
        self._left = 2 * MAX_PART_BYTES

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self._archive.NameToInfo

    def data(self, name: str) -> bytes:
        """Read the bytes of a part.

        Raises:
            UnreadableFileError: there is none, or it is larger than any text.
        """
        if not self.has(name):
            raise UnreadableFileError(f"the {self._what} file lacks its {name}; save it again")
        with self._archive.open(name) as file:
            data = file.read(MAX_PART_BYTES + 1)
        self._left -= len(data)
        if len(data) > MAX_PART_BYTES or self._left < 0:
            raise UnreadableFileError(f"the {self._what} file unpacks to more than any text would")
        return data

    def xml(self, name: str) -> Element:
        """Parse a part.

        Raises:
            UnreadableFileError: it is not XML, or declares entities.
        """
        return parse_xml(self.data(name), self._what)


def parse_xml(data: bytes, what: str) -> Element:
    """Parse XML from outside.

    Raises:
        UnreadableFileError: it is not XML, or declares entities.
    """
    try:
        root: Element = ElementTree.fromstring(data, forbid_dtd=False, forbid_entities=True)
        return root
    except DefusedXmlException as error:
        raise UnreadableFileError(
            f"the {what} file declares entities, which may be a trap; save it again without"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableFileError(f"the {what} file is damaged; save it again") from error


def local(element: Element) -> str:
    """The name of an element without its namespace; empty for anything else."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def walk(root: Element, silent: frozenset[str]) -> Iterator[tuple[str, Element]]:
    """Go through a tree in order, each element at its ``start`` and ``end``; without recursion.

    Args:
        root: where to begin.
        silent: names of elements to leave out, with everything in them.
    """
    waiting: list[tuple[str, Element]] = [("start", root)]
    while waiting:
        event, element = waiting.pop()
        if event == "start" and local(element) in silent:
            continue
        yield event, element
        if event == "start":
            waiting.append(("end", element))
            waiting.extend(("start", child) for child in reversed(element))


def first_text(root: Element, name: str) -> str | None:
    """Get the text of the first element with a name."""
    return next((e.text for e in root.iter() if local(e) == name and e.text), None)
