"""Sources that contradict each other are quoted side by side and said to differ; others are not."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from evidence import make_evidence, read, read_parts
from hypothesis import given
from hypothesis import strategies as st

from index.article import Span
from rag.answer import Answer, Draft, DraftClaim, Evidence, ProposedCitation, Question
from rag.assembly import Pressmark
from rag.citations import verify
from rag.composing import answer_text
from rag.conflicts import conflict_groups, sources_differ
from rag.extractive import draft_quotes
from rag.settings import Settings
from rag.understanding import understand
from rag.values import Value, contradict, read_value

OLDER = make_evidence("The earthquake in Aleria killed 20 people, officials said.")
NEWER = make_evidence(
    "The earthquake in Aleria killed 48 people, the ministry said.",
    marker=2,
    publisher="Reuters",
    published_at="2020-08-09",
)


def draft(text: str, evidence: Sequence[Evidence]) -> Draft:
    understood = understand(Question(text))
    parts = read_parts(understood, evidence)
    return draft_quotes(understood, evidence, parts, read(*evidence), lambda _: None, 0.0)


def differing(text: str, *evidence: Evidence) -> tuple[str, list[list[str]]]:
    """The answer's text, and the marked words of each group of its conflicts."""
    drafted = draft(text, evidence)
    verified = verify(drafted, evidence)
    groups = conflict_groups(drafted, verified)
    marked = [
        [
            c.source.text[c.answer_span.start : c.answer_span.end] if c.answer_span else ""
            for c in (verified.citations[marker - 1] for marker in group)
        ]
        for group in groups
    ]
    return answer_text("extractive", verified, groups), marked


def value(sentence: str, words: str) -> Value:
    start = sentence.index(words)
    found = read_value(sentence, Span(start, start + len(words)), sentence)
    assert found
    return found


def test_two_numbers_are_quoted_side_by_side_and_dated() -> None:
    text, marked = differing("How many people did the earthquake in Aleria kill?", OLDER, NEWER)
    assert sorted(marked[0]) == ["20", "48"]
    assert "The sources differ: " in text
    assert "TASS, 6 August 2020: “20” [" in text
    assert "Reuters, 9 August 2020: “48” [1]" in text
    assert "The latest of these is [1]; an earlier one may be out of date." in text


def test_without_dates_none_is_called_the_latest() -> None:
    undated = make_evidence(
        "The earthquake in Aleria killed 48 people, the ministry said.",
        marker=2,
        published_at=None,
    )
    text, marked = differing("How many people did the earthquake in Aleria kill?", OLDER, undated)
    assert marked
    assert "latest" not in text


def test_who_did_and_who_did_not() -> None:
    did = make_evidence("Aleria extradited the arrested pilots to Sorven on Monday.")
    not_ = make_evidence("Aleria did not extradite the arrested pilots to Sorven.", marker=2)
    text, marked = differing("Did Aleria extradite the arrested pilots to Sorven?", did, not_)
    assert marked == [["", ""]]
    assert "The sources differ" in text


@pytest.mark.parametrize(
    "other",
    [
        "The earthquake in Aleria killed 20 people, the ministry said.",
        "The earthquake in Aleria killed at least 18 people, the ministry said.",
        "The earthquake in Aleria killed about 20 people and injured 48.",
        "The earthquake in Aleria destroyed 48 houses, the ministry said.",
        "The flood in Sorven killed 48 people, the ministry said.",
        "After the earthquake Aleria freed 48 people, the ministry said.",
        "The earthquake in Aleria was felt in the capital.",
    ],
)
def test_agreement_and_other_matters_are_no_conflict(other: str) -> None:
    rival = make_evidence(other, marker=2)
    _, marked = differing("How many people did the earthquake in Aleria kill?", OLDER, rival)
    assert not marked


def test_one_article_does_not_contradict_itself() -> None:
    twice = make_evidence(
        "The earthquake in Aleria killed 20 people, officials said.",
        "The earthquake in Aleria killed 48 people, the ministry said.",
    )
    _, marked = differing("How many people did the earthquake in Aleria kill?", twice)
    assert not marked


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (
            ("It fell on 6 August 2020.", "6 August 2020"),
            ("On 7 August it fell.", "7 August"),
            True,
        ),
        (("It fell in August 2020.", "August 2020"), ("On 7 August it fell.", "7 August"), False),
        (("It fell in 1994.", "1994"), ("It fell in 1995.", "1995"), True),
        (("It fell in 1994.", "1994"), ("It fell on 7 August 1994.", "7 August 1994"), False),
        (
            ("It cost $19 billion.", "$19 billion"),
            ("It cost $19.3 billion.", "$19.3 billion"),
            False,
        ),
        (("It cost $19 billion.", "$19 billion"), ("It cost $22 billion.", "$22 billion"), True),
        (("It cost $19 million.", "$19 million"), ("It cost €22 million.", "€22 million"), False),
        (("It took 33 men.", "33"), ("It took 32 men.", "32"), True),
        (("It took 33 men.", "33"), ("It took 32 days.", "32 days"), False),
        (("It held 33 Danish men.", "33"), ("It held 31 Polish men.", "31"), False),
        (("It took up to 33 men.", "33"), ("It took 32 men.", "32"), False),
        (("Ann Lee won.", "Ann Lee"), ("Bo Cho won.", "Bo Cho"), True),
        (("Ann Lee won.", "Ann Lee"), ("Lee won.", "Lee"), False),
        (("Лукашенко ушёл.", "Лукашенко"), ("Lukashenka left.", "Lukashenka"), False),
        (("Ann Lee won.", "Ann Lee"), ("Bo Cho, not Lee, won.", "Bo Cho"), False),
        (("It took 33 men.", "33"), ("It fell in 1995.", "1995"), False),
    ],
)
def test_values(one: tuple[str, str], other: tuple[str, str], differ: bool) -> None:
    first, second = value(*one), value(*other)
    assert contradict(first, second) is differ
    assert contradict(second, first) is differ


def test_what_is_no_single_value_is_not_compared() -> None:
    sentence = "They want peace and 3 or 4 sheep."
    assert read_value(sentence, Span(5, 15), sentence) is None
    assert read_value(sentence, Span(20, 26), sentence) is None


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
    verified = verify(drafted, evidence)
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


def test_another_answer_is_quoted_before_more_of_the_same_and_not_called_a_conflict() -> None:
    """The names are too unsure to say that sources differ; a reader sees both all the same."""
    evidence = [
        make_evidence(
            "Maria Novak was given the Aleria prize for songs.",
            "The Aleria prize for songs is a great honour.",
            "The Aleria prize for songs is given in May.",
        ),
        make_evidence("Peter Holm took the Aleria songs prize, a paper wrote.", marker=2),
    ]
    drafted = draft("Who was given the Aleria prize for songs?", evidence)
    quotes = [claim.text for claim in drafted.claims]
    assert "Maria Novak" in quotes[0]
    assert "Peter Holm" in quotes[1]
    assert drafted.conflicts == ()
