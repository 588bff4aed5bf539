"""An embedding that costs nothing: for libraries too large to embed in a benchmark's time.

A text's vector is a real passage's, drawn by the hash of the text, with noise added. `NOISE` is
such that nearest neighbours lie as close as those of real passages do, so that an approximate
index has the work that it has in use. No figure of quality can be taken from it.
"""

import hashlib
from pathlib import Path
from typing import Any, Final

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import PrivateAttr

from index.embedding.local import Vectors, normalise

NOISE: Final = 0.35
"""Length of the noise beside a vector of length 1."""


class SyntheticEmbedding(BaseEmbedding):
    """Vectors drawn from a pool of real ones.

    Args:
        pool: a NumPy file of unit vectors, (n, d).
    """

    pool: str
    _vectors: Vectors = PrivateAttr()

    def __init__(self, pool: str, **rest: Any) -> None:
        super().__init__(pool=pool, model_name=f"synthetic-{Path(pool).stem}", **rest)
        self._vectors = np.load(pool)

    @classmethod
    def class_name(cls) -> str:
        """Name this class in LlamaIndex's events."""
        return "SyntheticEmbedding"

    def _draw(self, text: str) -> list[float]:
        digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
        chance = np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))
        row = self._vectors[int(chance.integers(len(self._vectors)))]
        noise = chance.standard_normal(len(row), dtype=np.float32)
        drawn: list[float] = normalise(
            (row + noise * (NOISE / np.sqrt(len(row))))[np.newaxis, :].astype(np.float32)
        )[0].tolist()
        return drawn

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._draw(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._draw(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._draw(text)
