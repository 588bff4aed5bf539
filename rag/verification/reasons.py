"""What a rule says about a claim, and the words of the verdict."""

from dataclasses import dataclass

from index.saying import Said, phrase

NOT_SAID = phrase("the cited text does not say this")
NOT_ALL_SAID = phrase("the cited text may not say all of this")
NO_SENTENCE = phrase("the cited text has no sentence")
UNJUDGED = phrase(
    "only words, numbers, names and dates were compared: the judge's weights are not installed"
)


def said_otherwise(quote: str) -> Said:
    """The text contradicts the claim, in these words."""
    return phrase("the cited text says otherwise: “%(quote)s”", quote=quote)


def part_not_said(words: str) -> Said:
    """These words of the claim are the claim's own."""
    return phrase("“%(words)s” is not in the cited text", words=words)


def says_another(now: str, was: str) -> Said:
    """The claim has one thing where the text has another."""
    return phrase("it says %(now)s, but the cited text says %(was)s", now=now, was=was)


@dataclass(frozen=True, slots=True)
class Reasons:
    """What one rule found.

    Attributes:
        vetoes: how the claim certainly differs from the sentences.
        open_points: what the sentences leave open.
    """

    vetoes: tuple[Said, ...] = ()
    open_points: tuple[Said, ...] = ()
