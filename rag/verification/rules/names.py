"""Every name of a claim is in the text, in this or another spelling."""

from index.language.moments import dated_spans
from index.language.names import missing_names
from rag.verification.beside import Beside
from rag.verification.reasons import Reasons


def check(beside: Beside) -> Reasons:
    """Veto names that the text does not have; a missing first name leaves the claim open."""
    found = missing_names(
        beside.claim,
        "\n".join(beside.context),
        beside.labels,
        beside.passage,
        dated_spans(beside.claim),
    )
    if beside.foreign:
        # Another language has other names for countries, offices and days.
        return Reasons()
    return Reasons(found.whole, found.parts)
