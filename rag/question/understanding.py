"""Understand a question: its parts, whether it is a topic, and what it leans on.

Everything here comes from the words of the question and of the conversation. Nothing here looks at
an article, or decides whether there is an answer.
"""

import re
from dataclasses import dataclass

from index.language.tokens import content_tokens, tokens
from rag.question.conversation import alternatives
from rag.types import Question

MAX_TOPIC_WORDS = 5


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
_QUESTION_WORD = re.compile(rf"\b(?:{_QUESTION_WORDS})\b", re.IGNORECASE)
_OPENING_WORD = re.compile(rf"^\W*{_PREPOSITION}(?:{_QUESTION_WORDS})\b\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as the answerers use it.

    Attributes:
        text: the standalone question.
        parts: the questions it consists of; one for most questions.
        topic: a topic rather than a question.
        carried: the question as understood, if the conversation added to it; None if it did not.
    """

    text: str
    parts: tuple[str, ...]
    topic: bool
    carried: str | None = None

    @property
    def standalone(self) -> str | None:
        """The question as understood, if that differs from what was typed."""
        return self.carried

    @property
    def has_words(self) -> bool:
        """Whether it has anything to search for."""
        return bool(tokens(self.text))


def is_topic(text: str) -> bool:
    """Whether somebody typed a subject ("Belavia", "latest on prisoners"), not a question."""
    if _TOPIC_OPENING.search(text):
        return True
    return not _ASKS.search(text) and len(tokens(text)) <= MAX_TOPIC_WORDS


def wants_yes_or_no(text: str) -> bool:
    """Whether a question opens with a small word ("Is", «Чи») and has no question word."""
    words = tokens(text)
    opens = bool(words) and words[0].is_stop and text.rstrip().endswith("?")
    return opens and not _QUESTION_WORD.search(text)


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


def understand(question: Question, standalone: str | None = None) -> tuple[Understood, ...]:
    """Read a question, in the light of the conversation so far.

    A follow-up ("And who asked for it?") takes over names, times and the topic of the last question
    that has any, unless somebody has made it standalone already; see `rag.question.conversation`.

    Args:
        question: as asked, with its history.
        standalone: how it reads without the history, if that is known.

    Returns:
        each reading of it, the likeliest first; more than one only where it is doubtful.
    """
    # Words alone decide that "And when?" leans on something, whoever says otherwise.
    alone = standalone and (standalone != question.text or content_tokens(question.text))
    texts = (standalone,) if standalone and alone else alternatives(question)
    return tuple(_reading(text, question.text) for text in texts)


def _reading(text: str, typed: str) -> Understood:
    carried = text if text != typed else None
    return Understood(
        text=text,
        # What was taken over in brackets is of all parts.
        parts=(text,) if carried and text.endswith(")?") else split_parts(text),
        topic=is_topic(text) and (not carried or not text.endswith(")?")),
        carried=carried,
    )
