"""Trying a language model before it is used: which models its server lists, whether it answers."""

import time
from contextlib import closing, suppress

from index.errors import ModelConfigurationError, ModelCutOffError
from index.saying import phrase
from rag.llm.addresses import Endpoint, endpoint
from rag.llm.background import BackgroundLoop
from rag.llm.client import ChatModel, reply
from rag.llm.retrying import Deadline
from rag.llm.server import Form, Server
from rag.llm.transport import open_http
from rag.settings import Settings

_LIST_S = 10.0


def of_one_token(settings: Settings) -> Settings:
    """The settings by which a model that is only tried is opened: it answers with one token."""
    return settings.model_copy(update={"llm_answer_tokens": 1})


def probe_model(model: ChatModel | None, within_s: float) -> float:
    """Ask a model for a word, and close it.

    Args:
        model: opened by `of_one_token`; None if no model is set.
        within_s: seconds that the answer may take.

    Returns:
        How many seconds it took.

    Raises:
        LanguageModelError: it does not answer; the message says what to do.
    """
    if model is None:
        raise ModelConfigurationError(phrase("There is no language model to ask."))
    started = time.monotonic()
    # One token is hardly ever a whole text.
    with closing(model), suppress(ModelCutOffError):
        reply(model, "Answer with one word.", "Say: yes", Deadline(within_s))
    return time.monotonic() - started


def listed_models(settings: Settings) -> list[str]:
    """The models that the server of an OpenAI-compatible address lists; none if it cannot say.

    Raises:
        ModelConfigurationError: the address, the key or the proxy cannot be used.
    """
    place = endpoint(settings)
    loop = BackgroundLoop("pressmark-models")
    try:
        return loop.submit(_listed(place)).result(_LIST_S)
    except TimeoutError:
        return []
    finally:
        loop.close()


async def _listed(place: Endpoint) -> list[str]:
    async with open_http(place, _LIST_S) as client:
        server = Server(place, "", client)
        for at in range(len(place.base_urls)):
            server.form = Form(at=at)
            if found := await server.models():
                return found
    return []
