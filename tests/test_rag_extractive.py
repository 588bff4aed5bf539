"""The answerer that quotes: whole sentences, their speakers, topics, refusals."""

from dataclasses import replace
from datetime import date

import pytest
from evidence import make_evidence, read, read_parts

from index.embedding import local_token_vectors
from rag.answer import Draft, Evidence, Question
from rag.citations import verify
from rag.extractive import draft_quotes, leans_on_previous
from rag.kinds import AnswerKind, kinds_asked, offers, surnames
from rag.matching import Asked, TermWeights
from rag.periods import named_period
from rag.sentences import load_model, score_sentences
from rag.text import all_keys, stem
from rag.understanding import understand
from rag.wording import quoted

MINSK = make_evidence(
    "Belarusian leader Alexander Lukashenko met reporters in Minsk.",
    "He said that 33 Russian citizens had been detained.",
    "The harvest was good.",
)
PARDON = make_evidence(
    "Belarus pardoned 31 Ukrainian citizens on Saturday.", marker=2, published_at=None
)


def ask(text: str, *evidence: Evidence, refuse_below: float = 0.0) -> Draft:
    """Without sentence vectors, so that only words and their meanings in context count."""
    understood = understand(Question(text))
    parts = read_parts(understood, evidence)
    return draft_quotes(understood, evidence, parts, read(*evidence), lambda _: None, refuse_below)


@pytest.mark.parametrize(
    "sentence",
    [
        "He said that 33 men were held.",
        "However, they did not come.",
        "“I never even thought of it.",
        '"We have agreements."',
        "I would hold new elections in a month.",
        "Он отказался.",
        "«They missed their plane,» Dmitry Peskov said.",
    ],
)
def test_sentences_that_cannot_stand_alone(sentence: str) -> None:
    assert leans_on_previous(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Minsk announced that 33 men were held.",
        "“We hope so,” Peskov told reporters.",
        "«Shinzo Abe made a contribution,» Dmitry Peskov said.",
    ],
)
def test_sentences_that_can(sentence: str) -> None:
    assert not leans_on_previous(sentence)


def test_a_quote_brings_the_sentence_it_leans_on() -> None:
    draft = ask("How many Russian citizens were detained?", MINSK)
    assert draft.claims[0].text == MINSK.passage.text[: MINSK.passage.sentences[1].end]
    verified = verify(draft, [MINSK])
    assert verified.citations[0].quote == draft.claims[0].text
    assert not verified.rejected


def test_each_part_of_a_question_gets_its_quote() -> None:
    draft = ask(
        "How many Russian citizens were detained, and how many Ukrainian citizens were pardoned?",
        MINSK,
        PARDON,
    )
    assert ["33" in draft.claims[0].text, "31" in draft.claims[1].text] == [True, True]


def test_a_topic_gets_a_dated_list() -> None:
    older = make_evidence("Belarus held elections.", marker=3, published_at="2019-01-01")
    newer = make_evidence("Belarus closed borders.", marker=4, published_at="2021-01-01")
    draft = ask("Belarus", PARDON, older, newer)
    assert draft.topic
    assert [claim.citations[0].marker for claim in draft.claims] == [4, 3, 2]


def test_low_confidence_abstains_and_shows_the_closest() -> None:
    draft = ask("Who won the football cup in Peru?", MINSK, refuse_below=0.99)
    assert not draft.claims
    assert draft.abstention
    assert draft.closest


def test_no_evidence_abstains() -> None:
    assert ask("Who won?").abstention


