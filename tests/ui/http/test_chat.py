"""OpenAI's door: its own client, the bodies of chat programs, and text that does nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, cast

import httpx
import openai
import pytest
from fastapi.testclient import TestClient
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.saying import phrase
from rag.contract import AnswerResponse, CitationModel
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.types import Claim, ClaimReady, Withdrawn
from tests.helpers.raw_server import Connection, chunk, raw_server
from tests.helpers.serving import RunningServer
from ui.app import create_app
from ui.http.admission import AnswerGate
from ui.http.chat_text import ChatText, harmless, said_before

pytest_plugins = ["tests.helpers.fixtures_seeds"]

BASE = "http://127.0.0.1:7860"
ASKED = "How many Russians were detained in Belarus?"
TRUE = "Minsk announced that 33 Russian citizens were detained in Belarus on July 29. [1]"
KEY = "a-key-of-sixteen-characters"

# As Open WebUI 0.6 and LibreChat 0.8 send them to an endpoint of this kind.
OPEN_WEBUI: dict[str, Any] = {
    "stream": True,
    "model": "pressmark",
    "messages": [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": "Who was detained?"},
        {"role": "assistant", "content": "33 Russians. [1]"},
        {"role": "user", "content": ASKED},
    ],
    "stream_options": {"include_usage": True},
    "temperature": 0.7,
    "params": {},
    "tool_ids": None,
    "features": {"image_generation": False, "code_interpreter": False, "web_search": False},
    "variables": {"{{USER_NAME}}": "Ann", "{{CURRENT_DATE}}": "2025-11-30"},
    "session_id": "4b1c",
    "chat_id": "8f2d",
    "id": "c7a1",
    "background_tasks": {"title_generation": True, "tags_generation": True},
}
LIBRECHAT: dict[str, Any] = {
    "model": "pressmark",
    "user": "665f1c0e",
    "temperature": 1,
    "top_p": 1,
    "presence_penalty": 0,
    "frequency_penalty": 0,
    "max_tokens": 4096,
    "stop": ["||>"],
    "stream": True,
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": ASKED}]},
    ],
}


@pytest.fixture(scope="module")
def client(seeds_pressmark: Pressmark) -> Iterator[TestClient]:
    with client_of(seeds_pressmark) as found:
        yield found


def client_of(pressmark: Pressmark, **options: Any) -> TestClient:
    app = create_app(pressmark, page=False, **options)
    return TestClient(app, base_url=BASE, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def sdk(seeds_server: RunningServer) -> Iterator[openai.OpenAI]:
    """OpenAI's own client, over a real connection."""
    url = f"{seeds_server.url}/v1"
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0) as found:
        yield found


def complete(client: TestClient, *contents: Any, **more: Any) -> Any:
    messages = [{"role": "user", "content": content} for content in contents]
    return client.post("/v1/chat/completions", json={"messages": messages, **more})


def chunks_of(lines: Iterator[str]) -> list[dict[str, Any]]:
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    assert data.pop() == "[DONE]"
    return [json.loads(one) for one in data]


def streamed(client: TestClient, body: dict[str, Any]) -> list[dict[str, Any]]:
    with client.stream("POST", "/v1/chat/completions", json=body) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        return chunks_of(response.iter_lines())


def text_of(chunks: list[dict[str, Any]]) -> str:
    deltas = [one["choices"][0]["delta"] for one in chunks if one["choices"]]
    return "".join(delta.get("content") or "" for delta in deltas)


def assert_cited(content: str, annotations: list[dict[str, Any]], pressmark: Any) -> None:
    """Each annotation is a marker of the text, and holds the citation of that number."""
    answer = AnswerResponse.model_validate(pressmark)
    shown = answer.abstention.closest if answer.abstention else answer.citations
    assert annotations
    for annotation in annotations:
        assert annotation["type"] == "url_citation"
        place = annotation["url_citation"]
        citation = CitationModel.model_validate(annotation["citation"])
        marked = content[place["start_index"] : place["end_index"]]
        assert marked == f"[{citation.marker}]"
        assert citation in shown
        assert place["url"].startswith("http")


# With OpenAI's own client


