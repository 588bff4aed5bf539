"""The period that a question names ("in August 2020", "last week", "между 2004 и 2005").

It comes from the question's words; relative ones count from the day of asking.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from index.language import calendar
from index.language.calendar import DATE_RE, MONTH, WEEKDAY, month_number, names_month, parse_date
from index.language.language import Unit
from index.language.named_times import months_in, step_in
from index.language.number_words import COUNT, count_named
from index.language.patterns import any_of
from index.language.printed_dates import printed_dates

_EARLIEST, _LATEST = date(1800, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, including both."""

    first: date
    last: date

    def overlaps(self, other: "Period") -> bool:
        """Whether the two share a day."""
        return self.first <= other.last and other.first <= self.last

    @property
    def year(self) -> int:
        """The year in which it begins, or ends if it has no beginning."""
        return (self.last if self.first == _EARLIEST else self.first).year

    def distance(self, day: date) -> int:
        """Days from here to a day: 0 inside, and as many before as after."""
        return max((self.first - day).days, (day - self.last).days, 0)


_DIGIT = re.compile(r"\d")
_FIGURES = re.compile(r"\d[-/.]\d")
_YEAR = (
    r"(?<![\d.,$€£-])(?P<year>1[89]\d\d|20\d\d)(?!\d|[.,]\d|%|\s*(?:people|men|women|km|человек)\b)"
)
# "may" and "march" alone are words; a month without a year needs a sign that it is one.
_MONTH_YEAR = re.compile(rf"\b(?P<month>{MONTH})\b\.?,?\s+(?:of\s+)?{_YEAR}", re.IGNORECASE)
_MONTH_ALONE = re.compile(
    rf"\b(?:{calendar.BEFORE_MONTH})[\s-]+(?P<month>{MONTH})\b(?!\s+\d)", re.IGNORECASE
)
_YEAR_ALONE = re.compile(_YEAR)
_SINCE = re.compile(rf"\b(?:{calendar.SINCE})\s+(?:\w+\s+)?$", re.IGNORECASE)
_COMES_FROM = re.compile(rf"\b(?:{calendar.COMES_FROM})\s+(?:\w+\s+)?$", re.IGNORECASE)
_ONWARD = re.compile(rf"^\s*(?:{calendar.ONWARD})\b", re.IGNORECASE)
_UNTIL = re.compile(rf"\b(?:{calendar.UNTIL})\s+(?:\w+\s+)?$", re.IGNORECASE)
_RANGE = re.compile(rf"^\s*(?:-|–|—|{calendar.THROUGH})\s*(?:the\s+)?$", re.IGNORECASE)
_AGO = re.compile(
    rf"\b(?P<count>\d{{1,3}}|{COUNT})\s+(?P<unit>{calendar.UNIT})"
    rf"\s+(?:{calendar.AGO})\b",
    re.IGNORECASE,
)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def _relative_words(unit: Unit, steps: int) -> str:
    return any_of(calendar.relative_forms(unit, steps))


_DAYS_BACK: dict[tuple[Unit, int], tuple[int, int]] = {
    # Before "yesterday", which it contains in some languages.
    ("day", -2): (2, 2),
    ("day", 0): (0, 0),
    ("day", -1): (1, 1),
    ("week", 0): (7, 0),
    ("week", -1): (14, 1),
    ("month", 0): (31, 0),
    ("month", -1): (62, 1),
}
_RELATIVE: tuple[tuple[re.Pattern[str], int, int], ...] = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), first, last)
    for pattern, (first, last) in (
        *((_relative_words(*unit), days) for unit, days in _DAYS_BACK.items()),
        (calendar.RECENTLY, (30, 0)),
    )
)
_THIS_YEAR = re.compile(rf"\b(?:{_relative_words('year', 0)})\b", re.IGNORECASE)
_LAST_YEAR = re.compile(rf"\b(?:{_relative_words('year', -1)})\b", re.IGNORECASE)
_WEEKDAYS = re.compile(
    rf"\b(?:{calendar.BEFORE_WEEKDAY})\s+(?P<weekday>{WEEKDAY})\b", re.IGNORECASE
)


def named_period(text: str, as_of: date | None) -> Period | None:
    """Find the period that a question, or a sentence, names. Return None if it names none.

    Args:
        text: the standalone question.
        as_of: the day on which it is asked, or on which the sentence was published; a date
            without its year is the last such day, or month, up to then. If it is None, only
            dates that name their year count.
    """
    as_of = None if as_of is None else max(as_of, date(1900, 1, 1))
    found = sorted(_found(text, as_of), key=lambda item: item[0])
    if not found:
        relative = None if as_of is None else _relative(text, as_of)
        return relative[1] if relative else None
    (start, end), period = found[0]
    if len(found) > 1:
        # "From A to B", or two dates to compare: from the first to the last.
        return Period(min(item.first for _, item in found), max(item.last for _, item in found))
    before, after = text[:start], text[end:]
    if _UNTIL.search(before):
        return Period(_EARLIEST, period.last)
    if _runs_on(before, after):
        return Period(period.first, max(as_of or _LATEST, period.last))
    return period


def _runs_on(before: str, after: str) -> bool:
    """Whether a period goes on from its date: "since May", "from May on", not "news from May"."""
    if not _SINCE.search(before) or _RANGE.match(after):
        return False
    return not _COMES_FROM.search(before) or bool(_ONWARD.match(after))


