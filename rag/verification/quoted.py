"""Quoted words: without typography, and inside quotation marks."""

import re
from collections.abc import Iterator
from functools import lru_cache

from index.language.locate import folded_text

_QUOTED = re.compile(r'"([^"]{3,}?)"')
_LEFT_OUT = re.compile(r"\s*(?:\[?…\]?|\[?\.\.\.\]?|<…>|\[[^\]]*\])\s*")
_EDGE_PUNCTUATION = " \t\n.,;:!?…"


def _marked(text: str) -> str:
    """Bring double quotation marks to one kind; ``these'' are some, too."""
    return re.sub(r"``|''", '"', folded_text(text))


@lru_cache(maxsize=16_384)
def tidy(text: str) -> str:
    """Remove the spaces that corpora put around marks: ``did n't``, ``forty - two``."""
    text = re.sub(r"(?<=[^\W\d_]) - (?=[^\W\d_])", "-", text)
    return re.sub(r"(?<=\w) (?=(?:n['’]t|['’](?:s|re|ve|ll|d|m))\b)", "", text)


@lru_cache(maxsize=16_384)
def bare(words: str) -> str:
    """Strip words of case, outer punctuation and mere typography."""
    plain = re.sub(r"\s*(['’-])\s*", r"\1", _marked(words))
    return re.sub(r"\s+([.,;:!?])", r"\1", plain).strip(_EDGE_PUNCTUATION).casefold()


def quotations(text: str) -> Iterator[str]:
    """Find what a text puts in quotation marks of any kind, without what it leaves out."""
    for match in _QUOTED.finditer(_marked(text)):
        yield from (part for part in _LEFT_OUT.split(match[1]) if len(part) > 2)


def outside_quotations(text: str) -> str:
    """A text without what it puts in quotation marks."""
    return _QUOTED.sub(" ", _marked(text))


def has_marks(text: str) -> bool:
    """Whether a text quotes anything."""
    return '"' in _marked(text)
