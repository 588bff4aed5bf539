"""Texts made safe for HTML, and dates in words: what every part of the page is made of.

Everything that came from an article, a file name, a model or a browser is hostile. It reaches
the page through `escape` or `attribute` only, and stands in a ``<bdi>`` or a ``dir=auto``
element, so that control characters for text direction cannot reach beyond it.
"""

import html
from collections.abc import Iterable
from datetime import date

from index.language.english import MONTH_NAMES
from rag.contract import DateModel

# Not special in HTML, but in Handlebars and in JavaScript template literals, through which
# Gradio runs its own templates. Article text never goes there; should somebody ever send it
# there by mistake, it is still inert.
_INERT = str.maketrans({"$": "&#36;", "`": "&#96;", "{": "&#123;", "}": "&#125;", "\\": "&#92;"})
_NO_CONTROLS = dict.fromkeys(
    (*range(0x20), 0x7F, 0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    " ",
)
_MAX_LABEL_CHARS = 160


def escape(text: str) -> str:
    """The text as HTML that shows exactly these characters and does nothing."""
    return html.escape(text, quote=True).translate(_INERT)


def isolated(text: str) -> str:
    """The text in an element that keeps its writing direction to itself."""
    return f"<bdi>{escape(text)}</bdi>"


def attribute(text: str) -> str:
    """The text for a tooltip or label: attributes cannot isolate, so controls are left out."""
    return escape(text.translate(_NO_CONTROLS))


def shortened(text: str, limit: int = _MAX_LABEL_CHARS) -> str:
    """The beginning of a text, cut between words, on one line."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[:limit].rsplit(" ", 1)[0].rstrip(",;:.") + "…"


def day_words(value: str) -> str:
    """An ISO date in words; ``--08-22`` is a day whose year is not known."""
    try:
        if value.startswith("--"):
            day = date.fromisoformat("2000" + value[1:])  # a leap year: 29 February exists
            return f"{day.day} {MONTH_NAMES[day.month - 1]}, year not stated"
        day = date.fromisoformat(value[:10])
    except ValueError:
        return value
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def published_words(published_at: str | None, dates: Iterable[DateModel]) -> str:
    """When an article was published, as far as that is known."""
    if published_at:
        return day_words(published_at)
    return next((day_words(d.value) for d in dates if d.value.startswith("--")), "undated")


def date_doubt(published_at: str | None, warning: str | None) -> str | None:
    """What a reader must know of a date, in words; None where it is certain."""
    if warning or published_at:
        return warning
    return "The date of publication is not known for certain."


def warning_html(warning: str | None) -> str:
    """A mark that says in words what is wrong with a date."""
    if not warning:
        return ""
    return (
        f'<span class="pm-warning" role="img" title="{attribute(warning)}" '
        f'aria-label="Date warning: {attribute(warning)}">⚠</span>'
    )
