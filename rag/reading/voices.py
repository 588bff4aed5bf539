"""Whom a question is about, where that is certain: whose words it asks for, and who NAME is.

A quotation of somebody else under "What did X say about Y?" would be a false quote, even where its
sentence says no more than "she said". So what others say is left out, and if nothing by X is left,
there is no answer. In the same way "Who is Petra Olund?" is answered from articles that know her,
not from those that know another Petra and another Olund.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from index.article import Span
from index.language.languages import LANGUAGES
from index.language.locate import folded_text
from index.language.speakers import speaker_of
from index.language.tokens import Token, all_keys, content_tokens, stem, tokens
from index.saying import Said, phrase
from rag.evidence.leaning import leans_on_previous
from rag.reading.asked_names import unknown_names
from rag.reading.calibration import Calibration
from rag.reading.choosing import Candidate, ReadPart, signals
from rag.types import Evidence

BESIDE_NAME: Final = 5
"""Words between a role and the name of who has it, at most ("the mayor of Aldmoor, Ann Lee")."""
BEFORE_VERB: Final = 8
"""Words before the verb, at most ("What did the former mayor of Aldmoor say")."""

_SAYS: Final = frozenset(
    stem(word) for language in LANGUAGES.values() for word in language.speech.verbs
)
_DENIES: Final = frozenset(
    stem(word) for language in LANGUAGES.values() for word in language.speech.denies
)
_QUOTED: Final = re.compile(r'"[^"]*"')
_WHAT: Final = frozenset(word for language in LANGUAGES.values() for word in language.speech.what)
_HEARS: Final = frozenset(word for language in LANGUAGES.values() for word in language.speech.hears)


@dataclass(frozen=True, slots=True)
class Voice:
    """Somebody whose words are asked for.

    Attributes:
        name: words of the name; none if only a role is given.
        role: words of the role ("ministry"); none if there is a name.
    """

    name: tuple[Token, ...]
    role: tuple[Token, ...]

    @property
    def role_keys(self) -> frozenset[str]:
        """Keys of the role's words."""
        return frozenset[str]().union(*(word.keys for word in self.role))

    def is_met(self, ranked: Sequence[Candidate]) -> bool:
        """Whether to hold to it: always to a name, to a role where a sentence speaks of it."""
        return bool(self.name) or any(all_keys(one.text) & self.role_keys for one in ranked)

    @property
    def shown(self) -> str:
        """The name or the role as asked."""
        return " ".join(word.text for word in self.name or self.role)


def asked_voice(question: str) -> Voice | None:
    """Whose words a question asks for; None if it asks for nobody's.

    The question word is what is said, so the one who says it stands between it and the verb behind
    a small word ("What did X say"), or right behind the verb («Что сказал X»). In "What was X told"
    somebody else says it.

    Args:
        question: one part, standalone.
    """
    words = tokens(question)
    place = next((at for at, word in enumerate(words) if at and word.key in _SAYS), 0)
    if (
        not 0 < place <= BEFORE_VERB
        or words[0].text.casefold() not in _WHAT
        or words[place].is_name
    ):
        return None
    if place == 1:
        stretch = _until_stop(words[2:])
    elif words[1].is_stop and words[1].text.casefold() not in _HEARS:
        stretch = [word for word in words[2:place] if not word.is_stop]
    else:
        return None
    name = tuple(word for word in stretch if word.is_name)
    role = tuple(word for word in stretch if not word.is_name and not word.is_number)
    if role and name and stretch[0] is role[0]:
        # "the mayor of Aldmoor", and "mayor Ann Lee".
        joined = question[role[-1].end : name[0].start].strip()
        name, role = ((), role[:1]) if joined else (name, ())
    return Voice(name, () if name else role[-1:]) if stretch else None


def _until_stop(words: Sequence[Token]) -> list[Token]:
    """The first words that are no small ones."""
    stop = next((at for at, word in enumerate(words) if word.is_stop), len(words))
    return list(words[:stop])


