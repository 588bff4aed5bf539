"""Datelines: where, when and by which agency a story was filed, at the head of its text.

It knows several forms: ``MINSK, August 22. /TASS/.``, ``LONDON, Aug 22 (Reuters) -``,
``New York CNN —``, ``МОСКВА, 6 авг — РИА Новости.``, ``ALBANY – New York Gov. …``. Without an
agency or a date the place must stand in capitals, because ordinary sentences hold dashes too.
"""

import re
from dataclasses import dataclass

from index.language.printed_dates import blanked, printed_dates

_AGENCIES = {
    "TASS": r"(?:ИТАР-|ITAR-)?(?:TASS|ТАСС)",
    "Reuters": r"Reuters|Рейтер",
    "AP": r"AP|Associated\s+Press|The\s+Associated\s+Press",
    "AFP": r"AFP|Agence\s+France-Presse|АФП",
    "BelTA": r"BelTA|БЕЛТА|БелТА",
    "Interfax-Ukraine": r"Interfax-Ukraine|Интерфакс-Украина|Інтерфакс-Україна",
    "Interfax": r"(?:Interfax|INTERFAX)(?:\.(?:ru|RU))?|Интерфакс|ИНТЕРФАКС",
    "RIA Novosti": r"RIA(?:\s+Novosti)?|РИА\s+Новости|РИА",
    "Sputnik": r"Sputnik",
    "UNIAN": r"UNIAN|УНИАН|УНІАН",
    "UNN": r"UNN|УНН",
    "Ukrinform": r"Ukrinform|Укринформ|Укрінформ",
    "Xinhua": r"Xinhua|新华社|新華社",
    "Kyodo": r"Kyodo(?:\s+News)?|共同社",
    "Yonhap": r"Yonhap",
    "dpa": r"dpa(?:-AFX)?",
    "ANSA": r"ANSA",
    "EFE": r"EFE",
    "Anadolu": r"Anadolu(?:\s+Agency)?",
    "PTI": r"PTI",
    "ANI": r"ANI",
    "UPI": r"UPI",
    "CNN": r"CNN(?:\s?Business|\s+Sport|\s+Underscored|\s+en\s+Español)?",
    "Bloomberg": r"Bloomberg(?:\s+News)?",
    "PR Newswire": r"PR\s?Newswire",
    "Business Wire": r"BUSINESS\s+WIRE|Business\s+Wire",
    "GlobeNewswire": r"GLOBE\s+NEWSWIRE|GlobeNewswire",
}
_AGENCY = "|".join(_AGENCIES.values())
_DASH = r"(?:--|[-\u2010-\u2015\u2212])"
_HEAD = 160
# Ends of a dateline. We try each form at every place within the first characters.
_ENDS = re.compile(
    rf"(?:^|(?<=[\s.,]))/\s*(?P<slashed>[^\s/][^/\n]{{1,38}}?)\s*/(?:\s*[.:])?(?:\s*{_DASH})?(?=\s|$)"
    rf"|\s*\(\s*(?P<bracketed>[^\s()][^()\n]{{1,38}}?)\s*\)\s*\.?(?:{_DASH}|[:_])(?=\s|$)"
    rf"|(?:^|(?<=[\s.,]))(?P<named>{_AGENCY})\s*{_DASH}(?=\s|$)"
    rf"|\s{_DASH}\s*(?P<after>{_AGENCY})\s*[.,:](?=\s|$)"
    rf"|(?<=[.,])\s+(?P<sentence>{_AGENCY})\s*\.(?=\s|$)"
    rf"|\s*(?P<dash>{_DASH})(?=\s)"
    r"|(?P<stop>\.)(?=\s+[^\W\d_])"
)
# 新华社北京3月14日电（记者…）
_CHINESE = re.compile(
    r"\s*(?P<agency>[\u4e00-\u9fff]{2,6}社)[^\s，。；：“（]{0,12}\d{1,2}\s?月\s?\d{1,2}\s?日\s?[电電讯訊]"
    r"(?:\s*[（(][^（）()]{1,40}[）)])?[，,：:]?"
)
_KNOWN = re.compile(rf"\s*(?:{_AGENCY})\s*$")
_PLACE_WORD = re.compile(r"[^\W\d_][^\W\d_.'’`]*(?:[-.'’`][^\W\d_]*)*", re.UNICODE)
_SMALL = {"de", "del", "of", "la", "le", "al", "el", "the", "di", "da", "и", "на", "upon", "am"}
_NOT_PLACES_TEXT = (
    "NATO NASA UNESCO OPEC COVID UPDATE BREAKING WATCH EXCLUSIVE LIVE OPINION ANALYSIS EXPLAINER "
    "CORRECTION SPOILER WARNING NOTE СРОЧНО МОЛНИЯ ВИДЕО ФОТО ОБНОВЛЕНО НАТО"
)
_NOT_PLACES = frozenset(_NOT_PLACES_TEXT.split())
_VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýœаеёиоуыэюяіїє")
_MAX_PLACE_WORDS, _AGENCY_WORDS = 6, 2
_BY_SPEAKER = re.compile(r"\bкорр\.?\s*", re.I)


