"""Suites are read strictly; errors name file, line and field, and lose no run."""

from __future__ import annotations

import gzip
import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.dataset.example import write_example
from evals.dataset.lines import QueryLine, read_lines
from evals.dataset.suites import load_suite
from evals.running.choice import Choice, choose
from index.errors import SuiteError

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = {"id": "d1", "text": "Minsk freed 31 people on Friday. Nobody said why."}
QUERY = {
    "id": "q1",
    "question": "How many were freed?",
    "answers": ["31"],
    "answerable": True,
    "gold": [{"doc_id": "d1", "quote": "Minsk freed 31 people on Friday."}],
}


def write_suite(folder: Path, queries: list[Any], corpus: list[Any] | None = None) -> Path:
    """A suite of JSON lines; a string is written as it stands."""
    folder.mkdir(exist_ok=True)
    for name, rows in (("corpus", corpus or [DOCUMENT]), ("queries", queries)):
        lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_suite_of_lines(tmp_path: Path) -> None:
    extra = {"date": "2024-05-01", "context": ["d1"], "portion": "train", "source": "anything"}
    suite = load_suite(write_suite(tmp_path / "mine", [QUERY | extra]))
    (query,) = suite.queries
    assert (suite.name, suite.problems) == ("mine", ())
    assert str(query.date) == "2024-05-01"
    assert (query.context, query.portion, query.gold_rule) == (("d1",), "train", "any")
    assert suite.documents["d1"].text == DOCUMENT["text"]


def test_compressed_and_plain_are_the_same_suite_but_other_data(tmp_path: Path) -> None:
    plain = load_suite(write_suite(tmp_path / "plain", [QUERY]))
    packed = write_suite(tmp_path / "packed", [QUERY])
    for path in list(packed.iterdir()):
        (packed / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    again = load_suite(packed)
    assert again.queries == plain.queries
    assert again.data_hash != plain.data_hash


def test_the_data_hash_is_what_sha256sum_makes_of_it(tmp_path: Path) -> None:
    folder = write_suite(tmp_path / "mine", [QUERY])
    listing = "".join(
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("corpus.jsonl", "queries.jsonl")
    )
    assert load_suite(folder).data_hash == hashlib.sha256(listing.encode()).hexdigest()


BAD_LINES: dict[str, tuple[Any, str]] = {
    "no JSON": ("{nonsense", "line 2: invalid JSON"),
    "no object": ("[1]", "line 2: input should be"),
    "a lone surrogate": ('{"id": "x", "question": "\\ud800", "answerable": null}', "line 2"),
    "no question": ({"id": "x", "answerable": False}, "line 2, field question: field required"),
    "a blank question": (QUERY | {"question": " "}, "line 2, field question: is blank"),
    "a number as text": (QUERY | {"answers": [31]}, "line 2, field answers.0: input should be"),
    "a word for a truth": (QUERY | {"answerable": "yes"}, "line 2, field answerable: "),
    "no answerable": ({"id": "x", "question": "y"}, "line 2, field answerable: field required"),
    "nothing to score": (QUERY | {"answers": [], "gold": []}, "needs 'answers' or 'gold'"),
    "a bad date": (QUERY | {"date": "May 2024"}, "line 2, field date: "),
    "a bad rule": (QUERY | {"gold_rule": "some"}, "line 2, field gold_rule: "),
    "a misspelt field": (
        {k: v for k, v in QUERY.items() if k != "answers"} | {"answer": ["31"]},
        "unknown field 'answer': is 'answers' meant?",
    ),
    "an unknown document": (
        QUERY | {"gold": [{"doc_id": "d9"}]},
        "line 2, field gold.0.doc_id: the corpus has no document 'd9'",
    ),
    "a changed quote": (
        QUERY | {"gold": [{"doc_id": "d1", "quote": "Minsk freed 32 people"}]},
        "line 2, field gold.0.quote: does not stand word for word in 'd1'",
    ),
    "an unknown context": (QUERY | {"context": ["d9"]}, "line 2, field context.0: "),
    "an empty context": (QUERY | {"context": []}, "line 2, field context: names no document"),
    "an id twice": (QUERY | {"id": "q1"}, "line 2, field id: 'q1' is there already"),
}


@pytest.mark.parametrize(("line", "message"), BAD_LINES.values(), ids=list(BAD_LINES))
def test_a_bad_line_is_named_and_loses_nothing_else(
    tmp_path: Path, line: Any, message: str
) -> None:
    if isinstance(line, dict) and line.get("id") == "q1" and "already" not in message:
        line = line | {"id": "q2"}
    suite = load_suite(write_suite(tmp_path / "mine", [QUERY, line, QUERY | {"id": "q3"}]))
    assert [query.id for query in suite.queries] == ["q1", "q3"]
    (problem,) = suite.problems
    assert str(problem).startswith("queries.jsonl line 2")
    assert message in str(problem)


def test_bytes_that_are_no_text_are_a_bad_line(tmp_path: Path) -> None:
    folder = write_suite(tmp_path / "mine", [QUERY])
    path = folder / "queries.jsonl"
    path.write_bytes(path.read_bytes() + b'\n{"id": "\xff\xfe"}\n\n')
    suite = load_suite(folder)
    assert len(suite.queries) == 1
    assert suite.problems[0].line == 3


def test_a_bad_document_takes_its_questions_along(tmp_path: Path) -> None:
    corpus = [DOCUMENT, {"id": "d2", "text": ""}]
    about_it = QUERY | {"id": "q2", "gold": [{"doc_id": "d2"}]}
    suite = load_suite(write_suite(tmp_path / "mine", [QUERY, about_it], corpus))
    assert [str(problem) for problem in suite.problems] == [
        "corpus.jsonl line 2, field text: is blank",
        "queries.jsonl line 2, field gold.0.doc_id: the corpus has no document 'd2'",
    ]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_lines(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "queries.jsonl"
        path.write_bytes(content)
        problems: list[Any] = []
        assert list(read_lines(path, QueryLine, problems)) == []
        assert len(problems) == sum(bool(line.strip()) for line in content.split(b"\n"))


def test_suites_of_which_nothing_can_be_used(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="There is no suite at"):
        load_suite(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SuiteError, match=r"claims or pages\. It needs suite\.toml, or corpus"):
        load_suite(tmp_path / "empty")
    with pytest.raises(SuiteError, match=r"no valid line: queries\.jsonl line 1: invalid JSON"):
        load_suite(write_suite(tmp_path / "bad", ["{"]))
    both = write_suite(tmp_path / "both", [QUERY])
    (both / "corpus.jsonl.gz").write_bytes(b"")
    with pytest.raises(SuiteError, match="keep one of them"):
        load_suite(both)
    cut = write_suite(tmp_path / "cut", [QUERY])
    (cut / "corpus.jsonl").unlink()
    (cut / "corpus.jsonl.gz").write_bytes(gzip.compress(b"{}")[:-5])
    with pytest.raises(SuiteError, match=r"corpus\.jsonl\.gz is not a whole gzip file"):
        load_suite(cut)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name = ", "is not valid TOML"),
        ('name = "x"\ncorpus = "."', "field queries: field required"),
        ('name = "x"\ncorpus = "no"\nqueries = "q.jsonl"', "field corpus: .* is not a folder"),
        ('name = "x"\ncorpus = "."\nqueries = "no"', "field queries: .* is not a file"),
        ('name = "x"\ncorpus = "."\nqueries = "q"\nquerys = "q"', "field querys: extra"),
    ],
)
def test_a_bad_suite_file(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "suite.toml").write_text(content, encoding="utf-8")
    with pytest.raises(SuiteError, match=message):
        load_suite(tmp_path)


