"""A visitor's requests reach the process that the cookie names, whole, in both directions."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import uvicorn
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from ui.http.affinity import COOKIE, INSIDE, Affinity, Worker
from ui.http.gathering import together_with_numbers


def app_of(number: int) -> Starlette:
    """What a process answers: its number, and what it was sent."""

    async def echo(request: Request) -> Response:
        told = {
            "number": number,
            "body": (await request.body()).decode(),
            "query": request.url.query,
            "client": request.client.host if request.client else None,
            "host": request.headers["host"],
        }
        return JSONResponse(told, headers={"x-one": "1"})

    async def stream(request: Request) -> Response:
        async def parts() -> AsyncIterator[bytes]:
            for part in range(3):
                yield f"{number}{part} ".encode()

        return StreamingResponse(parts(), media_type="text/event-stream")

    return Starlette(
        routes=[
            Route("/gradio_api/echo", echo, methods=["GET", "POST"]),
            Route("/gradio_api/stream", stream),
            Route("/v1/answer", echo, methods=["GET", "POST"]),
            Route("/", echo),
        ]
    )


@pytest.fixture
def workers() -> Iterator[list[Worker]]:
    # The name of a socket has a hundred letters at most.
    with tempfile.TemporaryDirectory(prefix="pm-") as folder:
        yield [Worker(number, 2, Path(folder), "secret") for number in range(2)]


@pytest.fixture
def peer(workers: list[Worker]) -> Iterator[None]:
    """The second process, on its own socket."""
    config = uvicorn.Config(Affinity(app_of(1), workers[1]), log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    listening = workers[1].listen()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
    yield
    server.should_exit = True
    thread.join()


def ask(worker: Worker, path: str, cookie: str | None = None, **options: object) -> httpx.Response:
    """Ask the first process."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(Affinity(app_of(0), worker), client=("10.1.2.3", 5))
        cookies = {COOKIE: cookie} if cookie is not None else {}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://desk:7860", cookies=cookies
        ) as client:
            method = "POST" if "content" in options else "GET"
            return await client.request(method, path, **options)  # type: ignore[arg-type]

    return asyncio.run(asked())


@pytest.mark.usefixtures("peer")
def test_it_goes_where_the_cookie_says(workers: list[Worker]) -> None:
    here = ask(workers[0], "/gradio_api/echo?a=1", "0").json()
    there = ask(workers[0], "/gradio_api/echo?a=%20b", "1").json()
    assert (here["number"], there["number"]) == (0, 1)
    assert there["query"] == "a=%20b"
    assert there["client"] == "10.1.2.3"
    assert there["host"] == "desk:7860"


@pytest.mark.usefixtures("peer")
@pytest.mark.parametrize("size", [0, 10, 300_000])
def test_bodies_and_streams_arrive_whole(workers: list[Worker], size: int) -> None:
    sent = ask(workers[0], "/gradio_api/echo", "1", content=b"x" * size)
    assert sent.headers["x-one"] == "1"
    assert sent.json()["body"] == "x" * size
    assert ask(workers[0], "/gradio_api/stream", "1").text == "10 11 12 "


@pytest.mark.usefixtures("peer")
def test_only_the_page_is_passed_on(workers: list[Worker]) -> None:
    assert ask(workers[0], "/v1/answer", "1").json()["number"] == 0
    assert "set-cookie" not in ask(workers[0], "/v1/answer").headers


@pytest.mark.parametrize("cookie", [None, "7", "-1", "x", "01x", ""])
def test_whoever_is_with_nobody_stays_here(workers: list[Worker], cookie: str | None) -> None:
    told = ask(workers[0], "/", cookie)
    assert told.json()["number"] == 0
    assert told.headers["set-cookie"].startswith(f"{COOKIE}=0; ")
    assert "HttpOnly" in told.headers["set-cookie"]


def test_one_that_is_being_replaced_is_stood_in_for(workers: list[Worker]) -> None:
    told = ask(workers[0], "/gradio_api/echo", "1", content=b"whole")
    assert (told.json()["number"], told.json()["body"]) == (0, "whole")
    assert "set-cookie" not in told.headers


@pytest.mark.usefixtures("peer")
def test_nobody_outside_passes_for_one_of_them(workers: list[Worker]) -> None:
    forged = ask(workers[0], "/gradio_api/echo", "1", headers={INSIDE: "guessed"})
    assert forged.json()["number"] == 1  # passed on as any other
    assert forged.json()["client"] == "10.1.2.3"
    other = replace(workers[0], secret="another")
    refused = ask(other, "/gradio_api/echo", "1")
    assert refused.json()["client"] != "10.1.2.3"  # the second does not believe the first


def test_figures_of_all_get_the_number_of_their_process() -> None:
    one = '# HELP asked_total Asked.\n# TYPE asked_total counter\nasked_total{by="a"} %d\n'
    text = together_with_numbers({1: one % 5, 0: one % 2}).decode()
    (family,) = text_string_to_metric_families(text)
    found = {sample.labels["worker"]: sample.value for sample in family.samples}
    assert found == {"0": 2.0, "1": 5.0}
    assert text.count("# HELP") == 1