def about_whom_it_asks(part: ReadPart, calibration: Calibration) -> ReadPart:
    """Leave out sentences that are certainly somebody else's, or about somebody else.

    Args:
        part: of a question, read.
        calibration: how far what is left is to be trusted.

    Returns:
        the part; refused if nothing is left.
    """
    if any(word.key in _DENIES for word in tokens(part.question)):
        part = _denials(part, calibration)
    voice = asked_voice(part.question)
    if voice and voice.is_met(part.ranked):
        why = phrase("No article quotes %(name)s on this.", name=voice.shown)
        return _only(part, lambda one: _is_by(one, voice), why, calibration)
    if name := _asked_person(part.question):
        why = phrase("No article mentions %(name)s.", name=name)
        return _only(
            part, lambda one: not unknown_names(part.question, one.evidence), why, calibration
        )
    return part


def _denials(part: ReadPart, calibration: Calibration) -> ReadPart:
    """The sentences that deny something, of a question that asks for a denial; all if none does."""
    denying = [one for one in part.ranked if _denies(one.text)]
    return _only(part, denying.__contains__, None, calibration) if denying else part


def _denies(text: str) -> bool:
    return any(word.key in _DENIES for word in tokens(_QUOTED.sub(" ", folded_text(text))))


def _only(
    part: ReadPart, fits: Callable[[Candidate], bool], why: Said | None, calibration: Calibration
) -> ReadPart:
    kept = tuple(one for one in part.ranked if fits(one))
    if len(kept) == len(part.ranked):
        return part
    if not kept:
        return replace(part, confidence=0.0, refusal=why)
    if not part.taught:
        return replace(part, ranked=kept)
    confidence = calibration.probability(signals(part.question, kept))
    return replace(part, ranked=kept, confidence=confidence)


def _asked_person(question: str) -> str | None:
    """The full name that is all a question asks about ("Who is Petra Olund?")."""
    content = content_tokens(question)
    if len(content) < 2 or not all(word.is_name for word in content):
        return None
    if any(two.start - one.end > 1 for one, two in pairwise(content)):
        return None
    asks = tokens(question)[0].is_stop or question.rstrip().endswith("?")
    return question[content[0].start : content[-1].end] if asks else None


def _is_by(candidate: Candidate, voice: Voice) -> bool:
    """Whether a sentence is somebody's words, or the article's own about that very person."""
    speaker = _speaker(candidate.evidence, candidate.words or candidate.span)
    if voice.name:
        return _names(speaker or _with_what_it_leans_on(candidate), voice.name)
    if speaker is None or all_keys(speaker) & voice.role_keys:
        return True
    return _has_role(candidate.evidence, tokens(speaker)[-1], voice.role_keys)


def _with_what_it_leans_on(candidate: Candidate) -> str:
    """A sentence, with the one before it if it speaks of somebody there: "It denied that …"."""
    evidence, at = candidate.evidence, candidate.position
    before = evidence.passage.sentences[at - 1] if at else evidence.before
    if before is None or not leans_on_previous(candidate.text):
        return candidate.text
    return f"{evidence.source.text[before.start : before.end]} {candidate.text}"


def _speaker(evidence: Evidence, about: Span) -> str | None:
    article = evidence.article
    return speaker_of(evidence.source.text, article.body, about, article.language)


def _names(text: str, name: Sequence[Token]) -> bool:
    """Whether a text names a person: by surname, and by no other first name beside it."""
    words, firsts = tokens(text), frozenset[str]().union(*(word.keys for word in name[:-1]))
    for place, word in enumerate(words):
        if not word.keys & name[-1].keys:
            continue
        before = words[place - 1] if place else None
        if len(name) == 1 or before is None or before.is_stop or not before.text[0].isupper():
            return True
        if word.start - before.end != 1 or before.keys & firsts:
            return True
    return False


def _has_role(evidence: Evidence, surname: Token, role: frozenset[str]) -> bool:
    """Whether an article gives a role to somebody: the two stand close together somewhere."""
    text = evidence.source.text
    for span in evidence.article.body:
        words = tokens(text[span.start : span.end])
        for place, word in enumerate(words):
            near = words[max(0, place - BESIDE_NAME) : place + BESIDE_NAME + 1]
            if word.keys & surname.keys and any(other.keys & role for other in near):
                return True
    return False
