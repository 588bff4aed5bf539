"""Whose words a question asks for, and whose a sentence has."""

import pytest
from evidence import make_evidence, read

from index.embedding import local_token_vectors
from rag.matching import Asked
from rag.sentences import Model, score_sentences
from rag.speakers import asked_speakers, words_of


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What did Peskov say about the detainees?", ["Peskov"]),
        ("How did Dmitry Peskov describe the arrest?", ["Dmitry", "Peskov"]),
        ("How many islands does Tokyo say belong to it?", ["Tokyo"]),
        ("Why, according to Lukashenko, was nobody extradited?", ["Lukashenko"]),
        ("Что, по словам Пескова, произошло?", ["Пескова"]),
        ("What, in Dmitry Peskov's words, happened?", ["Dmitry", "Peskov's"]),
        ("How many were held, says Peskov?", ["Peskov"]),
        ("Where did Peskov go?", []),
        ("Who said that the men were sent on purpose?", []),
        ("Which US university said it would close?", []),
        ("What is the capital of Japan?", []),
    ],
)
def test_whose_words_are_asked_for(question: str, names: list[str]) -> None:
    found = dict.fromkeys(token.text for token in asked_speakers(question))
    assert list(found) == names


@pytest.mark.parametrize(
    ("sentence", "before", "known"),
    [
        ("Peskov said that 33 men were held.", "", True),
        ("“They missed their plane,” said Dmitry Peskov.", "", True),
        ("Lukashenko said that 33 men were held.", "", False),
        ("He said that 33 men were held.", "Peskov met reporters.", True),
        ("He said that 33 men were held.", "Lukashenko met reporters.", None),
        ("33 men were held.", "Peskov met reporters.", None),
        ("He added that 33 were held.", "“They are men,” Peskov said.", True),
    ],
)
def test_whose_words_a_sentence_has(sentence: str, before: str, known: bool | None) -> None:
    asked = asked_speakers("How many men were held, according to Peskov?")
    assert words_of(asked, sentence, before) is known


def test_the_words_of_whoever_is_asked_for_are_told_from_others() -> None:
    article = make_evidence(
        "Lukashenko said that 33 men were held.", "Peskov said that 32 men were held."
    )
    question = "How many men were held, according to Peskov?"
    asked = [Asked(question, None, local_token_vectors(question))]
    model = Model({"said_by": 1.0, "said_by_other": -1.0}, {})
    ranked = score_sentences(asked, [article], read(article), model)
    assert [(c.position, c.score) for c in ranked] == [(1, 1.0), (0, -1.0)]
