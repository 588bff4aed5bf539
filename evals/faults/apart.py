"""Two servers, an indexer, PostgreSQL and a Chroma server against one process with a folder.

The same questions get the same answers, item by item; then each process is killed in turn while
articles are indexed and questions asked. An answer that comes must be the right one; otherwise
there is an error that says so. In the end all articles are there.
"""

import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from evals.dataset.corpus import corpus_folder
from evals.dataset.finding import find_suite
from evals.dataset.items import Query
from evals.dataset.suites import load_suite
from evals.faults.results import Result
from evals.running.servers import Chroma, Part, Postgres, address_of, free_port, pressmark
from rag.settings import Settings

PROMISE = "apart or in one process, the same answers; no killed process loses or falsifies any"
SUITES = ("seeds", "newsroom")
_MORE = 12
_BESIDE = 3
_PATIENCE_S = 900.0
_LEFT_OUT = ("timings_ms", "index_version")
_SERVED = ("serve", "--no-page", "--port")


@dataclass(slots=True)
class Asked:
    """What one form of the program answered.

    Attributes:
        answers: by question, the contract's object without times and versions.
        seconds: of each answer.
    """

    answers: list[dict[str, Any]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Apart:
    """The processes of the form for many machines.

    Attributes:
        postgres: the database.
        chroma: the vectors.
        servers: those that answer, with their addresses.
        settings: variables that all processes of ours have.
        addresses: of the servers.
        indexing_s: seconds that the first indexing took.
    """

    postgres: Postgres
    chroma: Chroma
    servers: dict[str, Part]
    settings: dict[str, str]
    addresses: dict[str, str] = field(default_factory=dict)
    indexing_s: float = 0.0


def apart(rounds: int, suites: Sequence[str] = SUITES, embedding: str = "e5") -> Result:
    """Compare both forms, then kill each process of the second.

    Args:
        rounds: questions to ask of each suite; kills follow.
        suites: names of suites.
        embedding: for tests, one that costs less.
    """
    result, started = Result("apart", PROMISE), time.monotonic()
    for name in suites:
        with tempfile.TemporaryDirectory(prefix="pressmark-apart-") as place:
            _one_suite(result, name, Path(place), rounds, embedding)
    result.seconds = time.monotonic() - started
    return result


def _one_suite(result: Result, name: str, place: Path, rounds: int, embedding: str) -> None:
    suite = load_suite(find_suite(name, Settings()))
    folder, _ = corpus_folder(suite, place / "corpus")
    asked = [_body(query) for query in suite.queries[:: max(1, len(suite.queries) // rounds)]]
    asked = asked[:rounds]
    settings = {"PRESSMARK_EMBEDDING": embedding}
    alone = pressmark("alone", place, settings, *_SERVED, "0", str(folder))
    with _running(alone):
        together = ask([address_of(alone)], asked)
    with _apart(place, settings, folder) as form:
        distributed = ask(list(form.addresses.values()), asked)
        different = [
            body["question"]
            for body, one, other in zip(asked, together.answers, distributed.answers, strict=True)
            if one != other
        ]
        result.tried += len(asked)
        result.outcomes[f"{name}: same answer"] += len(asked) - len(different)
        result.wrong += [f"{name}: another answer to {question!r}" for question in different]
        result.figures |= {
            f"{name}: ms in one process": _median_ms(together),
            f"{name}: ms apart": _median_ms(distributed),
        }
        if name == SUITES[0]:  # kills need no second suite
            _kill_each(result, form, place, asked, distributed)


def ask(addresses: Sequence[str], asked: Sequence[dict[str, Any]]) -> Asked:
    """Ask servers in turn, one question after the other.

    Args:
        addresses: of the servers.
        asked: bodies of ``POST /v1/answer``.
    """
    told = Asked()
    with httpx.Client(timeout=_PATIENCE_S, trust_env=False) as client:
        for number, body in enumerate(asked):
            address = addresses[number % len(addresses)]
            if number < len(addresses):  # models are read with the first question
                client.post(f"{address}/v1/answer", json=body)
            began = time.perf_counter()
            reply = client.post(f"{address}/v1/answer", json=body)
            told.seconds.append(time.perf_counter() - began)
            told.answers.append(_plain(reply.raise_for_status().json()))
    return told


@contextmanager
def _apart(place: Path, settings: dict[str, str], folder: Path) -> Iterator[Apart]:
    with ExitStack() as stack:
        postgres, chroma = Postgres.make(), Chroma.make(place / "chroma")
        stack.callback(postgres.end)
        postgres.start()
        stack.callback(chroma.part.end)
        chroma.start()
        both = {"PRESSMARK_LIBRARY_URL": postgres.url, "PRESSMARK_CHROMA_URL": chroma.url}
        shared = {**settings, **both}
        began = time.monotonic()
        status, said = _run(pressmark("first-indexer", place, shared, "index", str(folder)))
        if status:
            raise RuntimeError(said)
        took = time.monotonic() - began
        servers = {
            name: pressmark(name, place, shared, *_SERVED, str(free_port()))
            for name in ("server-1", "server-2")
        }
        form = Apart(postgres, chroma, servers, shared, indexing_s=took)
        for name, server in servers.items():
            stack.callback(server.end)
            server.start()
            form.addresses[name] = address_of(server)
        yield form


def _kill_each(
    result: Result, form: Apart, place: Path, asked: Sequence[dict[str, Any]], right: Asked
) -> None:
    """Index further articles, kill a process, ask on, start it again; every process in turn."""
    # Only questions whose answers further articles cannot change: they are about other things.
    news, rng = place / "more", random.Random(1)  # noqa: S311 - moments, not secrets
    news.mkdir()
    written = 0
    for victim in ("server-1", "server-2", "chroma", "postgres", "indexer"):
        _write_more(news, written, _MORE)
        written += _MORE
        indexer = pressmark("indexer", place, form.settings, "index", str(news))
        with _running(indexer):
            # A run takes about as long as the first did; it is killed at any moment of that.
            time.sleep(form.indexing_s * rng.uniform(0.2, 1.0))
            part = _part(form, indexer, victim)
            part.kill()
            result.tried += 1
            result.outcomes["killed"] += 1
            _ask_beside(result, form, victim, asked, right)
            _start_again(form, victim)
    _finish(result, form, place, news)
    _look_over(result, form, place)
    _ask_beside(result, form, "nobody", asked, right, strict=True)


def _part(form: Apart, indexer: Part, victim: str) -> Part:
    parts = {"chroma": form.chroma.part, "postgres": form.postgres.part, "indexer": indexer}
    return parts.get(victim) or form.servers[victim]


def _start_again(form: Apart, victim: str) -> None:
    if victim == "postgres":
        form.postgres.start()
    elif victim == "chroma":
        form.chroma.start()
    elif victim in form.servers:
        server = form.servers[victim]
        server.log.write_bytes(b"")
        server.start()
        form.addresses[victim] = address_of(server)


def _ask_beside(
    result: Result,
    form: Apart,
    victim: str,
    asked: Sequence[dict[str, Any]],
    right: Asked,
    *,
    strict: bool = False,
) -> None:
    """Ask both servers: each gives the right answer, or an error that says so."""
    with httpx.Client(timeout=_PATIENCE_S, trust_env=False) as client:
        for number in range(min(_BESIDE, len(asked))):
            for address in form.addresses.values():
                try:
                    reply = client.post(f"{address}/v1/answer", json=asked[number])
                except httpx.TransportError:
                    outcome = "no connection"
                else:
                    outcome = _judged(reply, right.answers[number])
                result.outcomes[outcome] += 1
                if outcome == "wrong" or (strict and outcome != "right"):
                    question = asked[number]["question"]
                    result.wrong.append(f"{victim} killed: {outcome} answer to {question!r}")


def _judged(reply: httpx.Response, right: dict[str, Any]) -> str:
    if reply.status_code == 503 and "retry-after" in reply.headers:
        return "503 that says so"
    if reply.status_code != 200:
        return "wrong"
    told = _plain(reply.json())
    # More articles change scores a little; the words and their places stay.
    return "right" if _words(told) == _words(right) else "wrong"


def _words(answer: dict[str, Any]) -> list[Any]:
    places = [(c["source"]["sha256"], c["start"], c["end"]) for c in answer["citations"]]
    return [answer["status"], answer["answer"], places]


def _finish(result: Result, form: Apart, place: Path, news: Path) -> None:
    """Index again, as whoever sees to it would, and look that nothing is lost or doubled."""
    status, said = _run(pressmark("again", place, form.settings, "index", str(news)))
    if status:
        result.wrong.append(f"indexing again fails: {said[-300:]}")
        return
    wanted = sum(1 for _ in news.iterdir())
    address = next(iter(form.addresses.values()))
    listed = httpx.get(f"{address}/v1/articles?limit=1000", timeout=_PATIENCE_S, trust_env=False)
    names = [article["source"]["name"] for article in listed.json()["articles"]]
    here = [name for name in names if name.startswith("more-")]
    result.outcomes["articles there"] += len(here)
    if len(here) != len({*here}) or len(here) != wanted:
        result.wrong.append(f"{len(here)} of {wanted} articles are there")


def _look_over(result: Result, form: Apart, place: Path) -> None:
    """Let the doctor check library and indexes."""
    _, said = _run(pressmark("doctor", place, form.settings, "doctor", "--json"))
    findings = json.loads(said[said.index("{") :])["findings"]
    result.wrong += [f"doctor: {found['text']}" for found in findings if found["wrong"]]


def _run(part: Part) -> tuple[int, str]:
    """Run a command to its end; its status, and what it said."""
    part.log.unlink(missing_ok=True)
    part.start()
    if part.process is None:
        raise RuntimeError(f"{part.name} did not start")
    status = part.process.wait(_PATIENCE_S)
    return status, part.log.read_text(errors="replace")


def _write_more(news: Path, first: int, count: int) -> None:
    for n in range(first, first + count):
        lines = " ".join(
            f"Warden {n * 7 + k} of Quillhaven{n:03d} counted {n + k} lanterns." for k in range(5)
        )
        (news / f"more-{n:04d}.txt").write_text(f"Lanterns of Quillhaven{n:03d}\n\n{lines}\n")


@contextmanager
def _running(part: Part) -> Iterator[None]:
    part.start()
    try:
        yield
    finally:
        part.end()


def _body(query: Query) -> dict[str, Any]:
    history = [{"question": question, "answer": answer} for question, answer in query.history]
    day = query.date.isoformat() if query.date else None
    asked = {"question": query.question, "as_of": day, "history": history}
    return {**asked, "mode": "extractive"}


def _plain(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in _LEFT_OUT}


def _median_ms(asked: Asked) -> float:
    return round(1000 * statistics.median(asked.seconds), 1)
