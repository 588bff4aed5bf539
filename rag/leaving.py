"""What leaves this machine, and where to: told by the page's foot and by ``pressmark doctor``."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from index.embedding.by_name import LOCAL
from rag.llm.client import OPENAI_BASE_URL
from rag.settings import Settings


def embedding_name(settings: Settings) -> str:
    """The embedding that is set up, without its arguments, which may hold a key."""
    return settings.embedding.partition("?")[0]


def model_place(settings: Settings) -> str:
    """Where the language model answers: a host, or the name of a class, never a key."""
    if settings.llm:
        return settings.llm.partition("?")[0]
    try:
        return urlsplit(settings.llm_base_url or OPENAI_BASE_URL).hostname or "the model"
    except ValueError:  # no address at all; asking the model says so
        return "the model"


def what_leaves(settings: Settings) -> str:
    """Everything that is sent from this machine, and where to, in one sentence without its stop.

    Args:
        settings: as they are used for answering and indexing.
    """
    sent = []
    if settings.embedding != LOCAL:
        sent.append(f"questions and articles go to the embedding {embedding_name(settings)}")
    here = ""
    if settings.generates:
        place = model_place(settings)
        if not settings.llm and _is_here(place):
            here = f"the model answers at {place}"
        else:
            sent.append(f"questions and the passages found for them go to {place}")
    words = "; ".join([*(sent or ["nothing leaves this machine"]), *([here] if here else [])])
    return words[0].upper() + words[1:]


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
