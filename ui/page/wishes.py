"""What the page's filters ask for: from the browser, to a question and to the list of sources."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ValidationError

from index.article import SearchFilters
from index.language.languages import LANGUAGES
from rag.attribution import day_words
from rag.contract import FiltersModel
from ui.http.inbound import field_errors
from ui.page.wording.catalogues import _


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
        period = (
            f"from {_told(self.published_from)}" if self.published_from else "",
            f"to {_told(self.published_to)}" if self.published_to else "",
        )
        parts = (
            f"{chosen} chosen article{'' if chosen == 1 else 's'}" if chosen else "",
            *(self.collections or ()),
            *(self.publishers or ()),
            *(language_words(code) for code in self.languages or ()),
            f"published {' '.join(filter(None, period))}" if any(period) else "",
            f"as of {_told(self.as_of)}" if self.as_of else "",
        )
        return [part for part in parts if part]


def language_words(code: str) -> str:
    """The language's name, where it is one that Pressmark knows by heart; else its code."""
    return LANGUAGES[code].name if code in LANGUAGES else code


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
