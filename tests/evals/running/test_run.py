"""A run scores a scripted system's answers, counts what it cannot score, and records it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from evals.dataset.example import write_example
from evals.dataset.items import Suite
from evals.dataset.suites import load_suite
from evals.records.provenance import Effort, provenance, settings_hash
from evals.records.record import QuestionOutcome, Record, read_record, write_record
from evals.running.choice import Choice
from evals.running.run import run_suite, suite_home
from index.errors import IndexStoreError, SuiteError
from rag.settings import Settings
from tests.helpers.evals_doubles import ScriptedSystem, silent_progress

FERRY = "The ferry to Riverton costs 12 crowns. It leaves at noon, the harbour master said."
BRIDGE = "\ufeffМост через реку закрыт. Ремонт стоил 2,4 миллиона."
CORPUS = [
    {"id": "ferry", "text": FERRY, "title": 'The "ferry"\u007f', "published_at": "2024-02-14"},
    {"id": "ferry again", "text": FERRY},
    {"id": "Bridge/2", "text": BRIDGE, "publisher": " ", "lang": "ru"},
]
COSTS = "The ferry to Riverton costs 12 crowns."
NOON = "It leaves at noon, the harbour master said."


def query(name: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": name,
        "question": f"{name}?",
        "answerable": True,
        "answers": ["12 crowns"],
    } | fields


def gold(*quotes: str | None, doc_id: str = "ferry") -> list[dict[str, str | None]]:
    return [{"doc_id": doc_id, "quote": quote} for quote in quotes]


QUERIES = [
    query("right", gold=gold(COSTS)),
    query("copy", gold=gold(COSTS, doc_id="ferry again")),
    query("wrong", gold=gold(COSTS)),
    query("half", gold=gold(COSTS, NOON), gold_rule="all"),
    # In SQuAD's normal form this answer is empty, as the answer of a refusal is.
    query("refused", gold=gold(COSTS), answers=["the"]),
    query("russian", gold=gold("\ufeffМост через реку закрыт.", doc_id="Bridge/2")),
    query("no quote", gold=gold(None)),
    query("no gold", answers=["noon"]),
    query("unjudged", answerable=None, gold=gold(NOON), date="2024-05-01", context=["ferry"]),
    query("elsewhere", gold=gold(COSTS), context=["Bridge/2"]),
    query("other copy", gold=gold(COSTS), context=["ferry again"]),
    query("declined", answerable=False, answers=[]),
    query("made up", answerable=False, answers=[]),
    query("broken", gold=gold(COSTS)),
    query("defect", gold=gold(COSTS)),
]
SCRIPT = {
    "right?": [COSTS],
    "copy?": [COSTS],
    "wrong?": [NOON],
    "half?": [COSTS],
    "russian?": ["Мост через реку"],
    "no quote?": [COSTS],
    "no gold?": [NOON],
    "unjudged?": [NOON],
    "other copy?": [COSTS],
    "made up?": [NOON, COSTS],
}
BROKEN = {"broken?": IndexStoreError("The index is broken."), "defect?": ValueError("oh <no>")}


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    folder = tmp_path / "suite"
    folder.mkdir()
    for name, rows in (("corpus", CORPUS), ("queries", QUERIES)):
        text = "\n".join(json.dumps(row) for row in rows)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    loaded = load_suite(folder)
    assert loaded.problems == ()
    return loaded


def run(suite: Suite, system: ScriptedSystem, choice: Choice | None = None) -> Record:
    return run_suite(suite, Settings(), choice or Choice(), silent_progress(), system.opened)


def by_id(record: Record) -> dict[str, QuestionOutcome]:
    return {item.id: item for item in record.questions}


def test_scores(suite: Suite) -> None:
    record = run(suite, ScriptedSystem(SCRIPT, broken=BROKEN))
    items = by_id(record)

    def scores(name: str, *columns: str) -> list[float | None]:
        return [items[name].scores.get(column) for column in columns]

    hits = ("citation_hit_any", "citation_hit_first", "contains", "outcome", "right")
    assert scores("right", *hits) == [1, 1, 1, 1, 1]
    assert scores("copy", *hits) == [1, 1, 1, 1, 1]
    assert scores("wrong", *hits) == [0, 0, 0, 0, 0]
    assert scores("half", *hits) == [0, 1, 1, 0, 0]
    assert scores("refused", *hits) == [0, 0, 0, 0, None]
    assert scores("refused", "exact_match", "token_f1") == [0, 0]
    assert scores("russian", *hits) == [1, 1, 0, 1, 1]
    assert scores("no quote", *hits) == [None, None, 1, 1, 1]
    assert scores("no gold", *hits, "hit_at_1") == [None, None, 1, 1, 1, None]
    assert scores("unjudged", *hits, "refused") == [None] * 6
    assert scores("elsewhere", *hits, "hit_at_1") == [None] * 6
    assert scores("other copy", *hits, "hit_at_1") == [1, 1, 1, 1, 1, 1]
    assert scores("declined", *hits) == [None, None, None, 1, None]
    assert scores("made up", *hits) == [None, None, None, 0, 0]
    assert scores("made up", "words_quoted", "confidence", "refused") == [15, 0.9, 0]
    # One citation covers one of the two quotes it needs; the passage covers both.
    assert scores("half", "evidence_recall", "hit_at_1", "offsets_valid") == [1, 1, 1]
    assert all(item.scores.get("offsets_valid", 1.0) == 1.0 for item in record.questions)


def test_answers_are_judged_by_words_where_wrong_ones_are_named(tmp_path: Path) -> None:
    history = [{"question": "Where to?", "answer": "To Riverton."}]
    queries = [
        query("right", gold=gold(COSTS), forbid=["at noon"], history=history),
        query("wrong", gold=gold(COSTS), forbid=["at noon"]),
        query("both", gold=gold(COSTS, NOON), gold_rule="all", forbid=[]),
        query("declined", answerable=False, answers=[], forbid=[]),
        query("unnamed", gold=gold(COSTS)),
    ]
    for name, rows in (("corpus", CORPUS), ("queries", queries)):
        text = "\n".join(json.dumps(row) for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    suite = load_suite(tmp_path)
    assert suite.problems == ()
    system = ScriptedSystem(
        {"right?": [COSTS], "wrong?": [NOON, COSTS], "both?": [COSTS], "unnamed?": [COSTS]}
    )
    record = run(suite, system, Choice(ranking=False))
    found = {name: item.scores.get("right_words") for name, item in by_id(record).items()}
    assert found == {"right": 1.0, "wrong": 0.0, "both": 0.0, "declined": 1.0, "unnamed": None}
    assert record.value("first_words_answerable") == pytest.approx(2 / 3)
    assert record.value("hit_at_1") is None
    asked = {question.text: question.history for question in system.asked}
    assert [(turn.question, turn.answer) for turn in asked["right?"]] == [
        ("Where to?", "To Riverton.")
    ]


def test_sources_that_differ_are_scored(tmp_path: Path) -> None:
    cheap = "The ferry to Riverton costs 9 crowns."
    corpus = [*CORPUS, {"id": "cheap", "text": cheap}]
    queries = [
        query("both", gold=gold(COSTS), fake_answers=["9 crowns"]),
        query("one side", gold=gold(COSTS), fake_answers=["9 crowns"]),
        query("agreed", gold=gold(COSTS), fake_answers=["9 crowns"], context=["ferry"]),
        query("invented", gold=gold(COSTS), fake_answers=["9 crowns"], context=["ferry"]),
        query("only false", gold=gold(COSTS), fake_answers=["9 crowns"], context=["cheap"]),
        query("unknown", gold=gold(COSTS)),
    ]
    for name, rows in (("corpus", corpus), ("queries", queries)):
        text = "\n".join(json.dumps(row) for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    script = {"both?": [COSTS, cheap], "one side?": [cheap], "agreed?": [COSTS]}
    script |= {"invented?": [COSTS, NOON], "only false?": [cheap], "unknown?": [COSTS]}
    system = ScriptedSystem(script, differing=frozenset({"both?", "invented?"}))
    record = run(load_suite(tmp_path), system)
    names = ("both_values_quoted", "conflict_said", "conflict_invented")
    found = {q.id: [q.scores.get(name) for name in names] for q in record.questions}
    assert found == {
        "both": [1, 1, None],
        "one side": [0, 0, None],
        "agreed": [None, None, 0],
        "invented": [None, None, 1],
        "only false": [None, None, None],
        "unknown": [None, None, None],
    }
    figures = {figure.name: figure.value for figure in record.figures}
    assert [figures[name] for name in names] == [0.5, 0.5, 0.5]


def test_what_cannot_be_scored_is_counted_with_its_reason(suite: Suite) -> None:
    record = run(suite, ScriptedSystem(SCRIPT, broken=BROKEN))
    figures = {figure.name: figure for figure in record.figures}
    assert figures["outcome"].n == 11
    assert figures["outcome"].unscored == {
        "a gold document is outside the question's context": 1,
        "The index is broken.": 1,
        "ValueError: oh <no>": 1,
        "nobody judged whether it can be answered": 1,
    }
    assert figures["citation_hit_any"].n == 7
    assert figures["citation_hit_any"].unscored["no gold quote is named"] == 2
    assert figures["refusal_recall"].value == 0.5
    assert by_id(record)["defect"].status == "error"


def test_questions_are_asked_as_the_suite_says(suite: Suite) -> None:
    system = ScriptedSystem(SCRIPT)
    run(suite, system)
    asked = {question.text: question for question in system.asked}
    unjudged = asked["unjudged?"]
    assert unjudged.as_of == datetime.date(2024, 5, 1)
    assert unjudged.filters.article_ids is not None
    assert len(unjudged.filters.article_ids) == 1
    assert asked["right?"].filters.article_ids is None
    assert system.settings is not None
    assert system.settings.home.is_relative_to(Settings().home / "evals")


def test_questions_can_be_asked_days_late(suite: Suite) -> None:
    system = ScriptedSystem(SCRIPT)
    record = run(suite, system, Choice(later=30))
    asked = {question.text: question.as_of for question in system.asked}
    assert asked["unjudged?"] == datetime.date(2024, 5, 31)
    assert asked["right?"] is None
    assert record.suite.later == 30
    assert not record.suite.whole  # the gate is for questions on their day


def test_documents_are_written_as_files_and_only_when_they_change(suite: Suite) -> None:
    run(suite, ScriptedSystem(SCRIPT))
    folder = suite_home(suite, Settings()) / "articles"
    names = {path.name for path in folder.iterdir()}
    assert names == {"ferry.txt", "=document-2.txt", "=document-3.txt", "articles.toml"}
    assert (folder / "=document-3.txt").read_bytes().decode() == BRIDGE.removeprefix("\ufeff")
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    (folder / "stray.txt").write_text("not of the corpus", encoding="utf-8")
    run(suite, ScriptedSystem(SCRIPT))
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_wrong_offsets_are_seen(suite: Suite) -> None:
    # The second system's offsets fit the text that it shows, but not the suite's own.
    for system in ({"shift": 1}, {"inserted": "x"}):
        record = run(suite, ScriptedSystem({"right?": [COSTS]}, **system))
        assert by_id(record)["right"].scores["offsets_valid"] == 0.0
        assert not by_id(record)["right"].citations[0].valid


def test_a_refused_document_makes_its_questions_unscored(suite: Suite) -> None:
    script = {question: quotes for question, quotes in SCRIPT.items() if question != "russian?"}
    record = run(suite, ScriptedSystem(script, refuse_files=frozenset({"=document-3.txt"})))
    item = by_id(record)["russian"]
    reason = "a gold document is not in the index: it is refused"
    assert item.unscored["citation_hit_any"] == item.unscored["outcome"] == reason
    assert "citation_hit_any" not in item.scores
    assert record.suite.refused == {"Bridge/2": "it is refused"}


def test_the_question_alone_is_scored_beside(suite: Suite) -> None:
    record = run(suite, ScriptedSystem(SCRIPT))
    scored = [item for item in record.questions if "question_only" in item.scores]
    assert {item.id for item in record.questions} - {item.id for item in scored} == {"unjudged"}
    assert record.value("question_only_auroc") is not None


def test_limits_are_recorded(suite: Suite) -> None:
    record = run(suite, ScriptedSystem(SCRIPT), Choice(limit=2, sample=4))
    info = record.suite
    assert (info.items, info.of, info.limit, info.sample, info.whole) == (2, 15, 2, 4, False)
    with pytest.raises(SuiteError):
        run(suite, ScriptedSystem(SCRIPT), Choice(portion="report"))


def test_a_record_says_how_to_repeat_the_run_and_comes_back(suite: Suite, tmp_path: Path) -> None:
    record = run(suite, ScriptedSystem(SCRIPT, broken=BROKEN))
    path = tmp_path / "out" / "record.json"
    write_record(record, path)
    assert read_record(path) == read_record(path.parent) == record
    made = record.made
    assert made.packages["numpy"]
    assert made.cores >= 1
    assert made.texts_embedded == 7
    assert len(made.settings_hash) == 64
    assert record.suite.data_hash == suite.data_hash
    assert "NaN" not in path.read_text(encoding="utf-8")


def test_settings_hash_leaves_places_and_keys_out() -> None:
    plain = Settings()
    elsewhere = Settings(home=Path("/elsewhere"), port=1, PRESSMARK_LLM_API_KEY="secret")
    assert settings_hash(plain) == settings_hash(elsewhere)
    assert settings_hash(plain) != settings_hash(Settings(refuse_below=0.9))
    url = Settings(llm_base_url="https://user:secret@example.org/v1", llm_model="m")
    assert settings_hash(plain) != settings_hash(url)
    shown = provenance(url, Effort(datetime.datetime.now(datetime.UTC), 1.0)).model_dump_json()
    assert "secret" not in shown


def test_records_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"format": "other"}', encoding="utf-8")
    with pytest.raises(SuiteError, match="is not a record of this version"):
        read_record(tmp_path)
    with pytest.raises(SuiteError, match="cannot be read"):
        read_record(tmp_path / "none.json")
    (tmp_path / "second.json").write_text("", encoding="utf-8")
    with pytest.raises(SuiteError, match="holds 2 records"):
        read_record(tmp_path)


def test_claims_are_checked(tmp_path: Path) -> None:
    claims = [
        {"id": "a", "claim": "31 people were freed.", "references": ["Minsk freed 31 people."]},
        {"id": "b", "claim": "32 people were freed.", "references": ["Minsk freed 31 people."]},
    ]
    rows = [claim | {"label": label} for claim, label in zip(claims, (1, 0), strict=True)]
    (tmp_path / "claims.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    record = run_suite(load_suite(tmp_path), Settings(), Choice(), silent_progress())
    assert [item.scores["correct"] for item in record.claims] == [1.0, 1.0]
    assert record.value("support_macro_f1") == 1.0
    assert record.claims[1].reasons
    assert record.suite.kind == "claims"


@pytest.mark.slow
def test_the_example_suite_through_the_whole_system(tmp_path: Path) -> None:
    write_example(tmp_path / "example")
    suite = load_suite(tmp_path / "example")
    first = run_suite(suite, Settings(), Choice(), silent_progress())
    assert first.value("offsets_valid") == 1.0
    assert first.value("hit_at_1") == 1.0
    assert first.made.texts_embedded > 0
    assert {item.status for item in first.questions} <= {"answered", "abstained"}
    again = run_suite(suite, Settings(), Choice(), silent_progress())
    assert again.made.texts_embedded == 0
    assert [item.answer for item in again.questions] == [item.answer for item in first.questions]