def test_our_own_suite_has_no_bad_line() -> None:
    suite = load_suite(ROOT / "evals" / "suites" / "seeds" / "suite.toml")
    assert suite.problems == ()
    assert (suite.name, len(suite.documents)) == ("seeds", 5)
    assert suite.corpus_folder == ROOT / "seeds"


def test_the_example_suite_has_no_bad_line(tmp_path: Path) -> None:
    folder = tmp_path / 'of "mine"'
    assert all(path.is_file() for path in write_example(folder))
    suite = load_suite(folder)
    assert suite.problems == ()
    assert {query.gold_rule for query in suite.queries} == {"any", "all"}
    assert {query.answerable for query in suite.queries} == {True, False}
    with pytest.raises(SuiteError, match="is there already"):
        write_example(folder)


def test_claims(tmp_path: Path) -> None:
    claim = {"id": "c1", "claim": "It rained.", "references": ["Rain fell."], "label": 1}
    lines = [claim, claim, claim | {"id": "c2", "label": 2}, claim | {"id": "c3", "src": "X"}]
    (tmp_path / "claims.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    suite = load_suite(tmp_path)
    assert [(item.id, item.supported, item.type) for item in suite.claims] == [
        ("c1", True, "claim"),
        ("c3", True, "X"),
    ]
    assert [problem.line for problem in suite.problems] == [2, 3]


def test_choosing_items(tmp_path: Path) -> None:
    portions = ["train", "report"] * 10
    rows = [QUERY | {"id": f"q{n}", "portion": p} for n, p in enumerate(portions)]
    queries = load_suite(write_suite(tmp_path / "mine", rows)).queries
    report = choose(queries, Choice(portion="report"))
    assert len(report) == 10
    assert [q.id for q in choose(queries, Choice(limit=3))] == ["q0", "q1", "q2"]
    drawn = choose(queries, Choice(limit=5, sample=1))
    assert drawn == choose(queries, Choice(limit=5, sample=1))
    assert drawn != choose(queries, Choice(limit=5, sample=2))
    assert [q.id for q in drawn] == [q.id for q in queries if q in drawn]
    with pytest.raises(SuiteError, match="portion 'train'"):
        choose(report, Choice(portion="train"))
