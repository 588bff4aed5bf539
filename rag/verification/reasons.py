"""What a rule says of a claim, and the words in which the verdict is told."""

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
        vetoes: why the claim is certainly not as the sentences have it.
        open_points: what they leave open.
    """

    vetoes: tuple[str, ...] = ()
    open_points: tuple[str, ...] = ()
