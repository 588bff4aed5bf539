"""Understand a question: its parts, whether it is a topic, and what it leans on.

Everything here comes from the words of the question and of the conversation. Nothing here looks at
an article, or decides whether there is an answer.
"""

import re
from dataclasses import dataclass

from index.language.tokens import Token, content_tokens, tokens
from rag.question.periods import period_words
from rag.types import Question, Turn

MAX_TOPIC_WORDS = 5
MAX_FOLLOW_UP_WORDS = 12


_ASKS = re.compile(
    r"[?？؟]|^\W*(who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|"
    r"has|have|had|will|would|should|кто|что|где|когда|почему|зачем|как|сколько|какой|какая|какие|"
    r"каком|чем|хто|що|де|коли|чому|як|скільки|який|яка|які)\b|\bhow (many|much)\b|"
    r"\b(which|what|who|whom|when|where|why)\b",
    re.IGNORECASE,
)
_TOPIC_OPENING = re.compile(
    r"^\W*(the )?(latest|news|updates?|everything|anything|more|новости|новини)\s+"
    r"(on|about|from|of|о|об|про)\b|^\W*tell me (more )?about\b",
    re.IGNORECASE,
)
_LEANS_BACK = re.compile(
    r"^\W*(and|but|so|also|а|и|но|та|і|але)\b|\b(he|she|it|they|him|her|them|his|hers|its|their|"
    r"this|that|these|those|there|then|same|он|она|они|его|её|ее|ему|ей|им|их|это|этого|этот|там|"
    r"він|вона|вони|його|її|їх|це|цього|там)\b",
    re.IGNORECASE,
)
_QUESTION_WORDS = (
    r"who|whom|whose|what|which|when|where|why|how|кто|кого|кому|что|где|куда|откуда|когда|почему|"
    r"зачем|сколько|как|како\w+|хто|що|де|куди|коли|чому|скільки|як"
)
_AND = r"(?:and|but|а|и|та|і|й)"
_PREPOSITION = r"(?:(?:at|on|in|by|for|from|to|with)\s+)?"
_PART_BREAK = re.compile(
    rf"(?:(?:,\s*|;\s*|\s+){_AND}\s+|;\s+|[?!.]\s+(?:{_AND}\s+)?)"
    rf"(?={_PREPOSITION}(?:{_QUESTION_WORDS})\b)",
    re.IGNORECASE,
)
# "between A and what B claims" is one thing.
_JOINED = re.compile(r"\b(?:between|between\s[^,;?]+|между|між)\s[^,;?]*$", re.IGNORECASE)
# "Who and when …" asks two questions about the same thing.
_TWO_WORDS = re.compile(
    rf"^\W*(?P<one>{_PREPOSITION}(?:{_QUESTION_WORDS}))(?:\s+{_AND}\s+|,\s+{_AND}\s+)"
    rf"(?P<other>{_PREPOSITION}(?:{_QUESTION_WORDS}))\s+(?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ORDERS = re.compile(
    r"^\W*(?:please\s+)?(?:tell|say|name|list|give|show|compare|describe|explain|summari[sz]e|find)\b"
    r"|^\W*(?:назов\w*|скаж\w*|перечисл\w*|сравни\w*|назв\w*|порівня\w*)\b",
    re.IGNORECASE,
)
_OPENING_WORD = re.compile(rf"^\W*{_PREPOSITION}(?:{_QUESTION_WORDS})\b\s*", re.IGNORECASE)

