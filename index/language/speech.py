"""Who is said to say a sentence, by its form: verbs of saying and what stands beside them.

Only forms that are sure count: a subject beside a verb of saying, with the words said before it,
behind it, or around it. A sentence of which nothing is found may still be somebody's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from index.article import Span
from index.language.calendar import MONTH, WEEKDAY, is_doubtful
from index.language.language import Speech
from index.language.sentences import opens_sentences
from index.language.tokens import Token, tokens

Kind = Literal["name", "pronoun", "phrase", "role"]

MAX_ROLE_WORDS: Final = 6
"""Words of "the head of the union", or before a name."""
MAX_LEAD_IN: Final = 8
"""Words before the comma of "On Friday in Minsk, …"."""
NEAR_VERB: Final = 8
"""Words between a verb and the "that" that it governs."""
MIN_STATEMENT: Final = 3
"""Words that make a statement behind a verb that needs no "that"."""

_OPEN: Final = {"«": "»", "„": "“", "“": "”", '"': '"', "＂": "＂"}
_CLOSE: Final = frozenset('»“”"＂')
_QUOTES: Final = frozenset('«»„“”"＂‟')
_DAY: Final = re.compile(rf"(?:{WEEKDAY}|{MONTH})", re.IGNORECASE)
_POSSESSIVE: Final = re.compile(r"['’ʼ]s?$")
_BREAKS: Final = frozenset(",;:()[]—–!?…|/•") | _QUOTES


@dataclass(frozen=True, slots=True)
class Subject:
    """Who says something, as one sentence has it.

    Attributes:
        kind: a name, a pronoun, a phrase such as "the ministry", or a role without an article.
        first: of the sentence's tokens.
        last: of them; the name alone if a role stands before it.
    """

    kind: Kind
    first: int
    last: int


class SpokenSentence:
    """A sentence with its words, which of them are quoted, and where its phrases end.

    Args:
        text: of the source.
        span: of the sentence.
        opened: marks of the quotations that are open where it begins.
    """

    def __init__(self, text: str, span: Span, opened: Sequence[str] = ()) -> None:
        self.text, self.span = text, span
        found = tokens(text[span.start : span.end])
        moved = (t._replace(start=t.start + span.start, end=t.end + span.start) for t in found)
        self.words: tuple[Token, ...] = tuple(moved)
        self.inside: list[bool] = []
        self.opened = self._follow_marks(list(opened))

    def _follow_marks(self, opened: list[str]) -> tuple[str, ...]:
        """Tell which words are quoted; the marks that are open at the end."""
        at = self.span.start
        for word in (*self.words, None):
            until = word.start if word else self.span.end
            for mark in self.text[at:until]:
                if mark in _CLOSE and opened and _OPEN[opened[-1]] == mark:
                    opened.pop()
                elif mark in _OPEN:
                    opened.append(mark)
            if word:
                self.inside.append(bool(opened))
                at = word.end
        return tuple(opened)

    def gap(self, at: int) -> str:
        """What stands before a word: behind the one before it, or from the sentence's start."""
        before = self.words[at - 1].end if at else self.span.start
        until = self.words[at].start if at < len(self.words) else self.span.end
        return self.text[before:until]

    def breaks(self, at: int) -> bool:
        """Whether a phrase ends before a word."""
        if at <= 0 or at >= len(self.words):
            return True
        gap = self.gap(at)
        return not _BREAKS.isdisjoint(gap) or (" - " in gap) or "\n\n" in gap

    def quoted_before(self, at: int) -> bool:
        """Whether a quotation ends right before a word."""
        return at > 0 and (self.inside[at - 1] or not _QUOTES.isdisjoint(self.gap(at)))

    @property
    def is_quoted(self) -> bool:
        """Whether all of its words are."""
        return bool(self.words) and all(self.inside)

    @property
    def asks(self) -> bool:
        """Whether it is a question of its own, not one that is quoted."""
        return "?" in self.gap(len(self.words)) and not (self.inside and self.inside[-1])

    def run_from(self, first: int, stop: int) -> int:
        """One past the last of the capitalised words that stand together from a word on."""
        at = first
        while at < stop and self._is_capital(at) and (at == first or not self.breaks(at)):
            at += 1
        return at

    def names(self) -> Iterator[tuple[int, int]]:
        """Runs of two capitalised words or more outside quotations: first, one past the last."""
        at = 0
        while at < len(self.words):
            end = self.run_from(at, len(self.words))
            first = self.without_initials(at + int(end > at and self._is_opener(at)), end)
            if end - first >= 2 and not any(self.inside[first:end]):
                yield first, end
            at = max(end, at + 1)

    def without_initials(self, first: int, stop: int) -> int:
        """The first of some capitalised words that is no initialism before a name: «РФ»."""
        while stop - first > 2 and self.words[first].text.isupper():
            if len(self.words[first].text) == 1 or self.words[first + 1].text.isupper():
                break
            first += 1
        return first

    def _is_capital(self, at: int) -> bool:
        word = self.words[at]
        return word.text[0].isupper() and not word.is_stop and not _is_day(word.text)

    def _is_opener(self, at: int) -> bool:
        """Whether a word has its capital because a sentence begins, as far as words tell."""
        return self.words[at].opens and opens_sentences(self.words[at].text)


