"""Keys are nowhere: no response, page, log, error, record or list of processes shows one.

Each key is a canary. Every address of the API, the page, the command line, the doctor and the
records of evals are searched for them, while a language model's server repeats the key that it was
sent in its error, as some do.
"""

from __future__ import annotations

import json
import re
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helpers.doubles import article_text
from tests.helpers.serving import (
    RunningServer,
    clean_environment,
    pressmark_command,
    running_server,
)

READING, WRITING = "canary-reading-3f9a1c", "canary-writing-77d02e"
MODEL, OPENAI, COLLECTOR = "canary-model-5be8d4", "sk-canary-0a6c39", "canary-spans-c41f77"
CANARIES = (READING, WRITING, MODEL, OPENAI, COLLECTOR)
SUITE: dict[str, list[dict[str, Any]]] = {
    "corpus.jsonl": [{"id": "d", "text": "The mayor of Orm opened the bridge on Monday.\n"}],
    "queries.jsonl": [
        {
            "id": "q",
            "question": "Who opened the bridge?",
            "answerable": True,
            "gold": [{"doc_id": "d", "quote": "The mayor of Orm opened the bridge on Monday."}],
        }
    ],
}


def forms(key: str) -> tuple[str, ...]:
    """A key as it stands, and as a header carries it."""
    return key, b64encode(f"me:{key}".encode()).decode(), b64encode(key.encode()).decode()


def leaks(text: str) -> list[str]:
    return [key for key in CANARIES for form in forms(key) if form in text]


@pytest.fixture(scope="module")
def parrot() -> Iterator[str]:
    """A language model's server that refuses, and repeats every header in its refusal."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = "; ".join(f"{name}: {value}" for name, value in self.headers.items())
            body = json.dumps({"error": {"message": f"Incorrect API key provided: {said}"}})
            self.send_response(401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def variables(parrot: str) -> Iterator[dict[str, str]]:
    """The environment of a desk on which every key is set."""
    told = {
        "PRESSMARK_API_KEYS": READING,
        "PRESSMARK_API_WRITE_KEYS": WRITING,
        "PRESSMARK_LLM_BASE_URL": parrot,
        "PRESSMARK_LLM_MODEL": "m",
        "PRESSMARK_LLM_API_KEY": MODEL,
        "OPENAI_API_KEY": OPENAI,
        "PRESSMARK_LOG_JSON": "1",
        "PRESSMARK_EMBEDDING": "tests.helpers.doubles:HashEmbedding",
        "OTEL_EXPORTER_OTLP_ENDPOINT": parrot,
        "OTEL_EXPORTER_OTLP_HEADERS": f"x-collector={COLLECTOR}",
        "OTEL_SDK_DISABLED": "",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in told.items():
            patch.setenv(name, value)
        yield told


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, variables: dict[str, str]) -> Path:
    """A home and a folder with an article."""
    place = tmp_path_factory.mktemp("desk")
    (place / "news").mkdir()
    (place / "news" / "flood.txt").write_text(article_text("flood"))
    return place


def command(home: Path, *arguments: str) -> str:
    """Everything that a command says, whether it succeeds or not."""
    done = subprocess.run(
        pressmark_command(home, *arguments),
        capture_output=True,
        text=True,
        cwd=home.parent,
        env=clean_environment(),
        timeout=600,
    )
    said = done.stdout + done.stderr
    assert said
    return said


def test_no_address_and_no_log_shows_a_key(desk: Path) -> None:
    said: list[str] = []
    with running_server(desk / "home", "--no-page", str(desk / "news")) as server:
        threading.Thread(target=_drain, args=(server, said), daemon=True).start()
        shown = {name: text for key in (READING, WRITING) for name, text in _tour(server, key)}
        processes = _processes(server)
    assert len(shown) > 30
    assert {name: found for name, text in shown.items() if (found := leaks(text))} == {}
    assert leaks(processes) == []
    log = "".join(said)
    assert '"request_id"' in log
    assert leaks(log) == []


def test_the_page_shows_no_key(desk: Path) -> None:
    with running_server(desk / "home", str(desk / "news")) as server:
        for path in ("/", "/config", "/gradio_api/info", "/docs"):
            shown = httpx.get(server.url + path, auth=("me", READING), timeout=300, trust_env=False)
            assert shown.status_code == 200
            assert leaks(shown.text + str(shown.headers)) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("doctor",),
        ("doctor", "--probe", "--json"),
        ("--verbose", "doctor", "--probe"),
        ("index", "news"),
        ("ask", "Who told of the flood?", "--json", "--mode", "generative"),
        ("--verbose", "ask", "Who told of the flood?"),
        ("articles", "--json"),
        ("mcp",),
        ("ask", ""),
        ("serve", "--port", "99999"),
    ],
    ids=" ".join,
)
def test_no_command_shows_a_key(desk: Path, arguments: tuple[str, ...]) -> None:
    assert leaks(command(desk / "home", *arguments)) == []


def test_no_record_of_an_eval_holds_a_key(desk: Path) -> None:
    suite = desk / "suite"
    suite.mkdir()
    for name, lines in SUITE.items():
        (suite / name).write_text("\n".join(json.dumps(line) for line in lines))
    told = command(desk / "home", "eval", str(suite), "--out", str(desk / "runs"))
    written = [path for path in (desk / "runs").rglob("*") if path.is_file()]
    assert len(written) >= 2
    for path in written:
        assert leaks(path.read_bytes().decode("utf-8", "replace")) == [], path.name
    assert leaks(told) == []
    for path in (desk / "home").rglob("*"):
        if path.is_file():
            assert leaks(path.read_bytes().decode("latin-1")) == [], path.name


def _drain(server: RunningServer, said: list[str]) -> None:
    said.extend(server.process.stdout or ())


def _tour(server: RunningServer, key: str) -> Iterator[tuple[str, str]]:
    """Every operation of the document with a right and a wrong key, and a model that fails."""
    right = {"authorization": f"Bearer {key}"}
    with httpx.Client(base_url=server.url, timeout=300, trust_env=False) as client:
        document = client.get("/openapi.json", headers=right).json()
        for path, methods in document["paths"].items():
            address = re.sub(r"\{[^}]*\}", key, path)
            for method in methods:
                for name, headers in (("right", right), ("wrong", {"authorization": f"x {key}"})):
                    told = client.request(
                        method, f"{address}?key={key}", headers=headers, content=b"{}"
                    )
                    yield f"{method} {path} {name} {key}", f"{told.headers}{_without(told, key)}"
        for mode in ("generative", "extractive"):
            body = {"question": "Who told of the flood?", "mode": mode}
            answer = client.post("/v1/answer", json=body, headers=right)
            assert answer.status_code == 200
            assert (answer.json()["fallback"] is not None) == (mode == "generative")
            yield f"answer {mode} {key}", answer.text
        for path in ("/metrics", "/openapi.json", "/docs", "/healthz", "/readyz"):
            yield f"{path} {key}", client.get(path, headers=right).text


def _without(reply: httpx.Response, key: str) -> str:
    """A body without the address that the caller named, which problem documents repeat."""
    assert len(reply.request.url.path) < 200
    return reply.text.replace(reply.request.url.path, "")


def _processes(server: RunningServer) -> str:
    """The command lines of all processes of this machine, as every user of it may read them."""
    lines: list[bytes] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # some end meanwhile
            lines.append(path.read_bytes())
    assert any(str(server.home).encode() in line for line in lines)
    return b"\n".join(lines).decode("utf-8", "replace")
