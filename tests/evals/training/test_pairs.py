"""The retriever's pairs, its schedule and its export: all without torch."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evals.training import dev, export, record
from evals.training.__main__ import main
from evals.training.examples import PairInput, pair_input
from evals.training.mining import Run
from evals.training.mixture import POOL
from evals.training.pair_data import Pair, PairMixture, general_pairs, same_article
from evals.training.schedule import Schedule
from evals.training.sources import Sources, seeded
from index.embedding.e5 import INNER, LAYERS, WIDTH, open_model
from index.embedding.fine_tuned import read_fine_tuned

NEWS = ("a", "b", "c", "d")
NEAR = {
    (name, place): [Run(one, 0, 3) for one in NEWS if one != name]
    for name in NEWS
    for place in (0, 1)
}
LANGUAGES = ("de", "en", "ru")


def answer_of(question: str) -> str:
    """Every question here ends with the word that answers it."""
    return question.split()[-1].rstrip("?")


def article(name: str) -> dict[str, Any]:
    parts = [f"Sentence {place} of {name} says {name}{place}x." for place in range(9)]
    text = " ".join(parts)
    sentences = [[text.index(part), text.index(part) + len(part)] for part in parts]
    return {
        "id": name,
        "title": f"On {name}",
        "text": text,
        "sentences": sentences,
        "questions": [
            {"q": f"Which one is {name}4x?", "s": [5], "a": f"{name}4x"},
            {"q": f"Which are said beside {name}7x?", "s": [7, 8], "a": f"{name}7x"},
            {"q": "What does nobody say?", "s": [], "a": None},
        ],
    }


def reading_row(number: int, word: str, lang: str = "en", identity: str = "") -> dict[str, Any]:
    context = f"Once upon a time {number} people went. They went to {word}. " + "It rained. " * 90
    return {
        "id": identity or f"q{number}",
        "lang": lang,
        "question": f"Where to, {number}: {word}?",
        "context": context,
        "answers": [{"text": word, "start": context.index(word)}],
    }


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    training, evals = tmp_path / "training", tmp_path / "evals"
    write_rows(training / "news/train.jsonl", [article(name) for name in NEWS])
    unanswered = {**reading_row(3, "Lviv"), "answers": []}
    names = ("qed_nq", "squad2_halfdev", "norquad", "timeqa_human_train", "selqa_dev_test",
             "squad_it_test", "jaquad", "cmrc2018", "arcd")  # fmt: skip
    for name in names:
        rows = [reading_row(1, "Oslo"), reading_row(2, "Bergen"), unanswered]
        write_rows(training / f"reading/{name}.jsonl.gz", rows)
    translations = [
        reading_row(number, "Kharkiv", lang, f"{number}-{lang}")
        for lang in LANGUAGES
        for number in range(3)
    ]
    write_rows(training / "reading/xquad_others_train.jsonl.gz", translations)
    for name in ("clapnq", "timeqa", "xquad_en", "xquad_ru"):
        gold = {"doc_id": "d", "quote": "It was in Kyiv."}
        query = {"id": "8", "question": "Where was it: Kyiv?", "answerable": True,
                 "answers": ["Kyiv"], "gold": [gold]}  # fmt: skip
        rows = [{**query, "portion": "train"}, {**query, "id": "9", "portion": "report"}]
        write_rows(evals / name / "queries.jsonl.gz", rows)
        text = "It was in Kyiv. Nobody came."
        write_rows(evals / name / "corpus.jsonl.gz", [{"id": "d", "text": text}])
    return Sources(training, evals, None)


def mixture(sources: Sources) -> PairMixture:
    rng = seeded(7)
    return PairMixture(sources.news("train"), NEAR, general_pairs(sources, rng), rng)


def test_a_passage_holds_the_answer(sources: Sources) -> None:
    batches = mixture(sources)
    drawn = [pair for _ in range(20) for pair in batches.draw(0.5, 32)]
    assert all(answer_of(pair.question) in pair.passage for pair in drawn)
    assert not any("nobody" in pair.question or "Lviv" in pair.question for pair in drawn)
    news = [pair for pair in drawn if pair.article in NEWS]
    assert all(f"{p.article}6x" in p.passage for p in news if "beside" in p.question)
    beside = [pair for pair in news if pair.wrong]
    assert len(beside) > len(news) / 4
    assert all(pair.wrong_article not in ("", pair.article) for pair in beside)
    assert all(pair.wrong.startswith(f"On {pair.wrong_article}. ") for pair in beside)
    assert not any(pair.wrong for pair in drawn if pair not in news)
    titled = [pair.passage.startswith(f"On {pair.article}. ") for pair in news]
    assert 0.7 < np.mean(titled) < 0.95


def test_half_of_a_batch_is_news_and_its_articles_are_alike(sources: Sources) -> None:
    drawn = mixture(sources)
    for _ in range(5):
        batch = drawn.draw(0.5, 32)
        assert [pair.article in NEWS for pair in batch] == [True] * 16 + [False] * 16
        for at in range(0, 15, 3):
            first, *others = batch[at : at + 3]
            assert len({first.article, *(pair.article for pair in others)}) == 3
    portions = sources.portions
    assert portions["reading/qed_nq"] == 2
    assert portions["clapnq (train portion)"] == 1


def test_passages_of_one_article_are_not_held_against_each_other() -> None:
    left_out = same_article(["a", "b", "a", "c"])
    assert np.argwhere(left_out).tolist() == [[0, 2], [2, 0]]


def test_a_passage_of_a_set_is_told_by_its_beginning(sources: Sources) -> None:
    batch = mixture(sources).draw(0.0, 40)
    for one in batch:
        for other in batch:
            assert (one.article == other.article) == (one.passage[:60] == other.passage[:60])


def test_batches_go_on_where_they_stopped(sources: Sources) -> None:
    def batches(drawn: PairMixture) -> list[list[Pair]]:
        return drawn.batches(0.5, 8, lambda pair: pair, lambda pair: len(pair.passage))

    whole, later = mixture(sources), mixture(sources)
    first, second = batches(whole), batches(whole)
    assert len(first) == POOL
    assert first != second
    later.skip(0.5, 8)
    assert batches(later) == second


def test_questions_and_passages_are_laid_out_as_they_are_embedded() -> None:
    tokenizer = open_model().tokenizer
    given: PairInput = pair_input(tokenizer, Pair("Who?", "On a. Anna.", "a"))
    ends = (tokenizer.bos, tokenizer.eos)
    for ids, text in ((given.question, "query: Who?"), (given.passage, "passage: On a. Anna.")):
        assert (ids[0], ids[-1]) == ends
        assert ids[1:-1] == tokenizer.encode(text).ids
    long = pair_input(tokenizer, Pair("who " * 200, "Anna " * 400, "a"))
    assert (len(long.question), len(long.passage)) == (50, 178)


def test_a_rate_falls_from_the_first_step_to_the_last() -> None:
    stepped = Schedule(1.0, steps=100, falling=True)
    rates = [stepped.rate_at(step, seconds=0.0) for step in range(1, 101)]
    assert rates[:2] == pytest.approx([0.05, 0.099])
    assert rates[19:] == pytest.approx([1 - step / 100 for step in range(19, 100)])
    assert [stepped.is_over(step, 0.0) for step in (99, 100)] == [False, True]
    timed = Schedule(1.0, minutes=10, falling=True)
    assert timed.rate_at(50, seconds=150.0) == 0.75
    assert timed.rate_at(90, seconds=700.0) == 0.0
    assert [timed.is_over(80, seconds) for seconds in (599.0, 600.0)] == [False, True]
    assert timed.decay_from is None
    with pytest.raises(ValueError, match="falls all along"):
        Schedule(1.0, steps=100, starts=50, falling=True)


def test_what_has_no_head_is_exported_without(tmp_path: Path) -> None:
    shapes = {"qkv": (3 * WIDTH, WIDTH), "o": (WIDTH, WIDTH), "i": (INNER, WIDTH),
              "f": (WIDTH, INNER), "n1": (WIDTH,), "n2": (WIDTH,)}  # fmt: skip
    body = {}
    for name, shape in shapes.items():
        body[f"layers.{LAYERS - 1}.{name}.weight"] = np.ones(shape, dtype=np.float32)
        body[f"layers.{LAYERS - 1}.{name}.bias"] = np.ones(shape[0], dtype=np.float32)
    path = tmp_path / "retriever.safetensors"
    metadata = record.metadata("retriever", LAYERS - 1, {})
    export.write(path, export.stored(body, {}, LAYERS - 1), metadata)
    found = read_fine_tuned(path, open_model())
    assert found.head is None
    np.testing.assert_array_equal(found.weights[f"l{LAYERS - 1}.q.b"], np.ones(WIDTH))


def test_a_record_says_how_to_repeat_a_second_run(sources: Sources) -> None:
    learning: dict[str, object] = {
        "init": "0" * 64,
        "rate": 6e-5,
        "seed": 8,
        "steps": 90,
        "decay_from": None,
        "news_share": [0.8],
    }
    made = record.record("retriever", learning, sources, [], {})
    assert made["repeat"] == (
        "make train ARGS='retriever --out FOLDER --init FILE --rate 6e-05 --news-share 0.8 "
        "--seed 8 --steps 90'"
    )


def test_what_is_found_on_the_dev_data() -> None:
    asked = dev.pairs([article(name) for name in NEWS], 10)
    assert len(asked) == 8
    assert asked == dev.pairs([article(name) for name in NEWS], 10)
    assert all(answer_of(pair.question) in pair.passage for pair in asked)
    passages = np.eye(4, dtype=np.float32)
    questions = passages.copy()
    questions[3] = passages[0]
    found = dev.finding_figures(["a", "b", "c", "d"], questions, passages)
    assert found == {"first": 0.75, "among_8": 1.0, "questions": 4}
    assert dev.finding_figures(["a", "b", "c", "a"], questions, passages)["first"] == 1.0


def test_wrong_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folders = ["--data", str(tmp_path), "--evals", str(tmp_path), "--out", "x"]
    for options, message in (
        (["--steps", "9", "--decay-from", "3"], "falls all along"),
        (["--steps", "9", "--init", str(tmp_path / "none.pt")], "is not a file"),
    ):
        with pytest.raises(SystemExit) as leaving:
            main(["retriever", *folders, *options])
        assert leaving.value.code == 2
        assert message in capsys.readouterr().err