@dataclass(frozen=True, slots=True)
class Dateline:
    """The end of a dateline within its paragraph, and the agency that it names."""

    end: int
    agency: str | None


def match_dateline(paragraph: str) -> Dateline | None:
    """Find the dateline that opens a paragraph, if there is one."""
    head = paragraph[:_HEAD]
    if chinese := _CHINESE.match(head):
        return Dateline(chinese.end(), agency_name(chinese["agency"]) or chinese["agency"])
    for end in _ENDS.finditer(head):
        agency = _agency_of(end)
        if _is_prefix(head[: end.start()], head[end.end() :], agency, end.lastgroup or ""):
            # "(ANSA) - ROMA, 14 MAR - "
            first = not head[: end.start()].strip(" (/")
            place = match_dateline(head[end.end() :]) if first else None
            reach = place.end if place else 0
            return Dateline(end.end() + reach, agency[1] if agency else None)
    return None


def agency_name(text: str) -> str | None:
    """The usual name of the agency that a text consists of, or None if it is not one."""
    return next((n for n, form in _AGENCIES.items() if re.fullmatch(form, text.strip())), None)


def _agency_of(end: re.Match[str]) -> tuple[str, str | None] | None:
    """The agency as written and as usually named, or None if the form has none."""
    for group in ("slashed", "bracketed", "named", "after", "sentence"):
        if end[group]:
            written = _BY_SPEAKER.sub("", end[group])
            return written, agency_name(written)
    return None


def _is_prefix(prefix: str, after: str, agency: tuple[str, str | None] | None, form: str) -> bool:
    """Whether a would-be dateline holds a place and a date."""
    rest, dates = _without_date(prefix, form)
    if rest is None:
        return False
    words = rest.replace(",", " ").replace(".", ". ").split()
    words = [word for word in words if any(char.isalnum() for char in word)]
    known = agency is not None and agency[1] is not None
    if not words:
        return known or (dates == 1 and form == "slashed")
    if len(words) > _MAX_PLACE_WORDS or not all(map(_is_place_word, words)):
        return False
    if known or (form == "bracketed" and dates == 1 and agency and _is_name(agency[0])):
        return True
    capitals = [word for word in words if word.isupper() and len(word) > 1]
    if not capitals or not words[0].isupper():
        return False
    if form in ("slashed", "bracketed"):
        named = agency is not None and not any(char.isdigit() for char in agency[0])
        return named and (dates == 1 or _starts_sentence(after))
    return _starts_sentence(after) and (dates == 1 or _all_capitals(rest))


def _is_name(written: str) -> bool:
    """Whether what stands in brackets may be an agency that we do not know ("Lusa", "PAP")."""
    words = written.split()
    return len(words) <= _AGENCY_WORDS and all(word[0].isupper() for word in words)


def _without_date(prefix: str, form: str) -> tuple[str | None, int]:
    """The words before the end of a would-be dateline, and whether a date was among them.

    A full stop ends one only right behind a date: "КИЕВ, 28 августа 2020 г."
    """
    found = printed_dates(prefix)[:1]
    if form != "stop":
        return blanked(prefix, found), len(found)
    if not found or len(prefix[found[0].end :].strip(" .")) > 1:
        return None, 0
    place = prefix[: found[0].start].strip(" ,(")
    return (place if _all_capitals(place) else None), 1


def _all_capitals(rest: str) -> bool:
    """Whether the city, up to the first comma, is a word of capitals of some length."""
    city = rest.split(",", 1)[0]
    letters = [char for char in city if char.isalpha()]
    vowels = any(char.lower() in _VOWELS for char in letters)
    capitals = len(letters) >= 4 and all(char.isupper() for char in letters)
    return capitals and vowels and city.strip() not in _NOT_PLACES


def _is_place_word(word: str) -> bool:
    bare = word.strip("()'’")
    return bare.lower() in _SMALL or (bool(_PLACE_WORD.match(bare)) and bare[:1].isupper())


def _starts_sentence(after: str) -> bool:
    """Whether a new sentence follows: "ROME — The pope", not "NATO — the alliance"."""
    first = after.lstrip().lstrip("\"'“”‘«„(")[:1]
    return first.isupper() or first.isdigit() or (bool(first) and not first.islower())
