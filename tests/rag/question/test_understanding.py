"""Reading a question: parts, topics, follow-ups."""

import pytest

from rag.question.understanding import is_topic, split_parts, understand
from rag.types import Question, Turn

PARDON = Turn("How many Ukrainian citizens did Belarus pardon?", "31 Ukrainian citizens")


@pytest.mark.parametrize("text", ["Belavia", "latest on prisoners", "news about Belarus, please"])
def test_topics(text: str) -> None:
    assert is_topic(text)


@pytest.mark.parametrize(
    "text", ["who is Peskov", "Belavia?", "how many men", "did he resign", "где он"]
)
def test_questions_are_no_topics(text: str) -> None:
    assert not is_topic(text)


def test_two_questions_in_one() -> None:
    parts = split_parts("Who pardoned the Ukrainians, and who asked for it?")
    assert parts == ("Who pardoned the Ukrainians", "who asked for it (Ukrainians)?")
    assert len(split_parts("Who did Putin and Abe meet?")) == 1


def test_a_follow_up_takes_over_what_it_leans_on() -> None:
    understood = understand(Question("And who asked for it?", history=(PARDON,)))
    assert understood.standalone is not None
    for word in ("Ukrainian", "Belarus", "pardon", "who asked for it"):
        assert word in understood.standalone


def test_a_question_with_names_of_its_own_takes_over_nothing() -> None:
    question = Question("Who is the spokesman of the Kremlin?", history=(PARDON,))
    assert understand(question).standalone is None


def test_history_of_follow_ups_reaches_back_to_the_names() -> None:
    history = (PARDON, Turn("And when?", "on Saturday"))
    understood = understand(Question("Why?", history=history))
    assert "pardon" in (understood.standalone or "")


def test_a_question_known_to_stand_alone_takes_over_nothing() -> None:
    question = Question("Who asked for their release?", history=(PARDON,))
    assert understand(question).standalone is not None
    assert understand(question, question.text).standalone is None


@pytest.mark.parametrize("text", ["Why?", "And when?", "А когда?"])
def test_a_question_without_a_subject_never_stands_alone(text: str) -> None:
    asked = understand(Question(text, history=(PARDON,)), text)
    assert "Belarus" in (asked.standalone or "")


@pytest.mark.parametrize("text", ["🙂🙂", "?!", "…"])
def test_no_words_at_all(text: str) -> None:
    assert not understand(Question(text)).has_words


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Who met Lukashenko and when?", ("Who met Lukashenko", "when (met Lukashenko)?")),
        ("When and where did they meet?", ("When did they meet?", "where did they meet?")),
        ("Who resigned and why did he do so?", ("Who resigned", "why did he do so (resigned)?")),
        ("Who won in 2010; who lost in 2015?", ("Who won in 2010", "who lost in 2015?")),
        ("Who is Peskov? When did Putin speak?", ("Who is Peskov", "When did Putin speak?")),
        ("Кто и когда задержал россиян?", ("Кто задержал россиян?", "когда задержал россиян?")),
        ("Коли і де затримали росіян?", ("Коли затримали росіян?", "де затримали росіян?")),
    ],
)
def test_each_thing_asked_is_a_part(text: str, parts: tuple[str, ...]) -> None:
    assert split_parts(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "Who said that Minsk and Kiev agreed?",
        "What is the difference between Russia and what Ukraine claims?",
        "List who was freed and who was not",
        "How many men and women were freed?",
    ],
)
def test_one_thing_asked_stays_one(text: str) -> None:
    assert split_parts(text) == (text,)


@pytest.mark.parametrize(
    "text",
    [
        "A cargo plane crashed this week. Where did the crash occur?",
        "Ann Lee was elected on Monday. Which party does she lead?",
        "Самолёт упал во вторник. Где это произошло?",
    ],
)
def test_what_is_told_before_a_question_is_no_part_of_it(text: str) -> None:
    assert split_parts(text) == (text,)


def test_an_order_before_a_question_is_a_part() -> None:
    assert len(split_parts("Name the mayor. When was she elected?")) == 2


COST = Turn("How much will the bridge at Lund cost in 2025?", "71 million crowns.")


@pytest.mark.parametrize(
    "text", ["What was the turnout?", "What is the price of rye?", "Who won the chess cup?"]
)
def test_a_question_with_a_subject_of_its_own_stands_alone(text: str) -> None:
    assert understand(Question(text, history=(COST,))).standalone is None


def test_a_time_alone_asks_the_last_question_of_that_time() -> None:
    asked = understand(Question("And in 2023?", history=(COST,))).standalone
    assert asked == "How much will the bridge at Lund cost in 2023?"
    undated = Turn("How much will the bridge at Lund cost?", "")
    again = understand(Question("And in 2023?", history=(undated,))).standalone
    assert again == "How much will the bridge at Lund cost (2023)?"


def test_a_time_with_a_subject_is_no_follow_up() -> None:
    question = Question("Who won the cup in 2023?", history=(COST,))
    assert understand(question).standalone is None


def test_only_names_pass_from_one_script_into_another() -> None:
    said = Turn("Что сказал Карел Дуда о мосте?", "Он обвинил цену стали.")
    asked = understand(Question("And why?", history=(said,))).standalone or ""
    assert "Дуда" in asked
    assert "сказал" not in asked
    assert "мосте" not in asked
