"""The command line: what people see, and what scripts can rely on."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from index.ingest.report import IngestReport, RootReport
from index.library.tables import LedgerEntry
from rag.contract import AnswerResponse
from tests.helpers.serving import (
    SEEDS,
    RunningServer,
    clean_environment,
    pressmark_command,
    running_server,
)
from ui.cli.format import answer_lines, plain
from ui.cli.main import app
from ui.cli.reporting import report_lines
from ui.http.server import address_of, open_socket

pytest_plugins = ["tests.helpers.fixtures_seeds"]

QUESTION = "How many Russians were detained in Belarus?"


def pressmark(*arguments: str, home: Path, typed: str | None = None) -> Result:
    """The command line in this process."""
    return CliRunner().invoke(app, ["--home", str(home), *arguments], input=typed)


def process(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run(
        pressmark_command(home, *arguments),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        cwd=home.parent,
        env=clean_environment(),
    )


def assert_one_line(result: Result, status: int, *words: str) -> None:
    assert result.exit_code == status, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1
    for word in words:
        assert word in result.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Articles, and stray files beside them."""
    found = tmp_path / "articles"
    found.mkdir()
    text = "The mayor opened the bridge on Monday. Hundreds of people came to see it."
    (found / "good.txt").write_text(text, "utf-8")
    russian = "Мэр открыл мост в понедельник. Посмотреть на это пришли сотни человек. " * 5
    (found / "cp1251.txt").write_bytes(russian.encode("cp1251"))
    (found / "binary.txt").write_bytes(os.urandom(64) + b"\0\1\2\3" * 64)
    (found / "empty.txt").write_bytes(b"")
    with (found / "huge.txt").open("wb") as sparse:
        sparse.truncate(50 * 1024 * 1024)
    return found


# Indexing


def test_index_says_what_it_found_and_what_next(folder: Path, pressmark_home: Path) -> None:
    first = pressmark("index", str(folder), home=pressmark_home)
    assert first.exit_code == 0, first.output
    assert "2 articles added" in first.stdout
    assert "3 refused" in first.stdout
    for name in ("binary.txt", "empty.txt", "huge.txt"):
        assert f"refused {name}: " in first.stdout
    assert "texts embedded" in first.stdout
    assert "Next: pressmark ask" in first.stdout

    again = pressmark("index", home=pressmark_home)
    assert again.exit_code == 0
    assert "2 unchanged" in again.stdout
    assert "Nothing changed: nothing embedded." in again.stdout

    ledger = pressmark("articles", "ledger", home=pressmark_home)
    assert ledger.stdout.count(str(folder)) == 3
    assert "3 files refused" in ledger.stdout

    russian = pressmark("ask", "Когда мэр открыл мост?", "--json", home=pressmark_home)
    assert "понедельник" in json.loads(russian.stdout)["answer"]


def test_a_root_is_removed_when_confirmed(folder: Path, pressmark_home: Path) -> None:
    pressmark("index", str(folder), home=pressmark_home)
    kept = pressmark("articles", "remove", str(folder), home=pressmark_home, typed="n\n")
    assert kept.exit_code == 1
    assert "5 files" in kept.output
    gone = pressmark("articles", "remove", str(folder), "--yes", home=pressmark_home)
    assert gone.exit_code == 0
    assert "Removed: 2 articles" in gone.stdout
    assert (folder / "good.txt").exists()
    assert "0 articles" in pressmark("articles", home=pressmark_home).stdout
    twice = pressmark("articles", "remove", str(folder), "--yes", home=pressmark_home)
    assert_one_line(twice, 2, "not indexed")


def test_a_missing_folder_is_one_clear_line(pressmark_home: Path, tmp_path: Path) -> None:
    missing = str(tmp_path / "nowhere")
    for command in ("index", "serve"):
        port = ["--port", "0"] if command == "serve" else []
        assert_one_line(pressmark(command, missing, *port, home=pressmark_home), 2, missing)


def test_index_without_a_folder_wants_one(pressmark_home: Path) -> None:
    assert_one_line(pressmark("index", home=pressmark_home), 2, "pressmark index FOLDER")


