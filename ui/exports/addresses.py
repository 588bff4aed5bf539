"""Addresses that may be followed, with a text fragment that shows the quoted words there.

A text fragment (``#:~:text=…``, WICG Scroll To Text Fragment) makes a browser scroll to the words
and mark them.
"""

import re
from urllib.parse import quote, urlsplit

from rag.contract import CitationModel
from ui.exports.exchange import one_line

_MAX_WHOLE_CHARS = 160
"""Longer quotes are named by their first and last words, or the address would outgrow its use."""
_EDGE_WORDS = 6
_CONTEXT_WORDS = 3
# What an address holds for a reason; all else that is no plain letter is written in percent.
_SAFE = "/:?#@!$&'*+,;=%~-._"
_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def web_address(url: str | None) -> str | None:
    """The address in characters that no format gives a meaning; None for what is no web address."""
    if not url:
        return None
    try:
        parts = urlsplit(one_line(url).replace(" ", "%20"))
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return quote(_PERCENT.sub("%25", parts.geturl()), safe=_SAFE)


def deep_address(citation: CitationModel) -> str | None:
    """The article's address, at the quoted words; None if it has none."""
    address = web_address(citation.url)
    if address is None:
        return None
    base, _, fragment = address.partition("#")
    return f"{base}#{fragment}:~:text={_directive(citation)}"


def _directive(citation: CitationModel) -> str:
    words = one_line(citation.quote)
    parts = []
    if before := _words(citation.prefix)[1:][-_CONTEXT_WORDS:]:  # the first may be cut in two
        parts.append(f"{_encoded(' '.join(before))}-")
    split = words.split(" ")
    if len(words) > _MAX_WHOLE_CHARS and len(split) > 2 * _EDGE_WORDS:
        parts.append(_encoded(" ".join(split[:_EDGE_WORDS])))
        parts.append(_encoded(" ".join(split[-_EDGE_WORDS:])))
    else:
        parts.append(_encoded(words))
    if after := _words(citation.suffix)[:-1][:_CONTEXT_WORDS]:
        parts.append(f"-{_encoded(' '.join(after))}")
    return ",".join(parts)


def _words(context: str) -> list[str]:
    """The words of a context on the quote's own line: a fragment's parts do not cross blocks."""
    return one_line(context).split(" ") if context.strip() and "\n" not in context else []


def _encoded(text: str) -> str:
    """Percent-encoded; the comma, hyphen and ampersand too, which divide a fragment."""
    return quote(text, safe="").replace("-", "%2D").replace("~", "%7E")
