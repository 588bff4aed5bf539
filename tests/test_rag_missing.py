"""Refusals by rule: what an answer would need and the articles do not have."""

from datetime import date

import pytest
from evidence import make_evidence, read

from index.embedding import MiniLMEmbedding, can_read, local_token_vectors
from rag.matching import Asked
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
