"""Contradicting sources, and no others, are quoted side by side and said to differ."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.composing import answer_text
from rag.conflicts import conflict_groups, counts_otherwise, find_conflict, sources_differ
from rag.pressmark import Pressmark
from rag.reading.choosing import Candidate
from rag.reading.quoting import draft_quotes
from rag.settings import Settings
from rag.types import Answer, Draft, DraftClaim, Evidence, ProposedCitation, Question
from rag.verification.judge import open_judge
from rag.verification.verifier import verify
from tests.helpers.evidence import asking, candidate, make_evidence, part
from tests.helpers.judging import SaidJudge

OLDER = make_evidence("The earthquake in Aleria killed 20 people, officials said.")
NEWER = make_evidence(
    "The earthquake in Aleria killed 48 people, the ministry said.",
    marker=2,
    publisher="Reuters",
    published=date(2020, 8, 9),
)


REFUTES = SaidJudge(lambda claim, evidence: "refuted")


def first_sentence(item: Evidence, words: str, read: float = 5.0) -> Candidate:
    return candidate(item, 0, words, read)


def differing(*ranked: Candidate) -> tuple[str, list[list[str]]]:
    """The answer's text, and the marked words of each group of its conflicts."""
    asked, read = asking("How many people did it kill?"), part(*ranked)
    drafted = draft_quotes(asked, [read], [find_conflict(read, open_judge())], 0.0)
    verified = verify(drafted, [c.evidence for c in ranked], open_judge())
    groups = conflict_groups(drafted, verified)
    marked = [
        [
            c.source.text[c.answer_span.start : c.answer_span.end] if c.answer_span else ""
            for c in (verified.citations[marker - 1] for marker in group)
        ]
        for group in groups
    ]
    return answer_text("extractive", verified, groups), marked


def test_two_numbers_are_quoted_side_by_side_and_dated() -> None:
    text, marked = differing(first_sentence(NEWER, "48"), first_sentence(OLDER, "20", 4.5))
    assert marked == [["48", "20"]]
    assert "The sources differ: " in text
    assert "TASS, 6 August 2020: “20” [" in text
    assert "Reuters, 9 August 2020: “48” [1]" in text
    assert "The latest of these is [1]; an earlier one may be out of date." in text


def test_without_dates_none_is_called_the_latest() -> None:
    undated = make_evidence(
        "The earthquake in Aleria killed 48 people, the ministry said.",
        marker=2,
        published=None,
    )
    text, marked = differing(first_sentence(OLDER, "20"), first_sentence(undated, "48", 4.5))
    assert marked
    assert "latest" not in text


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("The earthquake in Aleria killed 20 people, the ministry said.", "20"),
        ("The earthquake in Aleria destroyed 48 houses, the ministry said.", "48"),
        ("The earthquake in Aleria was felt in the capital.", "the capital"),
    ],
)
def test_agreement_and_other_matters_are_no_conflict(other: str, words: str) -> None:
    rival = make_evidence(other, marker=2)
    _, marked = differing(first_sentence(OLDER, "20"), first_sentence(rival, words, 4.5))
    assert not marked


def test_who_hardly_answers_does_not_contradict() -> None:
    _, marked = differing(first_sentence(NEWER, "48"), first_sentence(OLDER, "20", 0.0))
    assert not marked
    assert not find_conflict(part(first_sentence(NEWER, "48", 0.5)), REFUTES)


def test_without_the_judge_nothing_is_said_to_differ() -> None:
    read = part(first_sentence(NEWER, "48"), first_sentence(OLDER, "20", 4.5))
    assert not find_conflict(read, None)
    assert len(find_conflict(read, REFUTES)) == 2


def test_one_article_does_not_contradict_itself() -> None:
    twice = make_evidence(
        "The earthquake in Aleria killed 20 people, officials said.",
        "The earthquake in Aleria killed 48 people, the ministry said.",
    )
    read = part(candidate(twice, 0, "20"), candidate(twice, 1, "48", 4.5))
    assert not find_conflict(read, REFUTES)


quotes = st.lists(
    st.sampled_from(["20 died.", "48 died.", "Nobody died.", "“20 died.", "60 died in 2020."]),
    min_size=1,
    max_size=4,
)


@given(quotes, st.lists(st.lists(st.integers(0, 3), max_size=4), max_size=3), st.integers(0, 3))
def test_groups_name_only_citations_that_there_are(
    texts: list[str], groups: list[list[int]], lost: int
) -> None:
    evidence = [make_evidence(text, marker=n) for n, text in enumerate(texts, start=1)]
    claims = tuple(
        DraftClaim(text, (ProposedCitation(n if n - 1 != lost else 9, text),))
        for n, text in enumerate(texts, start=1)
    )
    conflicts = tuple(tuple(p for p in group if p < len(claims)) for group in groups)
    drafted = Draft(claims, "extractive", 0.5, conflicts=conflicts)
    verified = verify(drafted, evidence, None)
    known = {citation.marker: citation for citation in verified.citations}
    for group in conflict_groups(drafted, verified):
        assert len(group) == len(set(group)) > 1
        assert set(group) <= known.keys()
        assert len({known[marker].article.article_id for marker in group}) > 1
        assert sources_differ([known[marker] for marker in group]).startswith("The sources differ")


def test_a_whole_answer_carries_the_group(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("articles")
    (folder / "one.txt").write_text(OLDER.source.text + "\n", encoding="utf-8")
    (folder / "two.txt").write_text(NEWER.source.text + "\n", encoding="utf-8")
    settings = Settings(home=tmp_path_factory.mktemp("home"), refuse_below=0.0)
    with Pressmark.open(settings, write=True) as pressmark:
        pressmark.index([folder])
        answer: Answer = pressmark.answer(
            Question("How many people did the earthquake in Aleria kill?", mode="extractive")
        )
    assert answer.conflicts == ((1, 2),)
    assert "The sources differ" in answer.text
    assert replace(answer, conflicts=()).citations == answer.citations


@pytest.mark.parametrize(
    ("one", "first", "other", "second", "differ"),
    [
        ("Police came to Lund at 2:27 a.m.", "2:27", "Police came to Lund at 2:31.", "2:31", True),
        ("302 people marched in Lund.", "302", "About 300 people marched.", "300", False),
        ("43 pupils of Lund fell ill.", "43", "In Lund 51 pupils fell ill.", "51", True),
        ("43 pupils of Lund fell ill.", "43", "The mill employs 51 men.", "51", False),
        ("43 pupils of Lund fell ill.", "43", "Forty-three pupils fell ill.", "Forty-three", False),
        ("48 to 50 pupils fell ill.", "48 to 50", "51 pupils fell ill.", "51", False),
    ],
)
def test_numbers_of_the_same_thing_differ(
    one: str, first: str, other: str, second: str, differ: bool
) -> None:
    sides = candidate(make_evidence(one), 0, first), candidate(make_evidence(other), 0, second)
    assert counts_otherwise(*sides) == differ
    assert counts_otherwise(*sides[::-1]) == differ
