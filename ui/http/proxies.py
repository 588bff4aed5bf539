"""The environment's proxies are for language models alone, see `rag.llm.addresses`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from rag.llm.addresses import PROXY_VARIABLES


@contextmanager
def without_proxies() -> Iterator[None]:
    """Hide the proxies from what is imported meanwhile.

    Gradio makes HTTP clients when it is imported, and a proxy that they cannot use (SOCKS without
    its package) is an error then, though the page sends nothing anywhere.
    """
    hidden = {name: os.environ.pop(name) for name in [*os.environ] if _is_proxy(name)}
    try:
        yield
    finally:
        os.environ.update(hidden)


def _is_proxy(name: str) -> bool:
    return name.lower() in PROXY_VARIABLES
