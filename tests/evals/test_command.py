"""`pressmark eval` as people type it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from evals import command
from evals.dataset import finding
from evals.dataset.finding import all_suites, find_suite
from evals.dataset.items import Suite
from evals.dataset.suites import load_suite
from evals.gating import limits
from evals.gating.limits import Limit
from evals.records.record import Record
from evals.running.run import run_suite
from index.errors import IndexStoreError, SuiteError
from rag.settings import Settings
from tests.helpers.evals_doubles import ScriptedSystem

TEXT = "The ferry costs 12 crowns. It leaves at noon."
QUERIES = [
    {
        "id": "cost",
        "question": "How much is it?",
        "answers": ["12 crowns"],
        "answerable": True,
        "gold": [{"doc_id": "d", "quote": "The ferry costs 12 crowns."}],
        "portion": "train",
    },
    {"id": "none", "question": "Who steers?", "answerable": False, "portion": "report"},
]
RIGHT = {"How much is it?": ["The ferry costs 12 crowns."]}


def write_suite(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "corpus.jsonl").write_text(json.dumps({"id": "d", "text": TEXT}), encoding="utf-8")
    lines = "\n".join(map(json.dumps, QUERIES))
    (folder / "queries.jsonl").write_text(lines, encoding="utf-8")
    return folder


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """Suites, gate and baselines of the test's own; the answers can be changed."""
    script: dict[str, Any] = dict(RIGHT)
    monkeypatch.setattr(
        command, "run_suite", partial(run_suite, opener=lambda s: ScriptedSystem(script).opened(s))
    )
    monkeypatch.setattr(finding, "SUITES", write_suite(tmp_path / "suites" / "ferry").parent)
    gate = {"ferry": {"citation_hit_any": Limit(floor=0.5, tolerance=0.0)}}
    monkeypatch.setattr(command, "read_limits", lambda: gate)
    monkeypatch.setattr(
        command, "baseline_path", partial(limits.baseline_path, folder=tmp_path / "baseline")
    )
    return script


def run(*args: str | Path, **settings: Any) -> int:
    return command.run([str(arg) for arg in args], Settings(**settings))


def test_a_suite_by_name(
    scripted: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("ferry", "--out", tmp_path / "out") == 0
    printed = capsys.readouterr().out
    for title in ("Gold citation hit, any", "Refusal recall", "Words quoted per answer"):
        assert title in printed
    assert "Report: " in printed
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"ferry.json", "ferry.html"}


