"""The language model's client: what it sends, and every way in which it fails."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from openai_server import completion, openai_server, says

from index.errors import (
    LanguageModelError,
    ModelConfigurationError,
    ModelReplyError,
    ModelUnavailableError,
)
from rag.llm import open_chat_model
from rag.settings import Settings

KEY = "sk-very-secret-key"


def settings(tmp_path: Path, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "home": tmp_path,
        "llm_base_url": "http://127.0.0.1:9/v1",
        "llm_model": "test-model",
        "PRESSMARK_LLM_API_KEY": KEY,
        "llm_timeout_s": 5.0,
    }
    return Settings(_env_file=None, **{**values, **changes})


def ask(config: Settings) -> str:
    model = open_chat_model(config)
    assert model is not None
    return model.reply("Be brief.", "Who?").text


def test_no_key_and_no_address_means_no_model(tmp_path: Path) -> None:
    assert open_chat_model(Settings(_env_file=None, home=tmp_path)) is None
    assert open_chat_model(Settings(_env_file=None, home=tmp_path, llm_model="x")) is None


@respx.mock
def test_one_call_with_the_prompt_and_the_key(tmp_path: Path) -> None:
    route = respx.post("http://127.0.0.1:9/v1/chat/completions").respond(json=completion("Ok [1]."))
    model = open_chat_model(settings(tmp_path))
    assert model is not None
    reply = model.reply("Be brief.", "Who?")
    assert (reply.text, reply.usage.prompt_tokens, reply.usage.completion_tokens) == (
        "Ok [1].",
        120,
        9,
    )
    assert route.call_count == 1
    sent = json.loads(route.calls[0].request.content)
    assert [message["content"] for message in sent["messages"]] == ["Be brief.", "Who?"]
    assert route.calls[0].request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (
            httpx.Response(401, json={"error": {"message": f"bad key {KEY}"}}),
            ModelConfigurationError,
        ),
        (httpx.Response(404, json={"error": {"message": "no model"}}), ModelConfigurationError),
        (httpx.Response(429, json={}), ModelUnavailableError),
        (httpx.Response(500, text="oops"), ModelUnavailableError),
        (httpx.Response(200, html="<html>hello</html>"), ModelReplyError),
        (httpx.Response(200, json={"hello": 1}), ModelReplyError),
        (httpx.Response(200, json={**completion("x"), "choices": None}), ModelReplyError),
        (httpx.Response(200, json={**completion("x"), "choices": []}), ModelReplyError),
        (httpx.Response(200, json=completion("")), ModelReplyError),
        (httpx.Response(200, json=completion(None)), ModelReplyError),
        (httpx.Response(200, json=completion("cut", "length")), ModelReplyError),
        (httpx.Response(200, json=completion("cut", "content_filter")), ModelReplyError),
        (httpx.Response(200, content=b'{"choices": [{'), ModelReplyError),
    ],
)
@respx.mock
def test_failures_have_a_kind_and_never_tell_the_key(
    tmp_path: Path, response: httpx.Response, error: type[LanguageModelError]
) -> None:
    route = respx.post("http://127.0.0.1:9/v1/chat/completions").mock(return_value=response)
    with pytest.raises(error) as raised:
        ask(settings(tmp_path))
    assert KEY not in raised.value.user_message
    assert route.call_count == 1


@respx.mock
def test_a_refused_connection_is_unavailable(tmp_path: Path) -> None:
    route = respx.post("http://127.0.0.1:9/v1/chat/completions").mock(
        side_effect=httpx.ConnectError("refused")
    )
    with pytest.raises(ModelUnavailableError):
        ask(settings(tmp_path))
    assert route.call_count == 1


def test_a_real_socket(tmp_path: Path) -> None:
    with openai_server(says("Minsk [1].")) as (url, requests):
        assert ask(settings(tmp_path, llm_base_url=url)) == "Minsk [1]."
    assert requests[0]["body"]["model"] == "test-model"


def test_the_deadline_covers_the_whole_call(tmp_path: Path) -> None:
    def slow(_request: dict[str, Any]) -> tuple[int, bytes]:
        time.sleep(1.0)
        return 200, json.dumps(completion("late")).encode()

    with openai_server(slow) as (url, _):
        with pytest.raises(ModelUnavailableError):
            ask(settings(tmp_path, llm_base_url=url, llm_timeout_s=0.2))
        time.sleep(1.0)  # let the server finish, so that nothing is left running
