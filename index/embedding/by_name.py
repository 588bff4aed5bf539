"""An embedding by the name that the user's settings give."""

from typing import Final

from llama_index.core.base.embeddings.base import BaseEmbedding

from index.embedding.local import E5Embedding
from index.errors import EmbeddingModelError
from index.named import Naming, make_by_name

LOCAL: Final = "e5"


def open_embedding(spec: str = LOCAL) -> BaseEmbedding:
    """Open an embedding by name.

    Args:
        spec: "e5" for the local encoder, else "package.module:ClassName", with keyword
            arguments (strings) after a question mark: "…:ClassName?model_name=…&dimensions=256".
            The module's code runs, so take ``spec`` from the user's own settings only.

    Raises:
        EmbeddingModelError: there is no such class, or making the object fails. The message leaves
            out the arguments, which may hold a key.
    """
    if spec == LOCAL:
        return E5Embedding()
    return make_by_name(
        spec,
        BaseEmbedding,  # type: ignore[type-abstract]
        Naming("embedding", "a LlamaIndex embedding (BaseEmbedding)", f'neither "{LOCAL}" nor'),
        EmbeddingModelError,
    )
