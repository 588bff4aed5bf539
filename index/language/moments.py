"""Dates in claims and in cited text: the same day in any order, language or way of saying.

The day of publication settles "on Friday" and "yesterday", and completes a date without its year.
If that day is not known, nothing is guessed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from index.language.calendar import (
    BARE_MONTH,
    BEFORE_MONTH,
    DATE_RE,
    LAST,
    MONTH,
    MONTH_FIRST,
    NEXT,
    RELATIVE_DAY,
    SHORT_WEEKDAY,
    WEEKDAY,
    day_offset,
    is_doubtful,
    month_number,
    names_month,
    parse_date,
    relative_forms,
    weekday_number,
    without_full_stop,
)
from index.language.language import Unit
from index.language.patterns import any_of
from index.saying import Said, phrase

_DAY_RANGE = re.compile(
    rf"\b(?P<first>\d{{1,2}})\s?[-–]\s?\d{{1,2}}\s(?P<month>{MONTH})\b"
    rf"|\b(?P<month2>{MONTH_FIRST})\b\.?\s(?P<first2>\d{{1,2}})(?=\s?[-–]\s?\d{{1,2}}\b)",
    re.IGNORECASE,
)
_MONTH_YEAR = re.compile(
    rf"\b(?P<month>{MONTH})\b\.?,?\s+(?:of\s+)?(?P<year>(?:1[0-9]|20)\d\d)(?!\w)", re.IGNORECASE
)
_BARE_MONTH = re.compile(rf"\b(?P<month>{BARE_MONTH})(?!\w)")
_BEFORE_MONTH = re.compile(rf"\b(?:{BEFORE_MONTH})[\s-]+$", re.IGNORECASE)
_DAY_WORD = re.compile(
    rf"\b(?:(?P<weekday>(?i:{WEEKDAY})|{SHORT_WEEKDAY})|(?P<relative>(?i:{RELATIVE_DAY})))"
    r"(?!\w|['’ʼ](?!s\b)\w)"  # "Friday's", but no word that goes on after an apostrophe
)
_PERIODS: tuple[Unit, ...] = ("month", "year")
_RELATIVE_PERIODS = tuple(
    (unit, steps, re.compile(rf"\b(?:{any_of(relative_forms(unit, steps))})\b", re.IGNORECASE))
    for unit in _PERIODS
    for steps in (-1, 0, 1)
)
_NEXT = re.compile(rf"\b(?:{NEXT})\s*$", re.IGNORECASE)
_LAST = re.compile(rf"\b(?:{LAST})\s*$", re.IGNORECASE)
_REACH = 20
"""Characters before a month or a weekday in which to look for its words."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, as far as a text names it.

    Attributes:
        text: as written.
        weekday: 0 is Monday.
        offset: days from the day of writing, for ``yesterday`` and the like.
        shift: ``next`` or ``last`` before a weekday, as 1 and -1.
    """

    text: str
    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    offset: int | None = None
    shift: int = 0

    def names(self, other: "Moment") -> bool:
        """Whether the other names everything that this one does, and the same."""
        pairs = (
            (self.year, other.year),
            (self.month, other.month),
            (self.day, other.day),
            (self.weekday, other.weekday),
            (self.offset, other.offset),
        )
        return all(mine is None or mine == its for mine, its in pairs)


def _calendar(text: str) -> list[Moment]:
    found: list[Moment] = []
    for match in DATE_RE.finditer(text):
        day = parse_date(match.group())
        if day is None:
            continue
        year = day.year if isinstance(day, date) else None
        words, start = without_full_stop(match.group()), match.start()
        found.append(Moment(words, start, start + len(words), year, day.month, day.day))
    if not names_month(text):
        return found
    for pattern in (_DAY_RANGE, _MONTH_YEAR, _BARE_MONTH):
        for match in pattern.finditer(text):
            if any(m.start < match.end() and match.start() < m.end for m in found):
                continue
            groups = match.groupdict()
            name = groups["month"] or groups["month2"]
            before = text[max(0, match.start() - _REACH) : match.start()]
            if pattern is _BARE_MONTH and is_doubtful(name) and not _BEFORE_MONTH.search(before):
                continue
            year = int(groups["year"]) if groups.get("year") else None
            first = groups.get("first") or groups.get("first2")
            day_ = int(first) if first else None
            found.append(Moment(match.group(), *match.span(), year, month_number(name), day_))
    return found


@lru_cache(maxsize=8_192)
def moments(text: str) -> tuple[Moment, ...]:
    """Find the dates, months, weekdays and relative days of a text, in order."""
    found = _calendar(text)
    for match in _DAY_WORD.finditer(text):
        word, before = match.group(), text[max(0, match.start() - _REACH) : match.start()]
        shift = 1 if _NEXT.search(before) else -1 if _LAST.search(before) else 0
        weekday = weekday_number(word) if match["weekday"] else None
        offset = day_offset(word) if match["relative"] else None
        found.append(Moment(word, *match.span(), weekday=weekday, offset=offset, shift=shift))
    return tuple(sorted(found, key=lambda m: m.start))


def _nearest_year(month: int, day: int | None, published: date) -> int:
    """The year that puts a day of the year closest to the day of publication."""

    def distance(year: int) -> int:
        try:
            return abs((date(year, month, day or 15) - published).days)
        except ValueError:
            return 10_000

    years = (published.year, published.year - 1, published.year + 1)
    return min(years, key=distance)


def _day_of(moment: Moment, published: date) -> list[date]:
    """The days that a relative moment may mean in an article published that day."""
    if moment.offset is not None:
        return [published + timedelta(days=moment.offset)]
    if moment.weekday is None:
        return []
    back = (published.weekday() - moment.weekday) % 7
    recent = published - timedelta(days=back)
    coming = recent + timedelta(days=7)
    if moment.shift > 0:
        return [coming]
    # "Last Friday" said on a Saturday is yesterday to some and eight days ago to others.
    return [recent] if moment.shift == 0 else [recent, recent - timedelta(days=7)]


def _as_dates(text: str, published: date | None) -> list[Moment]:
    """Gather what a cited text names, and what follows from the day of publication."""
    named = list(moments(text))
    if published is None:
        return named
    follows: list[Moment] = []
    for moment in named:
        if moment.month and moment.year is None:
            year = _nearest_year(moment.month, moment.day, published)
            follows.append(Moment(moment.text, 0, 0, year, moment.month, moment.day))
        follows.extend(_dated(moment.text, day) for day in _day_of(moment, published))
    for unit, steps, pattern in _RELATIVE_PERIODS:
        for match in pattern.finditer(text):
            if unit == "year":
                follows.append(Moment(match.group(), 0, 0, published.year + steps))
            else:
                month = published.year * 12 + published.month - 1 + steps
                follows.append(Moment(match.group(), 0, 0, month // 12, month % 12 + 1))
    return named + follows


def _dated(text: str, day: date) -> Moment:
    return Moment(text, 0, 0, day.year, day.month, day.day, day.weekday())


def _weekday_of(moment: Moment, published: date | None) -> int | None:
    """The weekday of a calendar day, if its year is known."""
    if not (moment.month and moment.day):
        return None
    year = moment.year
    if year is None and published:
        year = _nearest_year(moment.month, moment.day, published)
    try:
        return date(year, moment.month, moment.day).weekday() if year else None
    except ValueError:
        return None


def dated_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Find the spans of the dates and weekdays of a text."""
    return tuple((m.start, m.end) for m in moments(text))


