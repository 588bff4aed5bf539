"""Planted errors: made as meant, found by the verifier, and their true twins let pass."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evals.adversarial.planted import KINDS, WRONG_PASSAGE, Planted, Reading, plant
from evals.command import app
from evals.dataset.finding import find_suite
from evals.dataset.suites import load_suite
from evals.running.planted import (
    PARAPHRASE,
    TRUE,
    Tally,
    readings,
    sentences_of,
    tallies,
    total,
    try_originals,
    try_planted,
)
from rag.settings import Settings

SEEDS = "seeds"
TEXT = (
    "On 3 May 2019 Anna Berg said the city had not paid 25 million euros for the bridge. "
    "Some residents of Lund say the bridge may close for six months. "
    "Erik Holm told reporters that the council will not decide before Friday. "
    "“We have waited for three years,” Anna Berg said in Lund on Monday. "
    "The Berg Group owns about 40 percent of the old harbour, 12 km from Lund. "
    "Holm met Berg in Oslo in 2018, and the two signed a short agreement there."
)


@pytest.fixture(scope="module")
def seeds_planted() -> list[Planted]:
    suite = load_suite(find_suite(SEEDS, Settings()))
    articles = readings(suite, None)
    return [planted for seed in (7, 8) for planted in plant(articles, per_kind=20, seed=seed)]


def test_errors_in_the_seeds_are_rejected_and_their_sentences_are_not(
    seeds_planted: list[Planted],
) -> None:
    found = tallies(try_planted(seeds_planted))
    together = total(found, "together")
    assert together.trials >= 100
    # The judge is trained on errors as models make them; docs/evals.md has the kinds it misses.
    assert together.share >= 0.84, found
    assert not [trial for trial in try_originals(seeds_planted) if trial.rejected]


def test_the_generator_does_not_know_the_verifier() -> None:
    code = (
        "import sys, evals.adversarial.planted;"
        "print([m for m in sys.modules if m.split('.')[0] == 'rag'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_kind_changes_something(seeds_planted: list[Planted]) -> None:
    made = {planted.kind for planted in seeds_planted}
    assert made <= {*KINDS, WRONG_PASSAGE}
    assert len(made) >= 9
    for planted in seeds_planted:
        assert planted.original not in planted.passage or planted.kind != WRONG_PASSAGE
        assert (planted.claim == planted.original) == (planted.kind == WRONG_PASSAGE)


def test_the_same_seed_plants_the_same_errors() -> None:
    articles = [Reading("a", sentences_of(TEXT)), Reading("b", sentences_of(TEXT))]
    first, second = plant(articles, 3, seed=1), plant(articles, 3, seed=1)
    assert first == second
    assert first


def test_a_sentence_serves_one_error(seeds_planted: list[Planted]) -> None:
    once = seeds_planted[: len(seeds_planted) // 2]
    assert len({(p.reading.doc_id, p.original) for p in once}) > 0.9 * len(once)


def test_intervals_are_wilsons() -> None:
    low, high = Tally("kind", 10, 10).interval
    assert (round(low, 3), high) == (0.722, 1.0)
    assert Tally("kind", 0, 0).interval == (0.0, 1.0)


def test_the_command_prints_every_kind(tmp_path: Path) -> None:
    article = {"id": "a", "title": "Lund", "published_at": "2019-05-06", "text": TEXT}
    query = (
        '{"id": "q", "question": "Who said it?", "answers": ["Anna Berg of Lund said that."], '
        '"answerable": true, "gold": [{"doc_id": "a", "quote": null}, '
        '{"doc_id": "a", "quote": "Some residents of Lund say the bridge may close for six '
        'months."}]}\n'
    )
    (tmp_path / "corpus.jsonl").write_text(json.dumps(article) + "\n", encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text(query, encoding="utf-8")
    done = CliRunner().invoke(
        app, ["planted", str(tmp_path), "--answers", str(tmp_path), "--show"], obj=Settings()
    )
    assert done.exit_code == 0, done.output
    for kind in ("planted errors together", TRUE, PARAPHRASE):
        assert kind in done.output
