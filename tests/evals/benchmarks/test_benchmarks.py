"""Benchmarks: what they compute and draw. No test looks at how long anything takes."""

import json
from pathlib import Path

import numpy as np
import pytest

from evals.benchmarks import __main__ as benchmarks
from evals.benchmarks import page
from evals.benchmarks.libraries import disk_bytes, library_of
from evals.benchmarks.made_up import articles, questions, sentences_of, write_articles
from evals.benchmarks.retrieving import measure as measure_search
from evals.benchmarks.synthetic import SyntheticEmbedding
from evals.benchmarks.values import Curve, Measured, Plan, Row, at_least, at_most, rounded
from evals.benchmarks.writing import _pieces, _sentences
from rag.types import Question


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    chance = np.random.default_rng(1)
    vectors = chance.standard_normal((20, 384)).astype(np.float32)
    path = tmp_path / "pool.npy"
    np.save(path, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    return path


@pytest.fixture
def plan(pool: Path) -> Plan:
    return Plan(pool.parent, rounds=1, articles=2, sizes=(30, 60), questions=3)


def test_a_row_says_whether_it_reaches_its_goal() -> None:
    assert at_most("a search", "ms", [4.0, 9.0, 5.0], 8.0).met
    assert not at_most("a search", "ms", [9.0, 9.5, 1.0], 8.0).met
    assert at_least("a share", "×", [0.9], 0.85).met
    row = Row("a search", "ms", (3.0, 1.0, 2.0))
    assert (row.median, row.spread, row.goal, row.met) == (2.0, (1.0, 3.0), "", None)


def test_growth_has_the_exponent_of_its_power_law() -> None:
    points = tuple((float(n), 3.0 * n**0.3) for n in (1_000, 20_000, 1_000_000))
    assert Curve("search", "passages", "ms", points).exponent == pytest.approx(0.3)
    assert Curve("search", "passages", "ms", points[:1]).exponent is None


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0"), (0.01234, "0.0123"), (12.345, "12.3"), (54_321.0, "54,321")]
)
def test_figures_have_three_digits(value: float, written: str) -> None:
    assert rounded(value) == written


def test_the_same_seed_makes_the_same_articles() -> None:
    known = sentences_of()
    once, again = list(articles(3, known)), list(articles(3, known))
    assert once == again
    assert len(set(once)) == 3
    assert once != list(articles(3, known, seed=9))
    assert questions(4, known) == questions(4, known)


def test_articles_that_are_there_are_not_written_again(tmp_path: Path) -> None:
    known = sentences_of()
    first = write_articles(tmp_path / "a", 2, known)
    kept = {path: path.stat().st_mtime_ns for path in first.rglob("*.txt")}
    write_articles(first, 4, known)
    assert len(list(first.rglob("*.txt"))) == 4
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())


def test_a_synthetic_vector_depends_on_the_text_alone(pool: Path) -> None:
    one, other = SyntheticEmbedding(str(pool)), SyntheticEmbedding(str(pool))
    vector = one.get_text_embedding("a passage")
    assert vector == other.get_text_embedding("a passage")
    assert vector != one.get_text_embedding("another")
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    nearest = float((np.load(pool) @ np.array(vector)).max())
    assert nearest > 0.9, "it lies near a vector of the pool"


def test_a_library_is_made_once_and_answers(plan: Plan) -> None:
    with library_of(plan, 30) as pressmark:
        assert pressmark.library.counts().passages >= 30
        assert pressmark.evidence(Question("What is said of the river?"))
    home = plan.folder / "library-30"
    before = disk_bytes(home)
    with library_of(plan, 30) as pressmark:
        assert pressmark.library.counts().passages >= 30
    assert disk_bytes(home) == before


def test_searching_is_measured_at_every_size(plan: Plan) -> None:
    found = measure_search(plan)
    searches = [row for row in found.rows if row.what.startswith("search among")]
    assert [row.what for row in searches] == [
        "search among 30 passages",
        "search among 60 passages",
    ]
    assert all(len(row.values) == plan.questions for row in searches)
    assert [x for x, _ in found.curves[0].points] == [30.0, 60.0]


def test_the_server_writes_a_sentence_of_each_passage() -> None:
    prompt = (
        "[1] The Courier, 3 May — Title\n<passage-ab12>\nThe river rose. It fell.\n"
        "</passage-ab12>\n\n"
        "[2] The Courier\n<before-ab12>Before it: x</before-ab12>\n<passage-ab12>\nNobody\nslept!\n"
        "</passage-ab12>"
    )
    written = _sentences(prompt)
    assert written == ["The river rose [1].", "Nobody slept [2]."]
    assert _pieces(written) == ["The river rose [1]. Nobody ", "slept [2]. "]
    assert _pieces([]) == []


def test_the_page_escapes_what_it_shows() -> None:
    curve = Curve("growth <i>", "passages", "ms", ((1_000.0, 2.0), (20_000.0, 4.0)))
    row = at_most("a <script>", "ms", [1.0, 2.0], 1.0)
    drawn = page.render([Measured("one", "How <b>long</b>?", (row,), (curve,))], ["a & b"])
    assert "<script>" not in drawn
    assert "<b>" not in drawn
    assert "a &amp; b" in drawn
    assert "missed" in drawn
    assert drawn.count("<circle") == 2


def test_a_run_leaves_json_and_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Plan] = []

    def measure(plan: Plan) -> Measured:
        asked.append(plan)
        return Measured("starting", "How long?", (Row("a start", "s", (1.0, 2.0)),))

    monkeypatch.setattr(benchmarks, "BENCHMARKS", {"starting": measure})
    said: list[str] = []
    arguments = ["starting", "--folder", str(tmp_path), "--sizes", "50", "20", "--rounds", "2"]
    benchmarks.main(arguments, said.append)
    assert (asked[0].sizes, asked[0].rounds) == ((20, 50), 2)
    record = json.loads(next(tmp_path.glob("*.json")).read_text(encoding="utf-8"))
    assert record["benchmarks"][0]["rows"][0]["values"] == [1.0, 2.0]
    assert "How long?" in next(tmp_path.glob("*.html")).read_text(encoding="utf-8")
    assert any("a start: 1.50 s (1.00 to 2.00)" in line for line in said)


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        benchmarks.main(["--help"])
    assert "make bench" in capsys.readouterr().out