def test_their_client_gets_an_answer_with_its_citations(
    sdk: openai.OpenAI, seeds_server: RunningServer
) -> None:
    done = sdk.chat.completions.create(
        model="pressmark", messages=[{"role": "user", "content": ASKED}]
    )
    message = done.choices[0].message
    assert message.role == "assistant"
    assert "33" in (message.content or "")
    assert "\n\nSources:\n\n- [1] " in (message.content or "")
    assert done.choices[0].finish_reason == "stop"
    found = [annotation.model_dump() for annotation in message.annotations or []]
    assert_cited(message.content or "", found, (done.model_extra or {})["pressmark"])
    source = httpx.get(f"{seeds_server.url}/v1/sources/{found[0]['citation']['source']['id']}")
    citation = found[0]["citation"]
    text = source.json()["text"]
    assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_their_client_reads_the_stream(sdk: openai.OpenAI) -> None:
    whole = sdk.chat.completions.create(
        model="pressmark", messages=[{"role": "user", "content": ASKED}]
    )
    pieces, last = [], None
    for part in sdk.chat.completions.create(
        model="pressmark",
        messages=[{"role": "user", "content": ASKED}],
        stream=True,
        stream_options={"include_usage": True},
    ):
        last = part
        pieces += [choice.delta.content or "" for choice in part.choices]
    assert "".join(pieces) == whole.choices[0].message.content
    assert last is not None
    assert last.usage is not None
    assert last.usage.total_tokens == 0


def test_their_client_lists_the_models(sdk: openai.OpenAI) -> None:
    names = [model.id for model in sdk.models.list()]
    assert names == ["pressmark", "pressmark-extractive"]
    assert sdk.models.retrieve("pressmark").owned_by == "pressmark"
    with pytest.raises(openai.NotFoundError) as raised:
        sdk.models.retrieve("gpt-4")
    assert raised.value.code == "model_not_found"


def test_their_client_raises_its_own_errors(sdk: openai.OpenAI) -> None:
    messages: Any = [{"role": "user", "content": "x" * 5_000}]
    with pytest.raises(openai.BadRequestError, match="4,000") as raised:
        sdk.chat.completions.create(model="pressmark", messages=messages)
    assert raised.value.param == "messages"
    assert raised.value.type == "invalid_request_error"
    messages = [{"role": "user", "content": ASKED}]
    with pytest.raises(openai.NotFoundError, match="/v1/models"):
        sdk.chat.completions.create(model="gpt-4o", messages=messages)
    # A language model that is not there is no model here.
    with pytest.raises(openai.NotFoundError):
        sdk.chat.completions.create(model="pressmark-generative", messages=messages)


# As chat programs send it


@pytest.mark.parametrize("body", [OPEN_WEBUI, LIBRECHAT], ids=["Open WebUI", "LibreChat"])
def test_bodies_of_chat_programs_are_answered(client: TestClient, body: dict[str, Any]) -> None:
    chunks = streamed(client, body)
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert {one["object"] for one in chunks} == {"chat.completion.chunk"}
    assert len({one["id"] for one in chunks}) == 1
    content = text_of(chunks)
    assert "33" in content
    ends = [one for one in chunks if one["choices"] and one["choices"][0]["finish_reason"]]
    (end,) = ends
    assert_cited(content, end["choices"][0]["delta"]["annotations"], end["pressmark"])
    usage = [one for one in chunks if not one["choices"]]
    assert len(usage) == bool(body.get("stream_options"))


def test_tools_that_are_sent_along_may_be_nested(client: TestClient) -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(12):
        schema = {"type": "object", "properties": {"inner": schema}}
    tool = {"type": "function", "function": {"name": "f", "parameters": schema}}
    assert complete(client, ASKED, tools=[tool]).status_code == 200


def test_earlier_messages_are_the_history(client: TestClient, seeds_pressmark: Pressmark) -> None:
    first = complete(client, ASKED).json()["choices"][0]["message"]["content"]
    asked: list[Any] = []

    class Double:
        settings, library = seeds_pressmark.settings, seeds_pressmark.library
        observers: ClassVar[list[Any]] = []

        def answer(self, question: Any) -> Any:
            asked.append(question)
            return seeds_pressmark.answer(question)

    messages = [
        {"role": "developer", "content": "Talk like a pirate."},
        {"role": "user", "content": ASKED},
        {"role": "assistant", "content": first},
        {"role": "user", "content": "x" * 9_000},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "content": "{}", "tool_call_id": "1"},
        {"role": "user", "content": [{"type": "text", "text": "Who is"},
                                     {"type": "text", "text": "Dmitry Peskov?"}]},
        {"role": "assistant", "content": "It is"},
    ]  # fmt: skip
    with client_of(cast(Pressmark, Double())) as other:
        response = other.post(
            "/v1/chat/completions", json={"messages": messages, "as_of": "2020-09-01"}
        )
    assert response.status_code == 200, response.text
    (question,) = asked
    assert question.text == "Who is\nDmitry Peskov?"
    assert question.as_of.isoformat() == "2020-09-01"
    assert [turn.question for turn in question.history] == [ASKED, "x" * 4_000]
    assert question.history[0].answer == said_before(first)
    assert "Sources:" not in question.history[0].answer
    assert "33" in question.history[0].answer