def period_words(text: str, as_of: date) -> list[tuple[int, int]]:
    """Where the words stand by which a question names its period; none where it names none."""
    spans = [(_opening(text, start), end) for (start, end), _ in _found(text, as_of)]
    if spans:
        return sorted(spans)
    relative = _relative(text, as_of)
    return [relative[0]] if relative else []


def _opening(text: str, start: int) -> int:
    """Where the word before a date begins that opens or closes its period, else the date."""
    match = _SINCE.search(text[:start]) or _UNTIL.search(text[:start])
    return match.start() if match else start


def _found(text: str, as_of: date | None) -> Iterator[tuple[tuple[int, int], Period]]:
    """Find days, months and years, each with its place; no word belongs to two."""
    taken: list[tuple[int, int]] = []
    for span, period in _candidates(text, as_of):
        if all(span[1] <= start or span[0] >= end for start, end in taken):
            taken.append(span)
            yield span, period


def _candidates(text: str, as_of: date | None) -> Iterator[tuple[tuple[int, int], Period]]:
    """Days, then months, then years; a later one may lie in an earlier."""
    # Most questions have no digit or no month, and most patterns need one or both.
    digits, month_named = _DIGIT.search(text) is not None, names_month(text)
    in_figures = digits and _FIGURES.search(text) is not None
    for match in DATE_RE.finditer(text) if in_figures or (digits and month_named) else ():
        if (day := _day(match[0], as_of)) is not None:
            yield match.span(), Period(day, day)
    for pattern in (_MONTH_YEAR, _MONTH_ALONE) if month_named else ():
        for match in pattern.finditer(text):
            if (month := _month(match, as_of)) is not None:
                # "Since" may be part of what was found, and says that the period goes on.
                yield (match.start("month"), match.end()), month
    yield from _in_other_languages(text, as_of, digits)
    for match in _YEAR_ALONE.finditer(text) if digits else ():
        year = int(match["year"])
        yield match.span(), Period(date(year, 1, 1), date(year, 12, 31))


def _in_other_languages(
    text: str, as_of: date | None, digits: bool
) -> Iterator[tuple[tuple[int, int], Period]]:
    """Days and months of the languages that the calendar does not know by heart."""
    for found in printed_dates(text) if digits else ():
        if isinstance(found.value, date):
            yield (found.start, found.end), Period(found.value, found.value)
    for named in months_in(text):
        year = named.year
        if year is None and as_of is not None:
            year = as_of.year - (named.month > as_of.month)
        if year is not None:
            yield (named.start, named.end), _whole_month(year, named.month)


def _whole_month(year: int, month: int) -> Period:
    return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _day(words: str, as_of: date | None) -> date | None:
    named = parse_date(words)
    if named is None or isinstance(named, date):
        return named
    if as_of is None:
        return None
    month, day = named.month, named.day
    # Back to the last leap year at most.
    for year in range(as_of.year, as_of.year - 9, -1):
        if day <= monthrange(year, month)[1] and date(year, month, day) <= as_of:
            return date(year, month, day)
    return None


def _month(match: re.Match[str], as_of: date | None) -> Period | None:
    groups = match.groupdict()
    month = month_number(match["month"])
    if groups.get("year"):
        year = int(groups["year"])
    elif as_of is None:
        return None
    else:
        year = as_of.year - (month > as_of.month)
    return _whole_month(year, month)


def _relative(text: str, as_of: date) -> tuple[tuple[int, int], Period] | None:
    """A period that is told from the day of asking, and the words that do."""
    for pattern, first, last in _RELATIVE:
        if match := pattern.search(text):
            return match.span(), Period(as_of - timedelta(first), as_of - timedelta(last))
    if match := _AGO.search(text):
        word, unit = match["count"], _DAYS[calendar.unit_named(match["unit"])]
        count = int(word) if word.isdigit() else count_named(word)
        days = (1 if count is None else count) * unit
        days = min(days, (as_of - _EARLIEST).days)
        slack = unit // 2
        first_day = as_of - timedelta(days + slack)
        return match.span(), Period(first_day, as_of - timedelta(max(0, days - slack)))
    if match := _WEEKDAYS.search(text):
        wanted = calendar.weekday_number(match["weekday"])
        day = as_of - timedelta((as_of.weekday() - wanted) % 7)
        return match.span(), Period(day, day)
    if match := _THIS_YEAR.search(text):
        return match.span(), _year_back(as_of, 0)
    if match := _LAST_YEAR.search(text):
        return match.span(), _year_back(as_of, 1)
    return _counted_elsewhere(text, as_of)


def _counted_elsewhere(text: str, as_of: date) -> tuple[tuple[int, int], Period] | None:
    """The same in the languages that the calendar does not know by heart."""
    step = step_in(text)
    if step is None:
        return None
    span = step.start, step.end
    if step.unit == "year":
        return span, _year_back(as_of, -step.steps)
    days = _DAYS_BACK.get((step.unit, step.steps))
    return (span, Period(*(as_of - timedelta(back) for back in days))) if days else None


def _year_back(as_of: date, years: int) -> Period:
    """A year some years ago; this one only up to the day."""
    last = as_of if years == 0 else date(as_of.year - years, 12, 31)
    return Period(date(as_of.year - years, 1, 1), last)
