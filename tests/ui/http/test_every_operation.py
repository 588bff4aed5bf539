"""Whatever anybody sends to any address of the API, the server does not fail.

Schemathesis makes requests of the OpenAPI document, right ones and wrong ones; text that breaks
programs goes into every field, header and file name. Whatever writes is tried from another site
and under another name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import quote

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers.doubles import article_text, library_double
from tests.helpers.naughty import naughty_text
from ui.app import create_app
from ui.http.middleware import SECURITY_HEADERS

BASE = "http://127.0.0.1:7860"
QUICK = settings(
    max_examples=4,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
MANY = settings(QUICK, max_examples=25)
JSON_LINES = "application/x-ndjson"


@schemathesis.serializer(JSON_LINES)
def lines(_: Any, value: Any) -> bytes:
    """JSON Lines, which schemathesis does not know."""
    return json.dumps(value, default=str).encode()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pressmark]:
    folder = tmp_path_factory.mktemp("news")
    (folder / "flood.txt").write_text(article_text("flood"))
    chosen = Settings(
        _env_file=None,
        home=tmp_path_factory.mktemp("home"),
        embedding="tests.helpers.doubles:HashEmbedding",
    )
    with Pressmark.open(chosen, write=True) as pressmark:
        pressmark.index([folder])
        yield pressmark


@contextmanager
def asking(pressmark: Pressmark) -> Iterator[TestClient]:
    app = create_app(pressmark, page=False)
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="module")
def client(opened: Pressmark) -> Iterator[TestClient]:
    """Without the trained models, which take most of an answer's time."""
    with asking(Pressmark(replace(opened._tools, reader=None, judge=None))) as found:
        yield found


def document() -> dict[str, Any]:
    """The OpenAPI document, which needs no library."""
    double = SimpleNamespace(
        settings=Settings(home=Path("nowhere")), observers=[], library=library_double()
    )
    return create_app(cast(Pressmark, double), page=False).openapi()


DOCUMENT = document()
OPERATIONS = [
    (method.upper(), path)
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
    if method in ("get", "post", "put", "patch", "delete")
]
WRITING = [one for one in OPERATIONS if one[0] != "GET"]
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


def sound(response: Any) -> None:
    """The server did not fail, and every response is guarded."""
    assert response.status_code < 500, (response.status_code, response.text[:500])
    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value
    assert not [name for name in response.headers if name.startswith("access-control-")]
    if response.status_code >= 400:
        told = response.json()
        if "error" in told:  # the door for OpenAI's clients has their form of an error
            assert told["error"]["message"]
        else:
            assert response.headers["content-type"] == "application/problem+json"
            assert told["detail"]


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_requests_made_of_the_document(client: TestClient, method: str, path: str) -> None:
    @QUICK
    @given(case=SCHEMA[path][method].as_strategy())
    def attempt(case: Any) -> None:
        made = case.as_transport_kwargs(base_url=BASE)
        sent = {name: value for name, value in made.items() if value is not None}
        sent.pop("cookies", None)
        if isinstance(sent.get("data"), (bytes, str)):
            sent["content"] = sent.pop("data")
        try:
            request = client.build_request(**sent)
            request.read()  # a form is made of its fields only here
        except (AttributeError, TypeError, UnicodeError, ValueError):
            return  # this client cannot send it
        sound(client.send(request))

    attempt()


@pytest.mark.slow
@MANY
@given(text=naughty_text())
def test_text_that_breaks_programs_in_every_field(client: TestClient, text: str) -> None:
    for body in (
        {"question": text},
        {"question": "Who?", "history": [{"question": text, "answer": text}]},
        {"question": "Who?", "filters": {"publishers": [text]}},
        {"question": "Who?", "as_of": text, text: text},
    ):
        sound(client.post("/v1/answer", json=body))
    turns = [{"role": "system", "content": text}, {"role": "user", "content": text}]
    sound(client.post("/v1/chat/completions", json={"model": "pressmark", "messages": turns}))
    note = {"verdict": "wrong", "question": text, "comment": text, "response": {"answer": text}}
    sound(client.post("/v1/feedback", json=note))
    sound(client.post("/v1/citations/check", json={"citations": [{"quote": text}]}))