def test_a_refusal_is_an_answer(client: TestClient) -> None:
    body = complete(client, "What is the recipe for borscht?").json()
    message = body["choices"][0]["message"]
    assert body["pressmark"]["status"] == "abstained"
    assert message["content"].startswith(body["pressmark"]["abstention"]["reason"])
    assert message["refusal"] is None
    assert body["choices"][0]["finish_reason"] == "stop"
    if body["pressmark"]["abstention"]["closest"]:
        assert "Closest passages, for reading only:" in message["content"]
        assert_cited(message["content"], message["annotations"], body["pressmark"])
    asked = {"messages": [{"role": "user", "content": "🙂"}], "stream": True}
    assert text_of(streamed(client, asked))


def with_model(home: Path, url: str) -> Pressmark:
    settings = Settings(
        home=home, llm_base_url=url, llm_model="m", llm_timeout_s=5.0, refuse_below=0.0
    )
    return Pressmark.open(settings)


def test_what_was_withdrawn_is_told(seeds_home: Path) -> None:
    def breaks_off(connection: Connection) -> None:
        connection.head(kind="text/event-stream")
        connection.event(**chunk({"content": f"{TRUE} And then it"}))

    asked = {
        "model": "pressmark-generative",
        "stream": True,
        "messages": [{"role": "user", "content": ASKED}],
    }
    with (
        raw_server(breaks_off) as server,
        with_model(seeds_home, server.url) as pressmark,
        client_of(pressmark) as client,
    ):
        listed = client.get("/v1/models").json()["data"]
        chunks = streamed(client, asked)
    assert listed[-1]["id"] == "pressmark-generative"
    content = text_of(chunks)
    assert content.startswith(TRUE)
    assert "(The sentences above are withdrawn: " in content
    end = next(one for one in chunks if one["choices"] and one["choices"][0]["finish_reason"])
    annotations = end["choices"][0]["delta"]["annotations"]
    assert_cited(content, annotations, end["pressmark"])
    withdrawn = content.index("(The sentences above")
    assert all(a["url_citation"]["start_index"] > withdrawn for a in annotations)


# Refusals of every layer have their shape


def assert_their_error(response: Any, status: int, words: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    body: dict[str, Any] = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert words in body["error"]["message"]
    found: dict[str, Any] = body["error"]
    return found


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "required"),
        ({"messages": []}, "is empty"),
        ({"messages": "hello"}, "list"),
        ({"messages": [{"role": "system", "content": "x"}]}, "one of the user"),
        ({"messages": [{"role": "user", "content": " "}]}, "is empty"),
        ({"messages": [{"role": "user", "content": None}]}, "is empty"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            "pictures",
        ),
        (
            {"messages": [{"role": "user", "content": 5}]},
            "content: must be a string or",
        ),
        ({"messages": [{"role": "user", "content": ["a"]}]}, "content.parts[0]: must be a JSON"),
        ({"messages": [{"role": "user", "content": "a"}], "n": 2}, "less than or equal to 1"),
        ({"messages": [{"role": "user", "content": "a"}], "as_of": "soon"}, "date"),
    ],
)
def test_what_cannot_be_asked_is_400(client: TestClient, body: Any, words: str) -> None:
    error = assert_their_error(client.post("/v1/chat/completions", json=body), 400, words)
    assert error["type"] == "invalid_request_error"
    assert error["param"]


