"""The one reader of dates: months, weekdays and days counted from today, in every language.

Other modules combine its patterns for the dates of articles, of claims and of questions. A date
without its year gets none. It does not read a date that has two readings.
"""

import functools
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date

from index.days import Day, MonthDay
from index.language.calendar_words import (
    Names,
    counted,
    month_names,
    units,
    weekday_names,
)
from index.language.language import Forms, Language, Unit
from index.language.languages import LANGUAGES
from index.language.patterns import any_of, plain

_KNOWN = tuple(LANGUAGES.values())


def _together(names: Callable[[Language], Names], languages: Iterable[Language]) -> Names:
    found = Names()
    for language in languages:
        found.add(names(language))
    return found


def _words(of: Callable[[Language], Forms]) -> str:
    return any_of(form.casefold() for language in _KNOWN for form in of(language))


_MONTHS = _together(month_names, _KNOWN)
_WEEKDAYS = _together(weekday_names, _KNOWN)
_DAY_FIRST = _together(month_names, (lang for lang in _KNOWN if not lang.month_first))
_MONTH_FIRST = _together(month_names, (lang for lang in _KNOWN if lang.month_first))
_COUNTED = [counted(language) for language in _KNOWN]
_MONTH_NUMBERS = {plain(form): number for form, number in _MONTHS.all().items()}
_WEEKDAY_NUMBERS = {plain(form): number for form, number in _WEEKDAYS.all().items()}
# "Jan" is a month with its full stop, and a man without.
_DOUBTFUL = frozenset(
    (*_MONTHS.short, *(plain(form) for lang in _KNOWN for form in lang.doubtful_months))
)
_UNIT_WORDS = {form: unit for language in _KNOWN for form, unit in units(language).items()}
_OFFSETS = {
    " ".join(plain(form).split()): steps
    for relative in _COUNTED
    for (unit, steps), forms in relative.items()
    if unit == "day"
    for form in forms
}

# Patterns, without groups. All but the bare months and abbreviated weekdays are for any case.
MONTH = any_of(_MONTHS.all())
MONTH_FIRST = any_of(_MONTH_FIRST.all())
SHORT_MONTH = any_of(_MONTHS.short)
WEEKDAY = any_of(_WEEKDAYS.full)
RELATIVE_DAY = any_of(
    form
    for relative in _COUNTED
    for (unit, _), forms in relative.items()
    if unit == "day"
    for form in forms
)
BEFORE_MONTH = _words(lambda lang: lang.before_month)
BEFORE_WEEKDAY = _words(lambda lang: lang.before_weekday)
LAST = _words(lambda lang: lang.last)
NEXT = _words(lambda lang: lang.next)
RECENTLY = _words(lambda lang: lang.recently)
AGO = _words(lambda lang: lang.ago)
SINCE = _words(lambda lang: lang.since)
COMES_FROM = _words(lambda lang: lang.comes_from)
ONWARD = _words(lambda lang: lang.onward)
UNTIL = _words(lambda lang: lang.until)
THROUGH = _words(lambda lang: lang.through)
UNIT = any_of(_UNIT_WORDS)


def _cased(names: Callable[[Language], dict[str, int]]) -> str:
    """Match names as running text writes them: "May" is a month, "may" is not."""
    return any_of(
        form.capitalize() if language.capitalised else form
        for language in _KNOWN
        for form in names(language)
    )


BARE_MONTH = (
    rf"(?:{_cased(lambda lang: month_names(lang).full)}"
    rf"|{_cased(lambda lang: month_names(lang).short)}\.?)"
)
"""A month with neither day nor year beside it."""
SHORT_WEEKDAY = rf"{_cased(lambda lang: weekday_names(lang).short)}\."

