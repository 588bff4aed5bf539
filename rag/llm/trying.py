"""Trying a language model before it is used: which models its server lists, whether it answers."""

import time
from contextlib import closing, suppress

from index.errors import ModelConfigurationError, ModelCutOffError
from rag.llm.addresses import Endpoint, endpoint
from rag.llm.background import BackgroundLoop
from rag.llm.client import open_chat_model, reply
from rag.llm.retrying import Deadline
from rag.llm.server import Form, Server
from rag.llm.transport import open_http
from rag.settings import Settings

_LIST_S = 10.0


def probe_model(settings: Settings) -> float:
    """Ask the model for one token.

    Returns:
        How many seconds it took.

    Raises:
        LanguageModelError: it does not answer; the message says what to do.
    """
    model = open_chat_model(settings.model_copy(update={"llm_answer_tokens": 1}))
    if model is None:
        raise ModelConfigurationError("There is no language model to ask.")
    started = time.monotonic()
    # One token is hardly ever a whole text.
    with closing(model), suppress(ModelCutOffError):
        reply(model, "Answer with one word.", "Say: yes", Deadline(settings.llm_timeout_s))
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