def test_other_refusals_have_their_shape_too(client: TestClient, seeds_home: Path) -> None:
    post = client.post
    assert_their_error(post("/v1/chat/completions", content=b"{"), 415, "JSON")
    json_type = {"content-type": "application/json"}
    assert_their_error(
        post("/v1/chat/completions", content=b"{", headers=json_type), 400, "not JSON"
    )
    foreign = {"origin": "http://evil.example", **json_type}
    assert_their_error(
        post("/v1/chat/completions", content=b"{}", headers=foreign), 403, "other sites"
    )
    wrong = client.get("/v1/chat/completions")
    assert_their_error(wrong, 405, "POST")
    assert wrong.headers["allow"] == "OPTIONS, POST"
    nothing = assert_their_error(client.get("/v1/chat/nothing"), 404, "nothing at this address")
    assert nothing["code"] is None
    for other in ("completions", "embeddings", "responses"):
        found = assert_their_error(post(f"/v1/{other}", json={}), 404, "nothing at this address")
        assert found["code"] is None
    unknown = {"model": "gpt-4", "messages": [{"role": "user", "content": "a"}]}
    refused = assert_their_error(
        post("/v1/chat/completions", json=unknown), 404, "no model of this name"
    )
    assert refused["code"] == "model_not_found"
    huge = b'{"messages": "' + b"x" * (9 * 2**20) + b'"}'
    assert_their_error(post("/v1/chat/completions", content=huge, headers=json_type), 413, "8 MiB")
    assert client.head("/v1/models").status_code == 200


def test_overload_and_keys_have_their_shape_too(
    seeds_pressmark: Pressmark, seeds_home: Path
) -> None:
    with client_of(seeds_pressmark, gate=AnswerGate(at_once=1, waiting=-1)) as busy:
        for stream in (False, True):
            refused = complete(busy, ASKED, stream=stream)
            assert assert_their_error(refused, 503, "again")["type"] == "server_error"
            assert refused.headers["retry-after"]
    with (
        Pressmark.open(Settings(home=seeds_home, api_keys=KEY)) as pressmark,
        client_of(pressmark) as locked,
    ):
        error = assert_their_error(complete(locked, ASKED), 401, "asks for a key")
        assert error["code"] == "invalid_api_key"
        headers = {"Authorization": f"Bearer {KEY}"}
        assert locked.get("/v1/models", headers=headers).status_code == 200
        other = locked.get("/v1/articles")
        assert other.headers["content-type"] == "application/problem+json"


# Text that does nothing

_MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": False})
_FORBIDDEN = {"image", "link_open", "html_inline", "html_block", "fence"}
_LIVE = st.text(st.sampled_from(list("!![[]](()):<</>>\\\\``~~ \naxh:/.")), max_size=40)


def token_types(markdown: str) -> set[str]:
    found = _MARKDOWN.parse(markdown)
    return {token.type for block in found for token in (block, *(block.children or []))}


@given(_LIVE)
@example("![x](http://evil.example/p.png)")
@example("[x](http://evil.example)")
@example("[1]: http://evil.example")
@example("\\<img src=x>")
@example("\\\\<img src=x>")
@example("<http://evil.example>")
@example("\n```html\n<script>\n```")
@example("\n~~~\nx")
@example("![x][1]\n\n[1]: http://evil.example/p.png")
def test_nothing_in_an_answer_is_alive_in_a_chat_program(text: str) -> None:
    assert not token_types(f"“{harmless(text)}” [1]") & _FORBIDDEN
    assert not token_types(harmless(text)) & _FORBIDDEN


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\\![]<`~"), max_size=60)
)
@example("Prices rose 3.5 % (to $4), said Ms. O'Neil: “no comment” – * and _ stay.")
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_hostile_sentences_headlines_and_addresses_stay_text(client: TestClient) -> None:
    body = complete(client, ASKED).json()["pressmark"]
    evil = "![x](http://evil.example/a.png) <img src=http://evil.example/b.png>"
    for citation in body["citations"]:
        citation.update(title=evil, publisher=evil, url="http://evil.example/](x) <b>")
        citation["source"]["name"] = "[a](http://evil.example).txt"
    body["mode"] = "generative"
    body["answer"] = f"{evil} [1]"
    body["claims"] = [{**body["claims"][0], "text": evil, "citations": [1]}]
    answer = AnswerResponse.model_validate(body)
    text = ChatText()
    text.finish(answer)
    assert not token_types(text.content) & _FORBIDDEN
    (annotation,) = text.annotations(answer, BASE)
    assert annotation.url_citation.url.startswith(f"{BASE}/v1/sources/")
    found = annotation.url_citation
    assert text.content[found.start_index : found.end_index] == "[1]"


def test_withdrawn_before_anything_was_said_is_silent() -> None:
    text = ChatText()
    assert text.withdraw(Withdrawn(phrase("thoughts"))) == ""
    claim = Claim("Yes.", (1,), "full")
    assert text.claim(ClaimReady(claim, (), "Yes. [1]")) == "Yes. [1]"
    assert "withdrawn" in text.withdraw(Withdrawn(phrase("the model failed.")))
