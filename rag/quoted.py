"""Quotations and links of a claim: word for word, or not at all."""

import re
from collections.abc import Iterator
from functools import lru_cache

from rag.lexicon import SAYING
from rag.locate import folded_text
from rag.text import tokens

_QUOTED = re.compile(r'"([^"]{3,}?)"')
_LINK = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+", re.IGNORECASE)
_LEFT_OUT = re.compile(r"\s*(?:\[?…\]?|\[?\.\.\.\]?|<…>|\[[^\]]*\])\s*")
_EDGE_PUNCTUATION = " \t\n.,;:!?…"


def _marked(text: str) -> str:
    """With one kind of double quotation mark; ``these'' are some, too."""
    return re.sub(r"``|''", '"', folded_text(text))


@lru_cache(maxsize=16_384)
def tidy(text: str) -> str:
    """With the spaces taken out that corpora put around marks: ``did n't``, ``forty - two``."""
    text = re.sub(r"(?<=[^\W\d_]) - (?=[^\W\d_])", "-", text)
    return re.sub(r"(?<=\w) (?=(?:n['’]t|['’](?:s|re|ve|ll|d|m))\b)", "", text)


@lru_cache(maxsize=16_384)
def bare(words: str) -> str:
    """Words without case, outer punctuation, and what is only typography."""
    plain = re.sub(r"\s*(['’-])\s*", r"\1", _marked(words))
    return re.sub(r"\s+([.,;:!?])", r"\1", plain).strip(_EDGE_PUNCTUATION).casefold()


def quotations(text: str) -> Iterator[str]:
    """What a text puts in quotation marks of whatever kind, without what it leaves out."""
    for match in _QUOTED.finditer(_marked(text)):
        yield from (part for part in _LEFT_OUT.split(match[1]) if len(part) > 2)


def quotation_reasons(claim: str, cited: str) -> list[str]:
    """Quotations that are not there, or are nobody's words there."""
    whole = bare(cited)
    outside = _QUOTED.sub(" ", _marked(claim))
    said = {token.text.casefold() for token in tokens(outside)} & SAYING
    # A quotation that runs over several sentences has its marks in others.
    marks = '"' in _marked(cited)
    return [
        f"the quotation “{words.strip()}” is not in the cited text"
        if bare(words) not in whole
        else f"“{words.strip()}” is no quotation in the cited text"
        for words in quotations(claim)
        if bare(words) not in whole or (said and not marks)
    ]


def link_reasons(claim: str, cited: str) -> list[str]:
    """Links that are not there."""
    return [
        "it has a link that is not in the cited text"
        for match in _LINK.finditer(claim)
        if match.group().rstrip(_EDGE_PUNCTUATION) not in cited
    ]