def _is_day(word: str) -> bool:
    """Whether a word names a weekday or a month, which is no part of a person's name."""
    return bool(_DAY.fullmatch(word)) and not is_doubtful(word)


class Attributions:
    """Finds who says a sentence in one language.

    Args:
        speech: how the language tells it.
    """

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._says = frozenset(speech.verbs)
        self._plainly = frozenset(speech.says_plainly)
        self._that = frozenset(speech.that)
        self._pronouns = frozenset(speech.third_person)
        self._articles = frozenset(speech.articles)
        self._inside = frozenset(speech.inside)
        self._according = tuple(tuple(phrase.split()) for phrase in speech.according)

    def of(self, sentence: SpokenSentence) -> list[Subject]:
        """Everybody who is said to say the sentence, or a part of it.

        Who says only what a later clause tells is among them where somebody says the first one.
        """
        if sentence.asks:
            return []
        found: list[Subject] = []
        later: list[Subject] = []
        for at, word in enumerate(sentence.words):
            if sentence.inside[at]:
                continue
            subject = None
            if word.text.casefold() in self._says:
                subject = self._beside_verb(sentence, at)
                if not subject and (clause := self._later_clause(sentence, at)):
                    later.append(clause)
            elif sentence.breaks(at):
                subject = self._according_to(sentence, at)
            if subject:
                found.append(subject)
        return found and found + later

    def _around(self, sentence: SpokenSentence, verb: int) -> tuple[int, int]:
        """The phrase that a verb stands in: its first word, one past its last."""
        first, end = verb, verb + 1
        while not sentence.breaks(first) and not sentence.inside[first - 1]:
            first -= 1
        while not sentence.breaks(end) and not sentence.inside[end]:
            end += 1
        return first, end

    def _later_clause(self, sentence: SpokenSentence, verb: int) -> Subject | None:
        """The subject of ", and Okeke answered that …"."""
        first, end = self._around(sentence, verb)
        if not 0 < first < verb or not self._states(sentence, verb, end):
            return None
        return self._subject(sentence, first, verb)

    def _beside_verb(self, sentence: SpokenSentence, verb: int) -> Subject | None:
        first, end = self._around(sentence, verb)
        if first == verb:
            return self._behind_verb(sentence, verb, end) or self._apposed(sentence, verb, end)
        if not self._is_attribution(sentence, first, verb, end):
            return None
        return self._subject(sentence, first, verb)

    def _is_attribution(self, sentence: SpokenSentence, first: int, verb: int, end: int) -> bool:
        """Whether the words said stand before the subject, or behind the verb."""
        if sentence.quoted_before(first):
            return True
        if self._states(sentence, verb, end):
            lead_in = first <= MAX_LEAD_IN and "," in sentence.gap(first)
            return first == 0 or lead_in
        return first > 0 and self._closes(sentence, first, verb, end)

    def _states(self, sentence: SpokenSentence, verb: int, end: int) -> bool:
        """Whether a statement follows the verb."""
        words = sentence.words
        mark = sentence.gap(end)
        if ":" in mark:
            return True
        if end < len(words):
            if sentence.inside[end]:
                return True
            if "," in mark and words[end].text.casefold() in self._that:
                return True
        near = words[verb + 1 : min(end, verb + 1 + NEAR_VERB)]
        if any(word.text.casefold() in self._that for word in near):
            return True
        plain = words[verb].text.casefold() in self._plainly
        return plain and end - verb - 1 >= MIN_STATEMENT

    def _closes(self, sentence: SpokenSentence, first: int, verb: int, end: int) -> bool:
        """Whether the clause ends a statement: ", the minister said on Friday."."""
        mark = sentence.gap(first)
        if "," not in mark and "—" not in mark and "–" not in mark:
            return False
        if end < len(sentence.words):
            return False
        return end == verb + 1 or sentence.words[verb].text.casefold() in self._plainly

    def _behind_verb(self, sentence: SpokenSentence, verb: int, end: int) -> Subject | None:
        """The subject of ", said Dmitry Peskov" and «, сказал Песков»."""
        mark = sentence.gap(verb)
        spoken = sentence.quoted_before(verb)
        if verb == 0 or end == verb + 1 or not (spoken or any(m in mark for m in ",—–")):
            return None
        words = sentence.words
        plain = not self._plainly or words[verb].text.casefold() in self._plainly
        if not spoken and (end < len(words) or not plain):
            return None
        opening = words[verb + 1].text.casefold()
        if opening in self._pronouns:
            return Subject("pronoun", verb + 1, verb + 2)
        if opening in self._articles:
            named = self._name_behind(sentence, end)
            last = self._phrase_end(sentence, verb + 1, end)
            return named or self._subject(sentence, verb + 1, last)
        return self._named_behind(sentence, verb, end)

    def _named_behind(self, sentence: SpokenSentence, verb: int, end: int) -> Subject | None:
        """A name behind a verb, with the role that may stand before it, or the role alone."""
        words, at = sentence.words, verb + 1
        while at < end and not words[at].text[0].isupper():
            if words[at].is_stop or at - verb > MAX_ROLE_WORDS:
                return self._role(sentence, verb + 1, at)
            at += 1
        last = sentence.run_from(at, end)
        if last > at and _POSSESSIVE.search(words[last - 1].text):
            return self._name_behind(sentence, end)
        if last > at:
            # «пресс-секретарь президента РФ Дмитрий Песков»
            return Subject("name", sentence.without_initials(at, last), last)
        return self._role(sentence, verb + 1, end)

    def _name_behind(self, sentence: SpokenSentence, comma: int) -> Subject | None:
        """The name in "the yard's chief executive, Aivars Berzs": all between commas."""
        if comma >= len(sentence.words) or sentence.gap(comma).strip() != ",":
            return None
        last = sentence.run_from(comma, len(sentence.words))
        whole = last - comma > 1 and sentence.breaks(last) and not sentence.inside[comma]
        return Subject("name", comma, last) if whole else None

    def _phrase_end(self, sentence: SpokenSentence, first: int, end: int) -> int:
        at = first + 1
        while at < end and (
            not sentence.words[at].is_stop or sentence.words[at].text.casefold() in self._inside
        ):
            at += 1
        return at

    def _apposed(self, sentence: SpokenSentence, verb: int, end: int) -> Subject | None:
        """The subject of "Dmitry Peskov, the Kremlin's spokesman, said that …"."""
        if verb < 2 or sentence.gap(verb).strip() != ",":
            return None
        comma = verb - 1
        while comma > 0 and not sentence.breaks(comma):
            comma -= 1
        if comma == 0 or verb - comma > 2 * MAX_ROLE_WORDS or sentence.gap(comma).strip() != ",":
            return None
        first = comma - 1
        while not sentence.breaks(first) and not sentence.inside[first - 1]:
            first -= 1
        said = self._states(sentence, verb, end) and first == 0
        if not (said or sentence.quoted_before(first)) or any(sentence.inside[first:verb]):
            return None
        subject = self._name_behind(sentence, comma) or self._subject(sentence, first, comma)
        return subject if subject and subject.kind == "name" else None

    def _according_to(self, sentence: SpokenSentence, at: int) -> Subject | None:
        words = sentence.words
        for phrase in self._according:
            stop = at + len(phrase)
            if tuple(word.text.casefold() for word in words[at:stop]) != phrase:
                continue
            end = stop
            while end < len(words) and (end == stop or not sentence.breaks(end)):
                end += 1
            subject = self._subject(sentence, stop, end) if end > stop else None
            # "According to the law" is nobody's word.
            return subject if subject and subject.kind in ("name", "pronoun", "role") else None
        return None

    def _subject(self, sentence: SpokenSentence, first: int, stop: int) -> Subject | None:
        """What kind of subject some words before a verb are, if they are one."""
        words = sentence.words
        lower = [word.text.casefold() for word in words]
        while stop - first > 1 and lower[stop - 1] in self._speech.between:
            stop -= 1
        if stop - first > 1 and lower[first] in self._speech.joins:
            first += 1
        if any(word.negates or word.is_number for word in words[first:stop]):
            return None
        if stop - first == 1 and lower[first] in self._pronouns:
            return Subject("pronoun", first, stop)
        return self._named(sentence, first, stop) or self._phrase(sentence, first, stop)

    def _named(self, sentence: SpokenSentence, first: int, stop: int) -> Subject | None:
        """A name, alone or behind a role: "Belarusian leader Alexander Lukashenko"."""
        words, start = sentence.words, stop
        while start > first and sentence.run_from(start - 1, stop) == stop:
            start -= 1
        if start == stop or (words[start].opens and opens_sentences(words[start].text)):
            return None  # "Since Minsk said so, …"
        if start == first:
            return Subject("name", sentence.without_initials(start, stop), stop)
        before = words[first:start]
        plain = all(
            not word.is_stop or word.text.casefold() in self._inside | self._articles
            for word in before
        )
        if before[-1].is_stop or len(before) > MAX_ROLE_WORDS or not plain:
            return None
        return Subject("name", start, stop)

    def _phrase(self, sentence: SpokenSentence, first: int, stop: int) -> Subject | None:
        """Somebody without a name: "the health ministry", "officials"."""
        words = sentence.words[first:stop]
        if not 0 < len(words) <= MAX_ROLE_WORDS + 2:
            return None
        if not self._articles:
            return self._role(sentence, first, stop)
        rest = words[1:]
        fits = all(not w.is_stop or w.text.casefold() in self._inside for w in rest)
        if words[0].text.casefold() in self._articles:
            known = bool(rest) and fits and not rest[-1].is_stop
            return Subject("phrase", first, stop) if known else None
        plural = len(words) == 1 and words[0].text.endswith("s") and not words[0].is_stop
        return Subject("phrase", first, stop) if plural else None

    def _role(self, sentence: SpokenSentence, first: int, stop: int) -> Subject | None:
        """A role without an article; who has it is told by the article, or by nobody."""
        words = sentence.words[first:stop]
        if self._articles or not words or len(words) > MAX_ROLE_WORDS:
            return None
        if any(word.is_stop or (word.text[0].isupper() and not word.opens) for word in words):
            return None
        return Subject("role", first, stop)
