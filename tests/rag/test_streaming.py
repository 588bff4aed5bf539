"""An answer in progress, over the real library of the seeds and a real socket."""

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag.llm.retrying import CancelledByReaderError
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.streaming import AnswerStream
from rag.types import Answer, AnswerEvent, ClaimReady, Question, Withdrawn
from tests.helpers.judging import SaidJudge
from tests.helpers.openai_server import openai_server, says
from tests.helpers.raw_server import Connection, chunk, raw_server

SEEDS = Path(__file__).parents[2] / "seeds"
ASKED = "How many Russian citizens were detained on July 29?"
TRUE = "Minsk announced that 33 Russian citizens were detained in Belarus on July 29. [1]"
FALSE = "99 Martians landed in Minsk. [1]"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("streaming") / "home"
    with Pressmark.open(Settings(home=home), write=True) as opened:
        opened.index([SEEDS])
    return home


def opened(home: Path, url: str | None = None, **changes: Any) -> Pressmark:
    model = {"llm_base_url": url, "llm_model": "test-model"} if url else {}
    return Pressmark.open(
        Settings(home=home, refuse_below=0.0, **{"llm_timeout_s": 5.0, **model, **changes})
    )


def parted(events: list[AnswerEvent]) -> tuple[list[ClaimReady], Answer]:
    """The sentences that are not withdrawn, and the answer at the end."""
    kept: list[ClaimReady] = []
    for event in events[:-1]:
        assert not isinstance(event, Answer), "the answer is last"
        kept = [] if isinstance(event, Withdrawn) else [*kept, event]
    assert isinstance(events[-1], Answer)
    return kept, events[-1]


def assert_same(kept: list[ClaimReady], answer: Answer) -> None:
    assert tuple(event.claim for event in kept) == answer.claims
    assert tuple(c for event in kept for c in event.citations) == answer.citations
    if answer.claims:
        assert "\n\n".join(event.text for event in kept) == answer.text


def test_quotes_come_as_events_too(home: Path) -> None:
    with opened(home) as pressmark:
        kept, answer = parted(list(pressmark.stream(ASKED)))
        assert kept
        assert_same(kept, answer)
        assert answer.claims == pressmark.answer(ASKED).claims
        nothing, refused = parted(list(pressmark.stream("🙂🙂")))
    assert not nothing
    assert refused.status == "abstained"


def test_a_verified_sentence_is_told_before_the_next_is_written(home: Path) -> None:
    go_on = threading.Event()

    def slowly(connection: Connection) -> None:
        connection.head(kind="text/event-stream")
        connection.event(**chunk({"content": f"{TRUE} {FALSE} Two "}))
        go_on.wait(10)
        connection.event(**chunk({"content": "days later it rained [1]."}))
        connection.event(**chunk({}, "stop"))

    with raw_server(slowly) as server, opened(home, server.url) as pressmark:
        events = pressmark.stream(ASKED)
        first = next(events)
        assert isinstance(first, ClaimReady)
        assert first.text == TRUE
        assert first.citations[0].marker == 1
        go_on.set()
        kept, answer = parted([first, *events])
    assert answer.mode == "generative"
    assert answer.text == TRUE
    assert [one.text for one in answer.rejected] == [
        FALSE.removesuffix(" [1]"),
        "Two days later it rained.",
    ]
    assert_same(kept, answer)


def test_what_was_told_is_withdrawn_when_the_model_fails_later(home: Path) -> None:
    def breaks_off(connection: Connection) -> None:
        connection.head(kind="text/event-stream")
        connection.event(**chunk({"content": f"{TRUE} And then it"}))

    with raw_server(breaks_off) as server, opened(home, server.url) as pressmark:
        events = list(pressmark.stream(ASKED))
        quoted = pressmark.answer(Question(ASKED, mode="extractive"))
    assert isinstance(events[0], ClaimReady)
    assert events[0].text == TRUE
    assert isinstance(events[1], Withdrawn)
    kept, answer = parted(events)
    assert (answer.mode, answer.fallback) == ("extractive", events[1].reason)
    assert answer.citations == quoted.citations
    assert_same(kept, answer)


def test_thoughts_that_were_told_are_withdrawn_and_the_answer_follows(home: Path) -> None:
    def thinks(connection: Connection) -> None:
        connection.pieces(f"{TRUE} So I ", "say that. </think> ", TRUE)

    with raw_server(thinks) as server, opened(home, server.url) as pressmark:
        events = list(pressmark.stream(ASKED))
    assert isinstance(events[0], ClaimReady)
    assert isinstance(events[1], Withdrawn)
    kept, answer = parted(events)
    assert (answer.mode, answer.fallback) == ("generative", None)
    assert [event.text for event in kept] == [TRUE]
    assert_same(kept, answer)