def test_a_long_list_of_refusals_is_cut() -> None:
    refused = tuple(LedgerEntry("/r", f"f{n}", "empty") for n in range(50))
    report = IngestReport((RootReport("/r", refused=refused),), 0, 0, 0, 1.0, False)
    lines = list(report_lines(report))
    assert len(lines) < 30
    assert any("30 more" in line for line in lines)
    assert "Nothing can be asked yet" in lines[-1]
    changed = replace(report, changed=True, articles=1)
    assert "Nothing embedded." in list(report_lines(changed))


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    folder: Path, pressmark_home: Path
) -> None:
    told = pressmark("index", "--dry-run", str(folder), home=pressmark_home)
    assert told.exit_code == 0, told.output
    assert "2 articles added, 3 refused" in told.stdout
    assert "Nothing was changed" in told.stdout
    assert "0 articles in 0 files" in pressmark("articles", home=pressmark_home).stdout


def test_a_list_of_files_is_indexed_and_what_is_missing_is_said(
    folder: Path, pressmark_home: Path
) -> None:
    typed = f"{folder / 'good.txt'}\n\n{folder / 'none.txt'}\n{folder / 'empty.txt'}\n"
    done = pressmark("index", "-", home=pressmark_home, typed=typed)
    assert done.exit_code == 0, done.output
    assert "none.txt: the file does not exist" in done.stderr
    assert "1 file: 1 article added" in done.stdout
    assert "refused empty.txt" in done.stdout
    nothing = pressmark("index", "-", home=pressmark_home, typed="/no/such/file\n")
    assert nothing.exit_code == 2


def test_what_indexing_did_is_json_on_request(folder: Path, pressmark_home: Path) -> None:
    def told(*arguments: str) -> Any:
        result = pressmark(*arguments, home=pressmark_home)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    (folder / "copy.txt").write_bytes((folder / "good.txt").read_bytes())
    planned = told("index", str(folder), "--dry-run", "--json")
    done = told("index", str(folder), "--json")
    (found,) = done["folders"]
    assert planned == {"dry_run": True, "folders": done["folders"]}
    assert found["path"] == str(folder)
    assert (found["files"], found["added"], found["new_articles"]) == (6, 2, 2)
    assert {one["file"] for one in found["refused"]} == {"binary.txt", "empty.txt", "huge.txt"}
    assert found["duplicates"] == [{"file": "good.txt", "same_as": "copy.txt"}]
    assert (done["articles"], done["changed"]) == (2, True)
    gone = told("articles", "remove", str(folder), "--yes", "--json")
    assert gone == {"removed": {"files": 6, "articles": 2}, "articles": 0}


def test_json_is_one_report_and_watching_never_ends(folder: Path, pressmark_home: Path) -> None:
    refused = pressmark("index", str(folder), "--json", "--watch", home=pressmark_home)
    assert_one_line(refused, 2, "--watch")


@pytest.mark.parametrize("more", ["--watch", "--fetch=https://gazette.example/"])
def test_a_dry_run_does_nothing_else(pressmark_home: Path, more: str) -> None:
    assert_one_line(pressmark("index", "--dry-run", more, home=pressmark_home), 2, "--dry-run")


def test_what_cannot_be_fetched_is_said_and_the_rest_is_done(
    folder: Path, pressmark_home: Path
) -> None:
    private = "http://192.168.0.1/a"
    done = pressmark("index", str(folder), "--fetch", private, home=pressmark_home)
    assert done.exit_code == 3
    assert "private network" in done.stderr
    assert "2 articles added" in done.stdout


# Asking


def test_ask_shows_numbered_citations(seeds_home: Path) -> None:
    result = pressmark("ask", QUESTION, home=seeds_home)
    assert result.exit_code == 0, result.output
    assert "33" in result.stdout
    assert "\n[1] " in result.stdout
    assert "characters " in result.stdout
    assert "Found a sentence that " in result.stdout


def test_ask_json_is_the_contract_and_nothing_else(seeds_home: Path) -> None:
    result = pressmark("ask", QUESTION, "--json", home=seeds_home)
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    AnswerResponse.model_validate(answer)
    assert list(answer) == list(AnswerResponse.model_fields)
    for citation in answer["citations"]:
        text = (SEEDS / citation["source"]["name"]).read_bytes().decode("utf-8")
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_an_answer_is_printed_or_written_in_a_format(seeds_home: Path, tmp_path: Path) -> None:
    out = tmp_path / "answer.docx"
    printed = pressmark("ask", QUESTION, "--format", "bibtex", home=seeds_home)
    written = pressmark("ask", QUESTION, "--format", "docx", "--out", str(out), home=seeds_home)

    assert printed.exit_code == written.exit_code == 0
    assert printed.stdout.startswith(("@article{", "@misc{"))  # with a publisher, or without
    assert written.stdout == ""
    assert out.read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--json", "--format", "ris"], "--format"),
        (["--out", "x.ris"], "--format"),
        (["--format", "pdf"], "pdf"),
        (["--format", "ris", "--out", "missing/x.ris"], "missing/x.ris"),
    ],
)
def test_formats_that_cannot_be_are_refused(
    seeds_home: Path, options: list[str], words: str
) -> None:
    result = pressmark("ask", QUESTION, *options, home=seeds_home)

    assert result.exit_code == 2
    assert words in result.stderr


