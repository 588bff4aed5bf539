"""Who says what an article quotes or reports, by the name that the article gives.

Each sentence is looked at by its form (`index.language.speech`); here is what takes more than one:
whom "he" and "the minister" mean, whose a quotation is that runs on, and the headings of an
interview. If it is not sure, it names nobody: a wrong name is worse than none.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from index.article import Span
from index.language.language import Language
from index.language.languages import LANGUAGES
from index.language.sentences import split_sentences
from index.language.speech import Attributions, SpokenSentence, Subject

LOOK_BACK: Final = 6_000
"""Code points before the words in question in which names are looked for."""
LOOK_ON: Final = 1_500
"""And behind them, for who says what has been quoted."""
NEAR: Final = 3
"""Sentences back in which "he" finds whom it means."""
MAX_NAME_CHARS: Final = 100
MAX_LABEL_WORDS: Final = 5

_LABEL_LINE: Final = re.compile(r"^[\s*_>]*[^\s:：][^\n:：]{0,60}[:：]", re.MULTILINE)
_LABEL: Final = re.compile(r"[\s*_>]*(?P<label>[^\s:：*_][^\n:：*]{0,60}?)[*_]*\s?[:：][*_]*\s")


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as it stands in the text."""

    start: int
    end: int
    keys: frozenset[str]
    words: int


@dataclass(frozen=True, slots=True)
class _Said:
    """What a sentence tells of its speaker.

    Attributes:
        by: who says it; None if it is somebody's and nobody can tell whose.
    """

    by: _Name | None


def speaker_of(text: str, body: Sequence[Span], about: Span, language: str | None) -> str | None:
    """Who says the words at a place of an article.

    Args:
        text: of the source.
        body: spans of the article that are its body.
        about: the words in question.
        language: ISO 639-1 code of the article.

    Returns:
        a stretch of the article that names or describes who says all of the words; None where
        they are the article's own, several people's, or it is not sure whose they are.
    """
    known = LANGUAGES.get(language or "")
    if known is None or not len(about):
        return None
    near = tuple(
        Span(max(span.start, about.start - LOOK_BACK), min(span.end, about.end + LOOK_ON))
        for span in body
        if span.start < about.end + LOOK_ON and about.start - LOOK_BACK < span.end
    )
    if not _may_be_spoken(text, near, about, known.code):
        return None
    if sum(map(len, body)) <= LOOK_BACK:
        near = tuple(body)  # the same for every quote of the article
    return _telling(text, near, known.code).speaker(about)


def _may_be_spoken(text: str, near: Sequence[Span], about: Span, code: str) -> bool:
    """False only if nothing beside the words tells of a speaker."""
    start = max(text.rfind("\n", 0, about.start), about.start - LOOK_ON, 0)
    line = text.find("\n", about.end)
    end = min(line if line >= 0 else len(text), about.end + LOOK_ON)
    if _cues(code).search(text, start, end):
        return True
    return any(_LABEL_LINE.search(text, span.start, span.end) for span in near)


