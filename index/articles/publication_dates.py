"""Dates of publication, each with its origin; we never guess one."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from index.article import DateCandidate, Span
from index.days import MonthDay
from index.language.calendar import (
    AGO,
    DATE_RE,
    SHORT_WEEKDAY,
    WEEKDAY,
    is_written_out,
    parse_date,
    relative_forms,
)
from index.language.language import Forms, StampWords
from index.language.languages import LANGUAGES
from index.language.layout import ends_sentence
from index.language.patterns import any_of
from index.language.printed_dates import (
    PrintedDate,
    blanked,
    furniture,
    printed_dates,
    read_date,
)
from index.saying import Said, phrase


def _stamp_words(of: Callable[[StampWords], Forms]) -> str:
    return any_of(form for known in LANGUAGES.values() for form in of(known.stamps))


# Of languages that have no file of their own, but whose pages are dated all the same.
_MODIFIED_ELSEWHERE = (
    r"(?:zuletzt\s+)?(?:aktualisiert|geändert)|mise?\s+à\s+jour|modifiée?|actualizad[oa]|"
    r"aggiornat[oa]|modificato|atualizad[oa]|zaktualizowan[oy]|aktualizacja|güncellen\w+|"
    r"güncelleme|(?:آخر\s+)?تحديث|更新(?:时间|時間|于|於|日期)?"
)
_PUBLISHED_ELSEWHERE = (
    r"veröffentlicht|erschienen|stand|datum|publiée?|paru|publicad[oa]|fecha|pubblicat[oa]|"
    r"opublikowan[oy]|data(?:\s+(?:publikacji|di\s+pubblicazione|de\s+publicação))?|"
    r"yayın(?:lan\w+|\s+tarihi)?|tarihi?|(?:تاريخ\s+)?(?:ال)?نشر|"
    r"(?:发布|发表|發布|發表|刊登)(?:时间|時間|于|於|日期)?|时间|時間|日期|公開日?|掲載日?|発表日?"
)
MODIFIED = f"{_stamp_words(lambda stamps: stamps.modified)}|{_MODIFIED_ELSEWHERE}"
PUBLISHED = f"{_stamp_words(lambda stamps: stamps.published)}|{_PUBLISHED_ELSEWHERE}"
LABEL_RE = re.compile(
    rf"(?<!\w)(?:(?P<modified>{MODIFIED})|(?P<published>{PUBLISHED}))(?!\w)", re.I
)
_FURNITURE = re.compile(
    r"\bT?\d{1,2}[:.h]\d\d(?:[:.]\d\d)?(?:\.\d+)?Z?|\b\d{1,2}(?=\s*(?:[ap]\.?m|uhr))|[ap]\.?m\b\.?"
    r"|\b(?:utc|gmt|msk|мск|e[sd]?t|c[sde]?st|cet|eest|eet|bst|p[sd]?t|m[sd]t|i?st|aest)\b"
    r"|[+-]\d\d:?\d\d\b"
    rf"|\b(?:{WEEKDAY}|{SHORT_WEEKDAY}?)(?!\w)\.?"
    rf"|\b\d+\s*(?:{_stamp_words(lambda stamps: stamps.times)})"
    rf"\s+(?:{AGO}|{_stamp_words(lambda stamps: stamps.reading)})\b"
    rf"|\b(?:{_stamp_words(lambda stamps: stamps.beside)})\b",
    re.I,
)  # fmt: skip
_RELATIVE_MONTHS = {
    steps: re.compile(rf"\b(?:{any_of(relative_forms('month', steps))})\b", re.IGNORECASE)
    for steps in (-1, 0, 1)
}
_MAX_STAMP = 200
_DATED_WORDS = 10
_MOST_DATES = 2
_SIGNS = "|·•—–/"
_HEADLINE_SIGNS = re.compile(r"[|·•—–()\[\]]|:\s|\s-\s")
# A newspaper of tomorrow is printed today, and on the other side of the world it is tomorrow.
_AHEAD = timedelta(days=2)
_IN_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_./]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Findings:
    """The dates found for one article, and what was wrong with others."""

    candidates: tuple[DateCandidate, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DateChoice:
    """The date given to an article.

    Attributes:
        published: the day, or None if it is not certain.
        basis: its origin, or ``none`` without a date.
        warning: what is wrong with the dates, or None if nothing is.
    """

    published: date | None
    basis: str
    warning: str | None = None


def is_stamp(line: str) -> bool:
    """Whether a line is nothing but a date stamp, labelled or bare.

    A bare stamp names the year; with a label (``Updated``) a time of day is enough.
    """
    if len(line) > _MAX_STAMP or not any(char.isdigit() for char in line):
        return False
    dates = printed_dates(line)
    rest, labels = LABEL_RE.subn(" ", blanked(line, dates))
    rest, times = _FURNITURE.subn(" ", rest)
    rest = furniture().sub(" ", rest)
    if any(char.isalnum() for char in rest):
        return False
    return bool(any(d.has_year for d in dates) or (labels and (dates or times)))


def is_date(line: str) -> bool:
    """Whether a line is a date and nothing else, be it without its year."""
    found = printed_dates(line) if len(line) <= _MAX_STAMP else []
    return bool(found) and not any(char.isalnum() for char in _bare(blanked(line, found)))


def beside_date(line: str) -> str:
    """What a line with a date says beside it: the author, or the paper."""
    return _bare(blanked(line, printed_dates(line)))


def is_dated(line: str) -> bool:
    """Whether a line between a headline and its text is one that says when it was published.

    It may name the author or the paper as well ("By Ria Moss | 14.03.2017"); its date, which
    names the year, stands at its beginning or at its end, or between signs.
    """
    if len(line) > _MAX_STAMP or ends_sentence(line, "?!"):
        return False
    dates = [found for found in printed_dates(line) if found.has_year]
    if not 1 <= len(dates) <= _MOST_DATES or len(beside_date(line).split()) > _DATED_WORDS:
        return False
    before, after = line[: dates[0].start].rstrip(), line[dates[-1].end :].lstrip()
    if before[-1:] in _SIGNS and after[:1] in _SIGNS and before and after:
        return True
    return any(not any(char.isalnum() for char in _bare(side)) for side in (before, after))


def is_signed(line: str) -> bool:
    """Whether a line names its author or paper and ends in a date with a full stop of its own.

    «Лида Керн, „Вестник“, 4 мая 2023 г.» is no sentence: every word of it has a capital.
    """
    if len(line) > _MAX_STAMP or not ends_sentence(line):
        return False
    dates = [found for found in printed_dates(line) if found.has_year]
    if len(dates) != 1 or not _abbreviated(line, dates[0]):
        return False
    names = re.findall(r"[^\W\d_]+", beside_date(line))
    return 0 < len(names) <= _DATED_WORDS and not any(name[0].islower() for name in names)


def _abbreviated(line: str, last: PrintedDate) -> bool:
    """Whether a line ends in the full stop of an abbreviation behind its date."""
    tail = line[last.end :]
    inside = line[last.start : last.end].rstrip(" .")[-1:].isalpha()
    shortened = inside or any(char.isalpha() for char in tail)
    return shortened and not any(char.isalnum() for char in _bare(tail))


def _bare(words: str) -> str:
    """Words without labels, times of day and weekdays."""
    return furniture().sub(" ", _FURNITURE.sub(" ", LABEL_RE.sub(" ", words)))


def find_date_candidates(
    text: str,
    stamps: Sequence[Span],
    dateline: Span | None,
    stated: Sequence[DateCandidate] = (),
) -> Findings:
    """Collect every date that may be the article's.

    Args:
        text: the text of the source.
        stamps: the spans of its page stamps.
        dateline: the span of its dateline.
        stated: dates from outside the text (sidecar, front matter), the preferred one first.
    """
    found = list(stated)
    notes: list[str] = []
    for stamp in stamps:
        line = text[stamp.start : stamp.end]
        for printed in printed_dates(line):
            if printed.value is None:
                words = line[printed.start : printed.end]
                notes.append(
                    phrase(
                        "the date %(words)s can be read in more than one way, or in none",
                        words=repr(words),
                    )
                )
            else:
                role = _role(line[: printed.start])
                found.append(DateCandidate(printed.value, "page stamp", role))
    if dateline:
        value = read_date(text[dateline.start : dateline.end])
        if value is not None:
            found.append(DateCandidate(value, "dateline"))
    return Findings(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(notes)))


def date_in_name(name: str, basis: str) -> DateCandidate | None:
    """The one date that the name of a file, or an address, holds in the order year, month, day."""
    found = {match.groups() for match in _IN_NAME.finditer(name)}
    if len(found) != 1:
        return None
    year, _, month, day = found.pop()
    value = parse_date(f"{year}-{month}-{day}")
    return DateCandidate(value, basis, "name") if value else None


def date_in_headline(headline: str) -> list[DateCandidate]:
    """The date that stands alone between the signs of a headline: "Ten things: 16 May 2023 | News".

    A date in the words of a headline is one of the news.
    """
    parts = _HEADLINE_SIGNS.split(headline) if len(headline) <= _MAX_STAMP else []
    found = [
        printed[0].value
        for part in parts
        if is_date(part) and len(printed := printed_dates(part)) == 1
    ]
    days = [day for day in found if isinstance(day, date)]
    return [DateCandidate(days[0], "headline", "name")] if len(found) == len(days) == 1 else []


def choose_date(
    findings: Findings,
    article_count: int = 1,
    implied_month: int | None = None,
    today: date | None = None,
) -> DateChoice:
    """Choose the date of publication, and say what contradicts it.

    Args:
        findings: from `find_date_candidates`.
        article_count: how many articles share the page of the bare stamps.
        implied_month: the month that the text itself implies it was written in.
        today: a date well after it is a mistake, and is not used; None believes every date.
    """
    findings, ahead = _without_future(findings, today)
    printed = ("page stamp", "dateline")
    outside = [c for c in findings.candidates if c.basis not in printed]
    stated = [c for c in outside if c.role != "name"]
    labelled = _of(findings, "page stamp", "published")
    bare = _of(findings, "page stamp", "page")
    dateline = next(iter(_of(findings, "dateline", "published")), None)
    named = [c for c in outside if c.role == "name"]
    warnings_ = [*findings.notes, *ahead]
    chosen: DateCandidate | None = None
    by_rank = (*stated, *([dateline] if dateline else ()), *labelled)
    if dated := [c for c in by_rank if isinstance(c.value, date)]:
        chosen = dated[0]
    elif bare:
        chosen, doubt = _bare_stamp(bare, dateline, article_count)
        warnings_.extend(doubt)
    elif named and article_count == 1 and not ahead:
        chosen = _year_agrees(named[0], dateline)
    warnings_.extend(_disagreements(findings, chosen, implied_month))
    if chosen is None or isinstance(chosen.value, MonthDay):
        warnings_.extend(_why_none(findings))
        return DateChoice(None, "none", _join(warnings_))
    return DateChoice(chosen.value, chosen.basis, _join(warnings_))


def implied_month(text: str) -> int | None:
    """Find the month in which a text implies that it was written, if it plainly does.

    "ahead of next month's elections … the Aug. 9 polls" was written in July. This takes only a text
    that speaks of one month relatively and names one month with its day.
    """
    relative = [steps for steps, pattern in _RELATIVE_MONTHS.items() if pattern.search(text)]
    found = (match[0] for match in DATE_RE.finditer(text) if is_written_out(match[0]))
    named = {day.month for day in map(parse_date, found) if day}
    if len(relative) != 1 or len(named) != 1:
        return None
    return (named.pop() - relative[0] - 1) % 12 + 1


def _role(before: str) -> str:
    """Read the nearest label before a date."""
    labels = list(LABEL_RE.finditer(before))
    if not labels:
        return "page"
    return "modified" if labels[-1]["modified"] else "published"


def _of(findings: Findings, basis: str, role: str) -> list[DateCandidate]:
    return [c for c in findings.candidates if c.basis == basis and c.role == role]


def _agree(one: DateCandidate, other: DateCandidate) -> bool:
    """Whether two dates agree in everything that both name."""
    if isinstance(one.value, MonthDay) or isinstance(other.value, MonthDay):
        return (one.value.month, one.value.day) == (other.value.month, other.value.day)
    return one.value == other.value


def _bare_stamp(
    bare: list[DateCandidate], dateline: DateCandidate | None, article_count: int
) -> tuple[DateCandidate | None, list[str]]:
    """Whether stamps without a label may date the article."""
    stamp = bare[0]
    if article_count > 1:
        return None, [
            phrase(
                "the page is stamped %(day)s, but it holds %(count)s articles; "
                "the stamp does not say which it dates",
                day=str(stamp.value),
                count=article_count,
            )
        ]
    if any(other.value != stamp.value for other in bare):
        days = ", ".join(str(candidate.value) for candidate in bare)
        return None, [phrase("the page bears several dates: %(days)s", days=days)]
    if dateline and not _agree(stamp, dateline):
        return None, [
            phrase(
                "the page is stamped %(day)s, its dateline says %(other)s",
                day=str(stamp.value),
                other=str(dateline.value),
            )
        ]
    if isinstance(stamp.value, MonthDay):
        return None, [phrase("the page stamp %(day)s names no year", day=str(stamp.value))]
    return stamp, []


def _year_agrees(named: DateCandidate, dateline: DateCandidate | None) -> DateCandidate | None:
    """The date of a name, unless the dateline, which names no year, names another day."""
    return named if dateline is None or _agree(named, dateline) else None


def _without_future(findings: Findings, today: date | None) -> tuple[Findings, list[Said]]:
    """The findings without dates that lie ahead, and what is said of those."""
    if today is None:
        return findings, []
    last = today + _AHEAD
    ahead = [c for c in findings.candidates if isinstance(c.value, date) and c.value > last]
    kept = tuple(c for c in findings.candidates if c not in ahead)
    notes = [
        phrase(
            "the %(basis)s says %(day)s, which lies in the future", basis=c.basis, day=str(c.value)
        )
        for c in ahead
    ]
    return Findings(kept, findings.notes), notes


def _disagreements(
    findings: Findings, chosen: DateCandidate | None, month: int | None
) -> list[str]:
    found: list[str] = [
        phrase(
            "the %(other)s says %(day)s, the %(basis)s %(chosen)s",
            other=other.basis,
            day=str(other.value),
            basis=chosen.basis,
            chosen=str(chosen.value),
        )
        for other in findings.candidates
        if chosen and other.role not in ("modified", "name") and not _agree(chosen, other)
    ]
    dated = [c for c in findings.candidates if c.basis == "page stamp" and c.role == "page"]
    if month and dated and all(c.value.month != month for c in dated):
        found.append(
            phrase(
                "the page is stamped %(day)s, but the text speaks as if written in month %(month)s",
                day=str(dated[0].value),
                month=month,
            )
        )
    return found


def _why_none(findings: Findings) -> list[str]:
    published = (c for c in findings.candidates if c.role == "published")
    if without := next((c for c in published if isinstance(c.value, MonthDay)), None):
        return [phrase("the %(basis)s names no year", basis=without.basis)]
    if findings.candidates and all(c.role == "modified" for c in findings.candidates):
        return [phrase("only the date of a later change is known")]
    return []


def _join(warnings_: list[str]) -> str | None:
    return "; ".join(dict.fromkeys(warnings_)) or None
