"""Stand-ins for what is slow or needs the network; each is a cheap production port."""

from __future__ import annotations

import functools
import hashlib
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from numpy.typing import NDArray
from pydantic import PrivateAttr

from index.embedding.local import model_fingerprint
from index.library.holdings import Holdings
from index.search.stores import SearchIndex, open_stores


@functools.cache
def _word(word: str, dimension: int) -> NDArray[np.float64]:
    digest = hashlib.shake_128(word.encode("utf-8", "replace")).digest(dimension)
    return np.frombuffer(digest, dtype=np.uint8).astype(np.float64) - 127.5


class HashEmbedding(BaseEmbedding):
    """Texts that share words get vectors that are near; the same text the same, on any machine.

    Attributes:
        dimension: length of the vectors.
        fails_after: how many texts it embeds before it fails; None never fails.
    """

    model_name: str = "hash"
    embed_batch_size: int = 2048
    dimension: int = 32
    fails_after: int | None = None
    _texts: list[str] = PrivateAttr(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """Every embedded text, in order."""
        return self._texts

    def _get_text_embedding(self, text: str) -> list[float]:
        texts = self._texts
        if self.fails_after is not None and len(texts) >= self.fails_after:
            raise RuntimeError("the model is gone")
        texts.append(text)
        dimension = self.dimension
        words = re.findall(r"\w+", text.lower()) or [""]
        total = np.sum([_word(word, dimension) for word in words], axis=0)
        vector: list[float] = (total / np.linalg.norm(total)).tolist()
        return vector

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def open_for(home: Path, embedding: HashEmbedding, write: bool = True) -> SearchIndex:
    """The stores of a library whose vectors an embedding makes."""
    return open_stores(
        home,
        write=write,
        fingerprint=model_fingerprint(embedding),
        dimension=embedding.dimension,
    )


def library_double(articles: int = 0) -> SimpleNamespace:
    """As much of a library as the server needs: it counts so many articles, and shows none."""
    n = articles
    return SimpleNamespace(
        index_version="0-test",
        counts=lambda: SimpleNamespace(articles=n, passages=n, files=n, refused=0, sources=n),
        articles=lambda ids=None: {},
        catalogue=list,
        holdings=lambda: Holdings({}),
        sources=lambda ids: {},
        source=lambda source_id: None,
        ledger=list,
        resolved=lambda filters: filters,
        notes=SimpleNamespace(),
    )


def article_text(topic: str, sentences: int = 6) -> str:
    """A short article whose every sentence is about the topic and unlike the others."""
    lines = [f"The {topic} story {n} was told by witness {n} of {topic}." for n in range(sentences)]
    return f"{topic.capitalize()} makes the news\n\n" + " ".join(lines) + "\n"
