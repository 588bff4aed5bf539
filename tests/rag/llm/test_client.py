"""The language model's client: what it sends, and every way in which it fails."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from llama_index.core.llms import ChatMessage, CompletionResponse, CustomLLM, LLMMetadata, MockLLM

from index.errors import (
    LanguageModelError,
    ModelConfigurationError,
    ModelContextError,
    ModelReplyError,
    ModelUnavailableError,
)
from rag.llm.client import ChatModel, LlamaIndexChat, UnusableModel, open_chat_model, reply
from rag.llm.retrying import CancelledByReaderError, Deadline, RetryPolicy
from rag.settings import Settings
from rag.types import Usage
from tests.helpers.openai_server import completion, openai_server, says
from tests.helpers.raw_server import Connection, Script, chunk, raw_server

KEY = "sk-very-secret-key"
ROUTE = "http://127.0.0.1:9/v1/chat/completions"
AT_ONCE = RetryPolicy(attempts=3, first_pause_s=0.001)


def settings(tmp_path: Path, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "home": tmp_path,
        "llm_base_url": "http://127.0.0.1:9/v1",
        "llm_model": "test-model",
        "PRESSMARK_LLM_API_KEY": KEY,
        "llm_timeout_s": 5.0,
    }
    return Settings(_env_file=None, **{**values, **changes})


@contextmanager
def opened(config: Settings) -> Iterator[ChatModel]:
    model = open_chat_model(config)
    assert model is not None
    if isinstance(model, LlamaIndexChat):
        model._policy = AT_ONCE
    with closing(model):
        yield model


def ask(config: Settings, *, streamed: bool = False, seconds: float = 5.0) -> str:
    with opened(config) as model:
        pieces = list(model.write("Be brief.", "Who?", Deadline(seconds), streamed=streamed))
    assert isinstance(pieces[-1], Usage)
    return "".join(piece for piece in pieces if isinstance(piece, str))


def test_no_key_and_no_address_means_no_model(tmp_path: Path) -> None:
    assert open_chat_model(Settings(_env_file=None, home=tmp_path)) is None
    assert open_chat_model(Settings(_env_file=None, home=tmp_path, llm_model="x")) is None


@respx.mock
def test_one_call_with_the_prompt_and_the_key(tmp_path: Path) -> None:
    route = respx.post(ROUTE).respond(json=completion("Ok [1]."))
    with opened(settings(tmp_path)) as model:
        got = reply(model, "Be brief.", "Who?", Deadline(5))
    assert (got.text, got.usage) == ("Ok [1].", Usage(120, 9))
    assert route.call_count == 1
    sent = json.loads(route.calls[0].request.content)
    assert [message["content"] for message in sent["messages"]] == ["Be brief.", "Who?"]
    assert route.calls[0].request.headers["authorization"] == f"Bearer {KEY}"


@respx.mock
def test_a_stream_comes_in_pieces_and_counts_tokens(tmp_path: Path) -> None:
    usage = {**chunk({}), "choices": [], "usage": completion("")["usage"]}
    chunks = [chunk({"content": "Mi"}), chunk({"content": "nsk [1]."}), chunk({}, "stop"), usage]
    body = "".join(f"data: {json.dumps(one)}\n\n" for one in chunks) + "data: [DONE]\n\n"
    route = respx.post(ROUTE).respond(text=body, content_type="text/event-stream")
    with opened(settings(tmp_path)) as model:
        pieces = list(model.write("Be brief.", "Who?", Deadline(5), streamed=True))
    assert pieces == ["Mi", "nsk [1].", Usage(120, 9)]
    assert route.call_count == 1
    sent = json.loads(route.calls[0].request.content)
    assert sent["stream"] is True
    assert sent["stream_options"] == {"include_usage": True}


TOO_LONG = {"error": {"message": "This model's maximum context length is 4096 tokens."}}
NO_CREDIT = {"error": {"message": "pay", "code": "insufficient_quota"}}
BAD_KEY = {"error": {"message": f"Incorrect API key provided: {KEY}"}}
TOOL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def spoken(finish: str = "stop", **message: Any) -> dict[str, Any]:
    base = completion(None, finish)
    base["choices"][0]["message"].update(message)
    return base


MATRIX = [
    ("401", httpx.Response(401, json=BAD_KEY), ModelConfigurationError, 1, "PRESSMARK_LLM_API_KEY"),
    ("403", httpx.Response(403, json=BAD_KEY), ModelConfigurationError, 1, "PRESSMARK_LLM_API_KEY"),
    ("402", httpx.Response(402, json={}), ModelConfigurationError, 1, "credit"),
    ("404", httpx.Response(404, json={}), ModelConfigurationError, 1, "PRESSMARK_LLM_BASE_URL"),
    ("429", httpx.Response(429, json={}), ModelUnavailableError, 3, "too many"),
    ("429 no credit", httpx.Response(429, json=NO_CREDIT), ModelConfigurationError, 1, "credit"),
    ("500", httpx.Response(500, text="oops"), ModelUnavailableError, 3, "500"),
    ("503", httpx.Response(503, text=KEY), ModelUnavailableError, 3, "503"),
    ("400", httpx.Response(400, json=BAD_KEY), ModelReplyError, 1, "400"),
    ("too long", httpx.Response(400, json=TOO_LONG), ModelContextError, 1, "too long"),
    ("too large", httpx.Response(413, text=""), ModelContextError, 1, "too long"),
    (
        "redirect",
        httpx.Response(302, headers={"location": "http://127.0.0.2/v1/x"}),
        ModelConfigurationError,
        1,
        "redirects",
    ),
    ("html", httpx.Response(200, html="<html>hello</html>"), ModelReplyError, 1, "/v1"),
    ("wrong shape", httpx.Response(200, json={"hello": 1}), ModelReplyError, 1, "form"),
    ("a list", httpx.Response(200, json=[1]), ModelReplyError, 1, "form"),
    (
        "choices: null",
        httpx.Response(200, json={**completion("x"), "choices": None}),
        ModelReplyError,
        1,
        "form",
    ),
    (
        "no choices",
        httpx.Response(200, json={**completion("x"), "choices": []}),
        ModelReplyError,
        1,
        "form",
    ),
    ("empty", httpx.Response(200, json=completion("")), ModelReplyError, 1, "empty"),
    ("null", httpx.Response(200, json=completion(None)), ModelReplyError, 1, "empty"),
    ("blank", httpx.Response(200, json=completion(" \n")), ModelReplyError, 1, "empty"),
    ("refusal", httpx.Response(200, json=spoken(refusal="No.")), ModelReplyError, 1, "declined"),
    (
        "tool call",
        httpx.Response(200, json=spoken("tool_calls", tool_calls=[TOOL])),
        ModelReplyError,
        1,
        "tool_calls",
    ),
    ("length", httpx.Response(200, json=completion("cut", "length")), ModelReplyError, 1, "length"),
    (
        "filter",
        httpx.Response(200, json=completion("cut", "content_filter")),
        ModelReplyError,
        1,
        "content_filter",
    ),
    ("cut JSON", httpx.Response(200, content=b'{"choices": [{'), ModelReplyError, 1, "form"),
    (
        "bad UTF-8",
        httpx.Response(
            200,
            content=b'{"choices": "\xff\xfe"}',
            headers={"content-type": "application/json"},
        ),
        ModelReplyError,
        1,
        "form",
    ),
    ("endless", httpx.Response(200, json=completion("a b " * 20_000)), ModelReplyError, 1, "end"),
]


@pytest.mark.parametrize(
    ("response", "error", "calls", "words"),
    [row[1:] for row in MATRIX],
    ids=[str(row[0]) for row in MATRIX],
)
@respx.mock
def test_failures_have_a_kind_and_never_tell_the_key(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    response: httpx.Response,
    error: type[LanguageModelError],
    calls: int,
    words: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    respx.get(ROUTE.replace("chat/completions", "models")).respond(404)
    route = respx.post(ROUTE).mock(return_value=response)
    with pytest.raises(error) as raised:
        ask(settings(tmp_path))
    assert words in raised.value.user_message
    assert route.call_count == calls
    assert KEY not in raised.value.user_message
    assert KEY not in "".join(map(str, raised.getrepr(style="short").reprtraceback.reprentries))
    assert raised.value.__cause__ is None
    assert KEY not in caplog.text


@respx.mock
def test_a_refused_connection_is_unavailable(tmp_path: Path) -> None:
    route = respx.post(ROUTE).mock(side_effect=httpx.ConnectError("refused"))
    with pytest.raises(ModelUnavailableError, match="cannot be reached"):
        ask(settings(tmp_path))
    assert route.call_count == 3


@respx.mock
def test_a_failure_that_passes_is_tried_again(tmp_path: Path) -> None:
    route = respx.post(ROUTE).mock(
        side_effect=[
            httpx.Response(500),
            httpx.Response(429, headers={"retry-after": "0"}),
            httpx.Response(200, json=completion("Ok [1].")),
        ]
    )
    assert ask(settings(tmp_path)) == "Ok [1]."
    assert route.call_count == 3


@respx.mock
def test_a_pause_beyond_the_deadline_is_not_waited_for(tmp_path: Path) -> None:
    route = respx.post(ROUTE).respond(429, headers={"retry-after": "60"})
    started = time.monotonic()
    with pytest.raises(ModelUnavailableError, match="too many"):
        ask(settings(tmp_path), seconds=40)
    assert route.call_count == 1
    assert time.monotonic() - started < 20


def test_a_real_socket(tmp_path: Path) -> None:
    with openai_server(says("Minsk [1].")) as (url, requests):
        assert ask(settings(tmp_path, llm_base_url=url)) == "Minsk [1]."
    assert requests[0]["body"]["model"] == "test-model"


# Over a real socket, plain and streaming


def whole(connection: Connection) -> None:
    connection.respond(json.dumps(completion("Minsk [1].")).encode())


def silent(connection: Connection) -> None:
    connection.hang()


def silent_after_head(connection: Connection) -> None:
    kind = "text/event-stream" if connection.streamed else "application/json"
    connection.head(kind=kind)
    if connection.streamed:
        connection.event(**chunk({"content": "Minsk held 33 men"}))
    else:
        connection.send(b'{"id": "1", ')
    connection.hang()


def dripping(connection: Connection) -> None:
    """A byte every 50 ms: a time-out between bytes never comes."""
    connection.head(kind="text/event-stream" if connection.streamed else "application/json")
    for _ in range(200):
        if connection.stopping.is_set():
            return
        connection.send(b":\n" if connection.streamed else b" ")
        connection.pause(0.05)


def closes(connection: Connection) -> None:
    connection.socket.close()


def cut_off(connection: Connection) -> None:
    if connection.streamed:
        connection.head(kind="text/event-stream")
        connection.event(**chunk({"content": "Minsk held 33 men [1]."}))
        connection.send(b'data: {"id": "chatcmpl-1", "choices": [{"index": 0, "del')
    else:
        body = json.dumps(completion("Minsk [1].")).encode()
        connection.head(Content_Length=str(len(body)))
        connection.send(body[: len(body) // 2])


def no_end(connection: Connection) -> None:
    connection.pieces("Minsk held", " 33 men [1].", finish=None, done=False)


def only_done(connection: Connection) -> None:
    connection.pieces("Minsk held", " 33 men [1].", finish=None, done=True)


def says_length(connection: Connection) -> None:
    connection.pieces("Minsk held", " 33 men [1].", finish="length")


def says_filter(connection: Connection) -> None:
    connection.pieces("Minsk held", " 33 men [1].", finish="content_filter")


def nothing_said(connection: Connection) -> None:
    connection.pieces("", " ")


def refuses(connection: Connection) -> None:
    connection.head(kind="text/event-stream")
    connection.event(**chunk({"refusal": "I cannot."}))
    connection.event(**chunk({}, "stop"))


def calls_a_tool(connection: Connection) -> None:
    connection.head(kind="text/event-stream")
    connection.event(**chunk({"tool_calls": [{"index": 0, **TOOL}]}))
    connection.event(**chunk({}, "tool_calls"))


def bad_utf8(connection: Connection) -> None:
    connection.head(kind="text/event-stream")
    connection.event(**chunk({"content": "Minsk"}))
    connection.send(b'data: {"choices": "\xff\xfe"}\n\n')


def html_stream(connection: Connection) -> None:
    connection.respond(b"<html>Welcome to the hotel</html>", kind="text/html")


def wrong_shape_stream(connection: Connection) -> None:
    connection.head(kind="text/event-stream")
    connection.event(hello=1)


def null_choices_stream(connection: Connection) -> None:
    connection.head(kind="text/event-stream")
    connection.event(**{**chunk({}), "choices": None})


def error_in_stream(connection: Connection) -> None:
    connection.head(kind="text/event-stream")
    connection.event(**chunk({"content": "Minsk"}))
    connection.event(error={"message": f"failed for {KEY}", "code": 500})


def not_http(connection: Connection) -> None:
    connection.send(b"\x00\x01 220 mail.example ESMTP\r\n")


BOTH: list[Script] = [silent, silent_after_head, dripping, closes, cut_off, not_http]
WAITED_FOR = {silent, silent_after_head, dripping}
STREAMED: list[Script] = [
    *(no_end, only_done, says_length, says_filter, nothing_said, refuses, calls_a_tool),
    *(bad_utf8, html_stream, wrong_shape_stream, null_choices_stream, error_in_stream),
]


@pytest.mark.parametrize(
    ("script", "streamed"),
    [*((one, False) for one in BOTH), *((one, True) for one in [*BOTH, *STREAMED])],
)
def test_every_failure_ends_by_the_deadline(
    tmp_path: Path, script: Script, streamed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with raw_server(script) as server:
        config = settings(tmp_path, llm_base_url=server.url)
        # Only who says nothing more is waited for; the request must be out by then.
        seconds = 1.5 if script in WAITED_FOR else 10.0
        started = time.monotonic()
        with pytest.raises(LanguageModelError) as raised:
            ask(config, streamed=streamed, seconds=seconds)
        # These servers never go on by themselves: whoever heeds no deadline is here much longer.
        assert time.monotonic() - started < seconds + 20
        assert server.requests
    assert KEY not in raised.value.user_message
    assert KEY not in caplog.text


def test_a_complete_text_counts_without_the_final_mark(tmp_path: Path) -> None:
    """`[DONE]` is missing, the model's word that it has finished is there."""

    def undone(connection: Connection) -> None:
        connection.pieces("Minsk", " [1].", done=False)

    with raw_server(undone) as server:
        text = ask(settings(tmp_path, llm_base_url=server.url), streamed=True)
    assert text == "Minsk [1]."


