"""The contents of a library, article by article, without the texts: for lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from index.article import DateCandidate

ORDERS = ("newest", "oldest", "title", "publisher", "file")
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One article as a list shows it; fields as in `Article` and `Source`."""

    article_id: str
    source_id: str
    name: str
    title: str | None
    publisher: str | None
    published: date | None
    date_basis: str
    dates: tuple[DateCandidate, ...]
    date_warning: str | None

    def mentions(self, words: Iterable[str]) -> bool:
        """Whether title, publisher, file name or date hold all the casefolded words."""
        day = self.published.isoformat() if self.published else "undated"
        here = "\n".join((self.title or "", self.publisher or "", self.name, day)).casefold()
        return all(word in here for word in words)


def selected(
    entries: Iterable[CatalogueEntry], search: str = "", order: str = "newest", warned: bool = False
) -> list[CatalogueEntry]:
    """Find entries, in the order asked for.

    Args:
        entries: all of them.
        search: words that must all occur; none finds everything.
        order: one of `ORDERS`; an entry without that date, title or publisher comes last.
        warned: only those with a doubtful or unknown date.
    """
    words = search.casefold().split()
    found = [
        entry
        for entry in entries
        if entry.mentions(words) and (not warned or entry.date_warning or entry.published is None)
    ]
    found.sort(key=lambda entry: (entry.name.casefold(), entry.article_id))
    if order == "newest":
        found.sort(key=lambda entry: entry.published or date.min, reverse=True)
    elif order == "oldest":
        found.sort(key=lambda entry: entry.published or date.max)
    elif order == "title":
        found.sort(key=lambda entry: (entry.title or _LAST).casefold())
    elif order == "publisher":
        found.sort(key=lambda entry: (entry.publisher or _LAST).casefold())
    return found
