"""Count tokens as OpenAI's models do, without the network."""

import functools
import importlib.util
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import tiktoken

_LOCK = threading.Lock()
_VARIABLE = "TIKTOKEN_CACHE_DIR"


def count_tokens(texts: Sequence[str]) -> list[int]:
    """Count the cl100k_base tokens of each text."""
    encode = encoding("cl100k_base").encode_ordinary
    return [len(encode(text)) for text in texts]


@functools.cache
def encoding(name: str) -> tiktoken.Encoding:
    """Get an encoding whose table ships inside llama-index-core.

    Args:
        name: ``cl100k_base`` or ``o200k_base``; for any other tiktoken would go to the network.

    Raises:
        ValueError: another encoding was asked for.
    """
    if name not in ("cl100k_base", "o200k_base"):
        raise ValueError(f"no table of {name!r} is at hand")
    # tiktoken reads the folder from the environment at the moment of loading. We put it back, so
    # that a user's own setting holds for everything else.
    with _LOCK:
        before = os.environ.get(_VARIABLE)
        os.environ[_VARIABLE] = str(_bundled_folder())
        try:
            return tiktoken.get_encoding(name)
        finally:
            if before is None:
                del os.environ[_VARIABLE]
            else:
                os.environ[_VARIABLE] = before


def _bundled_folder() -> Path:
    """Find the folder of llama-index-core's tables without importing it."""
    spec = importlib.util.find_spec("llama_index.core")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("llama-index-core is not installed")
    return Path(spec.submodule_search_locations[0]) / "_static" / "tiktoken_cache"