def test_a_suite_by_path_and_without_out(scripted: dict[str, Any], tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert run(write_suite(tmp_path / "mine"), "--portion", "train", home=home) == 0
    (made,) = (home / "evals" / "runs").glob("*/mine.json")
    assert json.loads(made.read_text(encoding="utf-8"))["suite"]["portion"] == "train"


def test_all_suites_with_two_that_cannot_be_run(
    scripted: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = tmp_path / "data"
    write_suite(data / "ferry")
    # Data for another measurement: no questions, claims or pages.
    (data / "speech").mkdir(parents=True)
    (data / "speech" / "sounds.jsonl").write_text('{"id": "s1"}', encoding="utf-8")
    (data / "pages").mkdir()
    (data / "pages" / "page.html").write_text(f"<p>{TEXT}</p>", encoding="utf-8")
    page = {"id": "p1", "html_file": "page.html", "text": TEXT}
    (data / "pages" / "pages.jsonl").write_text(json.dumps(page), encoding="utf-8")
    write_suite(data / "full")
    (data / ".git").mkdir()

    runs = partial(run_suite, opener=lambda s: ScriptedSystem(scripted).opened(s))

    def run_unless_full(suite: Suite, *args: Any) -> Record:
        if suite.name == "full":
            raise IndexStoreError("The disk is full.")
        return runs(suite, *args)

    monkeypatch.setattr(command, "run_suite", run_unless_full)
    assert run("--all", "--out", tmp_path / "out", evals_data=data) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert f"Skipped speech: {data / 'speech'} is not a suite" in printed
    assert "it has no questions, claims or pages" in printed
    assert "pages: 1 of 1 pages" in printed
    assert "Skipped full: The disk is full." in printed
    assert printed.endswith("Skipped, for the reasons above: full, speech")
    names = {path.name for path in (tmp_path / "out").glob("*.json")}
    assert names == {"ferry.json", "ferry-2.json", "pages.json"}


def test_a_gated_suite_is_not_skipped(
    scripted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("--all", "--write-baseline") == 0

    def fail(*_: Any) -> Record:
        raise IndexStoreError("The disk is full.")

    monkeypatch.setattr(command, "run_suite", fail)
    with pytest.raises(IndexStoreError):
        run("--all", "--gate")


def test_a_suite_asked_for_by_name_is_not_skipped(scripted: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    with pytest.raises(SuiteError, match="no questions, claims or pages"):
        run(tmp_path / "pages")


def test_the_gate(
    scripted: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--gate") == 1
    assert "there is no baseline" in capsys.readouterr().out
    assert run("ferry", "--write-baseline", "--gate") == 0
    assert "Gate: ferry passes." in capsys.readouterr().out
    scripted["How much is it?"] = ["It leaves at noon."]
    assert run("--gate") == 1
    printed = capsys.readouterr().out
    assert "citation_hit_any: is 0.0000, was 1.0000: worse by more than 0" in printed
    assert "cost  How much is it?" in printed


def test_two_runs_compared(
    scripted: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("ferry", "--out", tmp_path / "a")
    scripted.clear()
    run("ferry", "--out", tmp_path / "b")
    capsys.readouterr()
    assert run("compare", tmp_path / "a", tmp_path / "b") == 0
    printed = capsys.readouterr().out
    assert "Lost: 1" in printed
    assert "cost  How much is it?" in printed
    assert "Gained: 0" in printed


def test_a_new_suite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", tmp_path / "fresh") == 0
    assert (tmp_path / "fresh" / "suite.toml").is_file()
    assert "Try it: pressmark eval" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--sample", "1", "ferry"], "give both"),
        (["ferry", "--all"], "not both"),
        (["--limit", "3"], "Name a suite, or say --all"),
        (["nowhere"], "There is no suite at nowhere"),
        (["ferry", "--limit", "1", "--gate"], "whole suites"),
        (["compare", "a.json", "b.json"], "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said(
    scripted: dict[str, Any], args: list[str], message: str
) -> None:
    with pytest.raises(SuiteError, match=message):
        run(*args)


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    assert "compare" in capsys.readouterr().out
    assert run("seeds", "--nonsense") == 2
    assert "--nonsense" in capsys.readouterr().err


def test_names_come_before_paths(
    scripted: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_suite(tmp_path / "ferry")
    data = tmp_path / "data"
    write_suite(data / "public")
    settings = Settings(evals_data=data)
    assert find_suite("ferry", settings) == finding.SUITES / "ferry"
    assert find_suite("./ferry", settings) == Path("ferry")
    assert find_suite("public", settings) == data / "public"
    assert all_suites(settings) == [finding.SUITES / "ferry", data / "public"]
    with pytest.raises(SuiteError, match="PRESSMARK_EVALS_DATA"):
        all_suites(Settings(evals_data=tmp_path / "nowhere"))


def test_questions_of_one_language_are_asked_of_articles_in_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    english, german = write_suite(tmp_path / "en"), write_suite(tmp_path / "de")
    for folder, ending in ((english, "-en"), (german, "-de")):
        lines = [{**query, "id": f"{query['id']}{ending}"} for query in QUERIES]
        if folder == german:
            lines[0] |= {"question": "Wie viel kostet sie?"}
            lines[1]["id"] = "other-de"
        (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert run("cross", german, english, tmp_path / "de-en") == 0
    assert "1 questions" in capsys.readouterr().out
    crossed = load_suite(tmp_path / "de-en")
    (query,) = crossed.queries
    assert crossed.problems == ()
    assert (query.id, query.question) == ("cost-de", "Wie viel kostet sie?")
    assert (query.answers, query.portion) == (("12 crowns",), "train")
    assert [gold.quote for gold in query.gold] == ["The ferry costs 12 crowns."]
    assert crossed.documents["d"].text == TEXT
    unlike = write_suite(tmp_path / "unlike")
    (unlike / "queries.jsonl").write_text(json.dumps({**QUERIES[1], "id": "far"}), encoding="utf-8")
    for questions, articles, folder in (
        (german, english, tmp_path / "de-en"),  # not empty
        (german, unlike, tmp_path / "none"),
    ):
        with pytest.raises(SuiteError):
            run("cross", questions, articles, folder)
