"""``pressmark serve --workers 2``: one address, two processes, and what happens when one dies."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from rag.pressmark import Pressmark
from tests.helpers.browsing import GOOD, OpenPage, Served, ask
from tests.helpers.serving import SEEDS, RunningServer, pressmark_command, running_server

pytestmark = pytest.mark.slow
pytest_plugins = ["tests.helpers.fixtures_page"]
COOKIE = "pressmark-worker"
PATIENCE_S = 240.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    home = tmp_path_factory.mktemp("workers") / "home"
    with running_server(home, str(SEEDS), "--workers", "2") as running:
        yield running


def workers_of(server: RunningServer) -> list[int]:
    """Ids of the processes that answer, the oldest first."""
    parent = server.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    spawned = [c for c in children if b"spawn_main" in Path(f"/proc/{c}/cmdline").read_bytes()]
    return sorted(map(int, spawned))


def answered(server: RunningServer, question: str = GOOD) -> dict[str, Any]:
    """Ask over a connection of its own."""
    sent = httpx.post(f"{server.url}/v1/answer", json={"question": question}, timeout=PATIENCE_S)
    assert sent.status_code == 200, sent.text
    found: dict[str, Any] = sent.json()
    return found


def until(holds: Callable[[], bool]) -> None:
    """Ask again and again; each try takes a while, and they end with the test's patience."""
    for _ in range(2_000):
        if holds():
            return
    pytest.fail("it never came true")


def figures(server: RunningServer, name: str) -> dict[str, float]:
    """A figure of each process, by its number."""
    text = httpx.get(f"{server.url}/metrics", timeout=PATIENCE_S).text
    found = re.findall(rf'^{name}\{{(?:[^}}]*,)?worker="(\d+)"[^}}]*\}} (\S+)$', text, re.M)
    together: dict[str, float] = {}
    for worker, value in found:
        together[worker] = together.get(worker, 0.0) + float(value)
    return together


def page_of(server: RunningServer, worker: int, open_page: OpenPage) -> Any:
    """The page, for a visitor whose cookie names a process."""
    cookie = {"name": COOKIE, "value": str(worker), "url": server.url}
    served = Served(server.url, cast(Pressmark, None))
    return open_page(to=served, storage_state={"cookies": [cookie], "origins": []})


def test_both_answer_and_their_figures_are_gathered(server: RunningServer) -> None:
    before = sum(figures(server, "pressmark_questions_total").values())
    answers = [answered(server)["answer"] for _ in range(4)]
    assert len(set(answers)) == 1
    assert figures(server, "pressmark_up") == {"0": 1.0, "1": 1.0}
    assert figures(server, "pressmark_articles") == {"0": 6.0, "1": 6.0}
    assert sum(figures(server, "pressmark_questions_total").values()) == before + 4


def test_a_visitor_is_told_where_to_stay(server: RunningServer) -> None:
    first = httpx.get(server.url, timeout=PATIENCE_S)
    assert first.cookies[COOKIE] in {"0", "1"}
    again = httpx.get(server.url, cookies={COOKIE: first.cookies[COOKIE]}, timeout=PATIENCE_S)
    assert "set-cookie" not in again.headers
    unknown = httpx.get(server.url, cookies={COOKIE: "7"}, timeout=PATIENCE_S)
    assert unknown.cookies[COOKIE] in {"0", "1"}
    assert "set-cookie" not in httpx.get(f"{server.url}/healthz", timeout=PATIENCE_S).headers


@pytest.mark.browser
@pytest.mark.parametrize("worker", [0, 1])
def test_the_page_works_with_either(
    server: RunningServer, worker: int, open_page: OpenPage
) -> None:
    before = figures(server, "pressmark_questions_total").get(str(worker), 0.0)
    page = page_of(server, worker, open_page)
    for _ in range(2):
        assert ask(page, GOOD)["status"] == "answered"
    # Whichever process took the connection, the one of the cookie has answered.
    assert figures(server, "pressmark_questions_total")[str(worker)] >= before + 2


def test_what_one_takes_in_the_other_finds(server: RunningServer) -> None:
    text = "The lantern festival of Zubrovka drew nine hundred visitors, said Mayor Anna Kowalska."
    given = {"articles": [{"text": text, "title": "Lanterns of Zubrovka"}]}
    for _ in range(2):  # the second finds it there, whichever process has it
        sent = httpx.post(f"{server.url}/v1/articles", json=given, timeout=PATIENCE_S)
        assert sent.status_code == 201, sent.text
    until(lambda: figures(server, "pressmark_changes_behind") == {"0": 0.0, "1": 0.0})
    for _ in range(6):
        found = answered(server, "How many visitors did the lantern festival of Zubrovka draw?")
        assert "nine hundred" in found["answer"]


def test_no_other_program_writes_meanwhile(server: RunningServer) -> None:
    import subprocess

    done = subprocess.run(
        pressmark_command(server.home, "index", str(SEEDS)), capture_output=True, text=True
    )
    assert done.returncode == 3
    assert "serving the articles" in done.stderr


@pytest.mark.browser
def test_a_killed_process_is_replaced(server: RunningServer, open_page: OpenPage) -> None:
    before = workers_of(server)
    assert len(before) == 2
    expected = answered(server)["answer"]
    page = page_of(server, 1, open_page)
    for killed in before:
        os.kill(killed, signal.SIGKILL)
        until(lambda gone=killed: gone not in workers_of(server))  # type: ignore[misc]
        # The socket is everybody's: whoever asks now is answered by the process that is left.
        assert answered(server)["answer"] == expected
        until(lambda: len(figures(server, "pressmark_up")) == 2)
    assert not set(before) & set(workers_of(server))
    page.reload()
    page.wait_for_function("window.pressmark")
    assert ask(page, GOOD)["status"] == "answered"


def test_the_processes_end_with_their_parent(tmp_path: Path) -> None:
    with running_server(tmp_path / "home", str(SEEDS), "--workers", "2", "--no-page") as server:
        workers = workers_of(server)
    until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))
    # The library is sealed again, so the next process knows it whole.
    assert (tmp_path / "home" / "library.sqlite3.seal").exists()
