"""Passages that the search finds and that do not answer."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from evals.training.mining import KEPT, SENTENCES, Run, articles_of, mine, runs, text_of
from evals.training.pair_data import same_article


def article(name: str, sentences: list[str], answers: list[int]) -> dict[str, Any]:
    spans, text = [], ""
    for sentence in sentences:
        spans.append([len(text), len(text) + len(sentence)])
        text += sentence + " "
    return {
        "id": name,
        "title": f"On {name}",
        "text": text.rstrip(),
        "sentences": spans,
        "questions": [{"q": sentences[0], "s": answers}],
    }


@given(st.integers(1, 40))
def test_runs_hold_every_sentence_and_overlap(count: int) -> None:
    found = list(runs(article("a", ["One."] * count, [])))

    assert {s for run in found for s in range(run.first, run.after)} == set(range(count))
    assert all(0 < run.after - run.first <= SENTENCES for run in found)
    assert all(run.first < run.after <= count for run in found)


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """How often each letter stands in a text; length 1."""
    counts = np.array([[text.split(": ", 1)[1].count(c) for c in "abcdef"] for text in texts])
    lengths = np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1)
    found: NDArray[np.float32] = (counts / lengths).astype(np.float32)
    return found


def test_what_is_mined_is_like_the_question_and_holds_no_answer(tmp_path: Path) -> None:
    asked = article("x", ["aaaa."] + ["bbbb."] * 8, [1])
    like = article("y", ["aaa aaa."], [])
    other = article("z", ["ffff."], [])
    kept = tmp_path / "mined.json"
    mined = mine([asked, like, other], embed, kept)

    found = mined["x", 0]
    assert found[0] == Run("y", 0, 1)
    assert 0 < len(found) <= KEPT
    assert not [run for run in found if run.article == "x" and run.first == 0]
    assert Run("x", 6, 9) in found  # of the same article, without the answer
    assert articles_of(mined)["x", 0] == ["y", "z"]
    assert text_of(like, found[0]) == "On y. aaa aaa."


def test_a_training_that_goes_on_finds_the_same(tmp_path: Path) -> None:
    articles, kept = [article("x", ["aaaa."] * 7, [1]), article("y", ["aaa."], [])], tmp_path / "m"

    def never(texts: Sequence[str]) -> NDArray[np.float32]:
        raise AssertionError("embedded again")

    assert mine(articles, embed, kept) == mine(articles, never, kept)


def test_a_wrong_passage_is_held_against_all_but_its_own_article() -> None:
    left_out = same_article(["a", "b", "a"], ["b", "c"])

    assert left_out.tolist() == [
        [False, False, True, False, False],
        [False, False, False, True, False],
        [True, False, False, False, False],
    ]
