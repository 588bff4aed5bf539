"""Planted errors: real sentences with one thing in them made wrong.

Nothing here imports `rag`, and a test sees to that: what plants an error must not know what finds
it. Each kind takes a sentence of an article and changes one thing, so that the sentence no longer
says what the article does. If it can, it takes the wrong number or name from elsewhere in the same
article.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

MIN_WORDS, MAX_WORDS = 8, 45
WINDOW = 5
"""Sentences in the passage that a claim cites."""

_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_CALENDAR = frozenset([*_MONTHS, *_WEEKDAYS])
_COUNTS = "two three four five six seven eight nine ten eleven twelve".split()
_NUMBER = re.compile(
    rf"(?<![\w.,:/-])(?:\d+(?:,\d{{3}})*(?:\.\d+)?|{'|'.join(_COUNTS)})(?![\w:/-])"
)
_DATE = re.compile(
    rf"\b(?P<month>{'|'.join(_MONTHS)})\s(?P<day>\d{{1,2}})\b"
    rf"|\b(?P<day2>\d{{1,2}})\s(?P<month2>{'|'.join(_MONTHS)})\b"
    rf"|\b(?P<weekday>{'|'.join(_WEEKDAYS)})\b|\b(?P<year>(?:1[5-9]|20)\d\d)\b"
)
_RUN = re.compile(r"\b[A-Z][a-zé]{2,}(?: [A-Z][a-zé]{2,}){0,2}\b")
_UNITS: Mapping[str, tuple[str, ...]] = {
    "km": ("miles", "metres"), "kilometres": ("miles",), "kilometers": ("miles",),
    "miles": ("kilometres", "metres"), "metres": ("kilometres", "feet"), "m": ("km",),
    "meters": ("miles", "feet"), "feet": ("metres", "miles"), "kg": ("pounds", "tonnes"),
    "million": ("billion", "thousand"), "billion": ("million", "trillion"),
    "thousand": ("million",), "percent": ("million", "people"), "%": ("million", "people"),
    "hours": ("days", "minutes"), "minutes": ("hours", "days"), "days": ("weeks", "months"),
    "weeks": ("months", "days"), "months": ("years", "weeks"), "years": ("months", "decades"),
    "tons": ("kilograms",), "tonnes": ("kilograms",), "acres": ("hectares",),
}  # fmt: skip
_UNIT = re.compile(
    rf"(?P<before>\b\d[\d,.]*\s?|\b(?:{'|'.join(_COUNTS)})\s)(?P<unit>{'|'.join(_UNITS)})(?!\w)"
)
_MONEY = re.compile(r"[$€£](?=\d)")
_AUXILIARY = "is|was|are|were|has|have|had|will|would|could|can|should|may|did|does|do"
_DROP = (
    (re.compile(rf"\b({_AUXILIARY}) not\b"), r"\1"),
    (re.compile(rf"\b({_AUXILIARY})n['’]t\b"), r"\1"),
    (re.compile(r"\bcannot\b"), "can"),
    (re.compile(r"\bnever "), ""),
    (re.compile(r"\bdenied\b"), "confirmed"),
)  # fmt: skip
_ADD = re.compile(
    r"\b(is|was|are|were|has|have|had|will|would|can|could|may) (?!not\b|never\b|been\b)"
)
_SAID = re.compile(rf"(?P<name>{_RUN.pattern})(?= (?:said|says|told|added|announced|wrote)\b)")
_SAID_AFTER = re.compile(rf"(?<=said )(?P<name>{_RUN.pattern})")
_SOME = re.compile(
    r"\b(?:Some|Many|Several|Most)\b|\b(?:some|many|several|most|a few)\b(?= \w+s\b| of\b)"
)
_HEDGES = (
    (re.compile(r"\b(?:may|might|could) (?=have\b)"), "did "),
    (re.compile(r"\b(?:may|might)\b"), "will"),
    (re.compile(r"\b(?:allegedly|reportedly|possibly|perhaps) "), ""),
    (re.compile(r"\balleged "), ""),
    (re.compile(r"\b(?:was|were|been|is|are) accused of\b"), "was guilty of"),
    (re.compile(r"\b(?:plans|planned|intends|hopes|wants) to (?=\w)"), "managed to "),
)
_QUOTATION = re.compile(r'["“«]([^"“”«»]{12,})["”»]')
_JOINED = re.compile(r"\b(?:and|or|between|with|vs)\b|,")


@dataclass(frozen=True, slots=True)
class Reading:
    """An article as the generator sees it: sentences in order."""

    doc_id: str
    sentences: tuple[str, ...]
    published: date | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Planted:
    """A claim that its passage does not support, or its true twin.

    Attributes:
        kind: what was made wrong.
        claim: the sentence with the error.
        original: the sentence as the article has it.
        passage: the sentences that the claim cites.
    """

    kind: str
    claim: str
    original: str
    passage: tuple[str, ...]
    reading: Reading


@dataclass(slots=True)
class _Place:
    """A sentence to spoil, its place, and other texts to take words from."""

    sentence: str
    reading: Reading
    position: int
    others: Sequence[Reading]
    rng: random.Random

    def passage(self) -> tuple[str, ...]:
        start = max(0, self.position - self.rng.randrange(WINDOW))
        return self.reading.sentences[start : start + WINDOW]

    def names(self) -> list[str]:
        """Give names of the article, then of the others, in random order; none of this sentence."""
        near = [name for s in self.reading.sentences for name in _names(s)]
        far = [name for r in self.others for s in r.sentences[:10] for name in _names(s)]
        own = set(re.findall(r"\w+", self.sentence))
        pools = []
        for pool in (near, far):
            kept = sorted({n for n in pool if not own & set(n.split())})
            self.rng.shuffle(kept)
            pools.extend(kept)
        return pools


def _names(sentence: str) -> list[str]:
    """Find runs of capitalised words that do not open the sentence and are not dates."""
    return [
        match.group()
        for match in _RUN.finditer(sentence)
        if match.start() > 2
        and sentence[match.start() - 2] not in '.!?"“:'
        and not _CALENDAR & set(match.group().split())
    ]


def _swap(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _pick(place: _Place, pattern: re.Pattern[str]) -> re.Match[str] | None:
    found = list(pattern.finditer(place.sentence))
    return place.rng.choice(found) if found else None


def _number(place: _Place) -> str | None:
    dates = [m.span() for m in _DATE.finditer(place.sentence)]
    found = [
        m
        for m in _NUMBER.finditer(place.sentence)
        if not any(start < m.end() and m.start() < end for start, end in dates)
    ]
    if not found:
        return None
    match = place.rng.choice(found)
    old = match.group()
    if old in _COUNTS:
        return _swap(place.sentence, match, place.rng.choice([c for c in _COUNTS if c != old]))
    own = set(_NUMBER.findall(place.sentence))
    elsewhere = [n for s in place.reading.sentences for n in _NUMBER.findall(s)]
    near = sorted({n for n in elsewhere if n[0].isdigit() and n not in own})
    if near and place.rng.random() < 0.5:
        return _swap(place.sentence, match, place.rng.choice(near))
    digits = [i for i, c in enumerate(old) if c.isdigit()]
    at = place.rng.choice(digits)
    other = place.rng.choice([c for c in "123456789" if c != old[at]])
    return _swap(place.sentence, match, old[:at] + other + old[at + 1 :])


def _unit(place: _Place) -> str | None:
    money = _pick(place, _MONEY)
    if money and place.rng.random() < 0.5:
        return _swap(place.sentence, money, place.rng.choice([c for c in "$€£" if c != money[0]]))
    match = _pick(place, _UNIT)
    if match is None:
        return None
    new = place.rng.choice(_UNITS[match["unit"]])
    gap = "" if match["before"][-1].isspace() else " "
    return _swap(place.sentence, match, match["before"] + gap + new)


def _name(place: _Place) -> str | None:
    own = _names(place.sentence)
    candidates = place.names()
    if not own or not candidates:
        return None
    old = place.rng.choice(own)
    words = len(old.split())
    alike = [name for name in candidates if len(name.split()) == words] or candidates
    at = place.sentence.index(old, 1)
    return place.sentence[:at] + alike[0] + place.sentence[at + len(old) :]


def _date(place: _Place) -> str | None:
    match = _pick(place, _DATE)
    if match is None:
        return None
    for group, values in (("weekday", _WEEKDAYS), ("month", _MONTHS), ("month2", _MONTHS)):
        if match[group] and (group == "weekday" or place.rng.random() < 0.5):
            new = place.rng.choice([v for v in values if v != match[group]])
            start, end = match.span(group)
            return place.sentence[:start] + new + place.sentence[end:]
    for group in ("day", "day2", "year"):
        if match[group]:
            step = place.rng.choice((-9, -4, -3, -2, 2, 3, 4, 9))
            old = int(match[group])
            new_value = old + step if group == "year" else (old + step - 1) % 28 + 1
            start, end = match.span(group)
            return place.sentence[:start] + str(new_value) + place.sentence[end:]
    return None


def _negation_dropped(place: _Place) -> str | None:
    for pattern, new in _DROP:
        if pattern.search(place.sentence):
            return pattern.sub(new, place.sentence, count=1)
    return None


def _negation_added(place: _Place) -> str | None:
    outside = _QUOTATION.sub(lambda m: "\0" * len(m.group()), place.sentence)
    found = list(_ADD.finditer(outside))
    if not found or re.search(r"\b(?:not|never|no)\b|n['’]t\b", place.sentence):
        return None
    match = place.rng.choice(found)
    return place.sentence[: match.end()] + "not " + place.sentence[match.end() :]


def _speaker(place: _Place) -> str | None:
    match = _SAID.search(place.sentence) or _SAID_AFTER.search(place.sentence)
    people = [name for name in place.names() if len(name.split()) == 2]
    if match is None or not people or _CALENDAR & set(match["name"].split()):
        return None
    start, end = match.span("name")
    return place.sentence[:start] + people[0] + place.sentence[end:]


def _some_to_all(place: _Place) -> str | None:
    match = _pick(place, _SOME)
    if match is None or re.search(r"\ball\b", place.sentence, re.IGNORECASE):
        return None
    return _swap(place.sentence, match, "All" if match.group()[0].isupper() else "all")


def _hedge(place: _Place) -> str | None:
    for pattern, new in _HEDGES:
        if pattern.search(place.sentence):
            return pattern.sub(new, place.sentence, count=1)
    return None


def _order(place: _Place) -> str | None:
    """Swap two names, unless the sentence lists them side by side."""
    runs = [m for m in _RUN.finditer(place.sentence) if not _CALENDAR & set(m.group().split())]
    if len(runs) != 2 or (len(runs[0].group().split()) == 1 and runs[0].start() == 0):
        return None
    one, other = runs
    between = place.sentence[one.end() : other.start()]
    if _JOINED.search(between) or not re.search(r"\b\w+(?:ed|es|s)\b", between):
        return None
    return (
        place.sentence[: one.start()] + other.group() + between + one.group()
        + place.sentence[other.end() :]
    )  # fmt: skip


def _quotation(place: _Place) -> str | None:
    quoted = _QUOTATION.search(place.sentence)
    if quoted:
        words = quoted[1].split()
        long = [i for i, word in enumerate(words) if len(word) > 4 and word.isalpha()]
        strange = [
            w
            for r in place.others
            for w in r.sentences[0].split()
            if len(w) > 4 and w.isalpha() and w.islower() and w not in place.sentence
        ]
        if not long or not strange:
            return None
        words[place.rng.choice(long)] = place.rng.choice(strange)
        start, end = quoted.span(1)
        return place.sentence[:start] + " ".join(words) + place.sentence[end:]
    people = [name for name in place.names() if len(name.split()) == 2]
    if not people or re.search(r"[\"“”«»]|``|\bsaid\b", place.sentence):
        return None
    return f"“{place.sentence.rstrip(' .')},” {people[0]} said."


KINDS: Mapping[str, Callable[[_Place], str | None]] = {
    "number": _number,
    "unit": _unit,
    "name": _name,
    "date": _date,
    "negation dropped": _negation_dropped,
    "negation added": _negation_added,
    "speaker": _speaker,
    "some to all": _some_to_all,
    "invented quotation": _quotation,
    "hedge dropped": _hedge,
    "names exchanged": _order,
}
WRONG_PASSAGE = "wrong passage"


def _usable(sentence: str) -> bool:
    words = sentence.split()
    return MIN_WORDS <= len(words) <= MAX_WORDS and sentence.rstrip()[-1:] in '.!?"”'


def _places(readings: Sequence[Reading], rng: random.Random) -> Iterator[_Place]:
    spots = [
        (reading, position)
        for reading in readings
        for position, sentence in enumerate(reading.sentences)
        if _usable(sentence)
    ]
    rng.shuffle(spots)
    for reading, position in spots:
        others = rng.sample(list(readings), min(4, len(readings)))
        others = [other for other in others if other.doc_id != reading.doc_id]
        yield _Place(reading.sentences[position], reading, position, others, rng)


def _elsewhere(place: _Place) -> tuple[str, ...] | None:
    """Cite a passage that does not hold the sentence, of the same article if there is one."""
    own = place.reading.sentences
    far = [
        own[i : i + WINDOW]
        for i in range(0, len(own) - 1, WINDOW)
        if not i - 1 <= place.position <= i + WINDOW
    ]
    if not far:
        far = [other.sentences[:WINDOW] for other in place.others if len(other.sentences) > 1]
    return place.rng.choice(far) if far else None


def spoilt(
    kind: str, sentence: str, reading: Reading, others: Sequence[Reading], rng: random.Random
) -> str | None:
    """Make one thing in a sentence wrong. Return None if it has nothing of the kind.

    Args:
        kind: a key of `KINDS`.
        sentence: of the article, or a true one about it.
        reading: the article, whose numbers and names are taken first.
        others: articles to take names from otherwise.
        rng: source of chance.
    """
    made = KINDS[kind](_Place(sentence, reading, 0, others, rng))
    return made if made != sentence else None


def plant(readings: Sequence[Reading], per_kind: int, seed: int = 0) -> list[Planted]:
    """Plant errors of every kind, a limited number of each; one sentence serves one error."""
    made: dict[str, list[Planted]] = {kind: [] for kind in (*KINDS, WRONG_PASSAGE)}
    rng = random.Random(seed)  # noqa: S311 — a repeatable choice, no secret
    for place in _places(readings, rng):
        open_kinds = [kind for kind, found in made.items() if len(found) < per_kind]
        if not open_kinds:
            break
        rng.shuffle(open_kinds)
        for kind in open_kinds:
            passage: tuple[str, ...] | None = place.passage()
            claim = place.sentence if kind == WRONG_PASSAGE else KINDS[kind](place)
            if kind == WRONG_PASSAGE:
                passage = _elsewhere(place)
            if claim is None or passage is None:
                continue
            if kind != WRONG_PASSAGE and claim == place.sentence:
                continue
            made[kind].append(Planted(kind, claim, place.sentence, passage, place.reading))
            break
    return [planted for found in made.values() for planted in found]
