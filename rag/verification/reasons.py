"""What a rule says about a claim, and the words of the verdict."""

from dataclasses import dataclass

SAID_OTHERWISE = "the cited text says otherwise: “{}”"
NOT_SAID = "the cited text does not say this"
PART_NOT_SAID = "“{}” is not in the cited text"
NOT_ALL_SAID = "the cited text may not say all of this"
NO_SENTENCE = "the cited text has no sentence"
UNJUDGED = (
    "only words, numbers, names and dates were compared: the judge's weights are not installed"
)


@dataclass(frozen=True, slots=True)
class Reasons:
    """What one rule found.

    Attributes:
        vetoes: how the claim certainly differs from the sentences.
        open_points: what the sentences leave open.
    """

    vetoes: tuple[str, ...] = ()
    open_points: tuple[str, ...] = ()