_CYRILLIC = re.compile("[\u0400-\u04ff]")


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as the answerers use it.

    Attributes:
        text: the standalone question.
        parts: the questions it consists of; one for most questions.
        topic: a topic rather than a question.
        carried: what comes from the conversation; None if nothing does.
    """

    text: str
    parts: tuple[str, ...]
    topic: bool
    carried: str | None = None

    @property
    def standalone(self) -> str | None:
        """The question as understood, if that differs from what was typed."""
        return self.text if self.carried else None

    @property
    def has_words(self) -> bool:
        """Whether it has anything to search for."""
        return bool(tokens(self.text))


def is_topic(text: str) -> bool:
    """Whether somebody typed a subject ("Belavia", "latest on prisoners"), not a question."""
    if _TOPIC_OPENING.search(text):
        return True
    return not _ASKS.search(text) and len(tokens(text)) <= MAX_TOPIC_WORDS


def split_parts(text: str) -> tuple[str, ...]:
    """Split a question into the questions that it consists of ("Who …, and when …?")."""
    if two := _TWO_WORDS.match(text):
        return tuple(f"{two[word]} {two['rest']}" for word in ("one", "other"))
    if any(_JOINED.search(text[: found.start()]) for found in _PART_BREAK.finditer(text)):
        return (text,)
    parts = [part.strip(" ,;") for part in _PART_BREAK.split(text)]
    if len(parts) < 2 or not content_tokens(parts[0]):
        return (text,)
    if not _ASKS.search(parts[0]) and not _ORDERS.search(parts[0]):
        # "X was arrested. Where?": the first sentence is not a question, but says what is meant.
        return (text,)
    asked = [parts[0], *(_completed(part, parts[0]) for part in parts[1:])]
    if not all(content_tokens(part) for part in asked):
        return (text,)
    return (asked[0], *(_with_subject(part, asked[0]) for part in asked[1:]))


def _completed(part: str, first: str) -> str:
    """Complete a bare "… and when?", which asks about what the first part says."""
    if content_tokens(part):
        return part
    said, opens = _OPENING_WORD.subn("", first)
    return f"{part.strip(' ?')} ({said.rstrip(' ?')})?" if opens else part


def _with_subject(part: str, first: str) -> str:
    """Complete a later part that names nobody ("and when was he freed?") from the first."""
    if any(token.is_name or token.is_number for token in content_tokens(part)):
        return part
    names = [token.text for token in content_tokens(first) if token.is_name]
    return f"{part.rstrip(' ?')} ({' '.join(dict.fromkeys(names))})?" if names else part


def _subjects(text: str) -> list[Token]:
    """Take names and dates of a turn, or its other content words if it names nothing."""
    content = content_tokens(text)
    named = [token for token in content if token.is_name or token.is_number]
    return named or list(content)


def _leans_on_history(text: str) -> bool:
    """Whether a question has a pronoun or leaves out what it is about.

    One with a subject of its own ("What was the turnout?") stands alone, however short.
    """
    words = tokens(text)
    if len(words) > MAX_FOLLOW_UP_WORDS or any(token.is_name for token in words):
        return False
    if not content_tokens(text):
        return True
    return not any(token.is_number for token in words) and bool(_LEANS_BACK.search(text))


def _carry_over(text: str, history: tuple[Turn, ...]) -> str | None:
    """What a follow-up takes over from the question before it; of another script, names only."""
    own = {token.key for token in tokens(text)}
    for turn in reversed(history):
        subjects = [token for token in content_tokens(turn.question) if token.key not in own]
        if _is_cyrillic(turn.question) != _is_cyrillic(text):
            subjects = [token for token in subjects if token.is_name]
        if _subjects(turn.question) and subjects:
            return " ".join(dict.fromkeys(token.text for token in subjects))
    return None


def _is_cyrillic(text: str) -> bool:
    return bool(_CYRILLIC.search(text))


def _asked_of_another_time(text: str, question: Question) -> str | None:
    """The last question asked of the time that is all a follow-up names ("And in 2023?")."""
    day = question.asked_on
    spans = period_words(text, day)
    said = [t for t in content_tokens(text) if not any(a < t.end and t.start < b for a, b in spans)]
    if not spans or said or not question.history:
        return None
    before = question.history[-1].question
    named = text[spans[0][0] : spans[-1][1]]
    if not content_tokens(before) or _is_cyrillic(before) != _is_cyrillic(text):
        return None
    if replaced := period_words(before, day):
        return before[: replaced[0][0]] + named + before[replaced[-1][1] :]
    return f"{before.rstrip(' ?')} ({named})?"


def understand(question: Question, standalone: str | None = None) -> Understood:
    """Read a question, in the light of the conversation so far.

    A follow-up ("And who asked for it?") takes over the names, dates and other content words of
    the last question that has any, unless somebody has made it standalone already. One that only
    names a time ("And in 2023?") asks the last question of that time.

    Args:
        question: as asked, with its history.
        standalone: how it reads without the history, if that is known; the text as asked if it
            is known to stand alone.
    """
    if standalone and standalone != question.text:
        return Understood(
            text=standalone,
            parts=split_parts(standalone),
            topic=is_topic(standalone),
            carried=standalone,
        )
    text = question.text
    if again := _asked_of_another_time(text, question):
        return Understood(
            text=again, parts=split_parts(again), topic=is_topic(again), carried=again
        )
    carried = None
    # Words alone decide that "And when?" leans on something, whoever says otherwise.
    is_alone = standalone is not None and bool(content_tokens(text))
    if question.history and not is_alone and _leans_on_history(text):
        carried = _carry_over(text, question.history)
    if carried:
        text = f"{text.rstrip(' ?')} ({carried})?"
    return Understood(
        text=text,
        parts=split_parts(text) if not carried else (text,),
        topic=not carried and is_topic(text),
        carried=carried,
    )
