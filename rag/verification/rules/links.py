"""A link of a claim is in the text."""

import re
from typing import Final

from index.saying import phrase
from rag.verification.beside import Beside
from rag.verification.reasons import Reasons

_LINK: Final = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+", re.IGNORECASE)


def check(beside: Beside) -> Reasons:
    """Veto links that the text does not have."""
    whole = "\n".join(beside.context)
    found = (match.group().rstrip(" .,;:!?…") for match in _LINK.finditer(beside.claim))
    if all(link in whole for link in found):
        return Reasons()
    return Reasons(vetoes=(phrase("it has a link that is not in the cited text"),))
