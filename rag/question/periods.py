"""The period that a question names ("in August 2020", "last week", "между 2004 и 2005").

Read off the question's words; relative ones count from the day it is asked.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from index.language.dates import DATE_RE, parse_date

_EARLIEST, _LATEST = date(1800, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def overlaps(self, other: "Period") -> bool:
        """Whether the two share a day."""
        return self.first <= other.last and other.first <= self.last

    @property
    def year(self) -> int:
        """The year in which it begins, or ends where it has no beginning."""
        return (self.last if self.first == _EARLIEST else self.first).year

    def distance(self, day: date) -> int:
        """Days from here to a day: 0 inside, and as many before as after."""
        return max((self.first - day).days, (day - self.last).days, 0)


_MONTHS = (
    r"jan(?:uary)?|январ[яьею]|січ(?:ень|ня|ні)",
    r"feb(?:ruary)?|феврал[яьею]|лют(?:ий|ого|ому)",
    r"mar(?:ch)?|март[аеу]?|берез(?:ень|ня|ні)",
    r"apr(?:il)?|апрел[яьею]|квіт(?:ень|ня|ні)",
    r"may|ма[йяею]|трав(?:ень|ня|ні)",
    r"june?|июн[яьею]|черв(?:ень|ня|ні)",
    r"july?|июл[яьею]|лип(?:ень|ня|ні)",
    r"aug(?:ust)?|август[аеу]?|серп(?:ень|ня|ні)",
    r"sept?(?:ember)?|сентябр[яьею]|верес(?:ень|ня|ні)",
    r"oct(?:ober)?|октябр[яьею]|жовт(?:ень|ня|ні)",
    r"nov(?:ember)?|ноябр[яьею]|листопад[аіу]?",
    r"dec(?:ember)?|декабр[яьею]|груд(?:ень|ня|ні)",
)
_DIGIT = re.compile(r"\d")
_FIGURES = re.compile(r"\d[-/.]\d")
# What the names of months begin with, in the languages that `_MONTH` and `DATE_RE` read.
_MONTH_STARTS = (
    *("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
    *("янв", "фев", "ма", "апр", "июн", "июл", "авг", "сен", "окт"),
    *("ноя", "дек", "січ", "лют", "берез", "квіт", "трав", "черв", "лип", "серп", "верес"),
    *("жовт", "листопад", "груд", "студз", "сакав", "красав", "чэрв", "ліп", "жні", "верас"),
    *("кастр", "лістапад", "снеж", "траў"),
)
_MONTH = "|".join(f"(?P<m{number}>{names})" for number, names in enumerate(_MONTHS, start=1))
_YEAR = (
    r"(?<![\d.,$€£-])(?P<year>1[89]\d\d|20\d\d)(?!\d|[.,]\d|%|\s*(?:people|men|women|km|человек))"
)
# "may" and "march" alone are words; a month without a year needs something to say it is one.
_BEFORE_MONTH = r"(?:in|during|of|since|until|before|after|by|early|late|mid|last|this|в|за|с|до|у)"
_MONTH_YEAR = re.compile(rf"\b(?:{_MONTH})\b\.?,?\s+(?:of\s+)?{_YEAR}", re.IGNORECASE)
_MONTH_ALONE = re.compile(rf"\b{_BEFORE_MONTH}[\s-]+(?:{_MONTH})\b(?!\s+\d)", re.IGNORECASE)
_YEAR_ALONE = re.compile(_YEAR)
_SINCE = re.compile(r"\b(since|after|from|starting|после|с|з|після)\s+(?:\w+\s+)?$", re.IGNORECASE)
_UNTIL = re.compile(r"\b(before|until|till|by|prior to|до|перед)\s+(?:\w+\s+)?$", re.IGNORECASE)
_RANGE = re.compile(
    r"^\s*(?:-|–|—|to|and|until|till|through|по|до|и|і|та)\s*(?:the\s+)?$", re.IGNORECASE
)
_AGO = re.compile(
    r"\b(?P<count>\d{1,3}|an?|one|two|three|four|five|six|ten)\s+(?P<unit>day|week|month|year)s?\s+ago\b",
    re.IGNORECASE,
)
_COUNTS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "ten": 10,
}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_RELATIVE: tuple[tuple[re.Pattern[str], int, int], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), first, last)
    for pattern, first, last in (
        (r"today|tonight|сегодня|сьогодні", 0, 0),
        (r"yesterday|вчера|вчора", 1, 1),
        (r"this week|earlier this week|на этой неделе|цього тижня", 7, 0),
        (r"(?:last|past|previous) week|на прошлой неделе|минулого тижня", 14, 1),
        (r"(?:recently|lately|these days|in recent days|на днях|недавно|нещодавно)", 30, 0),
        (r"this month|в этом месяце|цього місяця", 31, 0),
        (r"(?:last|past|previous) month|в прошлом месяце|минулого місяця", 62, 1),
    )
)
_THIS_YEAR = re.compile(r"\b(?:this year|в этом году|цього року)\b", re.IGNORECASE)
_LAST_YEAR = re.compile(
    r"\b(?:(?:last|previous) year|в прошлом году|минулого року)\b", re.IGNORECASE
)
_WEEKDAYS = re.compile(
    r"\bon\s+(?P<d0>monday)|\bon\s+(?P<d1>tuesday)|\bon\s+(?P<d2>wednesday)|\bon\s+(?P<d3>thursday)"
    r"|\bon\s+(?P<d4>friday)|\bon\s+(?P<d5>saturday)|\bon\s+(?P<d6>sunday)",
    re.IGNORECASE,
)
# One of these stands in everything that counts from the day of asking.
_COUNTED_FROM = (
    *("day", "tonight", "week", "month", "year", "recently", "lately"),
    *("сегодня", "сьогодні", "вчера", "вчора", "недел", "тижня", "на днях", "недавно", "нещодавно"),
    *("месяц", "місяця", "году", "року"),
)


def named_period(text: str, as_of: date | None) -> Period | None:
    """The period that a question, or a sentence, names; None where it names none.

    Args:
        text: the standalone question.
        as_of: the day on which it is asked, or on which the sentence was published; a date
            without its year is the last such day, or month, up to then. Where it is None, only
            dates that name their year count.
    """
    as_of = None if as_of is None else max(as_of, date(1900, 1, 1))
    found = sorted(_found(text, as_of), key=lambda item: item[0])
    if not found:
        return None if as_of is None else _relative(text, as_of)
    (start, end), period = found[0]
    if len(found) > 1:
        # "From A to B", or two dates that are compared: from the first to the last.
        return Period(min(item.first for _, item in found), max(item.last for _, item in found))
    before, after = text[:start], text[end:]
    if _UNTIL.search(before):
        return Period(_EARLIEST, period.last)
    if _SINCE.search(before) and not _RANGE.match(after):
        return Period(period.first, max(as_of or _LATEST, period.last))
    return period


def _casefolded(text: str) -> str:
    """In one case; beside what casefold knows, a pattern in any case takes these for an i."""
    return text.replace("İ", "i").replace("ı", "i").casefold()


def _names_month(text: str) -> bool:
    """False only where no month is named."""
    plain = _casefolded(text)
    return any(start in plain for start in _MONTH_STARTS)


def _found(text: str, as_of: date | None) -> Iterator[tuple[tuple[int, int], Period]]:
    """Days, months and years, each with where it stands; no word belongs to two."""
    taken: list[tuple[int, int]] = []

    def free(span: tuple[int, int]) -> bool:
        return all(span[1] <= start or span[0] >= end for start, end in taken)

    # Most sentences have no digit or no month, and most patterns need one or both.
    digits, month_named = _DIGIT.search(text) is not None, _names_month(text)
    in_figures = digits and _FIGURES.search(text) is not None
    for match in DATE_RE.finditer(text) if in_figures or (digits and month_named) else ():
        if (day := _day(match[0], as_of)) is not None:
            taken.append(match.span())
            yield match.span(), Period(day, day)
    for pattern in (_MONTH_YEAR, _MONTH_ALONE) if month_named else ():
        for match in pattern.finditer(text):
            if free(match.span()) and (month := _month(match, as_of)) is not None:
                taken.append(match.span())
                yield match.span(), month
    for match in _YEAR_ALONE.finditer(text) if digits else ():
        if free(match.span()):
            year = int(match["year"])
            yield match.span(), Period(date(year, 1, 1), date(year, 12, 31))


def _day(words: str, as_of: date | None) -> date | None:
    value = parse_date(words)
    if value is None:
        return None
    if not value.startswith("--"):
        return date.fromisoformat(value)
    if as_of is None:
        return None
    month, day = int(value[2:4]), int(value[5:7])
    # Back to the last leap year at most.
    for year in range(as_of.year, as_of.year - 9, -1):
        if day <= calendar.monthrange(year, month)[1] and date(year, month, day) <= as_of:
            return date(year, month, day)
    return None


def _month(match: re.Match[str], as_of: date | None) -> Period | None:
    groups = match.groupdict()
    month = next(number for number in range(1, 13) if groups[f"m{number}"])
    if groups.get("year"):
        year = int(groups["year"])
    elif as_of is None:
        return None
    else:
        year = as_of.year - (month > as_of.month)
    return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _relative(text: str, as_of: date) -> Period | None:
    plain = _casefolded(text)
    if not any(word in plain for word in _COUNTED_FROM):
        return None
    for pattern, first, last in _RELATIVE:
        if pattern.search(text):
            return Period(as_of - timedelta(first), as_of - timedelta(last))
    if match := _AGO.search(text):
        word, unit = match["count"].casefold(), _DAYS[match["unit"].casefold()]
        days = (_COUNTS.get(word) or int(word)) * unit
        days = min(days, (as_of - _EARLIEST).days)
        slack = unit // 2
        return Period(as_of - timedelta(days + slack), as_of - timedelta(max(0, days - slack)))
    if match := _WEEKDAYS.search(text):
        wanted = next(int(name[1]) for name, value in match.groupdict().items() if value)
        day = as_of - timedelta((as_of.weekday() - wanted) % 7)
        return Period(day, day)
    if _THIS_YEAR.search(text):
        return Period(date(as_of.year, 1, 1), as_of)
    if _LAST_YEAR.search(text):
        return Period(date(as_of.year - 1, 1, 1), date(as_of.year - 1, 12, 31))
    return None
