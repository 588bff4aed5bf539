"""Keys: who may use the server, in which ways, and what everybody else hears."""

from __future__ import annotations

import base64
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from index.errors import InputError
from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers.doubles import library_double
from tests.helpers.serving import SEEDS, pressmark_command, running_server
from ui.app import create_app
from ui.http.keys import KeyCheck, Role, accepted_keys
from ui.http.server import require_keys

KEY, OTHER = "k" * 16 + "-one", "k" * 16 + "-two"


def settings(keys: str | None, host: str = "127.0.0.1") -> Settings:
    return Settings(_env_file=None, api_keys=keys, host=host)


def client_of(keys: str | None, host: str = "127.0.0.1") -> TestClient:
    pressmark = SimpleNamespace(
        settings=settings(keys, host), library=library_double(1), observers=[]
    )
    app = create_app(cast(Pressmark, pressmark), page=False)
    return TestClient(app, base_url=f"http://{host}:7860")


def basic(password: str, user: str = "anyone") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    "authorization",
    [
        f"Bearer {KEY}",
        f"bearer {OTHER}",
        f"Bearer  {KEY} ",
        basic(KEY),
        basic(OTHER, ""),
    ],
)
def test_any_of_the_keys_opens(authorization: str) -> None:
    client = client_of(f"{KEY}, {OTHER}")
    response = client.get("/v1/articles", headers={"Authorization": authorization})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Bearer {KEY[:-1]}",
        f"Bearer {KEY}x",
        f"Bearer {KEY.upper()}",
        f"Bearer {KEY}, {OTHER}",
        f"Token {KEY}",
        KEY,
        basic(""),
        "Basic !!!",
        "Basic " + base64.b64encode(KEY.encode()).decode(),
        "Bearer \u00ff\u00fe",
    ],
)
@pytest.mark.parametrize("path", ["/v1/articles", "/v1/nothing", "/docs", "/openapi.json", "/"])
def test_everybody_else_is_refused(authorization: str | None, path: str) -> None:
    headers = {} if authorization is None else {"Authorization": authorization.encode("latin-1")}
    response = client_of(f"{KEY},{OTHER}").get(path, headers=cast(Any, headers))
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["type"] == "urn:pressmark:problem:unauthorized"
    scheme = "Bearer" if path.startswith("/v1/") else "Basic"
    assert response.headers["www-authenticate"].startswith(f'{scheme} realm="Pressmark"')
    assert KEY not in response.text
    assert response.headers["x-content-type-options"] == "nosniff"


def test_two_authorizations_are_none() -> None:
    client = client_of(KEY)
    headers = [("Authorization", f"Bearer {KEY}"), ("Authorization", f"Bearer {KEY}")]
    assert client.get("/v1/articles", headers=headers).status_code == 401


def test_an_unread_body_is_refused_too() -> None:
    response = client_of(KEY).post("/v1/answer", content=b"x" * 100)
    assert response.status_code == 401


def test_watchers_need_no_key() -> None:
    client = client_of(KEY)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


def test_without_keys_nobody_is_asked() -> None:
    client = client_of(None)
    assert client.get("/v1/articles").status_code == 200
    assert "security" not in client.get("/openapi.json").json()


def test_the_description_tells_of_the_key() -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    schema = client_of(KEY).get("/openapi.json", headers=headers).json()
    assert schema["security"] == [{"key": []}]
    assert "401" in schema["paths"]["/v1/answer"]["post"]["responses"]


def test_every_key_is_compared_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append(other)
        return one == other

    monkeypatch.setattr("ui.http.keys.hmac.compare_digest", compare)
    check = KeyCheck(cast(Any, None), {KEY: Role.READ, OTHER: Role.WRITE})
    assert check._role(KEY.encode()) is Role.READ
    assert check._role(b"nothing") is None
    assert len(compared) == 4


def test_a_key_has_a_role() -> None:
    both = Settings(_env_file=None, api_keys=f"{KEY},{OTHER}", api_write_keys=OTHER)
    assert accepted_keys(both) == {KEY: Role.READ, OTHER: Role.WRITE}
    writers = Settings(_env_file=None, api_write_keys=OTHER)
    assert accepted_keys(writers) == {OTHER: Role.WRITE}
    require_keys(Settings(_env_file=None, api_write_keys=OTHER, host="192.0.2.1"))
    with pytest.raises(InputError, match="PRESSMARK_API_WRITE_KEYS"):
        accepted_keys(Settings(_env_file=None, api_write_keys="short"))
    assert accepted_keys(settings(None)) == {}


@pytest.mark.parametrize("keys", ["short", f"{KEY},short", "ключ-ключ-ключ-ключ"])
def test_keys_that_are_no_secret_are_refused(keys: str) -> None:
    with pytest.raises(InputError) as raised:
        accepted_keys(settings(keys))
    assert "PRESSMARK_API_KEYS" in raised.value.user_message
    assert keys not in raised.value.user_message


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])  # noqa: S104
def test_the_network_needs_keys(host: str) -> None:
    with pytest.raises(InputError, match="PRESSMARK_API_KEYS"):
        require_keys(settings(None, host))
    with pytest.raises(InputError, match="PRESSMARK_API_KEYS"):
        require_keys(settings(" , ", host))
    require_keys(settings(KEY, host))
    require_keys(settings(None))


def test_serve_refuses_the_network_without_keys(tmp_path: Path) -> None:
    import subprocess

    command = pressmark_command(tmp_path / "home", "serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "PRESSMARK_API_KEYS" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_page_works_with_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a browser does it: a challenge, then the key with everything."""
    import httpx
    from gradio_client import Client

    monkeypatch.setenv("PRESSMARK_API_KEYS", KEY)
    with running_server(tmp_path / "home", str(SEEDS)) as server:
        refused = httpx.get(server.url)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic")
        assert httpx.get(server.url, auth=("me", KEY)).status_code == 200
        assert httpx.post(f"{server.url}/gradio_api/queue/join", json={}).status_code == 401
        with_key = Client(server.url, headers={"Authorization": basic(KEY)}, verbose=False)
        answer = with_key.predict("Who is the Kremlin's spokesman?", api_name="/ask")
        assert answer["status"] == "answered"
