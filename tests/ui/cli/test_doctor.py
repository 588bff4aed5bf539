"""What ``pressmark doctor`` says about the language model: its place, and what goes there."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from index.search.stores import Lag
from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers.openai_server import completion, openai_server, says
from ui.cli.doctor import Finding, index_findings, model_findings


def told(*, probe: bool = False, **changes: Any) -> tuple[str, list[Finding]]:
    """Everything that the doctor says about a model, and what is wrong."""
    found = list(model_findings(Settings(_env_file=None, **changes), probe=probe))
    return "\n".join(finding.text for finding in found), [one for one in found if one.wrong]


ELSEWHERE: dict[str, Any] = {
    "llm_base_url": "https://model.example/v1",
    "llm_model": "desk/mill:7b",
}


def test_the_address_the_model_and_the_variable_are_named() -> None:
    text, wrong = told(**ELSEWHERE)
    assert "desk/mill:7b at model.example (PRESSMARK_LLM_BASE_URL), without a key" in text
    assert not wrong


def test_a_proxy_in_use_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://desk:hunter2@proxy.example:3128")
    text, _ = told(**ELSEWHERE)
    assert "through the proxy http://proxy.example:3128 (HTTPS_PROXY)" in text
    assert "hunter2" not in text
    assert "HTTPS_PROXY" in told(llm="llama_index.core.llms:MockLLM")[0]
    assert "proxy" not in told(llm_base_url="http://localhost:1/v1", llm_model="m")[0]


def test_a_proxy_that_cannot_be_used_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    text, wrong = told(**ELSEWHERE)
    assert wrong
    assert "httpx[socks]" in text


def test_a_key_that_stays_here_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://gateway.example/v1")
    text, _ = told()
    assert "at gateway.example (OPENAI_BASE_URL), without a key" in text
    assert "OPENAI_API_KEY is not sent to gateway.example" in text
    assert "api.openai.com" not in text
    assert "sk-of-openai" not in text


@pytest.mark.parametrize("finish", ["stop", "length"])
def test_a_probe_asks_for_one_token(finish: str) -> None:
    body = json.dumps(completion("yes", finish)).encode()
    with openai_server(lambda _request: (200, body)) as (url, requests):
        text, wrong = told(probe=True, llm_base_url=url, llm_model="m")
    assert "Asked for one token: it answered in" in text
    assert not wrong
    assert [request["body"]["max_tokens"] for request in requests] == [1]


def test_without_a_probe_nothing_is_asked() -> None:
    with openai_server(says("yes")) as (url, requests):
        told(llm_base_url=url, llm_model="m")
    assert not requests


def test_a_probe_that_fails_says_why() -> None:
    with openai_server(lambda _request: (401, b"{}")) as (url, requests):
        text, wrong = told(probe=True, llm_base_url=url, llm_model="m")
    assert wrong
    assert "wants a key. Set PRESSMARK_LLM_API_KEY" in text
    assert len(requests) == 1


def test_an_index_that_is_behind_is_named() -> None:
    pressmark = SimpleNamespace(
        caught_up=lambda: {"words": 12, "meanings": 0},
        lags=lambda: {"words": Lag(0, 0.0), "meanings": Lag(7, 61.4)},
    )
    words, meanings = index_findings(cast(Pressmark, pressmark))
    assert not words.wrong
    assert words.text == "Search by words: in step with the library; it took in 12 changes now"
    assert meanings.wrong
    assert "7 changes behind the library, for 61 s" in meanings.text