@pytest.mark.parametrize(
    ("kind", "sentence", "found"),
    [
        (AnswerKind.NUMBER, "There were 31 men.", True),
        (AnswerKind.NUMBER, "There were thirty-one men.", True),
        (AnswerKind.NUMBER, "There were 33 men.", False),
        (AnswerKind.DATE, "It happened on Friday.", True),
        (AnswerKind.DATE, "It happened there.", False),
        (AnswerKind.DATE, "In 1186, a khan was elected.", True),
        (AnswerKind.DATE, "They lost at the river (1288).", True),
        (AnswerKind.DATE, "It was so in 1200 cases.", False),
        (AnswerKind.PERSON, "She was kidnapped by the Merkits.", True),
        (AnswerKind.PERSON, "She was kidnapped by Friday.", False),
        (AnswerKind.PERSON, "She was kidnapped by the sea.", False),
        (AnswerKind.PERSON, "Yesterday Dmitry Peskov spoke.", True),
        (AnswerKind.PERSON, "Yesterday Kuleba spoke.", True),
        (AnswerKind.PERSON, "Yesterday Minsk spoke.", False),
        (AnswerKind.PERSON, "Yesterday Vladimir Putin spoke.", False),
        (AnswerKind.NUMBER, "It happened on July 29.", False),
        (AnswerKind.NAME, "They flew with Belavia.", True),
        (AnswerKind.NAME, "They flew with an airline.", False),
        (AnswerKind.DURATION, "Contacts are paused for an indefinite period.", True),
        (AnswerKind.DURATION, "He has ruled since 1994.", True),
        (AnswerKind.DURATION, "He has ruled since the war.", False),
        (AnswerKind.TIME, "It came out at 06:59.", True),
        (AnswerKind.PERSON, "Yesterday it rained.", False),
        (AnswerKind.PLACE, "They flew to Istanbul.", True),
        (AnswerKind.PLACE, "They flew.", False),
        (AnswerKind.REASON, "He left because of health.", True),
    ],
)
def test_what_a_sentence_offers(kind: AnswerKind, sentence: str, found: bool) -> None:
    asked = frozenset({"33", stem("men"), stem("Putin")})
    assert offers(kind, sentence, asked, people=frozenset({stem("Kuleba")})) is found


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is the name of the Putin ally who leads it?", AnswerKind.PERSON),
        ("Which interviewer did he tell?", AnswerKind.PERSON),
        ("What is the name of the airline?", AnswerKind.NAME),
        ("How many years has he ruled?", AnswerKind.DURATION),
        ("How many men has he freed?", AnswerKind.NUMBER),
    ],
)
def test_what_is_asked_for(question: str, kind: AnswerKind) -> None:
    assert kinds_asked(question) == {kind}


def test_surnames_are_those_of_people() -> None:
    text = "Ukrainian Foreign Minister Dmitry Kuleba met the Northern Territories council in Minsk."
    assert surnames(text) == {stem("Kuleba")}


def test_rare_terms_weigh_more() -> None:
    terms = TermWeights(
        "Belarus pardon", [all_keys(f"Belarus {word}") for word in ("did", "pardon", "was")]
    )
    assert terms.coverage(frozenset({stem("pardon")})) > terms.coverage(
        frozenset({stem("Belarus")})
    )
    assert terms.coverage(frozenset()) == 0.0
    assert terms.coverage(frozenset({stem("pardon"), stem("Belarus")})) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Minsk agreed.", "“Minsk agreed.”"),
        ("“Yes,” he said.", "«“Yes,” he said.»"),
        ("«Yes,» he said.", "“«Yes,» he said.”"),
    ],
)
def test_quotation_marks_differ_from_those_inside(words: str, shown: str) -> None:
    assert quoted(words) == shown


@pytest.mark.parametrize(
    ("question", "is_unnamed"),
    [
        ("Where did Lukashenko meet reporters in 2014?", True),
        ("Where did Lukashenko meet reporters from 2014 to 2020?", True),
        # The passage was published in it.
        ("Where did Lukashenko meet reporters in 2020?", False),
        # Whoever says "in June" did not say which year is meant.
        ("Where did Lukashenko meet reporters in June?", False),
        ("Where did Lukashenko meet reporters?", False),
    ],
)
def test_a_year_that_no_passage_names_lowers_the_confidence(
    question: str, is_unnamed: bool
) -> None:
    period = named_period(question, date(2026, 1, 1))
    forms = [Asked(question, None, local_token_vectors(question), period)]
    features = score_sentences(forms, [MINSK], read(MINSK))[0].features
    assert features.period_unnamed == is_unnamed
    model = load_model("latin")
    surer = model.probability(replace(features, period_unnamed=0.0), 0.0)
    assert (model.probability(features, 0.0) < surer) == is_unnamed


@pytest.mark.parametrize(
    ("question", "sentence", "is_offered"),
    [
        ("Near which airport did it land?", "It came down near Riga North Airport.", True),
        ("Which bank was closed?", "Regulators closed the Nord Bank.", True),
        # What the question names is no answer to it.
        ("Where is Riga Airport?", "It came down near Riga Airport.", False),
    ],
)
def test_a_name_answers_though_it_has_the_word_for_what_is_asked(
    question: str, sentence: str, is_offered: bool
) -> None:
    kinds = kinds_asked(question)
    assert kinds
    offered = [offers(kind, sentence, all_keys(question), frozenset()) for kind in kinds]
    assert any(offered) == is_offered
