"""Every date of a claim is in the text, or follows from the day of publication."""

from index.language.moments import missing_moments
from rag.verification.beside import Beside
from rag.verification.reasons import Reasons


def check(beside: Beside) -> Reasons:
    """Veto days and months that the text does not give."""
    dated = [*beside.sentences, *((text, beside.published) for text in beside.labels)]
    if beside.before:
        dated.append((beside.before, beside.published))
    return Reasons(vetoes=tuple(missing_moments(beside.claim, dated)))
