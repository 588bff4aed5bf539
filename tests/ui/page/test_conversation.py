from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from index.article import Source
from index.library.holdings import Holdings
from rag.pressmark import Pressmark
from rag.settings import Settings
from tests.helpers.evidence import make_evidence
from ui.page.answering import page_request, respond
from ui.page.conversation import LEFT, kept_turns, open_source
from ui.page.examples import candidate_questions
from ui.page.frame import foot_html
from ui.page.html.answers import TurnView
from ui.page.wishes import Wishes

EVIDENCE = make_evidence("Minsk held 33 men.", "They were freed.")


class OneSource:
    """A library of one source, as far as opening a citation needs it."""

    def source(self, source_id: str) -> Source | None:
        return EVIDENCE.source if source_id == EVIDENCE.source.source_id else None

    def source_articles(self, source_id: str) -> list[Any]:
        return [EVIDENCE.article] if source_id == EVIDENCE.source.source_id else []

    def holdings(self) -> Holdings:
        return Holdings({})

    def articles(self, ids: Iterable[str]) -> dict[str, Any]:
        return dict.fromkeys(ids, EVIDENCE.article)


def over(library: object = None, **settings: Any) -> Pressmark:
    return cast(Pressmark, SimpleNamespace(library=library, settings=Settings(**settings)))


def click(start: int = 0, end: int = 18, source: str | None = None) -> dict[str, Any]:
    found = EVIDENCE.source.source_id if source is None else source
    article = EVIDENCE.article.article_id
    focus = {"marker": 1, "article": article, "source": found, "start": start, "end": end}
    return {"focus": focus, "others": []}


def test_a_click_opens_the_source_with_the_words_marked() -> None:
    html = open_source(over(OneSource()), click())

    assert ">Minsk held 33 men.</mark> They were freed." in html


@pytest.mark.parametrize(
    "clicked",
    [None, [], {"focus": 1}, click(start=-1), click(source="gone"), click(source="\ud800")],
)
def test_a_click_on_what_is_not_there_says_so(clicked: object) -> None:
    html = open_source(over(OneSource()), clicked)

    assert "pm-empty" in html
    assert "<mark" not in html


def test_a_place_outside_the_text_marks_nothing() -> None:
    html = open_source(over(OneSource()), click(start=3, end=10**9))

    assert "<mark" not in html
    assert "Minsk held 33 men." in html


@pytest.mark.parametrize("kept", [None, "x", {"a": 1}, [1, None, {"question": 5}], [[]]])
def test_what_is_no_conversation_is_left_out(kept: object) -> None:
    assert kept_turns(kept) == []


def test_a_kept_turn_says_why_it_has_no_answer() -> None:
    left, old = kept_turns([{"question": "One?"}, {"question": "Two?", "response": {"x": 1}}])

    assert left.problem == LEFT
    assert "another version" in (old.problem or "")


@pytest.mark.parametrize("sent", [None, 5, {"question": 5}, {"turn": "x" * 100}])
def test_what_is_no_request_asks_nothing(sent: object) -> None:
    assert page_request(sent).question == ""


def test_wishes_are_said_in_words() -> None:
    everything = Wishes(
        publishers=["TASS", "RBC"], languages=["ru", "xx"], collections=["The vote"],
        articles=["a", "b"], published_from="2020-08-01", published_to="2020-08-31",
        as_of="2020-09-01",
    )  # fmt: skip

    assert Wishes().parts() == []
    assert Wishes(articles=["a"]).parts() == ["1 chosen article"]
    assert Wishes(published_to="2020-08-31").parts() == ["published to 31 August 2020"]
    assert Wishes(as_of="soon").parts() == ["as of soon"]
    assert everything.parts() == [
        "2 chosen articles", "The vote", "TASS", "RBC", "Russian", "xx",
        "published from 1 August 2020 to 31 August 2020", "as of 1 September 2020",
    ]  # fmt: skip


def test_what_browsers_kept_before_is_still_shown() -> None:
    kept = {"question": "Who?", "within": "TASS; as of 1 September 2020"}

    assert TurnView.model_validate(kept).within == ["TASS; as of 1 September 2020"]
    assert TurnView.model_validate({**kept, "within": ""}).within == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"question": " "}, "is empty"),
        ({"question": "x" * 5_000}, "is longer than 4,000 characters"),
        ({"question": "Who?", "as_of": "tomorrow"}, "The as of"),
    ],
)
def test_a_request_that_cannot_be_used_is_answered_in_words(
    body: dict[str, Any], words: str
) -> None:
    outcome = respond(over(), body)

    assert isinstance(outcome, str)
    assert words in outcome


def test_the_foot_escapes_the_model_name() -> None:
    library = SimpleNamespace(counts=lambda: SimpleNamespace(articles=1), index_version="1-a")
    html = foot_html(over(library, llm_base_url="http://[::1]/v1", llm_model="<b>"))

    assert "&lt;b&gt;" in html
    assert "1 article<" in html
    assert "Nothing leaves this machine; the model answers at ::1" in html


def test_examples_ask_for_what_sentences_state() -> None:
    evidence = make_evidence(
        "Minsk said that 33 Russian citizens were detained in Belarus.",
        "Kremlin spokesman Dmitry Peskov said that they missed their plane.",
        "The court pardoned 14 prisoners on Monday.",
    )
    questions = list(candidate_questions([(evidence.article, evidence.source)]))

    assert questions[:3] == [
        "How many Russian citizens were detained in Belarus?",
        "What did Dmitry Peskov say?",
        "Who is the Kremlin spokesman?",
    ]
    assert "How many prisoners were pardoned?" in questions


def test_no_articles_give_no_examples() -> None:
    assert list(candidate_questions([])) == []
