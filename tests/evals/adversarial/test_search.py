"""The search for false claims that pass: its results, and its ignorance of the judge."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from evals.adversarial.moves import MOVES, Target
from evals.adversarial.search import search, targets, variants
from evals.command import app
from evals.dataset.items import ClaimItem, Origin

CITED = ("On 3 May Anna Berg beat Karel Dusik by 12 points.",)
ELSEWHERE = ("The hall in Kalm, which opened in 1998 for the games, was full.", "Mara Lind wept.")
ENGLISH = Target("Anna Berg did not lose to Karel Dusik by 12 or 15 points.", CITED, ELSEWHERE)
RUSSIAN = Target("Анна Берг не уступила Карлу Дусику ни 3, ни 4 очка.", CITED, ELSEWHERE)


def made(name: str, target: Target, seed: int = 1) -> str | None:
    return MOVES[name](target, random.Random(seed))


def test_names_and_numbers_are_swapped() -> None:
    swapped = made("names swapped", ENGLISH)
    assert swapped == "Karel Dusik did not lose to Anna Berg by 12 or 15 points."
    assert made("names swapped", RUSSIAN) == "Карлу Дусику не уступила Анна Берг ни 3, ни 4 очка."
    assert made("numbers swapped", ENGLISH) == ENGLISH.claim.replace("12 or 15", "15 or 12")
    assert made("numbers swapped", Target("Nobody came.", (), ())) is None


def test_what_denies_is_dropped() -> None:
    assert made("«не» dropped", RUSSIAN) == RUSSIAN.claim.replace("не ", "", 1)
    assert made("negation dropped", ENGLISH) == ENGLISH.claim.replace("not ", "")


def test_a_clause_is_moved_and_an_end_is_lent() -> None:
    assert made("clause moved in", ENGLISH) == (
        "Anna Berg did not lose to Karel Dusik by 12 or 15 points, "
        "which opened in 1998 for the games."
    )
    alone = Target("Anna Berg won.", CITED, ())
    assert made("clause moved in", alone) is None
    assert made("end of another sentence", alone) is None
    lent = made("end of another sentence", Target("Anna Berg won.", (), CITED))
    assert lent in ("Anna Berg beat Karel Dusik by 12 points.", "Anna Berg by 12 points.")


@given(st.integers(0, 2**32), st.sampled_from(sorted(MOVES)), st.sampled_from([ENGLISH, RUSSIAN]))
def test_a_move_leaves_no_claim_as_it_was(seed: int, name: str, target: Target) -> None:
    assert made(name, target, seed) != target.claim


def items() -> list[ClaimItem]:
    origin = Origin("Before.", "A match", "Kalm Post")
    return [
        ClaimItem("1", ENGLISH.claim, CITED, True, "true", None, origin),
        ClaimItem(
            "2", "False.", ELSEWHERE, False, "roles", None, Origin(None, "A match", "Kalm Post")
        ),
        ClaimItem("3", "Of an unknown article.", CITED, True),
    ]


def test_true_claims_are_searched_with_what_else_their_article_says() -> None:
    ((item, target),) = targets(items())
    assert item.id == "1"
    assert target.elsewhere == ELSEWHERE
    assert variants(target, "1 x") == variants(target, "1 x")
    found = list(search(items(), lambda item: "Karel Dusik did" in item.claim, 1))
    assert {attempt.move for attempt in found if attempt.passed} == {"names swapped"}
    assert all(attempt.item.origin == item.origin for attempt in found)
    assert not any(attempt.item.supported for attempt in found)


def test_the_command_prints_every_move(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    class Never:
        level = "none"

    monkeypatch.setattr("evals.trials.judged", lambda item: Never())
    shown = CliRunner().invoke(app, ["adversarial", "--limit", "40", "--show"])
    assert shown.exit_code == 0, shown.output
    assert "clause moved in" in shown.output
    assert "0 have a false variant that passes" in shown.output
    (tmp_path / "claims.jsonl").write_text(
        '{"id": "1", "claim": "c", "references": ["r"], "label": 1}\n', encoding="utf-8"
    )
    refused = CliRunner().invoke(app, ["adversarial", str(tmp_path)])
    assert "no true claim" in str(refused.exception)
