"""Asking and searching from the command line: batches, standard input, colours, completion."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from typer.testing import CliRunner, Result

from rag.contract import AnswerResponse
from ui.cli.format import answer_lines
from ui.cli.main import app
from ui.cli.searching import found_lines
from ui.http.batch import BatchAnswer
from ui.http.search import SearchResponse
from ui.page.html.answers import sure_words

pytest_plugins = ["tests.helpers.fixtures_seeds"]

QUESTION = "How many Russians were detained in Belarus?"
DECLINED = "What is the recipe for borscht?"


def pressmark(*arguments: str, home: Path, typed: bytes | None = None, **more: Any) -> Result:
    return CliRunner().invoke(app, ["--home", str(home), *arguments], input=typed, **more)


def written(path: Path) -> list[BatchAnswer]:
    return [BatchAnswer.model_validate_json(line) for line in path.read_bytes().splitlines()]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    lines = [{"id": "a", "question": QUESTION}, {"question": DECLINED}, {"id": "c", "question": ""}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


# A batch


def test_a_file_of_questions_becomes_a_file_of_answers(
    seeds_home: Path, questions: Path, tmp_path: Path
) -> None:
    out = tmp_path / "answers.jsonl"
    options = ["ask", "--batch", str(questions), "--out", str(out)]
    result = pressmark(*options, home=seeds_home)
    assert result.exit_code == 1, "a line failed"
    assert "3 questions: 1 answered, 1 not said in the articles, 1 failed" in result.stderr
    assert result.stdout == ""
    first, second, third = written(out)
    assert first.answer is not None
    assert "33" in first.answer.answer
    assert (second.id, second.answer and second.answer.status) == ("2", "abstained")
    assert third.error is not None
    assert third.answer is None


def test_it_goes_on_where_it_stopped(seeds_home: Path, questions: Path, tmp_path: Path) -> None:
    out = tmp_path / "answers.jsonl"
    options = ["ask", "--batch", str(questions), "--out", str(out)]
    pressmark(*options, home=seeds_home)
    whole = out.read_bytes().splitlines(keepends=True)

    # Cut off in the middle of the second line.
    out.write_bytes(whole[0] + whole[1][:100])
    result = pressmark(*options, home=seeds_home)
    assert "1 answered before" in result.stderr
    assert "0 answered, 1 not said" in result.stderr
    assert [one.id for one in written(out)] == ["a", "2", "c"]
    assert out.read_bytes().startswith(whole[0])

    # What failed is tried again, and a question that is another one now is asked anew.
    lines = [
        {"id": "a", "question": DECLINED},
        {"question": DECLINED},
        {"id": "c", "question": QUESTION},
    ]
    questions.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    result = pressmark(*options, home=seeds_home)
    assert result.exit_code == 0, result.output
    assert {one.id: one.question for one in written(out)} == {
        "a": DECLINED, "2": DECLINED, "c": QUESTION,
    }  # fmt: skip
    done = pressmark(*options, home=seeds_home)
    assert "0 answered, 0 not said in the articles, 3 answered before." in done.stderr


def test_a_batch_goes_to_standard_output_and_comes_from_standard_input(
    seeds_home: Path, questions: Path
) -> None:
    result = pressmark("ask", "--batch", "-", home=seeds_home, typed=questions.read_bytes())
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["a", "2", "c"]


def test_another_file_is_never_written_over(
    seeds_home: Path, questions: Path, tmp_path: Path
) -> None:
    out = tmp_path / "notes.txt"
    out.write_text("my notes\nmore\n")
    result = pressmark("ask", "--batch", str(questions), "--out", str(out), home=seeds_home)
    assert result.exit_code == 2
    assert "name another file" in result.stderr
    assert out.read_text() == "my notes\nmore\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--batch", "missing.jsonl"], "missing.jsonl"),
        (["--batch", "missing.jsonl", "--as-of", "2020-01-01"], "each line"),
        (["words", "--batch", "missing.jsonl"], "each line"),
        (["words", "--out", "x"], "--batch"),
        ([], "Type a question"),
    ],
)
def test_what_does_not_go_together_is_one_line(
    arguments: list[str], words: str, pressmark_home: Path
) -> None:
    result = pressmark("ask", *arguments, home=pressmark_home)
    assert result.exit_code == 2
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


# One question


def test_a_question_is_read_from_standard_input(seeds_home: Path) -> None:
    asked = f"{QUESTION}\n".encode()
    result = pressmark("ask", "-", "--json", home=seeds_home, typed=asked)
    assert "33" in json.loads(result.stdout)["answer"]
    for typed, words in ((b"\xff\xfe", "UTF-8"), (b" \n", "The question")):
        refused = pressmark("ask", "-", home=seeds_home, typed=typed)
        assert refused.exit_code == 2
        assert words in refused.stderr


def test_a_quote_is_printed_once_with_the_confidence_of_the_page(seeds_home: Path) -> None:
    told = json.loads(pressmark("ask", QUESTION, "--json", home=seeds_home).stdout)
    answer = AnswerResponse.model_validate(told)
    lines = list(answer_lines(answer))
    for citation in answer.citations:
        quote = " ".join(citation.quote.split())
        assert sum(quote in line for line in lines) == 1
    assert sure_words(answer)[0] in lines[-1]
    assert f"({answer.confidence:.0%}".removesuffix("%") in lines[-1]
    several = list(answer_lines(answer.model_copy(update={"task": "timeline"})))
    assert several[-1].endswith("Quoted from several articles.")
    # Written sentences do not repeat the words that they rest on.
    other = answer.model_copy(update={"mode": "generative", "answer": "Thirty-three men. [1]"})
    shown = "\n".join(answer_lines(other))
    assert " ".join(answer.citations[0].quote.split()) in shown


# Listings


def test_every_listing_is_json_on_request(seeds_home: Path) -> None:
    def told(*arguments: str) -> Any:
        return json.loads(pressmark(*arguments, home=seeds_home).stdout)

    listed = told("articles", "--json")
    assert listed == told("articles", "list", "--json")
    assert listed["total"] == len(listed["articles"]) >= 5
    assert listed["refused"] == told("articles", "ledger", "--json") == []
    doctor = told("doctor", "--json")
    assert doctor["wrong"] is False
    assert any("this machine" in finding["text"] for finding in doctor["findings"])
    found = told("search", "Russians", "Belarus", "--json")
    SearchResponse.model_validate(found)
    assert found["total"] > 0


def test_articles_are_searched(seeds_home: Path) -> None:
    result = pressmark("search", "Russians", "detained", "--limit", "1", home=seeds_home)
    assert result.exit_code == 0, result.output
    assert "Russian" in result.stdout
    assert "Publishers: " in result.stdout
    assert "\x1b" not in result.stdout
    nothing = pressmark("search", "borscht", "recipe", home=seeds_home)
    assert nothing.stdout == "No article has all of these words.\n"
    for arguments, words in (
        (["x", "--from", "soon"], "--from"),
        (["x", "--from", "2021-01-01", "--to", "2020-01-01"], "earlier"),
        ([" "], "400"),
    ):
        refused = pressmark("search", *arguments, home=seeds_home)
        assert refused.exit_code == 2
        assert words in refused.stderr


def test_found_words_are_bold_and_hostile_ones_are_text(seeds_home: Path) -> None:
    told = pressmark("search", "Russians", "--json", home=seeds_home).stdout
    found = SearchResponse.model_validate_json(told)
    lines = list(found_lines(found))
    bold = click.style("Russians", bold=True)
    assert any(bold in line for line in lines)
    for result in found.results:
        result.article.title = "\x1b[2JRussians\u202e"
        result.title_highlights.clear()
        result.excerpts.clear()
    shown = "".join(found_lines(found))
    assert "\x1b" not in shown
    assert "\u202e" not in shown


# Colours and completion


@pytest.mark.parametrize(("value", "coloured"), [("1", False), ("", True)])
def test_no_color_is_heeded(
    value: str, coloured: bool, pressmark_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", value)
    result = pressmark("doctor", home=pressmark_home, color=True)
    assert "Nothing is indexed yet" in result.stdout
    assert ("\x1b[" in result.stdout) == coloured
    failed = pressmark("index", home=pressmark_home, color=True)
    assert ("\x1b[" in failed.stderr) == coloured


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands(shell: str) -> None:
    runner = CliRunner()
    script = runner.invoke(
        app, [], env={"_PRESSMARK_COMPLETE": f"source_{shell}"}, prog_name="pressmark"
    )
    assert "_PRESSMARK_COMPLETE" in script.stdout
    typed = {
        "COMP_WORDS": "pressmark sea",
        "COMP_CWORD": "1",
        "_TYPER_COMPLETE_ARGS": "pressmark sea",
    }
    completed = runner.invoke(
        app,
        [],
        env={"_PRESSMARK_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_FISH_ACTION": "get-args",
             **typed},
        prog_name="pressmark",
    )  # fmt: skip
    assert "search" in completed.stdout
