"""Whose words a question asks for, and who NAME is."""

import pytest

from rag.reading.calibration import load_calibration
from rag.reading.choosing import ReadPart
from rag.reading.voices import about_whom_it_asks, asked_voice
from tests.helpers.evidence import candidate, make_evidence

TOLD = (
    "The union called the plan a gift.",
    '"We were not asked," said Anna Berg, the mayor.',
    '"It is cheap," said Jon Falk.',
    "Berg denied that she would resign.",
    "The ministry did not confirm the figure.",
)


def left(question: str) -> list[str]:
    """The sentences that stay."""
    item = make_evidence(*TOLD)
    ranked = tuple(candidate(item, at) for at in (2, 1, 0, 3, 4))
    part = about_whom_it_asks(ReadPart(question, ranked, 0.9, taught=True), load_calibration())
    return [] if part.refusal else [one.text for one in part.ranked]


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What did Anna Berg say about the plan?", "Anna Berg"),
        ("What has Berg said about the plan?", "Berg"),
        ("What did mayor Anna Berg say?", "Anna Berg"),
        ("What did the mayor of Lund say about the plan?", "mayor"),
        ("Что сказал Карел Дуда о мосте?", "Карел Дуда"),
        ("Що сказала Олена Гнатюк на відкритті?", "Олена Гнатюк"),
    ],
)
def test_whose_words_are_asked_for(question: str, name: str) -> None:
    voice = asked_voice(question)
    assert voice is not None
    assert voice.shown == name


@pytest.mark.parametrize(
    "question",
    [
        "Who said that the plan was cheap?",
        "Which mayor said so?",
        "When did Anna Berg announce the plan?",
        "What did Berg promise when the sale of the old town hall was announced?",
        "What did she say?",
        "Who told Anna Berg?",
        "What was the mayor of Lund told?",
        "What were Anna Berg and Jon Falk told about the plan?",
        "What is the plan?",
        "",
    ],
)
def test_nobodys_words_are_asked_for(question: str) -> None:
    assert asked_voice(question) is None


def test_what_somebody_said_is_that_persons_words() -> None:
    assert left("What did Anna Berg say about the plan?") == [TOLD[1], TOLD[3]]
    assert left("What did Jon Falk say about the plan?") == [TOLD[2]]


def test_somebody_whom_nobody_quotes_has_said_nothing() -> None:
    item = make_evidence(*TOLD)
    ranked = (candidate(item, 1), candidate(item, 2))
    part = ReadPart("What did Ida Moe say about the plan?", ranked, 0.9, taught=True)
    refused = about_whom_it_asks(part, load_calibration())
    assert refused.confidence == 0.0
    assert refused.refusal == "No article quotes Ida Moe on this."


def test_another_first_name_is_another_person() -> None:
    assert left("What did Jon Berg say about the plan?") == []


def test_who_has_a_role_is_told_by_the_article() -> None:
    assert TOLD[1] in left("What did the mayor say about the plan?")
    assert TOLD[2] not in left("What did the mayor say about the plan?")
    assert TOLD[2] not in left("What did the ministry say about the figure?")


def test_a_role_that_no_sentence_speaks_of_leaves_all() -> None:
    assert len(left("What did the papers say about the plan?")) == len(TOLD)


def test_who_somebody_is_is_told_by_articles_that_know_that_person() -> None:
    assert len(left("Who is Anna Berg?")) == len(TOLD)
    assert left("Who is Jon Berg?") == []
    assert len(left("Who is Berg?")) == len(TOLD)


def test_what_somebody_denied_is_a_denial() -> None:
    assert left("What did Berg deny?") == [TOLD[3]]
    assert left("Who denied that she would resign?") == [TOLD[3]]


def test_a_sentence_that_leans_on_the_name_before_is_about_that_name() -> None:
    item = make_evidence("The yard Lundship closed a dock.", "It denied that it had to.", TOLD[2])
    ranked = tuple(candidate(item, at) for at in (2, 1))
    part = ReadPart("What did Lundship deny?", ranked, 0.9, taught=True)
    found = about_whom_it_asks(part, load_calibration())
    assert [one.position for one in found.ranked] == [1]
    assert not found.refusal
