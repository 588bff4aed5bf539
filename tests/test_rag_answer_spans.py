"""The words that answer: marked inside the quote, right where they are plain, or not at all."""

import pytest
from evidence import make_evidence, read, read_parts
from hypothesis import given
from hypothesis import strategies as st

from index.article import Span
from index.embedding import local_token_vectors
from index.errors import VerificationError
from rag.answer import Draft, DraftClaim, ProposedCitation, Question
from rag.answer_spans import MARK_FROM, expects_words, mark_words
from rag.citations import prove, verify
from rag.extractive import draft_quotes
from rag.understanding import understand

PRISONERS = make_evidence(
    "Minsk announced that 33 Russian citizens were detained in Belarus on July 29.",
    "Dmitry Peskov told reporters that they were on their way to Istanbul.",
)


def mark(question: str, sentence: str) -> str | None:
    """The marked words; None where the answerer would not mark any."""
    read = local_token_vectors
    found = mark_words(question, sentence, read(question), read(sentence))
    if found is None or found.expected < MARK_FROM:
        return None
    return sentence[found.span.start : found.span.end]


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        (
            "How many Russian citizens were detained in Belarus?",
            "Minsk announced that 33 Russian citizens were detained in Belarus on July 29.",
            "33",
        ),
        (
            "When were the Russian citizens detained in Belarus?",
            "Minsk announced that 33 Russian citizens were detained in Belarus on July 29.",
            "July 29",
        ),
        (
            "Since what year has Lukashenko ruled Belarus?",
            "Lukashenko, who has ruled Belarus since 1994, stamped out free media.",
            "1994",
        ),
        (
            "Who told reporters about the talks?",
            "Dmitry Peskov told reporters about the talks on Monday.",
            "Dmitry Peskov",
        ),
        (
            "Сколько граждан России задержали в Белоруссии?",
            "В Белоруссии задержали 33 граждан России.",
            "33",
        ),
        (
            "В каком году началась война?",
            "Война началась в 1939 году.",
            "1939",
        ),
        (
            "Скільки громадян України звільнили?",
            "На кордоні звільнили 31 громадян України.",
            "31",
        ),
    ],
)
def test_plain_answers_are_marked(question: str, sentence: str, words: str) -> None:
    assert words in (mark(question, sentence) or "")
    assert len((mark(question, sentence) or "").split()) <= len(words.split()) + 1


@pytest.mark.parametrize(
    "question",
    ["Did Lukashenko extradite the men?", "Освободил ли Лукашенко граждан?", "Чи звільнили їх?"],
)
def test_yes_or_no_has_no_words_to_mark(question: str) -> None:
    assert not expects_words(question)
    assert mark_words(question, "Lukashenko said on Friday that he extradited 33 men.") is None


def test_an_open_question_that_opens_with_a_verb_expects_words() -> None:
    assert expects_words("Is it known who won?")


def test_words_of_the_question_are_no_answer() -> None:
    assert mark("Who is Dmitry Peskov?", "Dmitry Peskov is Dmitry Peskov.") is None


@given(st.text(max_size=60), st.text(max_size=120))
def test_any_words_are_marked_inside_the_sentence(question: str, sentence: str) -> None:
    found = mark_words(question, sentence)
    if found:
        assert 0 <= found.span.start < found.span.end <= len(sentence)
        assert 0.0 <= found.expected <= 1.0 + 1e-9


@given(
    st.sampled_from(["How many?", "Who?", "What did he pay?"]), st.text("a1$%(), “”", max_size=40)
)
def test_signs_never_leave_the_sentence(question: str, sentence: str) -> None:
    found = mark_words(question, sentence)
    if found:
        assert sentence[found.span.start : found.span.end].strip()


def test_a_sum_is_marked_with_its_sign() -> None:
    marked = mark("How much did the repairs cost?", "The repairs of the bridge cost $250 in 2019.")
    assert marked
    assert marked.startswith("$250")


def test_the_answerer_marks_and_the_verifier_keeps_the_mark() -> None:
    understood = understand(Question("How many Russian citizens were detained in Belarus?"))
    draft = draft_quotes(
        understood,
        [PRISONERS],
        read_parts(understood, [PRISONERS]),
        read(PRISONERS),
        lambda _: None,
        0.0,
    )
    citation = verify(draft, [PRISONERS]).citations[0]
    assert citation.answer_span
    span = citation.answer_span
    assert citation.source.text[span.start : span.end] == "33"
    assert citation.start <= span.start < span.end <= citation.end


@given(st.integers(-5, 200), st.integers(-5, 200))
def test_a_mark_is_kept_only_inside_its_quote(start: int, end: int) -> None:
    sentence = PRISONERS.passage.sentences[0]
    quote = PRISONERS.source.text[sentence.start : sentence.end]
    try:
        proposed = Span(start, end)
    except ValueError:
        return
    claim = DraftClaim(quote, (ProposedCitation(1, quote, sentence.start, proposed),))
    citation = verify(Draft((claim,), "extractive", 1.0), [PRISONERS]).citations[0]
    if citation.answer_span:
        assert citation.answer_span == proposed
        assert citation.start <= start < end <= citation.end
    else:
        assert not (sentence.start <= start < end <= sentence.end) or not (
            PRISONERS.source.text[start:end].strip()
        )


def test_a_mark_outside_the_quote_cannot_be_proven() -> None:
    first, second = PRISONERS.passage.sentences
    with pytest.raises(VerificationError, match="not in the quote"):
        prove(PRISONERS, first, 1, second)
    with pytest.raises(VerificationError, match="not in the quote"):
        prove(PRISONERS, first, 1, Span(first.start, first.start))
