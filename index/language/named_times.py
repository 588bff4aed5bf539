"""Times that a question names, in languages that the calendar does not know by heart.

Months, and days, weeks, months and years counted from today, by dateparser's names; see
`index.language.printed_dates` for whole dates. A month without its year can be an ordinary word of
another language ("mars"), so the text's own language decides.
"""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, cast

from index.language.calendar_words import is_short_form
from index.language.english import MONTH_NAMES
from index.language.identify import likeliest_language
from index.language.language import Unit
from index.language.patterns import any_of, plain
from index.language.printed_dates import LANGUAGES, dateparser_words

_COUNTED: Final = re.compile(r"(?P<count>\d) (?P<unit>day|week|month|year) ago")


class NamedMonth(NamedTuple):
    """A month that a text names.

    Attributes:
        start: where it begins.
        end: one past the month, or past its year.
        month: its number.
        year: None where none is named.
    """

    start: int
    end: int
    month: int
    year: int | None


class NamedStep(NamedTuple):
    """A day, week, month or year that a text counts from today.

    Attributes:
        start: where it begins.
        end: one past its last sign.
        unit: what is counted.
        steps: 0 for this one, -1 for the last.
    """

    start: int
    end: int
    unit: Unit
    steps: int


def months_in(text: str) -> Iterator[NamedMonth]:
    """The months that a text names in full, in order."""
    known = _words_for(text)
    if known is None:
        return
    for match in known.month.finditer(text):
        number = known.numbers[plain(match["month"])]
        yield NamedMonth(*match.span(), number, int(match["year"]) if match["year"] else None)


def step_in(text: str) -> NamedStep | None:
    """The first time that a text counts from today."""
    known = _words_for(text)
    match = known.step.search(text) if known else None
    return NamedStep(*match.span(), *known.steps[plain(match[0])]) if known and match else None


class _Words(NamedTuple):
    month: re.Pattern[str]
    numbers: Mapping[str, int]
    step: re.Pattern[str]
    steps: Mapping[str, tuple[Unit, int]]


def _words_for(text: str) -> _Words | None:
    code = likeliest_language(text)
    return _words(code) if code in LANGUAGES else None


@functools.cache
def _words(code: str) -> _Words:
    info = dateparser_words(code)
    numbers: dict[str, int] = {}
    for number, name in enumerate(MONTH_NAMES, start=1):
        listed = {plain(form).rstrip(".") for form in info.get(name.lower(), ())}
        full = {form for form in listed if form.isalpha() and not is_short_form(form, listed)}
        numbers |= dict.fromkeys(full, number)
    steps = {
        plain(form): (cast(Unit, match["unit"]), -int(match["count"]))
        for key, forms in info.get("relative-type", {}).items()
        if (match := _COUNTED.fullmatch(key))
        for form in forms
    }
    month = any_of(sorted(numbers))
    year = r"(?:,?\s+(?:d[eo]l?\s+)?(?P<year>(?:1[6-9]|20)\d\d)(?!\d))?"
    return _Words(
        re.compile(rf"\b(?P<month>{month})\b{year}", re.IGNORECASE),
        numbers,
        re.compile(rf"\b(?:{any_of(sorted(steps))})\b", re.IGNORECASE),
        steps,
    )
