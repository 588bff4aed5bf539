"""What is offered below an answer has been tried, and is something new."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.contract import answer_response
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.types import Answer, Question
from ui.page import further
from ui.page.further import MAX_TRIED, MORE, OFFERED, Further
from ui.page.html.answers import TurnView

ASKED = "How many Russians were detained in Belarus?"
NEWS = {
    "one.txt": "Harbour of Gdynia shut\n\n3 May 2021\n\nThe harbour of Gdynia was shut on Monday. "
    "Harbour master Anna Nowak said that 14 ships wait outside Gdynia.\n",
    "two.txt": "Harbour of Gdynia opens\n\n9 June 2021\n\nThe harbour of Gdynia opened again on "
    "Wednesday. Anna Nowak called the repair of Gdynia a small wonder.\n",
    "three.txt": "Harbour of Gdynia grows\n\n2 July 2021\n\nThe harbour of Gdynia gets a new quay. "
    "Mayor Jan Wolski said that the quay of Gdynia costs 40 million zlotys.\n",
}


@pytest.fixture(scope="module")
def pressmark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pressmark]:
    home, news = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("news")
    for name, text in NEWS.items():
        (news / name).write_text(text, encoding="utf-8")
    with Pressmark.open(Settings(home=home), write=True) as opened:
        opened.index([news, Path(__file__).parents[3] / "seeds"])
        yield opened


def functions(pressmark: Pressmark) -> dict[str, Any]:
    return {function.__name__: function for function in Further(pressmark).functions()}


def answered(pressmark: Pressmark, question: str, **asked: Any) -> dict[str, Any]:
    response = answer_response(pressmark.answer(Question(question)))
    turn = TurnView(id="1", question=question, response=response, asked=asked)
    return turn.model_dump(mode="json")


def spied(pressmark: Pressmark, monkeypatch: pytest.MonkeyPatch) -> list[Question]:
    """The questions asked from now on."""
    asked: list[Question] = []
    answer = pressmark.answer

    def spy(question: Question) -> Answer:
        asked.append(question)
        return answer(question)

    monkeypatch.setattr(pressmark, "answer", spy)
    return asked


@pytest.mark.parametrize("question", ["How many ships wait outside Gdynia?", ASKED])
def test_what_is_offered_is_answered_with_something_new(
    pressmark: Pressmark, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(further, "TRYING_S", 600.0)  # a busy machine
    turn = answered(pressmark, question)
    seen = {(c["source"]["id"], c["start"]) for c in turn["response"]["citations"]}

    offered = functions(pressmark)["ask_next"](turn)

    assert 1 <= len(offered) <= OFFERED
    assert len({one["question"] for one in offered}) == len(offered)
    for one in offered:
        answer = pressmark.answer(Question(one["question"], mode="extractive", task=one["task"]))
        assert answer.status == "answered"
        assert {(c.source.source_id, c.start) for c in answer.citations} - seen


def test_an_answer_is_tried_once_and_within_bounds(
    pressmark: Pressmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(further, "TRYING_S", 600.0)
    turn = answered(pressmark, "How many ships wait outside Gdynia?", task="auto")
    tried = spied(pressmark, monkeypatch)
    ask_next = functions(pressmark)["ask_next"]

    assert ask_next(turn) == ask_next(turn)
    assert 1 <= len(tried) <= MAX_TRIED
    assert {question.mode for question in tried} == {"extractive"}


def test_no_time_is_no_offer(pressmark: Pressmark, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = answered(pressmark, "How many ships wait outside Gdynia?")
    monkeypatch.setattr(further, "TRYING_S", -1.0)

    assert functions(pressmark)["ask_next"](turn) == []


def test_what_is_offered_keeps_to_the_filters(
    pressmark: Pressmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(further, "TRYING_S", 600.0)
    within = {"filters": {"published_from": "2021-06-01"}, "as_of": "2021-06-30"}
    turn = answered(pressmark, "When did the harbour of Gdynia open again?", **within)
    tried = spied(pressmark, monkeypatch)

    functions(pressmark)["ask_next"](turn)

    assert tried
    for question in tried:
        assert str(question.filters.published_from) == "2021-06-01"
        assert str(question.as_of) == "2021-06-30"


def test_more_quotes_keep_to_a_collection(pressmark: Pressmark) -> None:
    library = pressmark.library
    held = {article.title: name for name, article in library.articles().items()}
    library.collections.add("The quay", [held["Harbour of Gdynia grows"]])
    within = {"filters": {"collections": ["The quay"]}}
    turn = answered(pressmark, "When did the harbour of Gdynia open again?", **within)

    shown = functions(pressmark)["more_quotes"](turn)["html"]

    assert "Harbour of Gdynia grows" in shown or "quay" in shown
    assert "Anna Nowak" not in shown
    assert "problem" not in functions(pressmark)["more_quotes"](turn)


def test_it_is_offered_in_the_language_of_the_question(
    pressmark: Pressmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(further, "TRYING_S", 600.0)
    turn = answered(pressmark, "Сколько судов ждут у входа в гавань Гдыни?")
    tried = spied(pressmark, monkeypatch)

    functions(pressmark)["ask_next"](turn)

    assert any(question.text.startswith("Хронология: ") for question in tried)
    assert not any(question.text.startswith("Timeline") for question in tried)


def test_more_quotes_are_others_and_are_numbered_on(pressmark: Pressmark) -> None:
    turn = answered(pressmark, "How many ships wait outside Gdynia?")
    shown = turn["response"]["citations"]
    known = {c["quote"] for c in shown}

    html = functions(pressmark)["more_quotes"](turn)["html"]

    assert 1 <= html.count("<blockquote") <= MORE
    assert f'data-marker="{len(shown) + 1}"' in html
    assert f'data-marker="{len(shown)}"' not in html
    assert not any(f">{quote}<" in html for quote in known)


def test_more_quotes_of_a_library_that_has_none_say_so(pressmark: Pressmark) -> None:
    turn = answered(
        pressmark, "How many ships wait outside Gdynia?", filters={"publishers": ["Nobody"]}
    )

    assert "no further quotes" in functions(pressmark)["more_quotes"](turn)["html"]


@pytest.mark.parametrize(
    "sent",
    [None, "", 1, [], {}, {"question": "x"}, {"question": "x", "asked": {"task": "rm"}},
     {"question": "x", "response": {"status": "answered"}}],
)  # fmt: skip
def test_whatever_a_browser_sends_is_no_fault(pressmark: Pressmark, sent: Any) -> None:
    for function in functions(pressmark).values():
        assert function(sent) in ([], {"problem": further.OTHER_VERSION})


def test_a_request_that_was_tampered_with_is_not_asked(pressmark: Pressmark) -> None:
    turn = answered(pressmark, ASKED, filters={"publishers": "all"}, mode="generative")

    assert functions(pressmark)["ask_next"](turn) == []
    assert functions(pressmark)["more_quotes"](turn) == {"problem": further.OTHER_VERSION}