class _Telling:
    """Some of an article, sentence by sentence."""

    def __init__(self, text: str, body: Sequence[Span], language: Language) -> None:
        self._text, self._language = text, language
        self._attributions = _attributions(language.code)
        self._sentences: list[SpokenSentence] = []
        self._paragraphs: list[int] = []
        for span in body:
            self._add(span)
        self._subjects = [self._attributions.of(sentence) for sentence in self._sentences]
        known = (w for s in self._sentences for w in s.words if w.is_name)
        self._known = frozenset(key for word in known for key in word.keys)
        every = range(len(self._sentences))
        self._in_full = frozenset(name.keys for at in every for name, _ in self._people(at))
        self._labels = self._find_labels()
        self._told: dict[int, _Said] = {}
        # In reading order, so that "he" of a sentence finds what is told of those before it.
        for at, subjects in enumerate(self._subjects):
            if subjects:
                self._told[at] = self._own(at)

    def _add(self, body: Span) -> None:
        """Cut a stretch of the body; a quotation is followed to the end of its paragraph."""
        opened: tuple[str, ...] = ()
        before: Span | None = None
        for span in split_sentences(self._text, body.start, body.end, self._language.code):
            begins = before is None or "\n" in self._text[before.end : span.start]
            number = (self._paragraphs[-1] if self._paragraphs else -1) + int(begins)
            sentence = SpokenSentence(self._text, span, () if begins else opened)
            self._sentences.append(sentence)
            self._paragraphs.append(number)
            opened, before = sentence.opened, span

    def speaker(self, about: Span) -> str | None:
        """Who says all of the sentences that some words stand in, if it is one."""
        places = [
            at
            for at, sentence in enumerate(self._sentences)
            if sentence.span.start < about.end and about.start < sentence.span.end
        ]
        said = [self._said(at) for at in places]
        names = [one.by for one in said if one and one.by]
        if not names or len(names) < len(said):
            return None
        if any(not name.keys & names[0].keys for name in names):
            return None
        best = max(names, key=lambda name: name.words)
        found = self._text[best.start : best.end]
        return found if len(found) <= MAX_NAME_CHARS and found.strip() else None

    def _said(self, at: int) -> _Said | None:
        """Find whose sentence it is; None if it is the article's own."""
        label = self._labels.get(self._paragraphs[at])
        if label:
            return label
        if at in self._told:
            return self._told[at]
        if not self._sentences[at].is_quoted:
            return None
        return self._beside_quotation(at)

    def _own(self, at: int) -> _Said:
        """Whose a sentence is by its own words."""
        named = [self._resolved(at, subject) for subject in self._subjects[at]]
        first = named[0]
        if first is None or any(name is None or not name.keys & first.keys for name in named):
            return _Said(None)
        return _Said(max((n for n in named if n), key=lambda name: name.words))

    def _beside_quotation(self, at: int) -> _Said:
        """Whose a sentence is that is quoted whole: that of the words around it, in its paragraph.

        A colon hands on, from one paragraph to the next too.
        """
        place = at - 1
        while place >= 0 and place not in self._told and self._goes_on(place, at):
            place -= 1
        if place in self._told and self._goes_on(place, at):
            return self._told[place]
        place = at + 1
        while place < len(self._sentences) and self._paragraphs[place] == self._paragraphs[at]:
            if place in self._told:
                return self._told[place]
            if not self._sentences[place].is_quoted:
                break
            place += 1
        return _Said(None)

    def _goes_on(self, place: int, at: int) -> bool:
        """Whether an earlier sentence speaks for a later one that is quoted."""
        earlier = self._sentences[place]
        if self._paragraphs[place] == self._paragraphs[at]:
            return any(earlier.inside) or earlier.gap(len(earlier.words)).strip() == ":"
        return place == at - 1 and earlier.gap(len(earlier.words)).strip() == ":"

    # Whom a sentence means

    def _resolved(self, at: int, subject: Subject) -> _Name | None:
        if subject.kind == "pronoun":
            return self._meant_by_pronoun(at, subject.first)
        if subject.kind == "name":
            return self._fullest(at, self._known_name(at, subject))
        holder = self._holder(at, subject)
        if holder or subject.kind == "role":
            return holder
        return self._name(self._sentences[at], subject.first, subject.last)

    def _name(self, sentence: SpokenSentence, first: int, stop: int) -> _Name:
        words = sentence.words[first:stop]
        return _Name(words[0].start, words[-1].end, words[-1].keys, len(words))

    def _names_before(self, at: int, start: int) -> Iterator[_Name]:
        """Names of two words or more before a place of the text, the nearest first."""
        for sentence in reversed(self._sentences[: at + 1]):
            for first, stop in reversed(list(sentence.names())):
                name = self._name(sentence, first, stop)
                if name.end <= start:
                    yield name

    def _known_name(self, at: int, subject: Subject) -> _Name | None:
        """A name as it stands there; a single word that opens a sentence may be none."""
        sentence = self._sentences[at]
        name = self._name(sentence, subject.first, subject.last)
        opens = name.words == 1 and sentence.words[subject.first].opens
        return None if opens and not name.keys & self._known else name

    def _fullest(self, at: int, name: _Name | None) -> _Name | None:
        """The name as the article last gave it in full, if only a surname stands here."""
        if name is None or name.words > 1:
            return name
        full = (n for n in self._names_before(at, name.start) if n.keys & name.keys)
        return next(full, name)

    def _meant_by_pronoun(self, at: int, word: int) -> _Name | None:
        """Whom "he" means: the last one who spoke, or was named, if nobody else was since."""
        if self._people(at, word):
            return None
        for place in range(at - 1, max(at - 1 - NEAR, -1), -1):
            if place in self._told:
                return self._told[place].by
            if self._sentences[place].is_quoted:
                continue
            people = self._people(place)
            if len(people) > 1 or self._others(place, people):
                return None
            if people:
                (one, governed), *_ = people
                return None if governed else one
        return None

    def _others(self, at: int, people: Sequence[tuple[_Name, bool]]) -> bool:
        """Whether a sentence names somebody by surname whom the article names in full elsewhere."""
        surnames = frozenset(key for name in self._in_full for key in name)
        named = frozenset(key for name, _ in people for key in name.keys)
        words = zip(self._sentences[at].words, self._sentences[at].inside, strict=True)
        return any(
            word.keys & surnames and not word.keys & named
            for word, inside in words
            if word.text[0].isupper() and not inside and not word.is_stop
        )

    def _people(self, at: int, before: int | None = None) -> list[tuple[_Name, bool]]:
        """Full names of a sentence, each once, and whether a preposition stands before them."""
        sentence = self._sentences[at]
        found: dict[frozenset[str], tuple[_Name, bool]] = {}
        for first, stop in sentence.names():
            if before is None or stop <= before:
                governed = first > 0 and sentence.words[first - 1].is_stop
                name = self._name(sentence, first, stop)
                found.setdefault(name.keys, (name, governed and not sentence.breaks(first)))
        return list(found.values())

    def _holder(self, at: int, subject: Subject) -> _Name | None:
        """Who has the role of "the minister", if the article gives it to one person by name."""
        sentence, speech = self._sentences[at], self._language.speech
        words = sentence.words[subject.first : subject.last]
        definite = words[0].text.casefold() in speech.definite
        if subject.kind == "phrase" and not (definite and len(words) == 2):
            return None
        role = words[-1].keys
        found: dict[frozenset[str], _Name] = {}
        for other in self._sentences[: at + 1]:
            for first, stop in other.names():
                name = self._name(other, first, stop)
                held = any(word.keys & role for word in other.words[first : stop - 1])
                beside = (
                    first > 0 and not other.breaks(first) and other.words[first - 1].keys & role
                )
                if name.end <= words[0].start and (held or beside):
                    found[name.keys] = name
        return next(iter(found.values())) if len(found) == 1 else None

    # Interviews

    def _find_labels(self) -> dict[int, _Said | None]:
        """Whose each paragraph of an interview is, by the heading that it or an earlier one has."""
        given: dict[int, str] = {}
        for at, number in enumerate(self._paragraphs):
            if number in given or (at and self._paragraphs[at - 1] == number):
                continue
            span = self._sentences[at].span
            match = _LABEL.match(self._text, span.start)
            if match and self._is_label(at, match.end("label")):
                given[number] = match["label"].strip()
        often = Counter(label.casefold() for label in given.values())
        given = {number: label for number, label in given.items() if often[label.casefold()] > 1}
        if len(given) < 2:
            return {}
        found: dict[int, _Said | None] = {}
        current: str | None = None
        for at, number in enumerate(self._paragraphs):
            current = given.get(number, current)
            if current is not None and number not in found and number <= max(given):
                found[number] = self._by_label(current, at, min(given))
        return found

    def _is_label(self, at: int, end: int) -> bool:
        """Whether the words up to an offset are the heading of a question, an answer or a name."""
        sentence, speech = self._sentences[at], self._language.speech
        stop = next((n for n, w in enumerate(sentence.words) if w.end > end), len(sentence.words))
        if not 0 < stop <= MAX_LABEL_WORDS or sentence.words[stop - 1].end > end:
            return False
        if stop == 1 and sentence.words[0].text in (*speech.asks, *speech.answers):
            return True
        return sentence.run_from(0, stop) == stop

    def _by_label(self, label: str, at: int, first: int) -> _Said | None:
        speech = self._language.speech
        if label in speech.asks:
            return None
        if label in speech.answers:
            # Who answers is named before the first question, and nobody else is.
            people = {
                name.keys: name
                for place, number in enumerate(self._paragraphs)
                if number < first
                for name, _ in self._people(place)
            }
            return _Said(next(iter(people.values())) if len(people) == 1 else None)
        sentence = self._sentences[at]
        place = next(
            n for n in range(at, -1, -1) if self._text.startswith(label, self._label_at(n))
        )
        sentence = self._sentences[place]
        stop = sentence.run_from(0, len(sentence.words))
        start = self._label_at(place)
        words = [w for w in sentence.words[:stop] if w.end <= start + len(label)]
        name = _Name(words[0].start, words[-1].end, words[-1].keys, len(words))
        return _Said(self._fullest(place, name))

    def _label_at(self, place: int) -> int:
        """Find the beginning of a sentence's words."""
        sentence = self._sentences[place]
        return sentence.words[0].start if sentence.words else sentence.span.end


@lru_cache(maxsize=16)
def _attributions(code: str) -> Attributions:
    return Attributions(LANGUAGES[code].speech)


@lru_cache(maxsize=16)
def _cues(code: str) -> re.Pattern[str]:
    """Quotation marks, and words that tell of a speaker."""
    speech = LANGUAGES[code].speech
    forms = "|".join(map(re.escape, (*speech.verbs, *speech.according)))
    return re.compile(rf"[«»„“”\"＂]|\b(?:{forms})\b", re.IGNORECASE)


@lru_cache(maxsize=8)
def _telling(text: str, body: tuple[Span, ...], code: str) -> _Telling:
    """Remembered, because an answer quotes an article more than once."""
    return _Telling(text, body, LANGUAGES[code])
