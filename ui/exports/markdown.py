"""An answer or a conversation as Markdown that people paste: readable as it is, and rendered.

A backslash stands only where a character would do something. What stands for itself (a full stop,
brackets around a word, a dollar before an amount) stays as it is typed.
"""

import re
from collections.abc import Sequence

from rag.attribution import quoted
from rag.contract import CitationModel
from ui.exports.addresses import deep_address
from ui.exports.exchange import Exchange, one_line, origin, place, remarks, shown_citations

_BEGINNINGS = re.compile(r"(?P<mark>#{1,6}(?= |$)|>|[-+](?= |$)|[-=~:|]|\d{1,9}(?=[.)](?: |$)))")
_DOES = re.compile(
    r"""
      `                                     # code
    | \\(?=[!-/:-@\[-`{-~]|$)               # would take the meaning of what follows, ours too
    | <(?=[A-Za-z/!?])                      # a tag or an address
    | &(?=\#?\w{1,31};)                     # a character reference
    | \](?=[(\[:])                          # ends the words of a link
    | \[(?=[\[^])                           # a footnote, or a link of a wiki
    | (?<![\s*])\*|\*(?![\s*])|(?<=\*)\*    # emphasis, unless alone between blanks
    | (?<![^\W_])_|_(?![^\W_])              # the same; inside a word it is a letter
    | (?<=~)~|~(?=~)|(?<=\S)~               # struck through
    | (?<=\S)\$(?!\d)                       # the end of a formula
    | (?<=http):|(?<=https):|(?<=ftp):      # would be made a link
    | (?<=www)\.
    """,
    re.VERBOSE | re.IGNORECASE,
)


def escaped(text: str) -> str:
    """The text as Markdown that shows these characters and does nothing, on one line."""
    line = one_line(text)
    body = _DOES.sub(lambda found: f"\\{found[0]}", line)
    beginning = _BEGINNINGS.match(line)
    if beginning is None or body[:1] == "\\":
        return body
    mark = beginning["mark"]
    if mark.isdigit():
        return f"{mark}\\{body[len(mark) :]}"
    return f"\\{body}"


def markdown(exchanges: Sequence[Exchange]) -> str:
    """Each question with its answer, and below it where every word is from."""
    return "\n\n".join(map(_exchange, exchanges)) + "\n"


def _exchange(exchange: Exchange) -> str:
    response = exchange.response
    parts = [f"## {_inside(exchange.question)}"]
    if response.question_understood:
        parts.append(f"Understood as: {_inside(response.question_understood)}")
    if response.abstention:
        parts.append(escaped(response.abstention.reason))
    for claim in response.claims:
        marks = "".join(f"[{marker}]" for marker in claim.citations)
        parts.append(f"{escaped(claim.text)} {marks}".rstrip())
    if response.fallback:
        parts.append(f"Note: {_inside(response.fallback)}")
    if exchange.note.strip():
        parts.append(f"My note: {_inside(exchange.note)}")
    if citations := shown_citations(response):
        parts.append("Closest passages, not an answer:" if response.abstention else "Sources:")
        parts += map(_source, citations)
    return "\n\n".join(parts)


def _source(citation: CitationModel) -> str:
    words = quoted(one_line(citation.quote))
    line = f"[{citation.marker}] {_inside(f'{origin(citation)}: {words}')}"
    if address := deep_address(citation):
        line += f" <{address}>"
    line += f" ({_inside(place(citation))})"
    return "".join([line, *(f" {_inside(remark)}" for remark in remarks(citation))])


def _inside(text: str) -> str:
    """The text for the middle of a line, where nothing begins that begins a line."""
    return _DOES.sub(lambda found: f"\\{found[0]}", one_line(text))
