"""The address of a request, its key, and its proxy."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ModelConfigurationError
from rag.llm.addresses import OPENAI_BASE_URL, Endpoint, endpoint, is_loopback, proxy_for
from rag.llm.client import UnusableModel, open_chat_model, reply
from rag.llm.retrying import Deadline
from rag.settings import Settings
from tests.helpers.openai_server import completion, openai_server, says

OPENAI_KEY, OWN_KEY = "sk-of-openai", "key-of-the-desk"
PROXY = "http://proxy.desk.example:3128"
BARE = Settings(_env_file=None)


def placed(monkeypatch: pytest.MonkeyPatch | None = None, **variables: str) -> Endpoint:
    """The endpoint of an environment."""
    for name, value in variables.items():
        assert monkeypatch is not None
        monkeypatch.setenv(name, value)
    return endpoint(Settings(_env_file=None))


@pytest.mark.parametrize(
    ("given_url", "base_urls"),
    [
        ("http://localhost:11434/v1", ("http://localhost:11434/v1",)),
        ("http://localhost:11434/v1/", ("http://localhost:11434/v1",)),
        (" http://localhost:11434/v1/chat/completions ", ("http://localhost:11434/v1",)),
        ("http://localhost:11434", ("http://localhost:11434/v1", "http://localhost:11434")),
        ("http://localhost:11434/", ("http://localhost:11434/v1", "http://localhost:11434")),
        ("https://a.example/api", ("https://a.example/api", "https://a.example/api/v1")),
        (
            "https://a.example/v1beta/openai/",
            ("https://a.example/v1beta/openai", "https://a.example/v1beta/openai/v1"),
        ),
    ],
)
def test_an_address_may_be_pasted_as_people_have_it(
    monkeypatch: pytest.MonkeyPatch, given_url: str, base_urls: tuple[str, ...]
) -> None:
    assert placed(monkeypatch, PRESSMARK_LLM_BASE_URL=given_url).base_urls == base_urls


@pytest.mark.parametrize("url", ["localhost:11434", "ftp://a.example", "http://", "http://a:b/v1"])
@pytest.mark.parametrize("variable", ["PRESSMARK_LLM_BASE_URL", "OPENAI_BASE_URL"])
def test_what_is_no_address_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, url: str, variable: str
) -> None:
    with pytest.raises(ModelConfigurationError, match=variable):
        placed(monkeypatch, **{variable: url})


@given(st.text(max_size=30))
def test_any_text_is_an_address_or_an_error_of_ours(text: str) -> None:
    config = BARE.model_copy(update={"llm_base_url": f"http://{text}"})
    try:
        found = endpoint(config)
    except ModelConfigurationError:
        return
    assert all(url.startswith("http") for url in found.base_urls)


@pytest.mark.parametrize(
    ("variables", "host", "key"),
    [
        ({"OPENAI_API_KEY": OPENAI_KEY}, "api.openai.com", OPENAI_KEY),
        (
            {"OPENAI_API_KEY": OPENAI_KEY, "OPENAI_BASE_URL": "https://eu.api.openai.com/v1"},
            "eu.api.openai.com",
            OPENAI_KEY,
        ),
        (
            {"OPENAI_API_KEY": OPENAI_KEY, "PRESSMARK_LLM_API_KEY": OWN_KEY},
            "api.openai.com",
            OWN_KEY,
        ),
        (
            {"OPENAI_API_KEY": OPENAI_KEY, "OPENAI_BASE_URL": "https://a.example/v1"},
            "a.example",
            None,
        ),
        (
            {"OPENAI_API_KEY": OPENAI_KEY, "PRESSMARK_LLM_BASE_URL": "https://a.example/v1"},
            "a.example",
            None,
        ),
        (
            {"OPENAI_API_KEY": OPENAI_KEY, "PRESSMARK_LLM_BASE_URL": "https://api.openai.com.evil"},
            "api.openai.com.evil",
            None,
        ),
        (
            {
                "OPENAI_API_KEY": OPENAI_KEY,
                "PRESSMARK_LLM_API_KEY": OWN_KEY,
                "PRESSMARK_LLM_BASE_URL": "https://a.example/v1",
                "OPENAI_BASE_URL": "https://b.example/v1",
            },
            "a.example",
            OWN_KEY,
        ),
    ],
)
def test_openais_key_goes_to_openai_alone(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], host: str, key: str | None
) -> None:
    found = placed(monkeypatch, **variables)
    assert (found.host, found.key) == (host, key)
    assert bool(found.withheld) == (key is None)


@pytest.mark.parametrize(
    "given",
    [OWN_KEY, f'"{OWN_KEY}"', f" '{OWN_KEY}'\n", f"Bearer {OWN_KEY}", f'"bearer {OWN_KEY}"'],
)
def test_what_is_pasted_around_a_key_or_an_address_is_no_part_of_it(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    """A file that names variables for a container keeps the quotation marks."""
    found = placed(
        monkeypatch, PRESSMARK_LLM_API_KEY=given, PRESSMARK_LLM_BASE_URL='"https://a.example/v1"'
    )
    assert (found.base_urls, found.key) == (("https://a.example/v1",), OWN_KEY)


def test_without_an_address_it_is_openais(monkeypatch: pytest.MonkeyPatch) -> None:
    assert placed(monkeypatch, OPENAI_API_KEY=OPENAI_KEY).base_urls == (OPENAI_BASE_URL,)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        *(("localhost", True), ("model.localhost", True), ("127.0.0.1", True)),
        *(("127.9.9.9", True), ("::1", True), ("0.0.0.0", True), ("10.0.0.1", False)),  # noqa: S104
        *(("localhost.evil.example", False), ("a.example", False)),
    ],
)
def test_what_this_machine_is(host: str, here: bool) -> None:
    assert is_loopback(host) == here


@pytest.mark.parametrize(
    ("variables", "url", "variable"),
    [
        ({"HTTPS_PROXY": PROXY}, "https://a.example/v1", "HTTPS_PROXY"),
        ({"https_proxy": PROXY}, "https://a.example/v1", "https_proxy"),
        ({"HTTPS_PROXY": PROXY}, "http://a.example/v1", None),
        ({"HTTP_PROXY": PROXY}, "http://a.example/v1", "HTTP_PROXY"),
        ({"ALL_PROXY": PROXY}, "https://a.example/v1", "ALL_PROXY"),
        ({"ALL_PROXY": PROXY, "HTTPS_PROXY": PROXY}, "https://a.example", "HTTPS_PROXY"),
        ({"ALL_PROXY": PROXY}, "http://127.0.0.1:11434/v1", None),
        ({"ALL_PROXY": PROXY}, "http://localhost:11434/v1", None),
        ({"ALL_PROXY": PROXY}, "http://[::1]:11434/v1", None),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "a.example"}, "https://a.example/v1", None),
        ({"ALL_PROXY": PROXY, "NO_PROXY": ".example"}, "https://a.example/v1", None),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "a.example:8080"}, "http://a.example:8080", None),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "a.example:8080"}, "http://a.example", "ALL_PROXY"),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "a.example"}, "https://ba.example/v1", "ALL_PROXY"),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "*"}, "https://a.example/v1", None),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "x, 10.0.0.0/8"}, "http://10.1.2.3:8000/v1", None),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "10.0.0.0/8"}, "http://11.1.2.3:8000", "ALL_PROXY"),
    ],
)
def test_which_proxy_is_used(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, variable: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    proxy = proxy_for(urlsplit(url))
    assert (proxy.variable if proxy else None) == variable


def test_a_proxy_is_shown_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "desk:hunter2@proxy.example:3128")
    proxy = proxy_for(urlsplit("https://a.example/v1"))
    assert proxy is not None
    assert proxy.shown == "http://proxy.example:3128"


def asked(**changes: Any) -> str:
    """Ask the configured model one question, and get the outcome."""
    model = open_chat_model(Settings(_env_file=None, **changes))
    assert model is not None
    try:
        return reply(model, "Be brief.", "Who?", Deadline(60)).text
    finally:
        model.close()


@pytest.mark.parametrize("proxy", [PROXY, "socks5://127.0.0.1:9", "nonsense://x"])
def test_a_model_on_this_machine_is_asked_without_the_proxy(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy)
    with openai_server(says("Minsk [1].")) as (url, requests):
        assert asked(llm_base_url=url, llm_model="m") == "Minsk [1]."
    assert len(requests) == 1


@pytest.mark.parametrize(
    ("proxy", "words"),
    [
        ("socks5://127.0.0.1:9", r"httpx\[socks\].*NO_PROXY"),
        ("socks5h://127.0.0.1:9", r"ALL_PROXY.*httpx\[socks\]"),
        ("nonsense://x", "ALL_PROXY is not a proxy"),
    ],
)
def test_a_proxy_that_cannot_be_used_says_so_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, proxy: str, words: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    config = Settings(_env_file=None, llm_base_url="https://a.example/v1", llm_model="m")
    model = open_chat_model(config)
    assert isinstance(model, UnusableModel)
    with pytest.raises(ModelConfigurationError, match=words):
        reply(model, "Be brief.", "Who?", Deadline(60))


def test_certificates_that_are_not_there_say_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(ModelConfigurationError, match="SSL_CERT_FILE"):
        asked(llm_base_url="http://127.0.0.1:9/v1", llm_model="m")


def test_a_request_goes_through_the_proxy_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    with openai_server(says("Minsk [1].")) as (proxy, requests):
        monkeypatch.setenv("HTTP_PROXY", proxy.removesuffix("/v1"))
        assert asked(llm_base_url="http://model.example/v1", llm_model="m") == "Minsk [1]."
    assert requests[0]["path"] == "http://model.example/v1/chat/completions"


@respx.mock
@pytest.mark.parametrize("address", ["PRESSMARK_LLM_BASE_URL", "OPENAI_BASE_URL"])
def test_another_server_sees_nothing_that_is_meant_for_openai(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    route = respx.post("http://127.0.0.1:9/v1/chat/completions").respond(json=completion("Ok."))
    monkeypatch.setenv(address, "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", OPENAI_KEY)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", OPENAI_KEY)
    monkeypatch.setenv("OPENAI_ORG_ID", "org-desk")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-desk")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Gateway: desk")
    assert asked() == "Ok."
    sent = route.calls[0].request.headers
    assert OPENAI_KEY not in str(sent.raw)
    assert not {"authorization", "openai-organization", "openai-project"} & set(sent)
    # Settings for OpenAI's clients count for the address set for them, and no other.
    assert ("x-gateway" in sent) == (address == "OPENAI_BASE_URL")
    assert route.call_count == 1


@respx.mock
def test_azure_gets_its_version_and_its_header() -> None:
    host = "https://desk.openai.azure.com/openai/deployments/d"
    route = respx.post(f"{host}/chat/completions", params={"api-version": "2024-10-21"})
    route.respond(json=completion("Ok."))
    address = f"{host}/chat/completions?api-version=2024-10-21"
    assert asked(llm_base_url=address, llm_model="d", PRESSMARK_LLM_API_KEY=OWN_KEY) == "Ok."
    assert route.calls[0].request.headers["api-key"] == OWN_KEY
    assert route.call_count == 1
