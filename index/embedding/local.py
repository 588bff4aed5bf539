"""The local encoder as a LlamaIndex embedding, and texts to vectors with any embedding.

docs/decisions/0032-one-encoder-for-every-language.md says why this encoder.
"""

import asyncio
import functools
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import Field

from index.embedding import e5
from index.embedding.fine_tuned import read_fine_tuned
from index.embedding.once import once
from index.embedding.transformer import Transformer
from index.errors import EmbeddingModelError
from index.visible import visible_text, well_formed

WEIGHTS: Final = Path(__file__).with_name("retriever.safetensors")
"""What training added to the package's weights: which passages go with which questions."""

# Settings of other embeddings that change the vectors beside the model's name.
_FINGERPRINTED = ("dimensions", "embed_dim", "text_instruction", "query_instruction")

Vectors = e5.Floats


class Encoder:
    """The encoder in memory; threads may share it.

    Args:
        weights: the file of trained weights; if it is missing, the package's own do.

    Raises:
        EmbeddingModelError: a file is missing or altered, or OpenVINO cannot run the graph.
    """

    def __init__(self, weights: Path = WEIGHTS) -> None:
        self._model = e5.open_model()
        layers = self._model.layer_weights()
        if weights.exists():
            layers = read_fine_tuned(weights, self._model).weights
        self._transformer = Transformer(layers)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Embed texts with their prefix; only the first 510 tokens of each count.

        Returns:
            float32 (len(texts), 384), rows of length 1. A row depends on its text alone.

        Raises:
            EmbeddingModelError: OpenVINO fails, or gives a vector that is not finite.
        """
        pieces = self._model.tokenizer
        room = e5.MAX_TOKENS - 2
        ids = [[pieces.bos, *pieces.encode(text).ids[:room], pieces.eos] for text in texts]
        outputs = self._transformer.run(ids, self._model)
        return normalise(np.array([output.mean for output in outputs], dtype=np.float32))


_open_once = once(Encoder)


def open_encoder() -> Encoder:
    """Open the encoder, once for all.

    Raises:
        EmbeddingModelError: a file is missing or altered, or OpenVINO cannot run the graph.
    """
    return _open_once()


class E5Embedding(BaseEmbedding):
    """multilingual-e5-small (arXiv:2402.05672) as a LlamaIndex embedding.

    Vectors have 384 numbers and length 1. The first text reads the model, and all instances share
    it.
    """

    model_name: str = e5.MODEL_NAME
    # Large, because texts of one length run together, and a large batch has more of each.
    embed_batch_size: int = Field(default=256, gt=0, le=2048)

    @classmethod
    def class_name(cls) -> str:
        """Name this class in LlamaIndex's events."""
        return "E5Embedding"

    def _encode(self, prefix: str, texts: Sequence[str]) -> list[list[float]]:
        found: list[list[float]] = open_encoder().encode([prefix + text for text in texts]).tolist()
        return found

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._encode("query: ", [query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._encode("passage: ", [text])[0]

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, text)

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._encode("passage: ", texts)

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)


def passage_text(title: str | None, text: str) -> str:
    """Make the text to embed for a passage: its article's title says what the passage may not."""
    return visible_text(f"{title}. {text}" if title else text)


def embed_question(embedding: BaseEmbedding, text: str) -> Vectors:
    """Embed a question as a vector of length 1.

    Raises:
        EmbeddingModelError: the embedding fails.
    """
    try:
        asked = well_formed(visible_text(text))
        vector = np.asarray([embedding.get_query_embedding(asked)], dtype=np.float32)
    except EmbeddingModelError:
        raise
    except Exception as error:  # every vendor has its own errors; they stop here
        raise _failed(embedding, error) from error
    return np.asarray(normalise(vector)[0])


@functools.cache
def _taught() -> str:
    return hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()[:12] if WEIGHTS.exists() else "own"


def model_fingerprint(embedding: BaseEmbedding) -> str:
    """Name the model behind the vectors: vectors with different names do not mix.

    The name leaves out precision: what bfloat16 changes is not worth embedding a library again.
    """
    if isinstance(embedding, E5Embedding):
        return f"{e5.MODEL_NAME}@{e5.SHA256[:12]}/{_taught()}"
    kind = type(embedding)
    name = f"{kind.__module__}:{kind.__qualname__}/{embedding.model_name}"
    settings = ((key, getattr(embedding, key, None)) for key in _FINGERPRINTED)
    return name + "".join(f";{key}={value}" for key, value in settings if value is not None)


def embed_texts(
    embedding: BaseEmbedding,
    texts: Sequence[str],
    progress: Callable[[int], None] | None = None,
) -> Vectors:
    """Embed texts in batches of the embedding's own size.

    Args:
        embedding: any LlamaIndex embedding.
        texts: any strings; this replaces lone surrogates first.
        progress: called after each batch with the number of texts done so far.

    Returns:
        float32 (len(texts), dimension), rows of length 1; without texts (0, 384 or unknown: 0).

    Raises:
        EmbeddingModelError: the embedding fails, or gives useless vectors.
    """
    if not texts:
        local = isinstance(embedding, E5Embedding)
        return np.empty((0, e5.WIDTH if local else 0), dtype=np.float32)
    parts: list[Vectors] = []
    size = embedding.embed_batch_size
    for start in range(0, len(texts), size):
        batch = [well_formed(text) for text in texts[start : start + size]]
        parts.append(_embed_batch(embedding, batch))
        if progress is not None:
            progress(start + len(batch))
    if len({part.shape[1] for part in parts}) != 1:
        raise EmbeddingModelError("The embedding model gave vectors of different lengths.")
    return np.concatenate(parts)


def _embed_batch(embedding: BaseEmbedding, batch: list[str]) -> Vectors:
    try:
        vectors = np.asarray(embedding.get_text_embedding_batch(batch), dtype=np.float32)
    except EmbeddingModelError:
        raise
    except Exception as error:  # every vendor has its own errors; they stop here
        raise _failed(embedding, error) from error
    if vectors.ndim != 2 or len(vectors) != len(batch):
        raise EmbeddingModelError("The embedding model did not give one vector for each text.")
    return normalise(vectors)


def _failed(embedding: BaseEmbedding, error: Exception) -> EmbeddingModelError:
    # A vendor's words stay in the traceback: they may hold an address or a piece of a key.
    name = type(embedding).__name__
    return EmbeddingModelError(f"The embedding {name} failed ({type(error).__name__}).")


def normalise(vectors: Vectors) -> Vectors:
    """Scale each row of (n, dimension) to length 1.

    Raises:
        EmbeddingModelError: a row is zero, infinite or not a number, so it has no direction.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (np.isfinite(lengths).all() and (lengths > 0).all()):
        raise EmbeddingModelError("The embedding model gave a vector that is zero or not finite.")
    return np.asarray(vectors / lengths, dtype=np.float32)