@pytest.mark.slow
@QUICK
@given(text=naughty_text())
def test_text_that_breaks_programs_is_read_and_judged(opened: Pressmark, text: str) -> None:
    with asking(opened) as client:
        sound(client.post("/v1/answer", json={"question": text}))
        sound(client.post("/v1/answer", json={"question": f"What is {text}?", "task": "answer"}))


@MANY
@given(text=naughty_text())
def test_text_that_breaks_programs_in_every_address(client: TestClient, text: str) -> None:
    for name in ("q", "publisher", "from", "to", "limit", "offset", "sort", "language"):
        sound(client.get("/v1/search", params={"q": "flood", name: text}))
        sound(client.get("/v1/articles", params={name: text}))
    for method, path in OPERATIONS:
        if "{" in path:
            start = path.partition("{")[0]
            coded = quote(text.encode("utf-8", "surrogatepass"), safe="")
            sound(client.request(method, start + coded))


@MANY
@given(text=naughty_text(), raw=st.binary(max_size=60))
def test_text_that_breaks_programs_in_every_header(
    client: TestClient, text: str, raw: bytes
) -> None:
    forms = {
        text.encode("utf-8", "surrogatepass").replace(b"\r", b"").replace(b"\n", b""),
        raw.replace(b"\r", b"").replace(b"\n", b""),
    }
    for value in forms:
        for name in (b"authorization", b"accept", b"x-request-id", b"origin", b"content-type"):
            sound(client.post("/v1/answer", content=b"{}", headers=[(name, value)]))
        sound(client.get("/v1/models", headers=[(b"host", b"127.0.0.1"), (b"range", value)]))


@pytest.mark.slow
@settings(QUICK, max_examples=8)
@given(name=naughty_text(), text=naughty_text())
def test_text_that_breaks_programs_in_a_file_and_its_name(
    client: TestClient, name: str, text: str
) -> None:
    sound(client.post("/v1/articles", files={"files": (name, text.encode("utf-8", "replace"))}))
    sound(client.post("/v1/articles", json={"texts": [{"name": name, "text": text}]}))


@pytest.mark.parametrize(
    "body",
    [
        b'{"question": NaN}',
        b'{"question": "Who?", "as_of": Infinity}',
        b'{"question": "\\ud800"}',
        b'{"question": "\\u0000"}',
        b"[" * 100_000,
        b'{"question": ' + b'{"a": ' * 5_000 + b"1" + b"}" * 5_001,
        b'{"question": "Who?", "question": "What?"}',
        b'{"question": ' + b"9" * 10_000 + b"}",
        b"\xff\xfe{}",
        b"",
    ],
)
@pytest.mark.parametrize(("method", "path"), WRITING)
def test_what_is_no_json(client: TestClient, method: str, path: str, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    response = client.request(method, path, content=body, headers=headers)
    sound(response)
    assert response.status_code >= 400 or method == "DELETE"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "http://127.0.0.1:7860.evil.example"},
        {"sec-fetch-site": "cross-site"},
    ],
)
@pytest.mark.parametrize(("method", "path"), WRITING)
def test_another_site_may_write_nothing(
    client: TestClient, method: str, path: str, headers: dict[str, str]
) -> None:
    for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
        sent = {**headers, "content-type": kind}
        response = client.request(method, path, content=b"{}", headers=sent)
        assert response.status_code == 403
        sound(response)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "[::1", "a@b"]
)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_another_name_is_refused_on_every_address(
    client: TestClient, method: str, path: str, host: str
) -> None:
    response = client.request(method, path, headers={"host": host})
    assert response.status_code == 403
    sound(response)
