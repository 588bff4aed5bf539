"""Reading a question: parts, topics, follow-ups."""

import pytest

from rag.question.understanding import (
    Understood,
    is_topic,
    split_parts,
    understand,
    wants_yes_or_no,
)
from rag.types import Question, Turn

PARDON = Turn("How many Ukrainian citizens did Belarus pardon?", "31 Ukrainian citizens")


def read(question: Question) -> Understood:
    """The likeliest reading."""
    return understand(question)[0]


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
    understood = read(Question("And who asked for it?", history=(PARDON,)))
    assert understood.standalone is not None
    for word in ("Ukrainian", "Belarus", "who asked for it"):
        assert word in understood.standalone
    assert "pardon" not in understood.standalone


def test_a_question_with_names_of_its_own_takes_over_nothing() -> None:
    question = Question("Who is the spokesman of the Kremlin?", history=(PARDON,))
    assert read(question).standalone is None


def test_history_of_follow_ups_reaches_back_to_the_names() -> None:
    history = (PARDON, Turn("And when?", "on Saturday"))
    understood = read(Question("Why?", history=history))
    assert "pardon" in (understood.standalone or "")


def test_a_question_known_to_stand_alone_takes_over_nothing() -> None:
    question = Question("Who asked for their release?", history=(PARDON,))
    assert read(question).standalone is not None
    assert understand(question, question.text)[0].standalone is None


@pytest.mark.parametrize("text", ["Why?", "And when?", "А когда?"])
def test_a_question_without_a_subject_never_stands_alone(text: str) -> None:
    asked = understand(Question(text, history=(PARDON,)), text)[0]
    assert "Belarus" in (asked.standalone or "")


@pytest.mark.parametrize("text", ["🙂🙂", "?!", "…"])
def test_no_words_at_all(text: str) -> None:
    assert not read(Question(text)).has_words


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
    assert read(Question(text, history=(COST,))).standalone is None


def test_a_time_alone_asks_the_last_question_of_that_time() -> None:
    asked = read(Question("And in 2023?", history=(COST,))).standalone
    assert asked == "How much will the bridge at Lund cost in 2023?"
    undated = Turn("How much will the bridge at Lund cost?", "")
    again = read(Question("And in 2023?", history=(undated,))).standalone
    assert again == "How much will the bridge at Lund cost (2023)?"


def test_a_time_with_a_subject_is_no_follow_up() -> None:
    question = Question("Who won the cup in 2023?", history=(COST,))
    assert read(question).standalone is None


def test_only_names_pass_from_one_script_into_another() -> None:
    said = Turn("Что сказал Карел Дуда о мосте?", "Он обвинил цену стали.")
    asked = read(Question("And why?", history=(said,))).standalone or ""
    assert "Дуда" in asked
    assert "сказал" not in asked
    assert "мосте" not in asked


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("And barley?", "What is the price of barley?"),
        ("and rye in Lund?", "What is the price of rye in Lund?"),
    ],
)
def test_an_ellipsis_asks_the_last_question_of_something_else(text: str, understood: str) -> None:
    wheat = Turn("What is the price of wheat?", "214 crowns a tonne.")
    assert read(Question(text, history=(wheat,))).standalone == understood


def test_an_ellipsis_puts_a_name_for_a_name() -> None:
    said = Turn("What did Anna Berg say about the bridge?", "She called it a gift.")
    assert read(Question("And Duda?", history=(said,))).standalone == (
        "What did Duda say about the bridge?"
    )


def test_a_pronoun_behind_a_noun_leaves_it_open_whether_the_question_leans() -> None:
    rent = Question("What does the bakery pay for its rooms?", history=(COST,))
    readings = understand(rent)
    assert len(readings) > 1
    assert readings[-1].standalone is None
    certain = understand(Question("When was he there?", history=(COST,)))
    assert all(one.standalone for one in certain)


def test_somebody_named_in_the_last_answer_may_be_meant() -> None:
    rector = Turn("Who is the rector of Lund?", "Lund Post: “Ida Moe is rector of Lund.” [1]")
    readings = [one.text for one in understand(Question("How old is she?", history=(rector,)))]
    assert any("Ida Moe" in text for text in readings)
    assert not any("Lund Post" in text for text in readings)


def test_a_month_without_its_year_is_of_the_year_asked_of_before() -> None:
    before = Turn("What happened in Lund in October 2019?", "")
    asked = read(Question("and in November?", history=(before,))).standalone
    assert asked == "What happened in Lund in November 2019?"


def test_what_a_model_calls_standalone_is() -> None:
    text = "And when did they leave?"
    readings = understand(Question(text, history=(PARDON,)), text)
    assert [one.standalone for one in readings] == [None]


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("Is the ferry suspended?", True),
        ("Were the cabins ordered before the vote?", True),
        ("Чи відкрито міст?", True),
        ("In which year was it built?", False),
        ("Who is the mayor?", False),
        ("Wann schließt das Krankenhaus?", False),
        ("The latest on the ferry", False),
    ],
)
def test_what_wants_yes_or_no(text: str, wants: bool) -> None:
    assert wants_yes_or_no(text) == wants
