"""The gate closes when a figure falls, names what was lost, and cannot be loosened in passing."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.gating.gate import Failure, check, make_baseline
from evals.gating.limits import (
    GATE_FILE,
    Limit,
    Limits,
    baseline_path,
    read_baseline,
    read_limits,
    write_baseline,
)
from evals.records.compare import compare
from evals.records.figures import BY_NAME
from evals.records.record import QuestionOutcome, Record
from index.errors import SuiteError
from tests.helpers.evals_doubles import made_up_record, question_item

LIMITS: Limits = {
    "citation_hit_any": Limit(floor=0.5, tolerance=0.05),
    "refusal_recall": Limit(floor=0.4, tolerance=0.05),
    "words_quoted": Limit(ceiling=60, tolerance=5),
}


def items(hits: int, refusals: int, words: float = 30.0, n: int = 20) -> list[QuestionOutcome]:
    """Answerable questions of which some hit, unanswerable ones of which some are refused."""
    answerable = [
        question_item(
            f"a{place}",
            citation_hit_any=float(place < hits),
            outcome=float(place < hits),
            unanswerable=0.0,
            refused=0.0,
            words_quoted=words,
        )
        for place in range(n)
    ]
    unanswerable = [
        question_item(
            f"u{place}",
            unanswerable=1.0,
            refused=float(place < refusals),
            outcome=float(place < refusals),
        )
        for place in range(n)
    ]
    return answerable + unanswerable


def record(hits: int = 16, refusals: int = 12, words: float = 30.0, **made: object) -> Record:
    return made_up_record(items(hits, refusals, words), **made)  # type: ignore[arg-type]


BASELINE = make_baseline(record(), LIMITS, None)


def failures(run: Record, limits: Limits = LIMITS) -> dict[str | None, Failure]:
    return {failure.figure: failure for failure in check(run, limits, BASELINE)}


def test_the_same_run_passes() -> None:
    assert check(record(), LIMITS, BASELINE) == []


def test_a_better_run_passes() -> None:
    assert check(record(hits=20, refusals=20, words=10), LIMITS, BASELINE) == []


def test_a_drop_within_tolerance_passes() -> None:
    # One of 20 is exactly the tolerance of 0.05, which floating point must not turn into more.
    assert check(record(hits=15, refusals=11, words=35), LIMITS, BASELINE) == []


def test_a_drop_beyond_tolerance_fails_and_names_the_items() -> None:
    found = failures(record(hits=14))
    assert set(found) == {"citation_hit_any"}
    assert found["citation_hit_any"].items == ("a14", "a15")
    assert "is 0.7000, was 0.8000" in found["citation_hit_any"].message
    refused = failures(record(refusals=9))["refusal_recall"]
    assert refused.items == ("u9", "u10", "u11")
    assert "was 30" in failures(record(words=36))["words_quoted"].message


def test_floors_and_ceilings() -> None:
    messages = [f.message for f in check(record(hits=9, words=61), LIMITS, BASELINE)]
    assert any("is 0.4500, under its floor of 0.5" in message for message in messages)
    assert any("is 61.0000, over its ceiling of 60" in message for message in messages)
    alone = make_baseline(record(hits=9), LIMITS, None)
    (failure,) = check(record(hits=9), LIMITS, alone)
    assert len(failure.items) == 11


def test_unscored_items_do_not_flatter() -> None:
    # Without the four misses every item left would hit.
    run = made_up_record(
        [
            item.model_copy(
                update={
                    "scores": {k: v for k, v in item.scores.items() if k != "citation_hit_any"},
                    "unscored": {"citation_hit_any": "it crashed"},
                }
            )
            if item.scores.get("citation_hit_any") == 0.0
            else item
            for item in items(16, 12)
        ]
    )
    assert run.value("citation_hit_any") == 1.0
    failure = failures(run)[None]
    assert failure.items == ("a16", "a17", "a18", "a19")
    assert "it crashed" in failure.message


def test_a_missing_item_or_figure_fails() -> None:
    assert "not in the run" in failures(made_up_record(items(16, 12)[1:]))[None].message
    found = failures(made_up_record([i for i in items(16, 12) if i.id.startswith("a")]))
    assert "no longer defined" in found["refusal_recall"].message


def test_other_data_broken_lines_and_no_baseline_fail() -> None:
    assert "other questions or articles" in failures(record(data_hash="e" * 64))[None].message
    assert "line 3" in failures(record(problems=["queries.jsonl line 3: bad"]))[None].message
    (missing,) = check(record(), LIMITS, None)
    assert "--write-baseline" in missing.message
    (unknown,) = check(record(), LIMITS | {"outcome": Limit(tolerance=0.1)}, BASELINE)
    assert unknown.figure == "outcome"


def test_part_of_a_suite_is_not_judged() -> None:
    with pytest.raises(SuiteError, match="whole suites"):
        check(record(limit=3), LIMITS, BASELINE)
    with pytest.raises(SuiteError, match="whole suites"):
        make_baseline(record(limit=3), LIMITS, None)


def test_a_floor_is_lowered_only_with_a_decision_that_names_the_figure(tmp_path: Path) -> None:
    notes = tmp_path / "docs" / "decisions"
    notes.mkdir(parents=True)
    note = "docs/decisions/0042-lower.md"

    def loosened(limits: Limits) -> list[Failure]:
        return check(record(), limits, BASELINE, tmp_path)

    lower = LIMITS | {"citation_hit_any": Limit(floor=0.4, tolerance=0.05)}
    (failure,) = loosened(lower)
    assert "its limit was 0.5 and is 0.4 now" in failure.message
    explained = LIMITS | {"citation_hit_any": Limit(floor=0.4, tolerance=0.05, decision=note)}
    assert loosened(explained)
    (notes / "0042-lower.md").write_text("We lower another figure.", encoding="utf-8")
    assert loosened(explained)
    (notes / "0042-lower.md").write_text("We lower citation_hit_any.", encoding="utf-8")
    assert loosened(explained) == []
    (tmp_path / "loose.md").write_text("We lower citation_hit_any.", encoding="utf-8")
    outside = Limit(floor=0.4, tolerance=0.05, decision="docs/decisions/../../loose.md")
    assert loosened(LIMITS | {"citation_hit_any": outside})
    higher = LIMITS | {"words_quoted": Limit(ceiling=80, tolerance=5)}
    assert "was 60 and is 80 now" in loosened(higher)[0].message
    (gone,) = loosened({k: v for k, v in LIMITS.items() if k != "words_quoted"})
    assert "is no longer gated" in gone.message


def test_a_new_baseline_keeps_the_strictest_limits() -> None:
    raised = LIMITS | {
        "citation_hit_any": Limit(floor=0.7, tolerance=0.05),
        "words_quoted": Limit(ceiling=40, tolerance=5),
    }
    strict = make_baseline(record(), raised, BASELINE)
    again = make_baseline(record(), LIMITS, strict)
    assert again.strictest == {"citation_hit_any": 0.7, "refusal_recall": 0.4, "words_quoted": 40}
    assert {f.figure for f in check(record(), LIMITS, again)} == {
        "citation_hit_any",
        "words_quoted",
    }


def test_a_baseline_comes_back_and_is_the_same_every_time(tmp_path: Path) -> None:
    path = baseline_path("made-up", tmp_path)
    assert read_baseline(path) is None
    write_baseline(BASELINE, path)
    content = path.read_bytes()
    assert read_baseline(path) == BASELINE
    write_baseline(make_baseline(record(), LIMITS, BASELINE), path)
    assert path.read_bytes() == content
    assert len(content.splitlines()) > len(BASELINE.items)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(SuiteError, match="is not a baseline"):
        read_baseline(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[seeds", "cannot be read"),
        ("[seeds.contains]\nfloor = 0.5", r"contains\.tolerance"),
        ("[seeds.contains]\nfloor = 0.5\ntolerance = -1", "greater than or equal"),
        ("[seeds.contents]\ntolerance = 0", "there is no figure 'contents'"),
        ("[seeds.contains]\nceiling = 0.5\ntolerance = 0", "a ceiling makes no sense"),
        ("[seeds.words_quoted]\nfloor = 5\ntolerance = 0", "a floor makes no sense"),
    ],
)
def test_a_bad_gate_file(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "gate.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SuiteError, match=message):
        read_limits(path)


def test_our_own_gate_file() -> None:
    limits = read_limits(GATE_FILE)["seeds"]
    assert limits["offsets_valid"].floor == 1.0
    assert limits["words_quoted"].ceiling == 60
    assert all(BY_NAME[name].better != "neither" for name in limits)


def test_comparison_pairs_items() -> None:
    before, after = record(hits=10, refusals=12), record(hits=16, refusals=11)
    found = compare(before, after)
    assert [item.id for item in found.gained] == [f"a{n}" for n in range(10, 16)]
    assert [item.id for item in found.lost] == ["u11"]
    hits = next(d for d in found.differences if d.figure.name == "citation_hit_any")
    assert (hits.before, hits.after, hits.interval.value) == pytest.approx((0.5, 0.8, 0.3))
    assert hits.verdict == "better"
    refusals = next(d for d in found.differences if d.figure.name == "refusal_recall")
    assert refusals.verdict == ""
    assert found.warnings == ()
    back = compare(after, before)
    assert next(d for d in back.differences if d.figure == hits.figure).verdict == "worse"


def test_comparison_of_runs_that_differ() -> None:
    before = record()
    after = made_up_record(items(16, 12)[5:], data_hash="e" * 64)
    found = compare(before, after)
    assert found.only_before == ("a0", "a1", "a2", "a3", "a4")
    assert "files differ" in found.warnings[0]
    with pytest.raises(SuiteError, match="no item in common"):
        compare(before, made_up_record([question_item("z", outcome=1.0)]))
    renamed = after.model_copy(update={"suite": after.suite.model_copy(update={"name": "x"})})
    with pytest.raises(SuiteError, match="different suites: made-up and x"):
        compare(before, renamed)
