"""A claim beside the sentences that it rests on: the input of every rule."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Beside:
    """A claim, the sentences that it rests on, and their surroundings.

    Attributes:
        claim: one sentence.
        sentences: that it rests on, each with its article's day of publication, if certain.
        before: the sentence that these lean on, or nothing.
        labels: publishers and titles; a claim may name those.
        passage: the cited texts as a whole.
        foreign: whether claim and text share too few words to be in one language.
    """

    claim: str
    sentences: tuple[tuple[str, date | None], ...]
    before: str = ""
    labels: tuple[str, ...] = ()
    passage: str = ""
    foreign: bool = False

    @property
    def context(self) -> tuple[str, ...]:
        """The sentences, and what they lean on."""
        texts = tuple(text for text, _ in self.sentences)
        return (self.before, *texts) if self.before else texts

    @property
    def published(self) -> date | None:
        """The day of the first article whose day is certain."""
        return next((day for _, day in self.sentences if day), None)
