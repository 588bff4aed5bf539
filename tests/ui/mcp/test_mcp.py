"""The door for assistants, driven by the protocol's own client: in process, stdio and HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from mcp import Client, StdioServerParameters

from index.errors import LibraryBusyError, QuestionError
from rag.pressmark import Pressmark
from tests.helpers.serving import RunningServer, clean_environment, pressmark_command
from ui.http.admission import AnswerGate
from ui.mcp.clients import client_lines
from ui.mcp.server import make_server

pytest_plugins = ["tests.helpers.fixtures_seeds"]

QUESTION = "How many Russians were detained in Belarus?"
TOOLS = {"ask", "search", "read_article", "list_articles"}


def through(server: Any, use: Callable[[Client], Awaitable[Any]]) -> Any:
    """What a client of a server comes back with."""

    async def connected() -> Any:
        async with Client(server) as client:
            return await use(client)

    return asyncio.run(connected())


def call(server: Any, tool: str, **arguments: Any) -> Any:
    """The structured content of a call; the words of an error, where it is one."""

    async def use(client: Client) -> Any:
        result = await client.call_tool(tool, arguments)
        if result.is_error:
            return getattr(result.content[0], "text", "")
        assert json.loads(getattr(result.content[0], "text", "")) == result.structured_content
        return result.structured_content

    return through(server, use)


@pytest.fixture(scope="module")
def server(seeds_pressmark: Pressmark) -> Any:
    return make_server(seeds_pressmark)


def test_the_tools_say_what_they_do_and_change_nothing(server: Any) -> None:
    async def use(client: Client) -> Any:
        return (await client.list_tools()).tools

    tools = through(server, use)
    assert {tool.name for tool in tools} == TOOLS
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint
        assert tool.output_schema


def test_an_answer_is_the_contract_and_its_citations_can_be_read(server: Any) -> None:
    answer = call(server, "ask", question=QUESTION)
    cited = answer["citations"][0]
    article = call(server, "read_article", article_id=cited["article_id"])

    assert answer["status"] == "answered"
    at = cited["start"] - article["offset"]
    assert article["text"][at : at + len(cited["quote"])] == cited["quote"]
    assert any(
        span["kind"] == "body" and span["start"] <= cited["start"] and cited["end"] <= span["end"]
        for span in article["spans"]
    )


def test_an_article_is_read_in_parts(server: Any) -> None:
    entry = call(server, "list_articles", limit=1)["articles"][0]
    whole = call(server, "read_article", article_id=entry["article_id"], limit=100_000)
    read, offset = "", None
    while True:
        part = call(
            server, "read_article", article_id=entry["article_id"], offset=offset, limit=700
        )
        read, offset = read + part["text"], part["next_offset"]
        if offset is None:
            break

    assert read == whole["text"]
    assert len(read) == whole["total"]


def test_a_search_finds_passages_with_their_articles(server: Any) -> None:
    found = call(server, "search", query=QUESTION, limit=3)["passages"]

    assert [passage["rank"] for passage in found] == sorted(passage["rank"] for passage in found)
    assert 1 <= len(found) <= 3
    assert any("33" in passage["text"] for passage in found)


def test_articles_are_listed_and_searched(server: Any) -> None:
    every = call(server, "list_articles")
    title = next(article["title"] for article in every["articles"] if article["title"])

    assert every["total"] == len(every["articles"]) >= 5
    assert call(server, "list_articles", search=title)["total"] >= 1
    assert call(server, "list_articles", search="no such word at all")["total"] == 0


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("ask", {"question": "   "}, "is empty"),
        ("ask", {}, "question"),
        ("read_article", {"article_id": "none"}, "no article of this id"),
        ("list_articles", {"limit": 0}, "limit: should be greater than or equal to 1"),
        ("ask", {"question": 5}, "question: must be a string"),
        ("ask", {"question": QUESTION, "from": "2020"}, "ask has no argument from; it takes"),
        ("search", {"query": "a", "as_of": "soon"}, "as_of: must be a date"),
        ("read_article", {"article_id": "a", "offset": -1}, "offset"),
    ],
)
def test_what_cannot_be_done_is_told(
    server: Any, tool: str, arguments: dict[str, Any], words: str
) -> None:
    assert words in call(server, tool, **arguments)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (QuestionError("Ask in words."), "Ask in words."),
        (LibraryBusyError("Busy."), "Busy."),
        (RuntimeError("secret path"), "was written to its log"),
    ],
)
def test_errors_are_told_and_our_own_faults_are_not_shown(error: Exception, words: str) -> None:
    def answer(question: object) -> object:
        raise error

    double = cast(Pressmark, SimpleNamespace(answer=answer, library=SimpleNamespace()))
    told = call(make_server(double), "ask", question=QUESTION)

    assert words in told
    assert "secret" not in told


def test_too_many_calls_are_told_to_come_back(seeds_pressmark: Pressmark) -> None:
    busy = make_server(seeds_pressmark, AnswerGate(at_once=0, waiting=0))

    assert "ask again shortly" in call(busy, "ask", question=QUESTION)


def test_a_client_starts_the_server_over_stdio(seeds_home: Any) -> None:
    program, *arguments = pressmark_command(seeds_home, "mcp", "--stdio")
    parameters = StdioServerParameters(command=program, args=arguments, env=clean_environment())

    assert call(parameters, "list_articles")["total"] >= 5


def test_a_running_server_has_the_door_over_http(seeds_server: RunningServer) -> None:
    address = f"{seeds_server.url}/mcp"

    assert call(address, "ask", question=QUESTION)["status"] == "answered"
    assert call(address, "list_articles")["total"] >= 5


def test_the_lines_to_paste_are_whole() -> None:
    command = ["/opt/my tools/pressmark", "--home", "/data", "mcp", "--stdio"]
    text = "\n".join(client_lines(command, "http://127.0.0.1:7860/mcp"))

    assert "claude mcp add pressmark -- '/opt/my tools/pressmark' --home /data mcp --stdio" in text
    first = json.JSONDecoder().raw_decode(text[text.index("{") :])[0]
    assert first["mcpServers"]["pressmark"]["args"] == command[1:]
    assert "http://127.0.0.1:7860/mcp" in text
