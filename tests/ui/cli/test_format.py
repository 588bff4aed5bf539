from typing import Any

import pytest

from rag.contract import AbstentionModel, SourceModel
from tests.helpers.answers import citation, response
from ui.cli.format import answer_lines


def cited(**changes: Any) -> list[str]:
    """The lines of an answer that shows one citation."""
    shown = citation(**{"title": "A headline", "answer_span": None, **changes})
    refusal = AbstentionModel(reason="Not said.", closest=[shown])
    answer = response(status="abstained", answer="", claims=[], citations=[], abstention=refusal)
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
