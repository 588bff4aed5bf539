"""Refusals by rule: what an answer would need and the articles do not have."""

from datetime import date

import pytest
from evidence import make_evidence, read

from index.embedding import MiniLMEmbedding, can_read, local_token_vectors
from rag.matching import Asked
from rag.measures import measures_lacking
from rag.missing import what_is_missing
from rag.periods import named_period
from rag.sentences import score_sentences

ARTICLE = make_evidence(
    "Alexander Lukashenko is not extraditing the Russians, he said in Minsk on Thursday.",
    "The airline Belavia flies to Istanbul with 12 aircraft.",
    "Minsk eased the rules for Belavia after the vote.",
)


def missing(question: str) -> str | None:
    period = named_period(question, date(2026, 1, 1))
    asked = Asked(question, None, local_token_vectors(question), period)
    ranked = score_sentences([asked], [ARTICLE], read(ARTICLE))
    return what_is_missing(question, ranked[:1], period)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Where did Lukashenko speak in 2024?", "do not mention 2024"),
        ("What did Macron tell Scholz?", "do not mention Macron, Scholz"),
        ("How many passengers does Belavia carry to Istanbul on 12 aircraft?", "no number"),
        ("When did Belavia fly to Istanbul?", "no date"),
        ("In what year did Lukashenko speak in Minsk?", "no year"),
        ("How many years has Belavia flown to Istanbul?", "no duration"),
        ("How much did Belavia pay Istanbul?", "no amount of money"),
        ("Why is Lukashenko extraditing the Russians?", "not so"),
        ("Why did Minsk tighten the rules for Belavia?", "says otherwise"),
    ],
)
def test_refused_with_the_reason(question: str, reason: str) -> None:
    assert reason in (missing(question) or "")


@pytest.mark.parametrize(
    "question",
    [
        "How many aircraft does Belavia have?",
        "On what day did Lukashenko speak?",
        "Why is Lukashenko not extraditing the Russians?",
        "Which airline flies to Istanbul?",
        "who may cross the road first",
        "Why does Belavia fly to Istanbul?",
        "What did Лукашенко say in Minsk?",
        "Where did Lukashenko speak in August 2020?",
        "Why did Minsk ease the rules for Belavia?",
        "What did Minsk do for Belavia before the vote?",
        "Where did Lukashenko speak on 6 August 2020?",
    ],
)
def test_nothing_is_missing(question: str) -> None:
    assert missing(question) is None


def test_the_local_model_is_not_asked_about_scripts_it_cannot_read() -> None:
    local = MiniLMEmbedding()
    assert can_read(local, "Zażółć gęślą jaźń, Kyiv 2020")
    assert not can_read(local, "Сколько человек задержали?")
    assert can_read(local, "2020?")


@pytest.mark.parametrize(
    ("question", "given", "lacking"),
    [
        ("In what year was Minsk founded?", "It was founded in 1067.", "It was founded on Friday."),
        ("In what year did it close?", "It closed a year ago.", "It closed yesterday."),
        ("In what year after 1990 did it close?", "It closed in 1994.", "It closed after 1990."),
        ("В каком году Минск основан?", "Он основан в 1067 году.", "Он основан давно."),
        ("Which month was it?", "It was in late May.", "It was on Friday."),
        ("What percentage of them voted?", "Some 12 per cent did.", "Some 12 of them did."),
        ("How much did the bridge cost?", "It cost €3m.", "It took 3 years."),
        ("How many years was he given?", "He got three years.", "He got it on June 21."),
        ("How many years has he ruled?", "He has ruled since 1994.", "He rules 9 million people."),
        ("How many more days will it last?", "It lasts 12 more days.", "12 men came."),
        ("К какому сроку его приговорили?", "Ему дали 5 лет.", "Ему дали 5 книг."),
    ],
)
def test_a_measure_is_given_or_not(question: str, given: str, lacking: str) -> None:
    assert not measures_lacking(question, given)
    assert measures_lacking(question, lacking)


@pytest.mark.parametrize(
    "question",
    ["How many men came?", "What years of hunger did he speak of?", "How many years old is he?"],
)
def test_no_measure_is_asked_for(question: str) -> None:
    assert not measures_lacking(question, "Twelve came.")
