"""Dates of publication, each with where it came from; none is ever guessed.

Our own patterns find strings that may be dates; dateparser reads them. A date without its
year keeps no year (``--MM-DD``), a date that can be read two ways is not read at all.
"""

import functools
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.article import DateCandidate, Span

_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|"
    "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|"
    "янв|февр|фев|апр|авг|сент|сен|окт|нояб|ноя|дек|"
    "січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня|"
    "студзеня|лютага|сакавіка|красавіка|траўня|чэрвеня|ліпеня|жніўня|верасня|кастрычніка|"
    "лістапада|снежня"
)
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?:1[6-9]|20)\d\d"
DATE = (
    rf"(?:\b{_YEAR}(?:-\d\d?-|/\d\d?/|\.\d\d?\.)\d\d?(?!\d)"
    rf"|\b\d\d?(?:\.\d\d?\.|/\d\d?/|-\d\d?-){_YEAR}(?!\d)"
    rf"|\b{_DAY}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTHS})\b\.?(?:,?\s+{_YEAR}(?!\d))?"
    rf"|\b(?:{_MONTHS})\b\.?\s+{_DAY}(?:st|nd|rd|th)?(?![\d:])(?:,?\s+{_YEAR}(?!\d))?)"
)
# What DATE finds, but for dates all in figures.
_WRITTEN_OUT = re.compile(
    rf"(?:({_DAY})(?:st|nd|rd|th)?\s+(?:of\s+)?)?({_MONTHS})\.?(?:\s+({_DAY})(?:st|nd|rd|th)?)?"
    rf"(?:,?\s+({_YEAR}))?"
)
_NUMERIC = re.compile(r"(\d+)([./-])(\d+)[./-](\d+)")
_HAS_YEAR = re.compile(rf"(?<!\d){_YEAR}(?!\d)")
DATE_RE = re.compile(DATE, re.I)
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
    r"|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
    r"|\b(?:понедельник|вторник|среда|четверг|пятница|суббота|воскресенье)\b"
    r"|\b(?:понеділок|вівторок|середа|четвер|п.ятниця|субота|неділя)\b"
    r"|\b\d+\s*(?:min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?|мин\w*|час\w*|дн\w+|хв\w*|год\w*)"
    r"\s+(?:ago|read|назад|тому|чтения)\b"
    r"|\b(?:at|on|of|and|by|в|о|от|on\s+the|at\s+the|г|года|року|р)\b",
    re.I,
)  # fmt: skip
_RELATIVE = re.compile(r"\b(?P<which>next|this|last)\s+month\b", re.I)
_MONTH_DAY = re.compile(
    r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s+\d\d?(?![\d:])", re.I
)
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LANGUAGES = ["en", "ru", "uk", "be"]
_MAX_STAMP = 200


@dataclass(frozen=True, slots=True)
class Findings:
    """The dates found for one article, and what could not be made of others."""

    candidates: tuple[DateCandidate, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DateChoice:
    """The date an article is given.

    Attributes:
        published_at: ISO 8601 date, None where it is not known for certain.
        basis: where it came from, ``none`` where there is no date.
        warning: what is wrong with the dates, None where nothing is.
    """

    published_at: str | None
    basis: str
    warning: str | None = None


def parse_date(string: str) -> str | None:
    """Read one date.

    Returns:
        ISO 8601; ``--MM-DD`` where it names no year; None where it is no date, does not
        exist, or can be read in two ways (03/04/2024).
    """
    match = DATE_RE.search(string)
    return _parse(match[0].lower()) if match else None


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
    return bool((dates and _HAS_YEAR.search(line)) or (labels and (dates or times)))


def find_date_candidates(
    text: str,
    stamps: Sequence[Span],
    dateline: Span | None,
    stated: Sequence[DateCandidate] = (),
) -> Findings:
    """Collect every date that may be the article's.

    Args:
        text: the text of the source.
        stamps: where its page stamps stand.
        dateline: where its dateline stands.
        stated: dates from outside the text (sidecar, front matter), the preferred first.
    """
    found = list(stated)
    notes: list[str] = []
    for stamp in stamps:
        line = text[stamp.start : stamp.end]
        for match in DATE_RE.finditer(line):
            value = _parse(match[0].lower())
            if value is None:
                notes.append(f"the date {match[0]!r} can be read in more than one way, or in none")
            else:
                found.append(DateCandidate(value, "page stamp", _role(line[: match.start()])))
    if dateline:
        value = parse_date(text[dateline.start : dateline.end])
        if value:
            found.append(DateCandidate(value, "dateline"))
    return Findings(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(notes)))


