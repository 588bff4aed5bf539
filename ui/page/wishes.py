"""What the page's filters ask for: from the browser, to a question and to the list of sources."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ValidationError

from index.article import SearchFilters
from rag.contract import FiltersModel
from ui.http.inbound import field_errors
from ui.page.wording.catalogues import _, ngettext
from ui.page.wording.days import day_words, language_words, number


class Wishes(BaseModel):
    """The restrictions of a search, as the page's filters have them; empty restricts nothing.

    Attributes:
        collections: by name.
        articles: ids of the only ones to use.
    """

    publishers: list[str] | None = None
    languages: list[str] | None = None
    collections: list[str] | None = None
    articles: list[str] | None = None
    published_from: str | None = None
    published_to: str | None = None
    as_of: str | None = None

    def body(self) -> dict[str, Any]:
        """The same restrictions as fields of ``POST /v1/answer``."""
        return {
            "as_of": self.as_of or None,
            "filters": {
                "publishers": self.publishers or [],
                "languages": self.languages or [],
                "collections": self.collections or [],
                "articles": self.articles or [],
                "published_from": self.published_from or None,
                "published_to": self.published_to or None,
            },
        }

    def filters(self) -> SearchFilters:
        """The same restrictions as a value.

        Raises:
            ValidationError: a date is none, or a period is the wrong way round.
        """
        return FiltersModel.model_validate(self.body()["filters"]).search_filters()

    def parts(self) -> list[str]:
        """Each restriction in words; none if there are none."""
        chosen = len(self.articles or [])
        few = ngettext("%(count)s chosen article", "%(count)s chosen articles", chosen)
        parts = (
            few % {"count": number(chosen)} if chosen else "",
            *(self.collections or ()),
            *(self.publishers or ()),
            *(language_words(code) for code in self.languages or ()),
            self._period(),
            _("as of %(day)s") % {"day": _told(self.as_of)} if self.as_of else "",
        )
        return [part for part in parts if part]

    def _period(self) -> str:
        """When the articles were published, in words; empty if that is all the same."""
        first, last = _told(self.published_from or ""), _told(self.published_to or "")
        if first and last:
            words = _("published from %(first)s to %(last)s")
        elif first:
            words = _("published from %(first)s")
        else:
            words = _("published to %(last)s") if last else ""
        return words % {"first": first, "last": last}


def what_is_wrong(error: ValidationError) -> str:
    """The first fault of a request, as a sentence."""
    found = field_errors(error.errors())[0]
    name = found.field.split(".")[-1].replace("_", " ") or "question"
    return _("The %(field)s %(what)s.") % {"field": name, "what": found.detail}


def _told(typed: str) -> str:
    """A day as typed, in words; what is no day as it is."""
    try:
        return day_words(date.fromisoformat(typed))
    except ValueError:
        return typed
