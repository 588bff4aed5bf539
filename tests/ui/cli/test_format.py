from datetime import date
from typing import Any

import pytest

from rag.contract import AbstentionModel, AnswerResponse, CitationModel, SourceModel, UsageModel
from ui.cli.format import answer_lines


def cited(**changes: Any) -> list[str]:
    """The lines of an answer that shows one citation."""
    values: dict[str, Any] = {
        "marker": 1,
        "article_id": "a",
        "source": SourceModel(id="s", name="file.txt", sha256="0"),
        "title": "A headline",
        "publisher": "TASS",
        "published_at": date(2020, 8, 6),
        "date_basis": "page stamp",
        "url": None,
        "quote": "33 men were held.",
        "prefix": "",
        "suffix": "",
        "start": 0,
        "end": 17,
        "answer_span": None,
        "speaker": None,
        "dates": [],
        "date_warning": None,
        "copies": [],
    }
    citation = CitationModel.model_validate(values | changes)
    answer = AnswerResponse(
        status="abstained",
        answer="",
        claims=[],
        conflicts=[],
        question_understood=None,
        citations=[],
        rejected=[],
        abstention=AbstentionModel(reason="Not said.", closest=[citation]),
        confidence=0.1,
        mode="extractive",
        fallback=None,
        usage=UsageModel(prompt_tokens=0, completion_tokens=0),
        timings_ms={},
        index_version="1-a",
    )
    return list(answer_lines(answer))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "[1] TASS, 6 August 2020 (page stamp)"),
        ({"published_at": None}, "[1] TASS, undated"),
        ({"speaker": "Anna Berg"}, "[1] Anna Berg, quoted by TASS, 6 August 2020 (page stamp)"),
        ({"page": 3}, "[1] TASS, 6 August 2020, p. 3 (page stamp)"),
        ({"publisher": None}, "[1] “A headline”, 6 August 2020 (page stamp)"),
        ({"publisher": None, "title": None}, "[1] file.txt, 6 August 2020 (page stamp)"),
        ({"publisher": "TA\x1b[2JSS\u202e"}, "[1] TA [2JSS, 6 August 2020 (page stamp)"),
    ],
)
def test_a_citation_is_attributed_as_on_the_page(changes: dict[str, Any], line: str) -> None:
    assert line in cited(**changes)


def test_a_later_version_and_copies_are_told() -> None:
    lines = cited(copies=["a", "b"], superseded_by=["c"])
    assert "    The same story stands in 2 more." in lines
    assert "    A later version of this article is among the articles." in lines
    assert not any("later version" in line for line in cited())


def test_a_text_that_was_guessed_is_said_to_be() -> None:
    source = SourceModel(id="s", name="file.txt", sha256="0", caution="cp1251 was guessed")
    assert "    Mind the text: cp1251 was guessed" in cited(source=source)
    assert not any("Mind the text" in line for line in cited())
