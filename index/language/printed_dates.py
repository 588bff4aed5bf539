"""Dates as papers print them, in any of many languages: a day, a month and a year.

`index.language.calendar` reads running text of the languages that it knows by heart. Where an
article says when it was published the year stands beside the month, so that the months of other
languages can be read without knowing which language it is. Their names come from dateparser;
a language is left out whose names mean other months elsewhere, as the Croatian ``listopad`` does.
"""

import functools
import importlib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple, cast

from index.days import Day
from index.language.calendar import DATE_RE, HAS_YEAR, parse_date
from index.language.english import MONTH_NAMES, WEEKDAY_NAMES
from index.language.patterns import any_of, plain

LANGUAGES: Final = tuple(
    "de fr es it pt pl tr ar nl cs sk sv da nb fi ro hu el bg sr et lv lt id ca fa he hi vi".split()
)
_SHORTEST: Final = 3
_DIGITS = {
    **{zero + n: str(n) for zero in (0x660, 0x6F0, 0x966, 0xFF10) for n in range(10)},
    0x202F: " ",
    0xA0: " ",
}

_NUMERALS: Final = "〇一二三四五六七八九"
_CHINESE: Final = re.compile(
    "(?P<y>[〇○零一二三四五六七八九]{4})年(?P<m>[十一二三四五六七八九]{1,2})月"
    "(?P<d>[十一二三四五六七八九]{1,3})[日号號]"
)


class PrintedDate(NamedTuple):
    """One date of a line.

    Attributes:
        start: where it begins.
        end: one past its last sign.
        value: as `index.language.calendar.parse_date` reads it; None if it can be read in two
            ways, or in none.
        has_year: whether it names its year.
    """

    start: int
    end: int
    value: Day | None
    has_year: bool


def printed_dates(text: str) -> list[PrintedDate]:
    """The dates of a line, in order."""
    if not any(char.isdigit() or char == "年" for char in text):
        return []
    text = text.translate(_DIGITS)
    found = [*_in_numerals(text), *_of_many_languages(text)]
    for match in DATE_RE.finditer(text):
        start, end = match.span()
        if all(end <= other.start or other.end <= start for other in found):
            has_year = HAS_YEAR.search(match[0]) is not None
            found.append(PrintedDate(start, end, parse_date(match[0]), has_year))
    return sorted(found, key=lambda one: one.start)


def read_date(text: str) -> Day | None:
    """The first date of a line, as `printed_dates` reads it."""
    return next((found.value for found in printed_dates(text)), None)


def blanked(text: str, dates: list[PrintedDate]) -> str:
    """A line with blanks in place of its dates."""
    for found in dates:
        text = text[: found.start] + " " * (found.end - found.start) + text[found.end :]
    return text


@functools.cache
def furniture() -> re.Pattern[str]:
    """The weekdays of many languages, and words that stand beside a date and a time of day."""
    words = {
        form.casefold()
        for info in map(dateparser_words, LANGUAGES)
        for key in (*(name.lower() for name in WEEKDAY_NAMES), "skip", "am", "pm")
        for form in info.get(key, ())
    }
    forms = any_of(sorted(word.rstrip(".") for word in words if word[:1].isalpha()))
    return re.compile(rf"(?<!\w)(?:{forms})\.?(?!\w)", re.IGNORECASE)


def names_weekday(text: str) -> bool:
    """Whether a text names a day of the week, in any of many languages."""
    return _weekdays().search(text) is not None


@functools.cache
def _weekdays() -> re.Pattern[str]:
    forms = {
        form
        for info in map(dateparser_words, LANGUAGES)
        for key in map(str.lower, WEEKDAY_NAMES)
        for form in map(plain, info.get(key, ()))
        if len(form.rstrip(".")) > _SHORTEST and form[0].isalpha()
    }
    return re.compile(rf"(?<!\w)(?:{any_of(sorted(forms))})(?!\w)", re.IGNORECASE)


def _of_many_languages(text: str) -> Iterator[PrintedDate]:
    pattern, numbers = _patterns()
    for match in pattern.finditer(text):
        month = match["month"] or match["short"]
        number = numbers.get(plain(month).rstrip(".")) if month else int(match["m"] or match["n"])
        year = match["y"] or match["v"] or match["z"] or match["w"]
        day = match["d"] or match["g"] or match["e"] or match["f"]
        yield PrintedDate(*match.span(), _existing(int(year), number, int(day)), True)


def _in_numerals(text: str) -> Iterator[PrintedDate]:
    """The dates in Chinese numerals."""
    for match in _CHINESE.finditer(text):
        year = int("".join(str(max(_NUMERALS.find(sign), 0)) for sign in match["y"]))
        value = _existing(year, _number(match["m"]), _number(match["d"]))
        yield PrintedDate(*match.span(), value, True)


def _number(numerals: str) -> int:
    """十四 is fourteen, 二十 twenty."""
    tens, ten, ones = numerals.rpartition("十")
    return (10 * max(_NUMERALS.find(tens or "一"), 0) if ten else 0) + (
        max(_NUMERALS.find(ones), 0) if ones else 0
    )


def _existing(year: int, month: int | None, day: int) -> date | None:
    try:
        return date(year, month or 0, day)
    except ValueError:
        return None


@functools.cache
def _patterns() -> tuple[re.Pattern[str], Mapping[str, int]]:
    """What finds dates, and the number of each month."""
    numbers: dict[str, int] = {}
    for info in map(dateparser_words, LANGUAGES):
        for number, name in enumerate(MONTH_NAMES, start=1):
            for form in map(plain, info.get(name.lower(), ())):
                form = form.rstrip(".")
                if len(form) >= _SHORTEST and form[0].isalpha():
                    numbers.setdefault(form, number)
    month = any_of(sorted(numbers))
    year = r"(?:1[6-9]|20)\d\d(?!\d)"
    day = r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])"
    of = r"(?:d[eo]l?\s+)?"
    # Arab papers print a month under both of its names.
    name = rf"(?:[^\W\d_]+\s?/\s?)?(?P<month>{month})\b\.?(?:\s?/\s?[^\W\d_]+)?"
    written = rf"(?P<d>{day})(?:\.|º|°|er)?\s*{of}{name},?\s+{of}(?P<y>{year})"
    joined = rf"(?P<g>{day})-(?P<short>{month})\b\.?-(?P<v>{year})"
    signs = (
        rf"(?P<z>{year})\s?[年년]\s?(?P<m>\d\d?)\s?[月월]\s?(?P<e>\d\d?)\s?[日号號일]"
        rf"|(?P<f>{day})\.\s(?P<n>0?\d|1[0-2])\.\s(?P<w>{year})"
    )
    return re.compile(f"{written}|{joined}|{signs}", re.IGNORECASE), numbers


@functools.cache
def dateparser_words(code: str) -> Mapping[str, Any]:
    """What dateparser knows of a language, with the months of its regions.

    Args:
        code: one of `LANGUAGES`.
    """
    module = importlib.import_module(f"dateparser.data.date_translation_data.{code}")
    known = dict(cast(Mapping[str, Any], module.info))
    for region in known.get("locale_specific", {}).values():
        for key in map(str.lower, MONTH_NAMES):
            known[key] = [*known.get(key, ()), *region.get(key, ())]
    return known