@pytest.mark.parametrize("text", ["", FALSE])
def test_nothing_usable_means_quotes(home: Path, text: str) -> None:
    def writes(connection: Connection) -> None:
        connection.pieces(*text)

    with raw_server(writes) as server, opened(home, server.url) as pressmark:
        kept, answer = parted(list(pressmark.stream(ASKED)))
    assert answer.mode == "extractive"
    assert answer.fallback
    assert answer.citations
    assert_same(kept, answer)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_model_that_hangs_gives_quotes_by_the_deadline(home: Path, streamed: bool) -> None:
    with (
        raw_server(lambda connection: connection.hang()) as server,
        opened(home, server.url, llm_timeout_s=1.0) as pressmark,
    ):
        answer = parted(list(pressmark.stream(ASKED)))[1] if streamed else pressmark.answer(ASKED)
    assert "did not answer within 1 seconds" in (answer.fallback or "")
    assert answer.citations


def test_closing_from_another_thread_ends_a_stream_that_waits(home: Path) -> None:
    reached = threading.Event()

    def hangs(connection: Connection) -> None:
        reached.set()
        connection.hang()

    def close_once_it_waits(events: AnswerStream) -> None:
        reached.wait(60)
        events.close()

    with raw_server(hangs) as server, opened(home, server.url, llm_timeout_s=60.0) as pressmark:
        events = pressmark.stream(ASKED)
        threading.Thread(target=close_once_it_waits, args=(events,)).start()
        assert list(events) == []
        assert server.gone.wait(30), "the connection stayed open"
        with pytest.raises(CancelledByReaderError):
            events.answer()


def test_the_judge_is_loaded_before_the_models_time_begins(home: Path) -> None:
    order: list[str] = []

    class SlowlyLoaded(SaidJudge):
        def ready(self) -> None:
            order.append("loaded")

    def writes(connection: Connection) -> None:
        order.append("asked")
        connection.pieces(TRUE)

    with raw_server(writes) as server, opened(home, server.url) as pressmark:
        judge = SlowlyLoaded(lambda _claim, _evidence: "supported")
        judged = Pressmark(replace(pressmark._tools, judge=judge))
        _, answer = parted(list(judged.stream(ASKED)))
    assert answer.mode == "generative"
    assert order == ["loaded", "asked"]


def test_fewer_passages_are_sent_once_when_they_were_too_many(home: Path) -> None:
    asked: list[int] = []

    def reads_little(connection: Connection) -> None:
        passages = connection.request["messages"][1]["content"].count("</passage-")
        asked.append(passages)
        if len(asked) == 1:
            connection.respond(
                b'{"error": {"code": "context_length_exceeded", "message": "no"}}',
                "400 Bad Request",
            )
        else:
            connection.pieces(TRUE)

    with raw_server(reads_little) as server, opened(home, server.url) as pressmark:
        _, answer = parted(list(pressmark.stream(ASKED)))
    assert answer.mode == "generative"
    assert len(asked) == 2
    assert asked[1] == asked[0] // 2

    def reads_nothing(connection: Connection) -> None:
        asked.append(connection.request["messages"][1]["content"].count("</passage-"))
        connection.respond(
            b'{"error": {"code": "context_length_exceeded", "message": "no"}}', "400 Bad Request"
        )

    with raw_server(reads_nothing) as server, opened(home, server.url) as pressmark:
        asked.clear()
        refused = pressmark.answer(ASKED)
    assert refused.fallback
    assert len(asked) <= 2


def test_after_some_failures_the_model_is_left_alone(home: Path) -> None:
    def fails(connection: Connection) -> None:
        connection.respond(b"", "503 Service Unavailable")

    with raw_server(fails) as server, opened(home, server.url) as pressmark:
        for _ in range(3):
            assert "503" in (pressmark.answer(ASKED).fallback or "")
        calls = len(server.requests)
        answer = pressmark.answer(ASKED)
        assert "in a row" in (answer.fallback or "")
        assert len(server.requests) == calls
    assert answer.citations


def test_asynchronous_doors(home: Path) -> None:
    async def use(pressmark: Pressmark) -> tuple[Answer, list[AnswerEvent]]:
        answers = await asyncio.gather(pressmark.aanswer(ASKED), pressmark.aanswer(ASKED))
        assert answers[0].claims == answers[1].claims
        return answers[0], [event async for event in pressmark.astream(ASKED)]

    with openai_server(says(TRUE)) as (url, _), opened(home, url) as pressmark:
        answer = asyncio.run(pressmark.aanswer(ASKED))
        assert answer.text == TRUE
    with opened(home) as pressmark:
        answer, events = asyncio.run(use(pressmark))
    kept, streamed = parted(events)
    assert streamed.claims == answer.claims
    assert_same(kept, streamed)


def test_cancelling_an_asynchronous_answer_ends_the_call(home: Path) -> None:
    reached = threading.Event()

    def hangs(connection: Connection) -> None:
        reached.set()
        connection.hang()

    async def give_up(pressmark: Pressmark) -> None:
        asking = asyncio.create_task(pressmark.aanswer(ASKED))
        assert await asyncio.to_thread(reached.wait, 60)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    with (
        raw_server(hangs) as server,
        opened(home, server.url, llm_timeout_s=60.0) as pressmark,
    ):
        asyncio.run(give_up(pressmark))
        assert server.gone.wait(30), "the connection stayed open"
