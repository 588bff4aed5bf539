"""The articles that a conversation cites, as entries for programs that manage references.

One entry an article, however often it is cited; the quotes stand in its note. CSL-JSON is the
model of citeproc, which Zotero, Mendeley and pandoc read.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from rag.attribution import quoted
from rag.contract import CitationModel
from ui.exports.addresses import web_address
from ui.exports.exchange import Exchange, every_citation, one_line, place, remarks

Issued = tuple[int, int, int] | tuple[()]
_KEY_CHARS = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Work:
    """An article as an entry in a list of references.

    Attributes:
        key: told apart from all others, of letters and digits only.
        title: the headline; the file's name where there is none.
        publisher: who published it; None where that is not known.
        issued: year, month and day; empty if they are not known for certain.
        url: its address on the web; None if it has none.
        notes: each quote with its place, and what must be known of the article.
    """

    key: str
    title: str
    publisher: str | None
    issued: Issued
    url: str | None
    notes: list[str] = field(default_factory=list)

    @property
    def note(self) -> str:
        """The notes on one line."""
        return " ".join(self.notes)


def works(exchanges: Sequence[Exchange]) -> list[Work]:
    """Every article that the answers cite, in the order in which it is first cited."""
    found: dict[str, Work] = {}
    for _, citation in every_citation(exchanges):
        work = found.setdefault(citation.article_id, _work(citation))
        quote = f"{quoted(one_line(citation.quote))} ({place(citation)})"
        work.notes += [note for note in (quote, *remarks(citation)) if note not in work.notes]
    return list(found.values())


def _work(citation: CitationModel) -> Work:
    day = citation.published_at
    issued: Issued = (day.year, day.month, day.day) if day else ()
    return Work(
        key=_key(citation, issued),
        title=one_line(citation.title or citation.source.name),
        publisher=one_line(citation.publisher) if citation.publisher else None,
        issued=issued,
        url=web_address(citation.url),
    )


def _key(citation: CitationModel, issued: Issued) -> str:
    """``tass2020a1b2c3``: the same for the same article, in every export."""
    name = unicodedata.normalize("NFKD", citation.publisher or "article").lower()
    plain = _KEY_CHARS.sub("", name)[:20] or "article"
    digest = hashlib.sha256(citation.article_id.encode("utf-8", "replace")).hexdigest()[:6]
    return f"{plain}{issued[0] if issued else ''}{digest}"


def csl_json(exchanges: Sequence[Exchange], accessed: date) -> str:
    """The articles as CSL-JSON.

    Args:
        exchanges: the conversation.
        accessed: the day on which addresses are said to have been seen.
    """
    return json.dumps([_csl(w, accessed) for w in works(exchanges)], ensure_ascii=False, indent=2)


def _csl(work: Work, accessed: date) -> dict[str, object]:
    item: dict[str, object] = {
        "id": work.key,
        "type": "article-newspaper" if work.publisher else "document",
        "title": work.title,
    }
    if work.publisher:
        item["container-title"] = work.publisher
    if work.issued:
        item["issued"] = {"date-parts": [list(work.issued)]}
    if work.url:
        item["URL"] = work.url
        item["accessed"] = {"date-parts": [[accessed.year, accessed.month, accessed.day]]}
    return item | {"note": work.note}
