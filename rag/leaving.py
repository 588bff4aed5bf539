"""What leaves this machine, and where to; the page's foot and ``pressmark doctor`` show it."""

from urllib.parse import parse_qs, urlsplit

from index.embedding.by_name import LOCAL
from index.errors import ModelConfigurationError
from rag.llm.addresses import endpoint, is_loopback
from rag.settings import Settings


def embedding_name(settings: Settings) -> str:
    """The configured embedding, without its arguments, which may hold a key."""
    return settings.embedding.partition("?")[0]


def model_name(settings: Settings) -> str:
    """The LlamaIndex LLM configured by name, without its arguments; empty if there is none."""
    return (settings.llm or "").partition("?")[0]


def what_leaves(settings: Settings) -> str:
    """Say in one sentence, without its stop, everything that leaves this machine, and where to.

    Args:
        settings: for answering and indexing.
    """
    sent, beside = [], ""
    if settings.embedding != LOCAL:
        sent.append(f"questions and articles go to the embedding {embedding_name(settings)}")
    if settings.generates:
        place, beside = _model_gets(settings)
        if place:
            sent.append(f"questions and the passages found for them go to {place}")
    if place := _elsewhere(settings.library_at):
        sent.append(f"articles and notes go to {place}, where the library is")
    if place := _elsewhere(settings.chroma_at):
        sent.append(f"vectors of articles and questions go to {place}")
    if place := _elsewhere(settings.spans_at):
        asked = "questions and the " if settings.trace_questions else ""
        sent.append(f"{asked}times of answers go to {place}")
    words = "; ".join(filter(None, [*(sent or ["nothing leaves this machine"]), beside]))
    return words[0].upper() + words[1:]


def _elsewhere(url: str | None) -> str:
    """The host of a server's address; empty if there is none, or it is this machine."""
    if url is None:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""  # nothing is sent there: opening it fails
    # PostgreSQL's addresses may name the host, or the folder of a socket, in a parameter.
    host = parts.hostname or parse_qs(parts.query).get("host", ["localhost"])[0]
    return "" if host.startswith("/") or is_loopback(host) else host


def _model_gets(settings: Settings) -> tuple[str, str]:
    """Where a language model's questions go beyond this machine, and what else there is to say."""
    if settings.llm:
        return model_name(settings), ""
    try:
        found = endpoint(settings)
    except ModelConfigurationError:
        return "", "the model is set up wrongly (see `pressmark doctor`)"
    if found.is_here:
        return "", f"the model answers at {found.host}"
    return found.host + (f" through the proxy {found.proxy.shown}" if found.proxy else ""), ""
