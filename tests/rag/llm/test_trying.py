"""A model is tried before it is used: what its server lists, and whether it answers."""

from __future__ import annotations

import httpx
import pytest
import respx

from index.errors import LanguageModelError, ModelConfigurationError
from rag.llm.client import open_chat_model
from rag.llm.trying import listed_models, of_one_token, probe_model
from rag.settings import Settings
from tests.helpers.openai_server import openai_server, says

LISTED = {"data": [{"id": "small"}, {"id": "org/large:8b"}]}


def settings(url: str) -> Settings:
    return Settings(_env_file=None, llm_base_url=url, llm_model="small")


def probed(of: Settings) -> float:
    return probe_model(open_chat_model(of_one_token(of)), of.llm_timeout_s)


@respx.mock
def test_models_are_listed_wherever_the_address_has_them() -> None:
    there = respx.get("http://model.test/v1/models").mock(httpx.Response(200, json=LISTED))
    elsewhere = respx.get("http://model.test/api/models").mock(httpx.Response(404))
    found = respx.get("http://model.test/api/v1/models").mock(httpx.Response(200, json=LISTED))

    assert set(listed_models(settings("http://model.test"))) == {"small", "org/large:8b"}
    assert set(listed_models(settings("http://model.test/api"))) == {"small", "org/large:8b"}
    assert (there.call_count, elsewhere.call_count, found.call_count) == (1, 1, 1)


@respx.mock
@pytest.mark.parametrize(
    "reply", [httpx.Response(500), httpx.Response(200, text="<p>"), httpx.ConnectError("refused")]
)
def test_a_server_that_cannot_say_lists_nothing(reply: httpx.Response | Exception) -> None:
    respx.get(url__regex=".*").mock(
        side_effect=reply if isinstance(reply, Exception) else [reply, reply]
    )

    assert listed_models(settings("http://model.test")) == []


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(ModelConfigurationError):
        listed_models(settings("not an address"))


def test_a_probe_takes_time_or_says_why_not() -> None:
    with openai_server(says("yes")) as (url, requests):
        assert probed(settings(url)) >= 0
    assert len(requests) == 1

    with (
        openai_server(lambda _: (401, b'{"error": {"message": "bad key"}}')) as (url, _),
        pytest.raises(LanguageModelError),
    ):
        probed(settings(url))


def test_without_a_model_there_is_nothing_to_probe() -> None:
    with pytest.raises(ModelConfigurationError):
        probed(Settings(_env_file=None))
