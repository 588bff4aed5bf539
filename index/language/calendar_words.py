"""The words of months, weekdays and days counted from today, of all languages together."""

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from index.language.english import MONTH_NAMES, WEEKDAY_NAMES
from index.language.language import Forms, Language, Unit

_VOWEL = re.compile("[aeiouyаеёиоуыэюяіїє]", re.IGNORECASE)
_COUNTED = re.compile(r"(?P<on>in )?(?P<count>\d+) (?P<unit>day|week|month|year)(?: ago)?")
_SHORTEST = 3
_UNITS: tuple[Unit, ...] = ("day", "week", "month", "year")


@dataclass(slots=True)
class Names:
    """The names of months, or of weekdays, in one language or several.

    Attributes:
        full: number of each name, in lower case.
        short: number of each abbreviation, without its full stop.
    """

    full: dict[str, int] = field(default_factory=dict)
    short: dict[str, int] = field(default_factory=dict)

    def all(self) -> dict[str, int]:
        """Names and abbreviations."""
        return self.full | self.short

    def add(self, other: "Names") -> None:
        """Take in more names.

        Raises:
            ValueError: one name has two meanings.
        """
        for form, number in other.all().items():
            if self.all().get(form, number) != number:
                raise ValueError(f"{form!r} names two months or weekdays")
        self.full |= other.full
        self.short |= other.short


def month_names(language: Language) -> Names:
    """The months of a language, numbered from 1."""
    return _names(language, MONTH_NAMES, language.months, 1)


def weekday_names(language: Language) -> Names:
    """The weekdays of a language, numbered from 0, as `datetime.date.weekday` does."""
    return _names(language, WEEKDAY_NAMES, language.weekdays, 0)


def counted(language: Language) -> dict[tuple[Unit, int], Forms]:
    """A language's words for days, weeks, months and years counted from today."""
    found = dict(language.relative)
    for key, forms in _dateparser(language).get("relative-type", {}).items():
        if (match := _COUNTED.fullmatch(key)) and not set(forms) & set(language.not_dates):
            count = int(match["count"]) * (1 if match["on"] else -1)
            at = (cast(Unit, match["unit"]), count)
            found[at] = (*found.get(at, ()), *(form.casefold() for form in forms))
    return found


def units(language: Language) -> dict[str, Unit]:
    """The words of a language for a day, a week, a month and a year."""
    known = _dateparser(language)
    return {
        form.casefold(): unit
        for unit in _UNITS
        for form in known.get(unit, ())
        if len(form) >= _SHORTEST
    }


def _dateparser(language: Language) -> Mapping[str, Any]:
    if not language.dateparser:
        return {}
    module = importlib.import_module(f"dateparser.data.date_translation_data.{language.code}")
    return cast(Mapping[str, Any], module.info)


def _names(language: Language, keys: Forms, more: tuple[Forms, ...], first: int) -> Names:
    names = Names()
    known = _dateparser(language)
    for number, (key, added) in enumerate(zip(keys, more, strict=True), start=first):
        listed = {form.casefold() for form in known.get(key.lower(), ())} - set(language.not_dates)
        listed = {form for form in listed if len(form) >= _SHORTEST}
        short = {form for form in listed if is_short_form(form, listed)}
        own = {form.casefold() for form in added}
        abbreviated = {form.removesuffix(".") for form in own if form.endswith(".")}
        full = (listed - short - abbreviated) | {form for form in own if not form.endswith(".")}
        short = (short if language.abbreviations else set()) | abbreviated
        names.add(Names(dict.fromkeys(sorted(full), number), dict.fromkeys(sorted(short), number)))
    return names


def is_short_form(form: str, listed: set[str]) -> bool:
    """Guess whether a form of dateparser's is an abbreviation, which it does not say."""
    begins = any(other.startswith(form) and len(other) > len(form) + 1 for other in listed)
    return begins or not _VOWEL.search(form)
