"""Citations found again through the API, as answers gave them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from rag.pressmark import Pressmark
from ui.app import create_app
from ui.cli.main import app

pytest_plugins = ["tests.helpers.fixtures_seeds"]

QUESTION = "How many Russians were detained in Belarus?"


@pytest.fixture(scope="module")
def client(seeds_pressmark: Pressmark) -> Iterator[TestClient]:
    made = create_app(seeds_pressmark, page=False)
    with TestClient(made, base_url="http://127.0.0.1:7860") as found:
        yield found


@pytest.fixture(scope="module")
def answer(client: TestClient) -> Any:
    return client.post("/v1/answer", json={"question": QUESTION}).json()


def check(client: TestClient, *citations: Any) -> Any:
    return client.post("/v1/citations/check", json={"citations": list(citations)})


def test_the_citations_of_an_answer_are_where_they_were(client: TestClient, answer: Any) -> None:
    found = check(client, *answer["citations"]).json()["citations"]

    assert {one["status"] for one in found} == {"same"}
    for one, cited in zip(found, answer["citations"], strict=True):
        assert (one["now"], one["article_id"]) == (cited["quote"], cited["article_id"])
        assert (one["start"], one["end"]) == (cited["start"], cited["end"])


def test_altered_words_are_gone(client: TestClient, answer: Any) -> None:
    cited = answer["citations"][0]
    altered = cited | {"quote": cited["quote"].replace("33", "34") + " No."}
    (found,) = check(client, altered).json()["citations"]

    assert found["status"] == "gone"
    assert found["now"] is found["start"] is None


@pytest.mark.parametrize("sent", [[], [{}], [{"quote": ""}], [{"quote": "x", "start": -1}]])
def test_what_is_no_citation_is_refused(client: TestClient, sent: list[Any]) -> None:
    assert check(client, *sent).status_code == 422


def run(home: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["--home", str(home), "cite-check", *arguments])


def test_the_command_line_checks_a_kept_answer(
    seeds_home: Path, tmp_path: Path, answer: Any
) -> None:
    kept = tmp_path / "answer.json"
    kept.write_text(json.dumps(answer), encoding="utf-8")
    assert run(seeds_home, str(kept)).exit_code == 0

    altered = json.loads(json.dumps(answer))
    altered["citations"][0]["quote"] += " Never written."
    kept.write_text(json.dumps(altered), encoding="utf-8")
    result = run(seeds_home, str(kept), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["citations"][0]["status"] == "gone"


@pytest.mark.parametrize("content", ["", "{}", "no JSON", '{"citations": [{"quote": 3}]}'])
def test_a_file_without_citations_is_told(seeds_home: Path, tmp_path: Path, content: str) -> None:
    kept = tmp_path / "answer.json"
    kept.write_text(content, encoding="utf-8")
    result = run(seeds_home, str(kept))

    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")