def test_a_redirect_to_another_host_gets_neither_key_nor_question(tmp_path: Path) -> None:
    with raw_server(whole) as elsewhere:

        def moved(connection: Connection) -> None:
            there = f"{elsewhere.url}/chat/completions".replace("127.0.0.1", "localhost")
            connection.respond(b"", "307 Temporary Redirect", Location=there)

        with raw_server(moved) as server:
            for streamed in (False, True):
                with pytest.raises(ModelConfigurationError, match="redirects"):
                    ask(settings(tmp_path, llm_base_url=server.url), streamed=streamed)
            assert len(server.requests) == 2
        assert not elsewhere.requests


def test_after_a_first_piece_nothing_is_tried_again(tmp_path: Path) -> None:
    with raw_server(error_in_stream) as server:
        with pytest.raises(ModelUnavailableError):
            ask(settings(tmp_path, llm_base_url=server.url), streamed=True)
        assert len(server.requests) == 1


@pytest.mark.parametrize("streamed", [False, True])
def test_whoever_leaves_ends_the_call(tmp_path: Path, streamed: bool) -> None:
    reached, deadline = threading.Event(), Deadline(60)

    def silent_once_reached(connection: Connection) -> None:
        reached.set()
        silent_after_head(connection)

    def leave() -> None:
        reached.wait(60)
        deadline.cancel()

    with (
        raw_server(silent_once_reached) as server,
        opened(settings(tmp_path, llm_base_url=server.url)) as model,
    ):
        threading.Thread(target=leave).start()
        with pytest.raises(CancelledByReaderError):
            list(model.write("Be brief.", "Who?", deadline, streamed=streamed))
        assert server.gone.wait(30), "the connection stayed open"


