"""Count a prompt's tokens, and choose the passages that fit into what a model can read."""

import math
from collections.abc import Callable, Sequence

import tiktoken

from index.language.model_tokens import encoding
from rag.types import Evidence

UNKNOWN_MODEL_MARGIN = 1.15
"""Factor by which another tokenizer than o200k_base may need more for the same text."""
CHAT_FORMAT_TOKENS = 32
_KNOWN = frozenset({"cl100k_base", "o200k_base"})
_FALLBACK = "o200k_base"

Show = Callable[[Sequence[Evidence]], str]
"""Make the prompt that shows the given passages."""


class TokenCounter:
    """Counts tokens as a model does, or a few too many if tiktoken does not know it.

    Args:
        model: its name at the endpoint.
    """

    def __init__(self, model: str) -> None:
        try:
            # Gateways put the vendor before the name: openai/gpt-4.1-mini.
            name = tiktoken.encoding_name_for_model(model.rpartition("/")[2])
        except KeyError:
            name = ""
        self._margin = 1.0 if name in _KNOWN else UNKNOWN_MODEL_MARGIN
        self._encoding = encoding(name if name in _KNOWN else _FALLBACK)

    def count(self, text: str) -> int:
        """Count the tokens of a text."""
        return math.ceil(len(self._encoding.encode_ordinary(text)) * self._margin)


def fit(
    evidence: Sequence[Evidence], show: Show, counter: TokenCounter, room: int
) -> list[Evidence]:
    """Choose the passages that a prompt has room for, best first, and skip one that is too long.

    Args:
        evidence: in rank order.
        show: makes the prompt.
        counter: of the model's tokens.
        room: tokens for the whole prompt.

    Returns:
        At least one passage if there is any: a model may read more than its setting says.
    """
    frame = counter.count(show(()))
    room -= frame + CHAT_FORMAT_TOKENS
    kept: list[Evidence] = []
    for item in evidence:
        cost = counter.count(show((item,))) - frame
        if cost <= room:
            kept.append(item)
            room -= cost
    return kept or list(evidence[:1])
