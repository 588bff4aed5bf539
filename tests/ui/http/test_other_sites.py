"""Other sites and other names reach nothing: the page's own routes and the assistants' door too.

Every route is taken from the app as it is served, Gradio's among them, so that a new one is tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import BaseRoute, Mount

from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers.doubles import article_text
from ui.app import create_app

BASE = "http://127.0.0.1:7860"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORM = "application/x-www-form-urlencoded"
ELSEWHERE = (
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": "http://127.0.0.1:9999"},
    {"origin": "http://localhost:7860.evil.example"},
    {"sec-fetch-site": "cross-site"},
)
NAMES = ("evil.example", "127.0.0.1.evil.example", "169.254.169.254", "", "[::1")
ASKED = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": "Who told of the flood?"}},
}
TAKEN = {"accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = tmp_path_factory.mktemp("news")
    (folder / "flood.txt").write_text(article_text("flood"))
    chosen = Settings(
        _env_file=None,
        home=tmp_path_factory.mktemp("home"),
        embedding="tests.helpers.doubles:HashEmbedding",
    )
    with Pressmark.open(chosen, write=True) as pressmark:
        pressmark.index([folder])
        yield create_app(pressmark)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as found:
        yield found


def addresses(routes: list[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    """Method and address of every route, those of mounted apps too, with an x for each variable."""
    for route in routes:
        path = before.rstrip("/") + getattr(route, "path", "")
        if isinstance(route, Mount):
            yield from addresses(list(route.routes), path)
            continue
        if included := getattr(route, "original_router", None):  # FastAPI's, in a mounted app
            yield from addresses(list(included.routes), before)
            continue
        for method in getattr(route, "methods", None) or {"GET", "POST", "DELETE"}:
            yield method, re.sub(r"\{[^}]*\}", "x", path) or "/"


def test_the_routes_of_every_door_are_known(app: FastAPI) -> None:
    writing = {path for method, path in addresses(app.routes) if method not in SAFE}
    assert {"/mcp", "/v1/articles", "/gradio_api/upload", "/gradio_api/queue/join"} <= writing
    assert len(writing) > 20


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_another_site_may_write_nothing(
    app: FastAPI, client: TestClient, headers: dict[str, str]
) -> None:
    reached = []
    for method, path in addresses(app.routes):
        for kind in ("application/json", "text/plain", FORM, "multipart/form-data; boundary=x"):
            if method not in SAFE:
                sent = {**headers, "content-type": kind}
                if client.request(method, path, content=b"{}", headers=sent).status_code != 403:
                    reached.append((method, path, kind))
    assert reached == []


@pytest.mark.parametrize("host", NAMES)
def test_another_name_reaches_nothing(app: FastAPI, client: TestClient, host: str) -> None:
    reached = [
        (method, path)
        for method, path in addresses(app.routes)
        if client.request(method, path, headers={"host": host}).status_code != 403
    ]
    assert reached == []


def test_the_assistants_door_answers_this_machine_and_no_other_site(client: TestClient) -> None:
    assert client.post("/mcp", json=ASKED, headers=TAKEN).status_code == 200
    for headers in ELSEWHERE:
        assert client.post("/mcp", json=ASKED, headers={**TAKEN, **headers}).status_code == 403
    for host in NAMES:
        refused = client.post("/mcp", json=ASKED, headers={**TAKEN, "host": host})
        assert refused.status_code == 403


def test_the_page_takes_files_of_its_own_page_only(client: TestClient) -> None:
    files = {"files": ("a.txt", b"An article.")}
    own = client.post("/gradio_api/upload", files=files, headers={"origin": BASE})
    assert own.status_code == 200
    for headers in ELSEWHERE:
        refused = client.post("/gradio_api/upload", files=files, headers=headers)
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers
