"""A server that differs: its refusals, its API's address, its models."""

import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import respx

from index.errors import (
    LanguageModelError,
    ModelConfigurationError,
    ModelContextError,
    ModelCutOffError,
    ModelReplyError,
    ModelUnavailableError,
)
from rag.llm.addresses import Endpoint
from rag.llm.client import open_chat_model
from rag.llm.errors import translated
from rag.llm.retrying import Deadline
from rag.settings import Settings
from rag.types import Usage
from tests.helpers.openai_server import completion
from tests.helpers.raw_server import Connection, chunk, raw_server

BASE = "http://127.0.0.1:9/v1"
KEY = "key-of-the-desk-0123456789"


def ask(url: str = BASE, *, times: int = 1, streamed: bool = False, model: str = "m") -> str:
    """The text of the last of several answers from one client."""
    config = Settings(_env_file=None, llm_base_url=url, llm_model=model, PRESSMARK_LLM_API_KEY=KEY)
    chat = open_chat_model(config)
    assert chat is not None
    try:
        for _ in range(times):
            pieces = list(chat.write("Be brief.", "Who?", Deadline(60), streamed=streamed))
    finally:
        chat.close()
    return "".join(piece for piece in pieces if not isinstance(piece, Usage))


def refuses(*, status: int = 400, **error: Any) -> httpx.Response:
    return httpx.Response(status, json={"error": {"message": "no", **error}})


def unsupported(name: str, hint: str = "") -> httpx.Response:
    return refuses(message=f"Unsupported parameter: '{name}' is not supported.{hint}", param=name)


OK = httpx.Response(200, json=completion("Ok [1]."))
NEWER = " Use 'max_completion_tokens' instead."
FASTAPI = {"detail": [{"loc": ["body", "temperature"], "msg": "extra fields not permitted"}]}


@pytest.mark.parametrize(
    ("refusals", "there", "gone"),
    [
        ([unsupported("max_tokens", NEWER)], {"max_completion_tokens"}, {"max_tokens"}),
        (
            [unsupported("max_tokens", NEWER), unsupported("temperature")],
            {"max_completion_tokens"},
            {"max_tokens", "temperature"},
        ),
        (
            [unsupported("max_tokens"), unsupported("max_completion_tokens")],
            {"temperature"},
            {"max_tokens", "max_completion_tokens"},
        ),
        ([httpx.Response(422, json=FASTAPI)], {"max_tokens"}, {"temperature"}),
        ([refuses(message="temperature must be 1")], {"max_tokens"}, {"temperature"}),
    ],
)
@respx.mock
def test_what_a_server_refuses_is_left_out_from_then_on(
    refusals: list[httpx.Response], there: set[str], gone: set[str]
) -> None:
    route = respx.post(f"{BASE}/chat/completions").mock(side_effect=[*refusals, OK, OK])
    assert ask(times=2) == "Ok [1]."
    assert route.call_count == len(refusals) + 2
    for call in route.calls[len(refusals) :]:
        sent = json.loads(call.request.content)
        assert there <= set(sent)
        assert not gone & set(sent)


@pytest.mark.parametrize(
    "refusal",
    [
        refuses(message="System role not supported"),
        refuses(message="Only user and assistant roles are supported!", status=500),
        refuses(message="'messages[0].role' does not support 'system'", param="messages[0].role"),
    ],
)
@respx.mock
def test_instructions_move_into_the_question_if_there_is_no_system_role(
    refusal: httpx.Response,
) -> None:
    route = respx.post(f"{BASE}/chat/completions").mock(side_effect=[refusal, OK])
    assert ask() == "Ok [1]."
    (message,) = json.loads(route.calls[1].request.content)["messages"]
    assert message == {"role": "user", "content": "Be brief.\n\nWho?"}
    assert route.call_count == 2


@pytest.mark.parametrize("name", ["stream", "stream_options"])
@respx.mock
def test_a_stream_that_is_refused(name: str) -> None:
    chunk = {**completion(""), "object": "chat.completion.chunk"}
    chunk["choices"] = [{"index": 0, "delta": {"content": "Ok [1]."}, "finish_reason": "stop"}]
    parts = httpx.Response(
        200,
        text=f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n",
        headers={"content-type": "text/event-stream"},
    )
    answers = [unsupported(name), OK if name == "stream" else parts]
    route = respx.post(f"{BASE}/chat/completions").mock(side_effect=answers)
    assert ask(streamed=True) == "Ok [1]."
    assert "stream_options" not in json.loads(route.calls[1].request.content)
    assert route.call_count == 2


@pytest.mark.parametrize(
    "refusal",
    [
        refuses(message="Unsupported parameter: 'tools'", param="tools"),
        refuses(message="stream must be true", param="stream"),
        refuses(message="something else"),
    ],
)
@respx.mock
def test_what_was_not_sent_cannot_be_left_out(refusal: httpx.Response) -> None:
    route = respx.post(f"{BASE}/chat/completions").mock(return_value=refusal)
    with pytest.raises(ModelReplyError, match="It says: “"):
        ask()
    assert route.call_count == 1


@respx.mock
def test_a_server_that_always_refuses_is_asked_a_few_times() -> None:
    route = respx.post(f"{BASE}/chat/completions").mock(
        return_value=refuses(message="temperature max_tokens max_completion_tokens system role")
    )
    with pytest.raises(ModelReplyError):
        ask()
    assert route.call_count <= 5


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"bad\nrequest {KEY}\x1b[31m", "“bad request … [31m”"),
        ("Bearer abcdefgh is wrong", "“… is wrong”"),
        ("sk-proj-abcdefghijkl is wrong", "“… is wrong”"),
        ("see https://user:password@a.example", "“see …a.example”"),
        ("x" * 10 + " y" * 400, "…”"),
    ],
)
@respx.mock
def test_the_servers_reason_is_shown_on_one_line_without_keys(said: str, shown: str) -> None:
    respx.post(f"{BASE}/chat/completions").mock(return_value=refuses(message=said))
    with pytest.raises(ModelReplyError) as raised:
        ask()
    assert shown in raised.value.user_message
    assert KEY not in raised.value.user_message
    assert len(raised.value.user_message) < 300


PARTS = [
    {"type": "thinking", "thinking": [{"type": "text", "text": "It was 34."}]},
    {"type": "text", "text": "Ok "},
    {"type": "text", "text": "[1]."},
]


@pytest.mark.parametrize("streamed", [False, True])
@respx.mock
def test_content_in_parts_is_read_without_the_thoughts(streamed: bool) -> None:
    whole = completion("")
    whole["choices"][0]["message"]["content"] = PARTS
    chunk = {**whole, "object": "chat.completion.chunk"}
    chunk["choices"] = [{"index": 0, "delta": {"content": PARTS}, "finish_reason": "stop"}]
    parts = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n"
    route = respx.post(f"{BASE}/chat/completions")
    if streamed:
        route.respond(text=parts, content_type="text/event-stream")
    else:
        route.respond(json=whole)
    assert ask(streamed=streamed) == "Ok [1]."
    assert route.call_count == 1


@pytest.mark.parametrize("finish", [None, ""])
@respx.mock
def test_a_whole_reply_may_lack_its_reason_to_end(finish: str | None) -> None:
    whole = completion("Ok [1].")
    whole["choices"][0]["finish_reason"] = finish
    route = respx.post(f"{BASE}/chat/completions").respond(json=whole)
    assert ask() == "Ok [1]."
    assert route.call_count == 1


# Replies in other shapes than they were asked for in


STREAM = "text/event-stream"


def pieces_of(*contents: str, finish: str | None = "stop") -> str:
    chunks = [chunk({"content": content}) for content in contents]
    chunks.append(chunk({}, finish))
    return "".join(f"data: {json.dumps(one)}\n\n" for one in chunks) + "data: [DONE]\n\n"


@pytest.mark.parametrize(
    ("streamed", "body", "kind"),
    [
        (True, json.dumps(completion("Ok [1].")), "application/json"),
        (True, json.dumps(completion("Ok [1].", "")), "application/json; charset=utf-8"),
        (True, pieces_of("Ok ", "[1]."), "application/json"),
        (True, pieces_of("Ok ", "[1]."), "text/plain"),
        (False, pieces_of("Ok ", "[1]."), STREAM),
    ],
)
@respx.mock
def test_a_server_that_streams_unasked_or_not_at_all_is_read(
    streamed: bool, body: str, kind: str
) -> None:
    route = respx.post(f"{BASE}/chat/completions").respond(text=body, content_type=kind)
    assert ask(streamed=streamed) == "Ok [1]."
    assert route.call_count == 1


@respx.mock
def test_a_stream_unasked_that_was_cut_off_is_not_used() -> None:
    cut = pieces_of("Ok [1].", finish=None)
    route = respx.post(f"{BASE}/chat/completions").respond(text=cut, content_type=STREAM)
    with pytest.raises(ModelReplyError):
        ask()
    assert route.call_count == 1


PROVIDER = {
    "message": "Provider returned error",
    "code": 429,
    "metadata": {"raw": "m is rate-limited upstream", "provider_name": "Mill"},
}


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("error", "kind", "calls", "words"),
    [
        (PROVIDER, ModelUnavailableError, 3, "Provider returned error: m is rate-limited upstream"),
        ({"message": "no money", "code": 402}, ModelConfigurationError, 1, "no credit"),
        ({"message": "maximum context length is 9"}, ModelContextError, 1, "too long"),
        ("Unexpected endpoint or method.", ModelReplyError, 1, "“Unexpected endpoint or method.”"),
    ],
)
@respx.mock
def test_an_error_in_a_reply_that_says_all_is_well(
    error: Any, kind: type[LanguageModelError], calls: int, words: str, streamed: bool
) -> None:
    route = respx.post(f"{BASE}/chat/completions").respond(json={"error": error})
    with pytest.raises(kind) as raised:
        ask(streamed=streamed)
    assert words in raised.value.user_message
    assert route.call_count == calls


@respx.mock
def test_an_error_of_one_choice_is_an_error() -> None:
    failed = completion("")
    failed["choices"][0]["error"] = PROVIDER
    route = respx.post(f"{BASE}/chat/completions").mock(
        side_effect=[httpx.Response(200, json=failed), OK]
    )
    assert ask() == "Ok [1]."
    assert route.call_count == 2


@respx.mock
def test_a_refused_parameter_in_a_reply_that_says_all_is_well() -> None:
    refusal = {"error": {"message": "'temperature' is not supported", "code": 400}}
    route = respx.post(f"{BASE}/chat/completions").mock(
        side_effect=[httpx.Response(200, json=refusal), OK]
    )
    assert ask() == "Ok [1]."
    assert "temperature" not in json.loads(route.calls[1].request.content)


# Models that think


OUT_OF_TOKENS = refuses(
    message="Could not finish the message because max_tokens or model output limit was reached."
)


@respx.mock
def test_a_model_that_thought_all_its_tokens_away_says_what_to_set() -> None:
    route = respx.post(f"{BASE}/chat/completions").mock(return_value=OUT_OF_TOKENS)
    with pytest.raises(ModelCutOffError, match="PRESSMARK_LLM_ANSWER_TOKENS"):
        ask()
    assert route.call_count == 1
    assert "max_tokens" in json.loads(route.calls[0].request.content)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning", "thinking"])
@respx.mock
def test_a_model_that_only_thought_is_told_from_one_that_said_nothing(field: str) -> None:
    thought = completion("")
    thought["choices"][0]["message"][field] = "The passage says 33."
    route = respx.post(f"{BASE}/chat/completions").respond(json=thought)
    with pytest.raises(ModelReplyError, match="only thought"):
        ask()
    assert route.call_count == 1


# Where the API lies


@pytest.mark.parametrize("elsewhere", [httpx.Response(404), httpx.Response(200, json={"error": 1})])
@pytest.mark.parametrize(
    ("given", "wrong", "right"),
    [
        ("http://127.0.0.1:9", "http://127.0.0.1:9/v1", "http://127.0.0.1:9"),
        ("http://127.0.0.1:9/api/", "http://127.0.0.1:9/api", "http://127.0.0.1:9/api/v1"),
    ],
)
@respx.mock
def test_with_and_without_v1(given: str, wrong: str, right: str, elsewhere: httpx.Response) -> None:
    first = respx.post(f"{wrong}/chat/completions").mock(return_value=elsewhere)
    then = respx.post(f"{right}/chat/completions").mock(return_value=OK)
    assert ask(given, times=2) == "Ok [1]."
    assert (first.call_count, then.call_count) == (1, 2)


LISTED = {"data": [{"id": "desk/mill:7b"}, {"id": "orva"}, {"id": "\x1bodd\n"}, {"id": 7}, "x"]}
NO_SUCH_MODEL = {"error": {"message": 'model "m" not found, try pulling it first'}}


@pytest.mark.parametrize(
    ("reply", "models", "words"),
    [
        (NO_SUCH_MODEL, LISTED, ["has no model “desk/mil:7b”", "desk/mill:7b, orva, odd."]),
        ({"detail": "Not Found"}, LISTED, ["has no model", "PRESSMARK_LLM_MODEL"]),
        (NO_SUCH_MODEL, None, ["has no model", "PRESSMARK_LLM_MODEL", "try pulling"]),
        ({"detail": "Not Found"}, None, ["Correct PRESSMARK_LLM_BASE_URL", "Not Found"]),
        ({"detail": "Not Found"}, [1], ["Correct PRESSMARK_LLM_BASE_URL"]),
        ({"detail": "Not Found"}, {"data": [{"id": "desk/mil:7b"}]}, ["no chat completions"]),
    ],
)
@respx.mock
def test_a_wrong_model_is_told_from_a_wrong_address(
    reply: Any, models: Any, words: list[str]
) -> None:
    listing = httpx.Response(404) if models is None else httpx.Response(200, json=models)
    respx.get(f"{BASE}/models").mock(return_value=listing)
    route = respx.post(f"{BASE}/chat/completions").respond(404, json=reply)
    with pytest.raises(ModelConfigurationError) as raised:
        ask(model="desk/mil:7b")
    assert all(one in raised.value.user_message for one in words)
    assert json.loads(route.calls[0].request.content)["model"] == "desk/mil:7b"
    assert route.call_count == 1


@respx.mock
def test_a_list_without_end_is_not_read() -> None:
    listing = respx.get(f"{BASE}/models").respond(content=b"[" * 3_000_000)
    respx.post(f"{BASE}/chat/completions").respond(404, json=NO_SUCH_MODEL)
    with pytest.raises(ModelConfigurationError, match="has no model"):
        ask()
    assert listing.call_count == 1


@respx.mock
def test_a_key_that_stays_here_is_named_if_the_server_wants_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    respx.post(f"{BASE}/chat/completions").respond(401)
    chat = open_chat_model(Settings(_env_file=None, llm_base_url=BASE, llm_model="m"))
    assert chat is not None
    with pytest.raises(ModelConfigurationError, match="OPENAI_API_KEY goes to OpenAI's own"):
        list(chat.write("Be brief.", "Who?", Deadline(60)))
    chat.close()


def test_a_model_of_another_api_is_no_crash() -> None:
    with pytest.raises(ModelConfigurationError, match="PRESSMARK_LLM_MODEL"):
        ask(model="gpt-5.2-pro")


# What there is no reply to


@contextmanager
def answering_at_once(data: bytes) -> Iterator[int]:
    """A port that sends the same bytes to whoever connects."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                accepted, _ = listener.accept()
            except OSError:
                return
            with accepted:
                accepted.recv(65536)
                accepted.sendall(data)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def test_https_where_there_is_none_says_so() -> None:
    with (
        answering_at_once(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n") as port,
        pytest.raises(ModelConfigurationError, match=r"does not speak TLS.*http:"),
    ):
        ask(f"https://127.0.0.1:{port}/v1")


def test_http_where_https_is_wanted_says_so() -> None:
    with (
        answering_at_once(b"\x15\x03\x03\x00\x02\x02\x16") as port,
        pytest.raises(ModelConfigurationError, match=r"no.* plain HTTP.*https:"),
    ):
        ask(f"http://127.0.0.1:{port}/v1")


def test_a_web_server_that_says_so_is_understood() -> None:
    def plain_http(connection: Connection) -> None:
        said = b"<h1>The plain HTTP request was sent to HTTPS port</h1>"
        connection.respond(said, "400 Bad Request", kind="text/html")

    with (
        raw_server(plain_http) as server,
        pytest.raises(ModelConfigurationError, match=r"no.* plain HTTP.*https:"),
    ):
        ask(server.url)


def caused_by(cause: Exception) -> httpx.ConnectError:
    error = httpx.ConnectError("no")
    error.__cause__ = cause
    return error


def untrusted() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("cause", "kind", "words"),
    [
        (untrusted(), ModelConfigurationError, r"certificate of 127\.0\.0\.1:9.*self-signed.*SSL_"),
        (ssl.SSLError(1, "odd"), ModelConfigurationError, "no TLS connection"),
        (socket.gaierror(-2, "x"), ModelUnavailableError, r"knows no host 127\.0\.0\.1:9"),
        (ConnectionRefusedError(), ModelUnavailableError, r"nothing listens at 127\.0\.0\.1:9"),
    ],
)
def test_why_there_is_no_connection(
    cause: Exception, kind: type[LanguageModelError], words: str
) -> None:
    told = translated(caused_by(cause), Endpoint((BASE,)))
    assert type(told) is kind
    assert re.search(words, told.user_message)


def test_a_proxy_that_refuses_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(connection: Connection) -> None:
        connection.respond(b"", "407 Proxy Authentication Required")

    with raw_server(refuse) as server:
        monkeypatch.setenv("HTTP_PROXY", server.url.removesuffix("/v1"))
        with pytest.raises(ModelConfigurationError, match=r"The proxy .* HTTP_PROXY, or name"):
            ask("http://model.example/v1")
        assert server.requests
