"""Dates in claims and in cited text: the same day in any order, language or way of saying.

"On Friday" and "yesterday" are worked out from the day the article was published; a date without
its year is completed from it. Nothing is guessed where that day is not known.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from index.language.dates import DATE_RE, parse_date

_MONTH_NAMES = tuple(
    re.compile(rf"(?:{pattern})$", re.IGNORECASE)
    for pattern in (
        r"jan(?:uary|\.)?|январ[яье]|січ(?:ня|ень|ні)",
        r"feb(?:ruary|\.)?|феврал[яье]|лют(?:ого|ий|ому)",
        r"mar(?:ch|\.)?|март[ае]?|берез(?:ня|ень|ні)",
        r"apr(?:il|\.)?|апрел[яье]|квіт(?:ня|ень|ні)",
        r"may|ма[йяе]|трав(?:ня|ень|ні)",
        r"june?\.?|июн[яье]|черв(?:ня|ень|ні)",
        r"july?\.?|июл[яье]|лип(?:ня|ень|ні)",
        r"aug(?:ust|\.)?|август[ае]?|серп(?:ня|ень|ні)",
        r"sept?(?:ember|\.)?|сентябр[яье]|верес(?:ня|ень|ні)",
        r"oct(?:ober|\.)?|октябр[яье]|жовт(?:ня|ень|ні)",
        r"nov(?:ember|\.)?|ноябр[яье]|листопад[аі]?",
        r"dec(?:ember|\.)?|декабр[яье]|груд(?:ня|ень|ні)",
    )
)
_MONTH_WORD = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan\.?|Feb\.?|Mar\.|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?|"
    r"январ[яье]|феврал[яье]|март[ае]?|апрел[яье]|ма[йяе]|июн[яье]|июл[яье]|август[ае]?|"
    r"сентябр[яье]|октябр[яье]|ноябр[яье]|декабр[яье]|січ(?:ня|ень|ні)|лют(?:ого|ий|ому)|"
    r"берез(?:ня|ень|ні)|квіт(?:ня|ень|ні)|трав(?:ня|ень|ні)|черв(?:ня|ень|ні)|"
    r"лип(?:ня|ень|ні)|серп(?:ня|ень|ні)|верес(?:ня|ень|ні)|жовт(?:ня|ень|ні)|"
    r"листопад[аі]?|груд(?:ня|ень|ні))"
)
_DAY_RANGE = re.compile(
    rf"\b(?P<first>\d{{1,2}})\s?[-–]\s?\d{{1,2}}\s(?P<month>{_MONTH_WORD})\b"
    rf"|\b(?P<month2>{_MONTH_WORD})\s(?P<first2>\d{{1,2}})(?=\s?[-–]\s?\d{{1,2}}\b)"
)
_MONTH_YEAR = re.compile(
    rf"\b(?P<month>{_MONTH_WORD})(?:,?\s+(?:of\s+)?(?P<year>(?:1[0-9]|20)\d\d))?(?!\w)"
)
_WEEKDAYS = tuple(
    re.compile(rf"(?:{pattern})$", re.IGNORECASE)
    for pattern in (
        r"mondays?|mon\.|понедельник\w*|понеділ\w*",
        r"tuesdays?|tues\.|вторник\w*|вівтор\w*",
        r"wednesdays?|wed\.|сред[ауые]|серед[аиуі]",
        r"thursdays?|thurs?\.|четвер(?!т)\w*",
        r"fridays?|fri\.|пятниц\w*|п['’ʼ]ятниц\w*",
        r"saturdays?|sat\.|суббот\w*|субот\w*",
        r"sundays?|sun\.|воскресень\w*|неділ[яіюе]",
    )
)
_RELATIVE_DAYS = {
    "today": 0, "tonight": 0, "сегодня": 0, "сьогодні": 0,
    "yesterday": -1, "вчера": -1, "вчора": -1,
    "tomorrow": 1, "завтра": 1,
}  # fmt: skip
_RELATIVE_PERIODS = re.compile(
    r"\b(?P<which>next|this|last|earlier this|later this)\s+(?P<what>month|year)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*\.?")
_NEXT = re.compile(r"\bnext\s*$", re.IGNORECASE)
_LAST = re.compile(r"\blast\s*$", re.IGNORECASE)
_VERB_MAY = re.compile(r"\b(?:in|of|since|by|last|until|this|early|late|mid)[\s-]$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as far as a text names it.

    Attributes:
        text: as written.
        weekday: 0 is Monday.
        offset: days from the day of writing, of ``yesterday`` and the like.
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
        """Whether the other names all that this one does, and the same."""
        pairs = (
            (self.year, other.year),
            (self.month, other.month),
            (self.day, other.day),
            (self.weekday, other.weekday),
            (self.offset, other.offset),
        )
        return all(mine is None or mine == its for mine, its in pairs)


def _index(word: str, patterns: Sequence[re.Pattern[str]]) -> int | None:
    return next((n for n, pattern in enumerate(patterns) if pattern.match(word)), None)


def _calendar(text: str) -> list[Moment]:
    found: list[Moment] = []
    for match in DATE_RE.finditer(text):
        value = parse_date(match.group())
        if value is None:
            continue
        year = None if value.startswith("--") else int(value[:4])
        month, day = int(value[-5:-3]), int(value[-2:])
        found.append(Moment(match.group(), *match.span(), year, month, day))
    for match in (*_DAY_RANGE.finditer(text), *_MONTH_YEAR.finditer(text)):
        if any(m.start < match.end() and match.start() < m.end for m in found):
            continue
        groups = match.groupdict()
        name = groups["month"] or groups.get("month2") or ""
        # "may" and "march" are verbs too; a month is capitalised in English.
        month_index = _index(name, _MONTH_NAMES)
        if month_index is None:
            continue
        year = int(groups["year"]) if groups.get("year") else None
        first = groups.get("first") or groups.get("first2")
        bare = year is None and first is None
        if bare and name == "May" and not _VERB_MAY.search(text[: match.start()]):
            continue
        day_ = int(first) if first else None
        found.append(Moment(match.group(), *match.span(), year, month_index + 1, day_))
    return found


@lru_cache(maxsize=8_192)
def moments(text: str) -> tuple[Moment, ...]:
    """The dates, months, weekdays and relative days that a text names, in order."""
    found = _calendar(text)
    for match in _WORD.finditer(text):
        word, before = match.group(), text[max(0, match.start() - 6) : match.start()]
        offset = _RELATIVE_DAYS.get(word.casefold().rstrip("."))
        weekday = _index(word, _WEEKDAYS)
        if weekday is None:
            weekday = _index(word.rstrip("."), _WEEKDAYS)
        if weekday is None and offset is None:
            continue
        shift = 1 if _NEXT.search(before) else -1 if _LAST.search(before) else 0
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
    """What a cited text names, and what follows from the day of publication."""
    named = list(moments(text))
    if published is None:
        return named
    follows: list[Moment] = []
    for moment in named:
        if moment.month and moment.year is None:
            year = _nearest_year(moment.month, moment.day, published)
            follows.append(Moment(moment.text, 0, 0, year, moment.month, moment.day))
        follows.extend(_dated(moment.text, day) for day in _day_of(moment, published))
    for match in _RELATIVE_PERIODS.finditer(text):
        step = {"next": 1, "last": -1}.get(match["which"].lower(), 0)
        if match["what"].lower() == "year":
            follows.append(Moment(match.group(), 0, 0, published.year + step))
        else:
            month = published.year * 12 + published.month - 1 + step
            follows.append(Moment(match.group(), 0, 0, month // 12, month % 12 + 1))
    return named + follows


def _dated(text: str, day: date) -> Moment:
    return Moment(text, 0, 0, day.year, day.month, day.day, day.weekday())


def _weekday_of(moment: Moment, published: date | None) -> int | None:
    """The weekday of a calendar day, where its year is known."""
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
    """Where the dates and weekdays of a text stand."""
    return tuple((m.start, m.end) for m in moments(text))


def missing_moments(claim: str, cited: Sequence[tuple[str, date | None]]) -> list[str]:
    """Reasons for the dates of a claim that the cited sentences do not give.

    Args:
        claim: one sentence.
        cited: the sentences it rests on, each with the day its article was published.
    """
    known = [m for text, published in cited for m in _as_dates(text, published)]
    weekdays = {_weekday_of(m, day) for text, day in cited for m in moments(text)}
    years = {match for text, _ in cited for match in re.findall(r"(?<!\d)\d{4}(?!\d)", text)}
    # Where the text names a day of its own, the day of publication is another.
    named = any(m.day or m.weekday is not None or m.offset for t, _ in cited for m in moments(t))
    written = set() if named else {day for _, day in cited if day}
    reasons = []
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
            reasons.append(f"“{wanted.text}” is not in the cited text")
            continue
        if _is_written_day(wanted, written) or _apart(wanted, known, years):
            continue
        reasons.append(f"the date {wanted.text} is not in the cited text")
    return reasons


def told_as(wanted: Moment, text: str, published: date | None) -> str | None:
    """How a text names the day that is wanted, if it does so in other words.

    Args:
        wanted: as another text names it.
        text: one sentence.
        published: the day its article was published.
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