def choose_date(
    findings: Findings, article_count: int = 1, implied_month: int | None = None
) -> DateChoice:
    """Choose the date of publication, and say what contradicts it.

    Args:
        findings: from `find_date_candidates`.
        article_count: how many articles share the page that the bare stamps stand on.
        implied_month: the month that the text itself implies it was written in.
    """
    stated = [c for c in findings.candidates if c.basis not in ("page stamp", "dateline")]
    labelled = _of(findings, "page stamp", "published")
    bare = _of(findings, "page stamp", "page")
    dateline = next(iter(_of(findings, "dateline", "published")), None)
    warnings_ = list(findings.notes)
    chosen: DateCandidate | None = None
    if stated:
        chosen = stated[0]
    elif dateline and not dateline.value.startswith("--"):
        chosen = dateline
    elif labelled:
        chosen = labelled[0]
    elif bare:
        chosen, doubt = _bare_stamp(bare, dateline, article_count)
        warnings_.extend(doubt)
    warnings_.extend(_disagreements(findings, chosen, implied_month))
    if chosen is None:
        warnings_.extend(_why_none(findings))
        return DateChoice(None, "none", _join(warnings_))
    return DateChoice(chosen.value, chosen.basis, _join(warnings_))


def implied_month(text: str) -> int | None:
    """The month that a text implies it was written in, where it plainly does.

    "ahead of next month's elections … the Aug. 9 polls" was written in July. Only an English
    text that speaks of one month relatively and names one month with its day is taken.
    """
    relative = {match["which"].lower() for match in _RELATIVE.finditer(text)}
    named = {match[1].lower() for match in _MONTH_DAY.finditer(text)}
    if len(relative) != 1 or len(named) != 1:
        return None
    shift = {"next": -1, "this": 0, "last": 1}[relative.pop()]
    return (_ENGLISH.index(named.pop()) + shift) % 12 + 1


@functools.lru_cache(maxsize=4096)
def _parse(string: str) -> str | None:
    if written := _WRITTEN_OUT.fullmatch(string):
        before, month, after, year = written.groups()
        return _written_out(year, _month_number(month), int(before or after))
    order = "DMY"
    if numeric := _NUMERIC.fullmatch(string):
        first, sign, second = int(numeric[1]), numeric[2], int(numeric[3])
        if first > 31:
            order = "YMD"
        elif sign != "." and first <= 12 and second <= 12 and first != second:
            return None
        elif sign != "." and second > 12:
            order = "MDY"
    return _read(string, order)


def _written_out(year: str | None, month: int, day: int) -> str | None:
    try:
        # A leap year lets 29 February through.
        value = date(int(year or 2000), month, day).isoformat()
    except ValueError:
        return None
    return value if year else f"--{value[5:]}"


@functools.cache
def _month_number(name: str) -> int:
    """The month of a name, which dateparser knows; to read a whole date takes it a millisecond."""
    value = _read(f"1 {name} 2000", "DMY")
    if value is None:
        raise ValueError(f"dateparser does not know the month {name!r}")
    return int(value[5:7])


def _read(string: str, order: str) -> str | None:
    # dateparser takes 0.2 s to import; commands that read no dates do not wait for it.
    import dateparser

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        moment = dateparser.parse(
            string,
            languages=_LANGUAGES,
            settings={
                "DATE_ORDER": order,
                "PREFER_LOCALE_DATE_ORDER": False,
                "REQUIRE_PARTS": ["day", "month", "year"],
                "STRICT_PARSING": True,
            },
        )
    return moment.date().isoformat() if moment else None


def _role(before: str) -> str:
    """What the nearest label before a date says it is."""
    labels = list(LABEL_RE.finditer(before))
    if not labels:
        return "page"
    return "modified" if labels[-1]["modified"] else "published"


def _of(findings: Findings, basis: str, role: str) -> list[DateCandidate]:
    return [c for c in findings.candidates if c.basis == basis and c.role == role]


def _agree(one: DateCandidate, other: DateCandidate) -> bool:
    """Whether two dates agree in what both of them name."""
    if one.value.startswith("--") or other.value.startswith("--"):
        return one.value[-5:] == other.value[-5:]
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
        return None, [f"the page bears several dates: {', '.join(c.value for c in bare)}"]
    if dateline and not _agree(stamp, dateline):
        return None, [f"the page is stamped {stamp.value}, its dateline says {dateline.value}"]
    if stamp.value.startswith("--"):
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
    if month and dated and all(int(c.value[-5:-3]) != month for c in dated):
        found.append(
            f"the page is stamped {dated[0].value}, but the text speaks as if written "
            f"in month {month}"
        )
    return found


def _why_none(findings: Findings) -> list[str]:
    if any(c.basis == "dateline" and c.value.startswith("--") for c in findings.candidates):
        return ["the dateline names no year"]
    if findings.candidates and all(c.role == "modified" for c in findings.candidates):
        return ["only the date of a later change is known"]
    return []


def _join(warnings_: list[str]) -> str | None:
    return "; ".join(dict.fromkeys(warnings_)) or None
