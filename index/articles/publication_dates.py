"""Dates of publication, each with its origin; we never guess one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.article import DateCandidate, Span
from index.days import MonthDay
from index.language.calendar import (
    DATE_RE,
    HAS_YEAR,
    SHORT_WEEKDAY,
    WEEKDAY,
    is_written_out,
    parse_date,
    relative_forms,
)
from index.language.calendar_words import any_of

MODIFIED = (
    r"(?:last\s+)?(?:modified|updated|edited|revised)|last\s+update|update|"
    r"обновлен[оа]|изменен[оа]|отредактировано|оновлено|змінено|абноўлена|зменена"
)
PUBLISHED = (
    r"(?:first\s+|originally\s+)?(?:published|posted|issued|released|created)|"
    r"date\s+published|publication\s+date|date|"
    r"опубликован[оа]?|дата\s+публикации|дата|размещено|"
    r"опубліковано|дата\s+публікації|апублікавана|дата\s+публікацыі"
)
LABEL_RE = re.compile(
    rf"(?<!\w)(?:(?P<modified>{MODIFIED})|(?P<published>{PUBLISHED}))(?!\w)", re.I
)
_FURNITURE = re.compile(
    r"\bT?\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\.\d+)?Z?|\b\d{1,2}(?=\s*[ap]\.?m)|[ap]\.?m\b\.?"
    r"|\b(?:utc|gmt|msk|мск|e[sd]?t|c[sde]?st|cet|eest|eet|bst|p[sd]?t|m[sd]t|i?st|aest)\b"
    r"|[+-]\d\d:?\d\d\b"
    rf"|\b(?:{WEEKDAY}|{SHORT_WEEKDAY}?)(?!\w)\.?"
    r"|\b\d+\s*(?:min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?|мин\w*|час\w*|дн\w+|хв\w*|год\w*)"
    r"\s+(?:ago|read|назад|тому|чтения)\b"
    r"|\b(?:at|on|of|and|by|в|о|от|on\s+the|at\s+the|г|года|року|р)\b",
    re.I,
)  # fmt: skip
_RELATIVE_MONTHS = {
    steps: re.compile(rf"\b(?:{any_of(relative_forms('month', steps))})\b", re.IGNORECASE)
    for steps in (-1, 0, 1)
}
_MAX_STAMP = 200


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
    rest, dates = DATE_RE.subn(" ", line)
    rest, labels = LABEL_RE.subn(" ", rest)
    rest, times = _FURNITURE.subn(" ", rest)
    if any(char.isalnum() for char in rest):
        return False
    return bool((dates and HAS_YEAR.search(line)) or (labels and (dates or times)))


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
        for match in DATE_RE.finditer(line):
            value = parse_date(match[0])
            if value is None:
                notes.append(f"the date {match[0]!r} can be read in more than one way, or in none")
            else:
                found.append(DateCandidate(value, "page stamp", _role(line[: match.start()])))
    if dateline:
        value = parse_date(text[dateline.start : dateline.end])
        if value is not None:
            found.append(DateCandidate(value, "dateline"))
    return Findings(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(notes)))


def choose_date(
    findings: Findings, article_count: int = 1, implied_month: int | None = None
) -> DateChoice:
    """Choose the date of publication, and say what contradicts it.

    Args:
        findings: from `find_date_candidates`.
        article_count: how many articles share the page of the bare stamps.
        implied_month: the month that the text itself implies it was written in.
    """
    stated = [c for c in findings.candidates if c.basis not in ("page stamp", "dateline")]
    labelled = _of(findings, "page stamp", "published")
    bare = _of(findings, "page stamp", "page")
    dateline = next(iter(_of(findings, "dateline", "published")), None)
    warnings_ = list(findings.notes)
    chosen: DateCandidate | None = None
    by_rank = (*stated, *([dateline] if dateline else ()), *labelled)
    if dated := [c for c in by_rank if isinstance(c.value, date)]:
        chosen = dated[0]
    elif bare:
        chosen, doubt = _bare_stamp(bare, dateline, article_count)
        warnings_.extend(doubt)
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
            f"the page is stamped {stamp.value}, but it holds {article_count} articles; "
            "the stamp does not say which it dates"
        ]
    if any(other.value != stamp.value for other in bare):
        return None, [f"the page bears several dates: {', '.join(str(c.value) for c in bare)}"]
    if dateline and not _agree(stamp, dateline):
        return None, [f"the page is stamped {stamp.value}, its dateline says {dateline.value}"]
    if isinstance(stamp.value, MonthDay):
        return None, [f"the page stamp {stamp.value} names no year"]
    return stamp, []


def _disagreements(
    findings: Findings, chosen: DateCandidate | None, month: int | None
) -> list[str]:
    found = [
        f"the {other.basis} says {other.value}, the {chosen.basis} {chosen.value}"
        for other in findings.candidates
        if chosen and other.role != "modified" and not _agree(chosen, other)
    ]
    dated = [c for c in findings.candidates if c.basis == "page stamp" and c.role == "page"]
    if month and dated and all(c.value.month != month for c in dated):
        found.append(
            f"the page is stamped {dated[0].value}, but the text speaks as if written "
            f"in month {month}"
        )
    return found


def _why_none(findings: Findings) -> list[str]:
    published = (c for c in findings.candidates if c.role == "published")
    if without := next((c for c in published if isinstance(c.value, MonthDay)), None):
        return [f"the {without.basis} names no year"]
    if findings.candidates and all(c.role == "modified" for c in findings.candidates):
        return ["only the date of a later change is known"]
    return []


def _join(warnings_: list[str]) -> str | None:
    return "; ".join(dict.fromkeys(warnings_)) or None