def test_closing_the_iterator_ends_the_call(tmp_path: Path) -> None:
    with (
        raw_server(silent_after_head) as server,
        opened(settings(tmp_path, llm_base_url=server.url)) as model,
    ):
        pieces = model.write("Be brief.", "Who?", Deadline(60), streamed=True)
        assert next(pieces) == "Minsk held 33 men"
        pieces.close()  # type: ignore[attr-defined]
        assert server.gone.wait(30), "the connection stayed open"


# How it is set up


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"llm_base_url": "localhost:11434"}, "PRESSMARK_LLM_BASE_URL"),
        ({"PRESSMARK_LLM_API_KEY": "sk-ключ"}, "PRESSMARK_LLM_API_KEY"),
        ({"PRESSMARK_LLM_API_KEY": "sk-a\nb"}, "PRESSMARK_LLM_API_KEY"),
        ({"llm": "Ollama"}, "package.module:ClassName"),
        ({"llm": "no.such.module:Model"}, "cannot be imported"),
        ({"llm": "rag.settings:Settings"}, "not a LlamaIndex LLM"),
        ({"llm": f"llama_index.core.llms:MockLLM?max_tokens={KEY}"}, "cannot be made"),
    ],
)
def test_what_is_set_up_wrongly_says_so_and_stops_nothing(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    model = open_chat_model(settings(tmp_path, **changes))
    assert isinstance(model, UnusableModel)
    with pytest.raises(ModelConfigurationError) as raised:
        reply(model, "Be brief.", "Who?", Deadline(5))
    assert words in raised.value.user_message
    assert KEY not in str(raised.getrepr())


def test_any_llamaindex_llm_by_name(tmp_path: Path) -> None:
    with opened(settings(tmp_path, llm="llama_index.core.llms:MockLLM?max_tokens=7")) as model:
        assert isinstance(model, LlamaIndexChat)
        assert isinstance(model._llm, MockLLM)
        assert model._llm.max_tokens == 7
        assert reply(model, "Be brief.", "Who?", Deadline(5)).text.split() == ["text"] * 7
        pieces = list(model.write("Be brief.", "Who?", Deadline(5), streamed=True))
    assert isinstance(pieces[-1], Usage)


let_go = threading.Event()


class StuckLLM(CustomLLM):
    """Blocks until it is let go, and cannot be ended."""

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="stuck")

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        let_go.wait(60)
        return CompletionResponse(text="late")

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
        raise NotImplementedError


class StuckLoopLLM(StuckLLM):
    """Says that it is asynchronous, and blocks the loop."""

    async def achat(self, messages: Any, **kwargs: Any) -> Any:
        return self.chat([ChatMessage(content="x")])


@pytest.mark.parametrize("blocks_loop", [False, True])
def test_an_llm_that_blocks_delays_nobody(blocks_loop: bool, monkeypatch: Any) -> None:
    if blocks_loop:
        monkeypatch.setattr("rag.llm.client.CustomLLM", type(None))
    before = set(threading.enumerate())
    let_go.clear()
    model = LlamaIndexChat(StuckLoopLLM() if blocks_loop else StuckLLM())
    try:
        with closing(model):
            for _ in range(2):
                started = time.monotonic()
                with pytest.raises(ModelUnavailableError, match=r"within 0\.2 seconds"):
                    reply(model, "Be brief.", "Who?", Deadline(0.2))
                assert time.monotonic() - started < 30  # it is stuck for twice as long
    finally:
        let_go.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(30)
        assert not thread.is_alive(), "nothing is left running"
