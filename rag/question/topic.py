"""What a question about several articles is about: its words without those that only ask."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date

from index.language.tokens import Token, content_tokens
from rag.question.periods import Period, named_period, period_words


@dataclass(frozen=True, slots=True)
class Topic:
    """What articles are asked for.

    Attributes:
        words: that they should hold; none for "what happened last week?".
        shown: the same as typed, with what stands between them.
        period: in which they were published, if one is named.
    """

    words: tuple[Token, ...]
    shown: str
    period: Period | None

    @property
    def names(self) -> tuple[Token, ...]:
        """The words that are names."""
        return tuple(word for word in self.words if word.is_name)

    @property
    def text(self) -> str:
        """The words, to look for."""
        return " ".join(word.text for word in self.words)


def topic_of(text: str, frame: Collection[str], as_of: date) -> Topic:
    """What a question of some kind is about.

    Left out are the words that name its period, and those that questions of its kind are put in.

    Args:
        text: standalone.
        frame: keys of the words that its kind is put in, see `rag.question.kinds.Kinds`.
        as_of: the day on which it is asked.
    """
    dated = period_words(text, as_of)
    words = tuple(
        token
        for token in content_tokens(text)
        if token.key not in frame
        and not any(token.start < end and start < token.end for start, end in dated)
    )
    shown = " ".join(text[words[0].start : words[-1].end].split()) if words else ""
    if words and any(words[0].start < end and start < words[-1].end for start, end in dated):
        shown = " ".join(word.text for word in words)
    return Topic(words, shown, named_period(text, as_of))


def known_words(topic: Topic, is_held: Callable[[str], bool]) -> Topic:
    """A topic without words that no article holds, if any are left; names always stay.

    "Give me a rundown of the strike" is about the strike where nobody writes of a rundown.

    Args:
        topic: of a question.
        is_held: whether any article holds a word.
    """
    kept = tuple(word for word in topic.words if word.is_name or is_held(word.text))
    if not kept or len(kept) == len(topic.words):
        return topic
    return replace(topic, words=kept, shown=" ".join(word.text for word in kept))
