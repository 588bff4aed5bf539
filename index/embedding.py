"""Texts to vectors: the local MiniLM on OpenVINO, or any LlamaIndex embedding by name.

Why OpenVINO, and how fast it is: docs/decisions/0002-embedding-runtime.md.
"""

import asyncio
import functools
import importlib
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import numpy as np
from llama_index.core.base.embeddings.base import BaseEmbedding
from pydantic import Field

from index import minilm
from index.errors import EmbeddingModelError
from index.named import Naming, make_by_name
from index.token_vectors import TokenVectors, turn

Precision = Literal["auto", "f32", "bf16"]

# Settings of other embeddings that change the vectors beside the model's name.
_FINGERPRINTED = ("dimensions", "embed_dim", "text_instruction", "query_instruction")


def _import_openvino() -> ModuleType:
    """Import OpenVINO without its model converter.

    The converter reports its import to Google Analytics and writes an identifier into the user's
    home. openvino does without a missing converter, so it is missing meanwhile.
    """
    converter = "openvino.tools.ovc"
    if "openvino" not in sys.modules:
        sys.modules[converter] = None  # type: ignore[assignment]
    try:
        return importlib.import_module("openvino")
    finally:
        if sys.modules.get(converter, converter) is None:
            del sys.modules[converter]


class Encoder:
    """The local model in memory; threads may share it.

    Args:
        folder: the model's folder (``index.minilm.find_model_folder``).
        precision: of the arithmetic. "auto" takes bfloat16 where the processor has it, else
            float32; the two give vectors whose cosine is above 0.9998.

    Raises:
        EmbeddingModelError: a file is missing or altered, or OpenVINO cannot run the graph.
    """

    def __init__(self, folder: Path, precision: Precision = "auto") -> None:
        self._tokenizer = minilm.read_tokenizer(folder)
        graph = minilm.encoder_graph(minilm.read_weights(folder))
        try:
            openvino = _import_openvino()
            core = openvino.Core()
            if precision == "auto":
                # OpenVINO's default is bf16 only where the processor multiplies it natively; on
                # ARM it is f16, whose fidelity nobody has measured here.
                default = core.get_property("CPU", "INFERENCE_PRECISION_HINT").to_string()
                precision = "bf16" if default == "bf16" else "f32"
            # One thread a run and as many runs at a time as cores: sharing a run out costs more
            # processor time than it saves, even for one question alone.
            settings = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": precision}
            model = core.compile_model(core.read_model(graph), "CPU", settings)
            self._queue = openvino.AsyncInferQueue(model)
            self._single = model.create_infer_request()
        except (ImportError, RuntimeError) as error:
            raise EmbeddingModelError(f"OpenVINO cannot run the model: {error}") from error
        self.precision = precision
        # A question need not wait for a whole batch of passages: it has a request of its own.
        self._queue_lock, self._single_lock = threading.Lock(), threading.Lock()

    def encode(self, texts: Sequence[str]) -> minilm.Vectors:
        """Embed texts; only the first 256 tokens of each count.

        Returns:
            float32 (len(texts), 384), rows of length 1. A row depends on its text alone.

        Raises:
            EmbeddingModelError: OpenVINO fails, or gives a vector that is not finite.
        """
        tokenised = self._tokenizer.encode_batch_fast([minilm.well_formed(text) for text in texts])
        # What no run fills stays NaN, and is refused.
        means = np.full((len(texts), minilm.DIMENSION), np.nan, dtype=np.float32)
        try:
            self._run([item.ids for item in tokenised], means)
        except RuntimeError as error:
            raise EmbeddingModelError(f"The embedding model failed: {error}") from error
        return minilm.normalise(means)

    def encode_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Vectors of each text's tokens in their context, turned; only 256 tokens of a text count.

        Raises:
            EmbeddingModelError: OpenVINO fails, or gives a vector that is not finite.
        """
        items = self._tokenizer.encode_batch([minilm.well_formed(text) for text in texts])
        found: list[TokenVectors | None] = [None] * len(texts)
        try:
            for members, inputs in minilm.runs([item.ids for item in items]):
                with self._single_lock:
                    self._single.infer(inputs)
                    hidden = np.array(self._single.get_output_tensor(1).data)
                for row, member in enumerate(members):
                    found[member] = _tokens_of(items[member], hidden[row])
        except RuntimeError as error:
            raise EmbeddingModelError(f"The embedding model failed: {error}") from error
        return [item for item in found if item is not None]

    def encode_question(self, text: str) -> tuple[minilm.Vectors, TokenVectors]:
        """Both in one run: the vector of a text, and those of its tokens.

        Raises:
            EmbeddingModelError: OpenVINO fails, or gives a vector that is not finite.
        """
        item = self._tokenizer.encode(minilm.well_formed(text))
        ((_, inputs),) = minilm.runs([item.ids])
        try:
            with self._single_lock:
                self._single.infer(inputs)
                mean = np.array(self._single.get_output_tensor(0).data)
                hidden = np.array(self._single.get_output_tensor(1).data[0])
        except RuntimeError as error:
            raise EmbeddingModelError(f"The embedding model failed: {error}") from error
        return minilm.normalise(mean)[0], _tokens_of(item, hidden)

    def _run(self, token_ids: Sequence[Sequence[int]], means: minilm.Vectors) -> None:
        def store(request: Any, members: list[int]) -> None:
            means[members] = request.get_output_tensor(0).data

        if len(token_ids) == 1:
            with self._single_lock:
                for members, inputs in minilm.runs(token_ids):
                    self._single.infer(inputs)
                    store(self._single, members)
            return
        with self._queue_lock:
            self._queue.set_callback(store)
            for members, inputs in minilm.runs(token_ids):
                self._queue.start_async(inputs, members)
            self._queue.wait_all()


def _tokens_of(item: Any, hidden: minilm.Vectors) -> TokenVectors:
    """The token vectors of one text; its first and last token mark its ends and are left out."""
    offsets = np.array(item.offsets, dtype=np.int64).reshape(-1, 2)[1:-1]
    inner = minilm.normalise(hidden[1 : len(item.ids) - 1])
    return TokenVectors(turn(inner), offsets[:, 0], offsets[:, 1])


_opening = threading.Lock()
_open_once = functools.cache(Encoder)


class MiniLMEmbedding(BaseEmbedding):
    """all-MiniLM-L6-v2 (arXiv:1908.10084, arXiv:2002.10957) as a LlamaIndex embedding.

    Vectors have 384 numbers and length 1; only 256 tokens of a text count. The model is read at
    the first text, in about a second, and shared by all instances with the same folder.
    """

    model_name: str = minilm.MODEL_NAME
    # Large, because texts of one length run together and a large batch has more of each.
    embed_batch_size: int = Field(default=512, gt=0, le=2048)
    folder: Path = Field(default_factory=minilm.find_model_folder)

    @classmethod
    def class_name(cls) -> str:
        """Name this class in LlamaIndex's events."""
        return "MiniLMEmbedding"

    def _encode(self, texts: Sequence[str]) -> list[list[float]]:
        with _opening:
            encoder = _open_once(self.folder)
        vectors: list[list[float]] = encoder.encode(texts).tolist()
        return vectors

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._encode([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return await asyncio.to_thread(self._get_query_embedding, query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._encode([text])[0]

    async def _aget_text_embedding(self, text: str) -> list[float]:
        return await asyncio.to_thread(self._get_text_embedding, text)

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return self._encode(texts)

    async def _aget_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return await asyncio.to_thread(self._get_text_embeddings, texts)


def embed_tokens(texts: Sequence[str]) -> list[TokenVectors]:
    """Token vectors of the local model, whichever embedding the library is made with.

    Raises:
        EmbeddingModelError: the model is missing, altered, or fails.
    """
    if not texts:
        return []
    with _opening:
        encoder = _open_once(minilm.find_model_folder())
    return encoder.encode_tokens(texts)


@functools.lru_cache(maxsize=1024)
def local_token_vectors(text: str) -> TokenVectors:
    """As `embed_tokens`, of one text; those seen last are remembered."""
    return embed_tokens([text])[0]


def embed_question(
    embedding: BaseEmbedding, text: str
) -> tuple[minilm.Vectors | None, TokenVectors]:
    """A question's vector, None where the embedding cannot read it, and its token vectors.

    Raises:
        EmbeddingModelError: the local model is missing, altered, or fails.
    """
    if not isinstance(embedding, MiniLMEmbedding):
        vector = np.asarray(embedding.get_query_embedding(text), dtype=np.float32)
        return vector, local_token_vectors(text)
    with _opening:
        encoder = _open_once(embedding.folder)
    vector, tokens = encoder.encode_question(text)
    return vector if can_read(embedding, text) else None, tokens


def can_read(embedding: BaseEmbedding, text: str) -> bool:
    """Whether the embedding knows the script of a text; another one is trusted to.

    The local model was trained on English: Latin letters mean something to it, and to rank by
    what it makes of other scripts is worse than not to ask it.
    """
    if not isinstance(embedding, MiniLMEmbedding):
        return True
    letters = [char for char in text if char.isalpha()]
    return 2 * sum(char < "\u0250" for char in letters) >= len(letters)


def model_fingerprint(embedding: BaseEmbedding) -> str:
    """Name the model behind the vectors: vectors with different names must not be mixed.

    Precision is left out: what bfloat16 changes is not worth embedding a library again.
    """
    if isinstance(embedding, MiniLMEmbedding):
        return f"{minilm.MODEL_NAME}@{minilm.WEIGHTS_SHA256[:12]}/{minilm.MAX_TOKENS}"
    kind = type(embedding)
    name = f"{kind.__module__}:{kind.__qualname__}/{embedding.model_name}"
    settings = ((key, getattr(embedding, key, None)) for key in _FINGERPRINTED)
    return name + "".join(f";{key}={value}" for key, value in settings if value is not None)


def open_embedding(spec: str = "minilm") -> BaseEmbedding:
    """Open an embedding by name.

    Args:
        spec: "minilm" for the local model, else "package.module:ClassName", with keyword
            arguments (strings) after a question mark: "…:ClassName?model_name=…&dimensions=256".
            The module's code runs, so take ``spec`` from the user's own settings only.

    Raises:
        EmbeddingModelError: there is no such class, or it cannot be made. The message leaves the
            arguments out: they may hold a key.
    """
    if spec == "minilm":
        return MiniLMEmbedding()
    return make_by_name(
        spec,
        BaseEmbedding,  # type: ignore[type-abstract]
        Naming("embedding", "a LlamaIndex embedding (BaseEmbedding)", 'neither "minilm" nor'),
        EmbeddingModelError,
    )


def embed_texts(
    embedding: BaseEmbedding,
    texts: Sequence[str],
    progress: Callable[[int], None] | None = None,
) -> minilm.Vectors:
    """Embed texts in batches of the embedding's own size.

    Args:
        embedding: any LlamaIndex embedding.
        texts: any strings; lone surrogates are replaced first.
        progress: called after each batch with the number of texts done so far.

    Returns:
        float32 (len(texts), dimension), rows of length 1; without texts (0, 384 or unknown: 0).

    Raises:
        EmbeddingModelError: the embedding fails, or gives vectors that cannot be used.
    """
    if not texts:
        local = isinstance(embedding, MiniLMEmbedding)
        return np.empty((0, minilm.DIMENSION if local else 0), dtype=np.float32)
    parts: list[minilm.Vectors] = []
    size = embedding.embed_batch_size
    for start in range(0, len(texts), size):
        batch = [minilm.well_formed(text) for text in texts[start : start + size]]
        parts.append(_embed_batch(embedding, batch))
        if progress is not None:
            progress(start + len(batch))
    if len({part.shape[1] for part in parts}) != 1:
        raise EmbeddingModelError("The embedding model gave vectors of different lengths.")
    return np.concatenate(parts)


def _embed_batch(embedding: BaseEmbedding, batch: list[str]) -> minilm.Vectors:
    try:
        vectors = np.asarray(embedding.get_text_embedding_batch(batch), dtype=np.float32)
    except EmbeddingModelError:
        raise
    except Exception as error:  # every vendor has errors of its own; they stop here
        # Their words stay in the traceback: they may hold an address or a piece of a key.
        message = f"The embedding {type(embedding).__name__} failed ({type(error).__name__})."
        raise EmbeddingModelError(message) from error
    if vectors.ndim != 2 or len(vectors) != len(batch):
        raise EmbeddingModelError("The embedding model did not give one vector for each text.")
    return minilm.normalise(vectors)
