"""The training's data, layout, schedule and export: everything that needs no torch."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.training import dev, export, record
from evals.training.__main__ import main, parser
from evals.training.examples import ReadingInput, covering, reading_input, support_input
from evals.training.mining import Run
from evals.training.mixture import POOL, Mixture
from evals.training.passages import crop, evidence, extent, header, occurrences, window
from evals.training.reading_data import (
    ReadingExample,
    from_set,
    from_suite,
    joined_sentences,
    news_reading,
)
from evals.training.schedule import Schedule
from evals.training.sources import OURS, Sources, seeded
from evals.training.spoiling import spoil, spoil_question
from evals.training.support_data import LABELS, SupportExample, across_languages, news_support
from evals.training.translations import split
from index.embedding.e5 import INNER, LAYERS, SHA256, WIDTH, open_model

ROOT = Path(__file__).resolve().parents[3]
TEXT = (
    "Anna Berg leads the port of Kalm. It has 40 cranes. Peter Holt wants 12 more.\n\n"
    "The council, which Mara Lind chairs, refused on 3 May. Nobody knows why."
)


def article(name: str = "a1", text: str = TEXT) -> dict[str, Any]:
    sentences, at = [], 0
    for part in text.replace("\n\n", " ").split(". "):
        start = text.index(part.split(" ")[0], at)
        at = text.index(part[-6:], start) + len(part[-6:])
        at += text[at : at + 1] == "."
        sentences.append([start, at])
    return {
        "id": name,
        "lang": "en",
        "publisher": "Kalm Post",
        "date": "2024-05-04",
        "title": "Cranes",
        "text": text,
        "sentences": sentences,
        "questions": [
            {"kind": "how-many", "lang": "en", "q": "How many cranes?", "s": [2], "a": "40 cranes"},
            {"kind": "none", "lang": "en", "q": "What do they cost?", "s": [], "a": None},
        ],
        "claims": [
            {"label": "supported", "kind": "", "claim": "Kalm has 40 cranes.", "s": [2]},
            {
                "label": "refuted",
                "kind": "roles",
                "claim": "Mara Lind leads the port.",
                "s": [1, 4],
            },
        ],
    }


def test_the_article_of_these_tests_has_its_sentences() -> None:
    made = article()
    texts = [made["text"][a:b] for a, b in made["sentences"]]
    assert texts[1] == "It has 40 cranes."
    assert texts[3].startswith("The council")
    assert texts[4] == "Nobody knows why."


@given(st.integers(0, 2**32), st.integers(1, 30), st.data())
def test_a_window_holds_what_it_must(seed: int, count: int, data: st.DataObject) -> None:
    places = st.lists(st.integers(0, count - 1), min_size=1, max_size=3)
    must = data.draw(places)
    first, after = window(count, must, 2, 7, random.Random(seed))
    assert 0 <= first <= min(must)
    assert max(must) < after <= count


@given(st.integers(0, 2**32), st.text(min_size=1, max_size=200), st.integers(1, 60), st.data())
def test_what_is_cropped_keeps_its_spans(
    seed: int, text: str, limit: int, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    kept, spans = crop(text, [(start, end)], limit, random.Random(seed))
    assert kept in text
    assert len(kept) <= limit
    assert all(kept[x:y] == text[start:end] for x, y in spans)
    if end - start <= limit and "\n" not in text and "." not in text:
        assert spans


@given(st.text("ab", max_size=30), st.text("ab", min_size=1, max_size=3), st.integers(0, 30))
def test_every_occurrence_is_found(text: str, words: str, end: int) -> None:
    found = occurrences(text, words, (0, end))
    expected = [at for at in range(min(end, len(text))) if text[at:end].startswith(words)]
    assert [start for start, _ in found] == expected
    assert all(text[start:stop] == words for start, stop in found)


@given(st.integers(0, 2**32))
def test_news_questions_come_with_their_words(seed: int) -> None:
    rows = [article("a1"), article("a2")]
    mined = {(row["id"], place): [Run("a2", 0, 1)] for row in rows for place in (0, 1)}
    made = news_reading(rows, mined, random.Random(seed))
    assert {example.question for example in made} == {"How many cranes?", "What do they cost?"}
    assert sum(bool(example.spans) for example in made) == 2
    for example in made:
        assert example.passage in TEXT
        assert all(example.passage[x:y] == "40 cranes" for x, y in example.spans)
        assert example.header in ("", "Cranes · Kalm Post · 2024-05-04")


@given(st.integers(0, 2**32))
def test_news_claims_stand_beside_what_they_are_judged_by(seed: int) -> None:
    made = news_support([article()], random.Random(seed))
    refuted = [example for example in made if example.label == LABELS["refuted"]]
    assert [example.claim for example in refuted] == ["Mara Lind leads the port."]
    assert "Anna Berg" in refuted[0].evidence
    assert "Mara Lind chairs" in refuted[0].evidence
    assert any(e.claim == "Kalm has 40 cranes." and e.label == 0 for e in made)
    assert all(e.label == LABELS["neutral"] for e in made if e.binary)


@given(st.integers(0, 2**32))
def test_a_spoilt_claim_is_another(seed: int) -> None:
    claim = "In Kalm, Anna Berg met Peter Holt 40 times."
    bad = spoil(claim, TEXT, random.Random(seed))
    assert bad != claim


def test_a_header_and_evidence() -> None:
    row, rng = article(), random.Random(1)
    assert header(row, rng, 1.0) == "Cranes · Kalm Post · 2024-05-04"
    assert header(row, rng, 0.0) == ""
    assert evidence(row, [2], "before", rng) == "It has 40 cranes. Peter Holt wants 12 more."
    assert evidence(row, [0], "before", rng) == "Anna Berg leads the port of Kalm."
    assert TEXT[slice(*extent(row, 1, 3))] == "It has 40 cranes. Peter Holt wants 12 more."


def reading_row(question: str, context: str, answer: str | None) -> dict[str, Any]:
    answers = [{"text": answer, "start": context.index(answer)}] if answer else []
    return {"id": question, "lang": "en", "question": question, "context": context,
            "answers": answers}  # fmt: skip


def test_sets_and_suites_of_questions() -> None:
    rows = [reading_row("Where?", "In Oslo.", "Oslo"), reading_row("Why?", "It rained.", None)]
    broken = {**rows[0], "answers": [{"text": "Oslo", "start": 0}]}
    made = from_set([*rows, broken], 3, 1.0, seeded(1))
    spans = {(e.question, e.passage[x:y]) for e in made for x, y in e.spans}
    assert spans == {("Where?", "Oslo")}
    assert all(e.passage for e in made)
    corpus = {"d": "It was in Oslo. Nobody came.", "e": "Nothing."}
    queries: list[dict[str, Any]] = [
        {"question": "Where?", "answerable": True, "answers": ["Oslo"],
         "gold": [{"doc_id": "d", "quote": "It was in Oslo."}]},
        {"question": "How?", "answerable": True, "answers": ["By train"],
         "gold": [{"doc_id": "d", "quote": "Nobody came."}]},
        {"question": "Why?", "answerable": False, "answers": [], "gold": [], "context": ["e", "x"]},
        {"question": "When?", "answerable": None, "answers": [], "gold": []},
    ]  # fmt: skip
    plain = from_suite("timeqa", corpus, queries, seeded(1))
    assert [e.question for e in plain] == ["Where?", "Why?"]
    quoting = from_suite("clapnq", corpus, queries, seeded(1))
    assert [e.passage[x:y] for e in quoting for x, y in e.spans] == ["Oslo", "Nobody came."]


def test_joined_sentences_hold_the_answer() -> None:
    rows = [
        reading_row(f"Who came to town {n}?", f"Someone called N{n} came.", f"N{n}")
        for n in range(5)
    ]
    made = joined_sentences(rows, 5, seeded(3))
    assert {e.passage[x:y] for e in made for x, y in e.spans} == {f"N{n}" for n in range(5)}


def test_sentences_across_languages() -> None:
    english = "Anna Berg leads the port. It has 40 cranes and more."
    german = "Anna Berg leitet den Hafen. Er hat 40 Kräne und mehr."
    assert split(english) == ["Anna Berg leads the port.", "It has 40 cranes and more."]
    made = across_languages([{"en": split(english), "de": split(german)}], 30, seeded(1))
    assert len(made) == 30
    assert {e.label for e in made} <= {LABELS["supported"], LABELS["neutral"]}
    for example in made:
        if example.label == LABELS["supported"]:
            place = (split(english) + split(german)).index(example.claim) % 2
            assert any(t[place] in example.evidence for t in (split(english), split(german)))


def test_sources_are_noted(tmp_path: Path) -> None:
    for name in ("reading/x.jsonl.gz", "support/y.jsonl.gz"):
        path = tmp_path / name
        path.parent.mkdir()
        path.write_bytes(gzip.compress(b'{"id": "1"}\n'))
    (tmp_path / "news").mkdir()
    (tmp_path / "news/train.jsonl").write_text('{"id": "2"}\n\n')
    suite = tmp_path / "evals/s"
    suite.mkdir(parents=True)
    (suite / "corpus.jsonl.gz").write_bytes(gzip.compress(b'{"id": "d", "text": "t"}\n'))
    queries = b'{"id": "1", "portion": "train"}\n{"id": "2", "portion": "report"}\n'
    (suite / "queries.jsonl.gz").write_bytes(gzip.compress(queries))
    sources = Sources(tmp_path, tmp_path / "evals", None)
    assert sources.reading("x") == [{"id": "1"}]
    assert sources.support("y") == [{"id": "1"}]
    assert sources.news("train") == [{"id": "2"}]
    assert sources.suite("s") == ({"d": "t"}, [{"id": "1", "portion": "train"}])
    sources.note("news", [1, 2])
    made = record.record(
        "judge",
        {"seed": 7, "steps": 9, "decay_from": 5, "news_share": [0.5, 0.65]},
        sources,
        [{"step": 25}],
        {"auroc": 0.9},
    )
    assert made["data"]["examples"] == {"news": 2}
    assert len(made["data"]["sha256"]) == 5
    assert made["repeat"].endswith("--news-share 0.5 --seed 7 --steps 9 --decay-from 5'")
    record.write_record(tmp_path / "judge.json", made)
    assert json.loads((tmp_path / "judge.json").read_text()) == made
    assert json.loads(record.metadata("judge", 4, made)["record"]) == made


def test_a_curve_is_thinned() -> None:
    curve: list[record.Point] = [{"step": step} for step in range(1000)]
    kept = record.thinned(curve, 60)
    assert len(kept) == 60
    assert kept[0] == curve[0]
    assert kept[-1] == curve[-1]
    assert record.thinned(curve[:5]) == curve[:5]


def test_examples_are_laid_out_as_they_are_read() -> None:
    tokenizer = open_model().tokenizer
    passage = "«Ярмарок» відкрила Anna Berg. It has 40 cranes."
    at = passage.index("Anna Berg")
    given = reading_input(
        tokenizer, ReadingExample("Who?", "Cranes", passage, ((at, at + len("Anna Berg")),))
    )
    tokens = tokenizer.encode(passage)
    first, last = given.starts[0] - given.first, given.ends[0] - given.first
    assert passage[tokens.starts[first] : tokens.ends[last]].strip() == "Anna Berg"
    assert given.ids[given.first : given.first + given.count] == tokens.ids
    assert given.ids[0] == tokenizer.bos
    assert given.ids.count(tokenizer.eos) == 3
    none = reading_input(tokenizer, ReadingExample("Who?", "", passage * 200, ()))
    assert (none.starts, none.ends) == ([0], [0])
    assert len(none.ids) == 352
    claim = support_input(tokenizer, SupportExample("Kalm has cranes.", "", passage, 2, True))
    assert (claim.label, claim.binary) == (2, True)
    assert claim.ids.count(tokenizer.eos) == 3


@given(st.lists(st.integers(1, 5), min_size=1, max_size=12), st.data())
def test_a_span_has_its_tokens(lengths: list[int], data: st.DataObject) -> None:
    ends = np.cumsum(lengths)
    starts = ends - np.array(lengths)
    start = data.draw(st.integers(0, int(ends[-1]) - 1))
    end = data.draw(st.integers(start + 1, int(ends[-1])))
    place = covering(starts, ends, (start, end))
    assert place is not None
    assert starts[place[0]] <= start < ends[place[0]]
    assert starts[place[1]] < end <= ends[place[1]]
    assert covering(starts, ends, (int(ends[-1]), int(ends[-1]) + 3)) is None


def test_a_mixture_goes_on_where_it_stopped() -> None:
    def fresh() -> Mixture[int]:
        rng = seeded(7)
        return Mixture(list(range(100)), lambda: [1000 + n for n in range(40)], rng)

    def batches(mixture: Mixture[int], share: float) -> list[list[int]]:
        return mixture.batches(share, 4, lambda n: n, lambda n: n % 10)

    whole = fresh()
    seen = [batches(whole, 0.4), batches(whole, 0.4), batches(whole, 0.65)]
    assert all(len(found) == POOL and all(len(b) == 4 for b in found) for found in seen)
    later = fresh()
    for _ in range(2):
        later.skip(0.4, 4)
    assert batches(later, 0.65) == seen[2]
    news = sum(n >= 1000 for found in seen[:2] for batch in found for n in batch)
    assert 0.3 < news / (2 * POOL * 4) < 0.5


def test_steps_repeat_what_minutes_made() -> None:
    timed = Schedule(1.0, minutes=10)
    rates = []
    step = 0
    while True:
        step += 1
        rates.append(timed.rate_at(step, seconds=step - 1.0))
        if timed.is_over(step, seconds=float(step)):
            break
    assert timed.decay_from == 421
    assert rates[0] == pytest.approx(0.01)
    assert rates[199] == 1.0
    assert rates[-1] == 0.0
    again = Schedule(1.0, steps=step, starts=timed.decay_from)
    assert [again.rate_at(n, seconds=0.0) for n in range(1, step + 1)] == rates
    assert again.is_over(step, seconds=0.0)
    assert not again.is_over(step - 1, seconds=0.0)
    assert Schedule(1.0, steps=100).starts == 70
    for wrong in ({}, {"minutes": 1.0, "steps": 5}, {"steps": 5, "starts": 5}):
        with pytest.raises(ValueError, match=r"give either|begins before"):
            Schedule(1.0, **wrong)


def taught(rng: np.random.Generator) -> tuple[dict[str, Any], dict[str, Any]]:
    def values(*shape: int) -> Any:
        return rng.normal(size=shape).astype(np.float32)

    body: dict[str, Any] = {}
    shapes = {"qkv": (3 * WIDTH, WIDTH), "o": (WIDTH, WIDTH), "i": (INNER, WIDTH),
              "f": (WIDTH, INNER), "n1": (WIDTH,), "n2": (WIDTH,)}  # fmt: skip
    for name, shape in shapes.items():
        body[f"layers.{LAYERS - 1}.{name}.weight"] = values(*shape)
        body[f"layers.{LAYERS - 1}.{name}.bias"] = values(shape[0])
    return body, {"weight": values(2, WIDTH), "bias": values(2)}


def test_exported_weights_come_back(tmp_path: Path) -> None:
    from index.embedding.fine_tuned import read_fine_tuned

    body, head = taught(np.random.default_rng(1))
    path = tmp_path / "reader.safetensors"
    export.write(path, export.stored(body, head, LAYERS - 1), record.metadata("reader", 11, {}))
    found = read_fine_tuned(path, open_model())
    assert found.metadata["task"] == "reader"
    assert found.metadata["base_sha256"] == SHA256
    assert found.head is not None
    np.testing.assert_array_equal(found.head[0], head["weight"])
    layer = f"l{LAYERS - 1}."
    queries = body[f"layers.{LAYERS - 1}.qkv.weight"][:WIDTH]
    near = found.weights[f"{layer}q.w"]
    assert np.abs(near - queries).max() <= np.abs(queries).max() / 127 / 2 * 1.01
    np.testing.assert_array_equal(
        found.weights[f"{layer}v.b"], body[f"layers.{LAYERS - 1}.qkv.bias"][2 * WIDTH :]
    )
    np.testing.assert_array_equal(
        found.weights[f"{layer}oln.w"], body[f"layers.{LAYERS - 1}.n2.weight"]
    )
    np.testing.assert_array_equal(found.weights["l0.q.w"], open_model().layer_weights()["l0.q.w"])


def test_a_row_of_zeros_stays_one() -> None:
    rows, scale = export.quantised(np.array([[0.0, 0.0], [-2.0, 1.0]], dtype=np.float32))
    assert rows.tolist() == [[0, 0], [-127, 64]]
    assert scale[0] == 1.0


def test_figures_on_the_dev_data() -> None:
    rows = [article()]
    asked = dev.questions(rows, 10)
    assert sorted(one.answering for one in asked) == [(), (2,)]
    tokenizer = open_model().tokenizer
    found = []
    for question in asked:
        given: ReadingInput = reading_input(tokenizer, question.example)
        logits = np.full((len(given.ids), 2), -3.0, dtype=np.float32)
        logits[0] = -3.0 if question.answering else 3.0
        place = tokenizer.encode(TEXT).starts.searchsorted(TEXT.index("40 cranes"))
        logits[given.first + place] = 2.0
        found.append(dev.read(question, given, tokenizer, logits))
    made = dev.reading_figures(found)
    assert (made["first"], made["auroc"]) == (1.0, 1.0)
    claims = dev.claims(rows, 10)
    chances = np.array(
        [[0.9, 0.1, 0.0] if c.example.label == 0 else [0.6, 0.4, 0.0] for c in claims],
        dtype=np.float32,
    )
    judged = dev.support_figures(claims, chances, full=True)
    assert (judged["false_passed"], judged["true_kept"]) == (1.0, 1.0)
    assert judged["passed_by_kind"] == {"roles": 1.0}


def test_help_and_wrong_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "--minutes 60" in parser().format_help()
    here = str(tmp_path)
    for arguments, message in (
        (["reader", "--out", "x", "--minutes", "1", "--data", "nowhere"], "is not a folder"),
        (["reader", "--out", "x", "--minutes", "1", "--steps", "2"], "not allowed with"),
        (
            [*"judge --out x --minutes 1 --decay-from 3 --data".split(), here, "--evals", here],
            "goes with --steps",
        ),
    ):
        with pytest.raises(SystemExit) as leaving:
            main(arguments)
        assert leaving.value.code == 2
        assert message in capsys.readouterr().err


def test_the_command_helps_without_torch() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evals.training", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "PRESSMARK_TRAINING_DATA" in done.stdout


def test_more_questions_and_articles_of_our_own_join_those_given(tmp_path: Path) -> None:
    given, ours = tmp_path / "training", tmp_path / "ours"
    (given / "news").mkdir(parents=True)
    ours.mkdir()
    first = article()
    (given / "news" / "train.jsonl").write_text(json.dumps(first), encoding="utf-8")
    more = {"id": "a1", "questions": first["questions"][:1], "claims": first["claims"][:1]}
    for name, row in (("additions", more), ("articles", article("b1"))):
        with gzip.open(ours / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.write(json.dumps(row))
    sources = Sources(given, tmp_path, ours)
    found = sources.news("train")
    assert [(a["id"], len(a["questions"]), len(a["claims"])) for a in found] == [
        ("a1", 3, 3),
        ("b1", 2, 2),
    ]
    assert set(sources.files) == {"news/train.jsonl", "additions.jsonl.gz", "articles.jsonl.gz"}
    (given / "news" / "dev.jsonl").write_text(json.dumps(first), encoding="utf-8")
    assert len(sources.news("dev")) == 1


def test_our_own_questions_and_claims_point_at_what_is_there() -> None:
    with gzip.open(OURS / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    assert len({one["id"] for one in articles}) == len(articles) > 100
    for one in articles:
        sentences = [one["text"][a:b] for a, b in one["sentences"]]
        assert all(text == text.strip() != "" for text in sentences)
        for asked in one["questions"]:
            cited = [sentences[number - 1] for number in asked["s"]]
            assert (asked["kind"] == "none") == (not cited)
            assert not cited or any(asked["a"] in text for text in cited)
        for claim in one["claims"]:
            assert claim["label"] in LABELS
            assert claim["s"]
            assert all(0 < number <= len(sentences) for number in claim["s"])


def test_a_spoilt_question_asks_about_somebody_else() -> None:
    elsewhere = "On Friday Olga Winter met Karl Sommer in Brunn."
    question = "When did the council refuse what Peter Holt wanted?"
    found = {spoil_question(question, TEXT, elsewhere, random.Random(n)) for n in range(60)}
    assert None not in found
    assert all(one and one != question and "Peter Holt" not in one for one in found)
    assert any(one and ("Peter " in one or " Holt" in one) for one in found)
    assert spoil_question("who refused", TEXT, elsewhere, random.Random(1)) is None
    assert spoil_question(question, TEXT, TEXT, random.Random(1)) is None
