"""What the XML formats of the trade share: their text as paragraphs, their values by name."""

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar
from xml.etree.ElementTree import Element

from index.readers.packages import local, walk
from index.readers.values import one_line

_T = TypeVar("_T")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_INLINE = frozenset({
    # of HTML
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "em", "i", "ins",
    "kbd", "q", "s", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "wbr",
    # of NITF
    "alt-code", "chron", "classifier", "copyrite", "event", "frac", "function", "lang", "location",
    "money", "num", "object.title", "org", "person", "postaddr", "pronounce", "virtloc",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})


def paragraphs(root: Element, silent: frozenset[str]) -> tuple[str, ...]:
    """The text below an element, a paragraph for each block.

    Args:
        root: where to begin.
        silent: names of elements that are left out with all that is in them.
    """
    lines = "".join(_pieces(root, silent)).split("\n")
    return tuple(line for line in (" ".join(line.split()) for line in lines) if line)


def elements(root: Element, name: str) -> Iterator[Element]:
    """Every element of a name, whatever its namespace, in order."""
    return (element for element in root.iter() if local(element) == name)


def child(element: Element, name: str) -> Element | None:
    """The first child of a name."""
    return next((inner for inner in element if local(inner) == name), None)


def text_of(element: Element | None) -> str | None:
    """All the text of an element, on one line."""
    return None if element is None else one_line("".join(element.itertext()))


def first(values: Iterable[_T | None]) -> _T | None:
    """The first value that is one."""
    return next((value for value in values if value), None)


def language_of(element: Element) -> str | None:
    """What an element says of its language."""
    return element.get(_XML_LANG)


def _pieces(root: Element, silent: frozenset[str]) -> Iterator[str]:
    for event, element in walk(root, silent):
        tag = local(element).lower()
        breaks = "" if tag in _INLINE or not tag else " " if tag in _CELLS else "\n"
        if event == "start":
            yield breaks
            yield _flat(element.text) if tag else ""
        else:
            yield breaks
            yield _flat(element.tail) if element is not root else ""


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""