_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:1[6-9]|20)\d\d"
_ENDING = rf"(?:{_words(lambda lang: lang.day_endings)})?"
_OF = rf"(?:(?:{_words(lambda lang: lang.before_month_name)})\s+)?"
# "В конце августа 20 человек" names no day: unless the language puts the month first, a day after
# its month needs a year.
DATE = (
    rf"(?:\b{_YEAR}(?:-\d\d?-|/\d\d?/|\.\d\d?\.)\d\d?(?!\d)"
    rf"|\b\d\d?(?:\.\d\d?\.|/\d\d?/|-\d\d?-){_YEAR}(?!\d)"
    rf"|\b{_DAY}{_ENDING}\s+{_OF}(?:{MONTH})\b\.?(?:,?\s+{_YEAR}(?!\d))?"
    rf"|\b(?:{MONTH_FIRST})\b\.?\s+{_DAY}{_ENDING}(?![\d:])(?:,?\s+{_YEAR}(?!\d))?"
    rf"|\b(?:{any_of(_DAY_FIRST.all())})\b\.?\s+{_DAY},?\s+{_YEAR}(?!\d))"
)
DATE_RE = re.compile(DATE, re.IGNORECASE)
HAS_YEAR = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
# What DATE finds, without dates all in figures.
_WRITTEN_OUT = re.compile(
    rf"(?:({_DAY}){_ENDING}\s+{_OF})?({MONTH})\.?(?:\s+({_DAY}){_ENDING})?(?:,?\s+({_YEAR}))?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(r"(\d+)([./-])(\d+)[./-](\d+)")
NAMES_DAY = re.compile(rf"\b(?:{WEEKDAY}|{RELATIVE_DAY})\b", re.IGNORECASE)
_MONTH_STARTS = tuple({name[:3] for name in _MONTH_NUMBERS})


def parse_date(string: str) -> Day | None:
    """Read one date.

    Returns:
        the day, without a year if it names none; None if it is not a date, does not exist, or has
        two readings (03/04/2024).
    """
    match = DATE_RE.search(string)
    return _parse(match[0]) if match else None


def without_full_stop(found: str) -> str:
    """Drop a sentence's full stop from a match of `DATE`; an abbreviation keeps its own."""
    name = plain(found).rstrip(".").split()[-1]
    return found if name in _MONTHS.short else found.removesuffix(".")


def is_written_out(string: str) -> bool:
    """Whether a date names its month in words."""
    return _WRITTEN_OUT.fullmatch(string) is not None


def month_number(name: str) -> int:
    """The number of a month, 1 to 12, for a match of `MONTH`."""
    return _MONTH_NUMBERS[plain(name).rstrip(".")]


def weekday_number(name: str) -> int:
    """The number of a weekday, 0 to 6, for a match of `WEEKDAY` or `SHORT_WEEKDAY`."""
    return _WEEKDAY_NUMBERS[plain(name).rstrip(".")]


def day_offset(words: str) -> int:
    """The days from today to a match of `RELATIVE_DAY`."""
    return _OFFSETS[" ".join(plain(words).split())]


def unit_named(word: str) -> Unit:
    """The unit that a match of `UNIT` names."""
    return _UNIT_WORDS[plain(word)]


def is_doubtful(month: str) -> bool:
    """Whether the name of a month, as written, may be another word."""
    return plain(month) in _DOUBTFUL


def relative_forms(unit: Unit, steps: int) -> Forms:
    """The words for a day, week, month or year some steps from this one, in lower case."""
    return tuple(form for known in _COUNTED for form in known.get((unit, steps), ()))


def names_month(text: str) -> bool:
    """False only if the text names no month."""
    lower = plain(text)
    return any(start in lower for start in _MONTH_STARTS)


@functools.lru_cache(maxsize=4096)
def _parse(string: str) -> Day | None:
    if written := _WRITTEN_OUT.fullmatch(string):
        before, month, after, year = written.groups()
        number, day = month_number(month), int(before or after)
        if year:
            return _existing(int(year), number, day)
        with suppress(ValueError):
            return MonthDay(number, day)
        return None
    numeric = _NUMERIC.fullmatch(string)
    return _in_figures(numeric) if numeric else None


def _in_figures(match: re.Match[str]) -> date | None:
    first, sign, second, third = int(match[1]), match[2], int(match[3]), int(match[4])
    if first > 31:
        year, month, day = first, second, third
    elif sign != "." and first <= 12 and second <= 12 and first != second:
        return None
    else:
        day, month, year = first, second, third
    # There is only one way to read 2020.14.03, or 04/25/2024.
    return _existing(year, month, day) or _existing(year, day, month)


def _existing(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