def test_an_abstention_is_an_answer(seeds_home: Path) -> None:
    result = pressmark("ask", "What is the recipe for borscht?", home=seeds_home)
    assert result.exit_code == 0, result.output
    assert "The articles do not say" in result.stdout


def test_history_and_filters_are_passed_on(seeds_home: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    earlier.write_text(json.dumps([{"question": QUESTION, "answer": "33."}]), "utf-8")
    options = ["--history", str(earlier), "--publisher", "TASS", "--from", "2020-01-01"]
    result = pressmark("ask", "When were they detained?", *options, "--json", home=seeds_home)
    assert result.exit_code == 0, result.output
    for citation in json.loads(result.stdout)["citations"]:
        assert citation["publisher"] == "TASS"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([""], "The question"),
        (["  "], "The question"),
        (["x" * 100_000], "4,000"),
        ([QUESTION, "--as-of", "someday"], "--as-of"),
        ([QUESTION, "--from", "2020-13-01"], "--from"),
        ([QUESTION, "--to", "x"], "--to"),
        ([QUESTION, "--history", "missing.json"], "--history"),
    ],
)
def test_what_cannot_be_asked_is_one_clear_line(
    arguments: list[str], words: str, pressmark_home: Path
) -> None:
    assert_one_line(pressmark("ask", *arguments, home=pressmark_home), 2, words)