def missing_moments(claim: str, cited: Sequence[tuple[str, date | None]]) -> list[Said]:
    """Give reasons for the dates of a claim that the cited sentences do not give.

    Args:
        claim: one sentence.
        cited: the sentences that it rests on, each with its article's day of publication.
    """
    known = [m for text, published in cited for m in _as_dates(text, published)]
    weekdays = {_weekday_of(m, day) for text, day in cited for m in moments(text)}
    years = {match for text, _ in cited for match in re.findall(r"(?<!\d)\d{4}(?!\d)", text)}
    # If the text names a day of its own, the day of publication is another.
    named = any(m.day or m.weekday is not None or m.offset for t, _ in cited for m in moments(t))
    written = set() if named else {day for _, day in cited if day}
    reasons = list[Said]()
    for wanted in moments(claim):
        if any(wanted.names(other) for other in known):
            continue
        if wanted.weekday is not None and wanted.weekday in weekdays:
            continue
        if wanted.offset == 0:
            # "Still so today" tells no day.
            continue
        if wanted.offset is not None:
            # "Yesterday" of a claim is the reader's day, and no article can prove that.
            reasons.append(phrase("“%(words)s” is not in the cited text", words=wanted.text))
            continue
        if _is_written_day(wanted, written) or _apart(wanted, known, years):
            continue
        reasons.append(phrase("the date %(day)s is not in the cited text", day=wanted.text))
    return reasons


def told_as(wanted: Moment, text: str, published: date | None) -> str | None:
    """Find how a text names a day, if it does so in other words.

    Args:
        wanted: as another text names it.
        text: one sentence.
        published: its article's day of publication.
    """
    if wanted.offset is not None or wanted.day is None:
        return None
    for moment in moments(text):
        days = [] if published is None else _day_of(moment, published)
        if wanted.names(moment):
            return None if moment.text == wanted.text else moment.text
        if len(days) == 1 and wanted.names(_dated("", days[0])):
            return moment.text
    return None


def _is_written_day(wanted: Moment, written: set[date]) -> bool:
    """Whether a full date is the day of publication itself, as in "On 6 August 2020, … said"."""
    return any(wanted.names(_dated("", day)) for day in written if wanted.year and wanted.month)


def _apart(wanted: Moment, known: Sequence[Moment], years: set[str]) -> bool:
    """Whether day and month stand together and the year elsewhere ("29 July … of 2020")."""
    return bool(
        wanted.year
        and str(wanted.year) in years
        and any(
            other.year is None and other.month == wanted.month and wanted.day in (None, other.day)
            for other in known
        )
    )
