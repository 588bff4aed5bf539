"""An embedding that costs nothing, so that hundreds of processes can be killed in minutes."""

import functools
import hashlib
import re

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from numpy.typing import NDArray

DIMENSION = 32


@functools.cache
def _word(word: str) -> NDArray[np.float64]:
    digest = hashlib.shake_128(word.encode("utf-8", "replace")).digest(DIMENSION)
    return np.frombuffer(digest, dtype=np.uint8).astype(np.float64) - 127.5


class ToyEmbedding(BaseEmbedding):
    """Texts that share words get vectors that are near; the same text the same, on any machine."""

    model_name: str = "toy"
    embed_batch_size: int = 2048

    def _get_text_embedding(self, text: str) -> list[float]:
        words = re.findall(r"\w+", text.lower()) or [""]
        total = np.sum([_word(word) for word in words], axis=0)
        vector: list[float] = (total / np.linalg.norm(total)).tolist()
        return vector

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)