def test_a_history_that_is_no_history_is_refused(pressmark_home: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    for content in (b"{", b'[{"answer": "x"}]', b'"x"', b"\xff"):
        broken.write_bytes(content)
        result = pressmark("ask", QUESTION, "--history", str(broken), home=pressmark_home)
        assert_one_line(result, 2, "--history")


def test_asking_an_empty_library_says_what_to_do(pressmark_home: Path) -> None:
    result = pressmark("ask", QUESTION, home=pressmark_home)
    assert_one_line(result, 2, "pressmark index FOLDER", str(pressmark_home))


# Listing and checking


def test_articles_are_listed(seeds_home: Path) -> None:
    result = pressmark("articles", home=seeds_home)
    assert result.exit_code == 0, result.output
    assert "TASS, 6 August 2020 (" in result.stdout
    assert ") · 000_94d6a886cfc6cf86.txt · " in result.stdout
    assert "Mind the date" in result.stdout
    assert str(SEEDS) in result.stdout


def test_doctor_is_content_with_the_seeds(seeds_home: Path) -> None:
    result = pressmark("doctor", home=seeds_home)
    assert result.exit_code == 0, result.output
    assert str(seeds_home) in result.stdout
    assert "multilingual-e5-small (384 dimensions), on this machine" in result.stdout
    assert "Nothing leaves this machine." in result.stdout


def test_doctor_never_shows_the_key(seeds_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSMARK_LLM_API_KEY", "sk-very-secret")
    monkeypatch.setenv("PRESSMARK_LLM_BASE_URL", "http://user:pass@127.0.0.1:9/v1")
    monkeypatch.setenv("PRESSMARK_LLM_MODEL", "some-model")
    result = pressmark("doctor", home=seeds_home)
    assert "some-model at 127.0.0.1:9 (PRESSMARK_LLM_BASE_URL), with the key in" in result.stdout
    assert "Nothing leaves this machine; the model answers at 127.0.0.1." in result.stdout
    assert "secret" not in result.output
    assert "pass" not in result.output.replace("passages", "")


def test_doctor_finds_an_empty_and_a_damaged_library(pressmark_home: Path) -> None:
    empty = pressmark("doctor", home=pressmark_home)
    assert empty.exit_code == 1
    assert "! Nothing is indexed yet" in empty.stdout
    (pressmark_home / "library.sqlite3").write_bytes(b"no library at all" * 100)
    damaged = pressmark("doctor", home=pressmark_home)
    assert damaged.exit_code == 1
    assert "! " in damaged.stdout
    assert_one_line(pressmark("ask", QUESTION, home=pressmark_home), 3)


def test_settings_that_cannot_be_used_are_named(
    pressmark_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSMARK_PORT", "many")
    assert_one_line(pressmark("doctor", home=pressmark_home), 2, "port")


# Serving


def test_a_taken_port_is_named_with_what_to_do(pressmark_home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        result = pressmark("serve", "--port", port, home=pressmark_home)
    assert_one_line(result, 2, port, "--port")
    assert not pressmark_home.exists(), "the port comes first"


@pytest.mark.parametrize("known", [True, False])
def test_an_address_of_elsewhere_is_refused(
    known: bool, pressmark_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        if not known:
            raise socket.gaierror("unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    result = pressmark("serve", "--host", "192.0.2.1", "--port", "0", home=pressmark_home)
    assert_one_line(result, 2, "--host 192.0.2.1")


def test_addresses_are_shown_as_a_browser_takes_them() -> None:
    with open_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert address_of(taken, "127.0.0.1") == f"http://127.0.0.1:{port}"
        assert address_of(taken, "0.0.0.0") == f"http://127.0.0.1:{port}"  # noqa: S104
        assert address_of(taken, "::1") == f"http://[::1]:{port}"


def test_a_running_server_answers_and_lets_others_read(seeds_server: RunningServer) -> None:
    home = seeds_server.home
    assert httpx.get(f"{seeds_server.url}/readyz").json()["articles"] >= 5
    page = httpx.get(seeds_server.url)
    assert page.status_code == 200
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    missing = httpx.get(f"{seeds_server.url}/nothing")
    assert missing.status_code == 404
    assert missing.headers["content-type"] == "application/problem+json"

    asked = process("ask", QUESTION, "--json", home=home)
    assert asked.returncode == 0, asked.stderr
    assert asked.stderr == ""
    assert json.loads(asked.stdout)["status"] == "answered"
    assert pressmark("articles", home=home).exit_code == 0

    refused = pressmark("index", str(SEEDS), home=home)
    assert_one_line(refused, 3, str(seeds_server.process.pid))
    removed = pressmark("articles", "remove", str(SEEDS), "--yes", home=home)
    assert_one_line(removed, 3)


@pytest.mark.slow
def test_ctrl_c_ends_a_server_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSMARK_API_KEYS", "a-key-for-this-test")
    with running_server(tmp_path / "home", "--no-page", "--host", "0.0.0.0") as server:  # noqa: S104
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        assert httpx.get(server.url).status_code == 401
        assert httpx.get(server.url, auth=("", "a-key-for-this-test")).status_code == 404
        server.process.send_signal(signal.SIGINT)
        said, _ = server.process.communicate(timeout=60)
        assert said == ""


# The command itself


def test_help_is_quick_and_has_examples(tmp_path: Path) -> None:
    heavy = "chromadb", "gradio", "fastapi", "llama_index", "pydantic", "numpy"
    script = (
        "import sys\nfrom typer.testing import CliRunner\nfrom ui.cli.main import app\n"
        "result = CliRunner().invoke(app, ['--help'])\nprint(result.output)\n"
        f"print('loaded:', [name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        env=clean_environment(),
    )
    assert "loaded: []" in done.stdout, done.stderr
    commands: dict[str, Any] = {
        name: CliRunner().invoke(app, [name, "--help"])
        for name in ("index", "ask", "serve", "articles", "doctor")
    }
    for name, result in commands.items():
        assert result.exit_code == 0
        assert f"pressmark {name}" in result.output


def test_version_is_said() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout.startswith("pressmark ")


# Article text is data


def test_nothing_in_an_article_reaches_the_terminal_as_a_command(seeds_home: Path) -> None:
    hostile = "\x1b[31mred\x07 \u202eback \x9b2J [bold]x[/bold]\nnext\u2028line"
    assert plain(hostile) == "[31mred back 2J [bold]x[/bold] next line"
    answer = json.loads(pressmark("ask", QUESTION, "--json", home=seeds_home).stdout)
    citation = answer["citations"][0]
    citation.update(publisher=hostile, title=hostile, quote=hostile, date_warning=hostile)
    citation.update(speaker=hostile, copies=["a"])
    answer.update(answer=hostile, rejected=[{"text": hostile, "reason": hostile}])
    answer.update(fallback=hostile)
    shown = "\n".join(answer_lines(AnswerResponse.model_validate(answer)))
    assert not [character for character in shown if character < " " and character != "\n"]
    assert "\u202e" not in shown
    assert "Left out" in shown
