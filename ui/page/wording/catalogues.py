"""What the page says, in the reader's language: gettext, with the English words as the key.

Words with values in them name each value, ``_("%(count)s articles") % {"count": 3}``, so that a
language can put them in its own order. A template escapes after the values are in. Words that are
written down before anybody reads them are marked with `later`, and said with `_` when they are.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO, StringIO
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ENGLISH: Final = "en"
LANGUAGES: Final = {ENGLISH: "English", "ru": "Русский", "uk": "Українська"}
"""The name of each language in its own words, as the switch shows it."""

_speaking: ContextVar[str] = ContextVar("speaking", default=ENGLISH)


def language() -> str:
    """The language that the page speaks to the reader of this request."""
    return _speaking.get()


@contextmanager
def speaking(wanted: str) -> Iterator[None]:
    """Speak a language for a while; one that the page does not speak is English."""
    token = _speaking.set(wanted if wanted in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _speaking.reset(token)


def _(words: str) -> str:
    """The words in the reader's language; English ones if its catalogue lacks them."""
    return translations(language()).gettext(words) if words else ""


def ngettext(one: str, many: str, count: int) -> str:
    """The words for so many of something in the reader's language."""
    return translations(language()).ngettext(one, many, count)


def later(words: str) -> str:
    """Mark words that `_` says later, for those who translate."""
    return words


@cache
def catalogue(wanted: str) -> Catalog:
    """The catalogue of a language, with the comments of those who made it."""
    text = (files("ui.page.wording") / f"{wanted}.po").read_text(encoding="utf-8")
    return read_po(StringIO(text), locale=wanted)


@cache
def translations(wanted: str) -> NullTranslations:
    """What looks words up in the catalogue of a language."""
    if wanted == ENGLISH:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(wanted))
    compiled.seek(0)
    return GNUTranslations(compiled)


def words_for_scripts() -> dict[str, object]:
    """The reader's language and its words, for the scripts of the page.

    Returns:
        ``language``, and ``words``: by the English ones, a text, or a list of plural forms in the
        order in which `Intl.PluralRules` counts ``one``, ``few``, ``many``.
    """
    wanted = language()
    if wanted == ENGLISH:
        return {"language": wanted, "words": {}}
    words = {
        message.id if isinstance(message.id, str) else message.id[0]: message.string
        for message in catalogue(wanted)
        if message.id and any(place.endswith(".js") for place, _ in message.locations)
    }
    return {"language": wanted, "words": words}
