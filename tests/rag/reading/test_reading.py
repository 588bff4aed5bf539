"""The reader and the answerer that quotes: words, whole sentences, speech, lists, refusals."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Passage, Span
from index.language.pairs import in_pairs
from rag.attribution import quoted
from rag.evidence.leaning import leans_on_previous
from rag.reading import reader as reader_module
from rag.reading.asked_names import absent_names
from rag.reading.calibration import load_calibration
from rag.reading.choosing import ReadPart, read_part, same_words, signals
from rag.reading.evidence import read_evidence
from rag.reading.listing import choose_items
from rag.reading.quoting import draft_quotes
from rag.reading.reader import MAX_ANSWER_TOKENS, best_words, header, is_taught, open_reader
from rag.reading.spans import list_head, list_items, quote_span
from rag.reading.words import match_sentences
from rag.types import Draft, Evidence
from rag.verification.judge import open_judge
from rag.verification.verifier import verify
from tests.helpers.evidence import asking, candidate, from_sentence, make_evidence, part, read_parts

MINSK = make_evidence(
    "Belarusian leader Alexander Lukashenko met reporters in Minsk.",
    "He said that 33 Russian citizens had been detained.",
    "The harvest was good.",
)
PARDON = make_evidence(
    "Belarus pardoned 31 Ukrainian citizens on Saturday.", marker=2, published=None
)


def ask(text: str, *evidence: Evidence, refuse_below: float = 0.0) -> Draft:
    return propose(read_parts(asking(text), evidence), text=text, refuse_below=refuse_below)


def propose(parts: Sequence[ReadPart], text: str = "Who?", refuse_below: float = 0.0) -> Draft:
    return draft_quotes(asking(text), parts, [()] * len(parts), refuse_below)


# --- What is read -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many people from Russia are in custody?", "33"),
        ("Сколько россиян задержано?", "33"),
        ("Who talked to journalists?", "Lukashenko"),
    ],
)
def test_it_reads_what_is_asked_in_other_words_and_languages(question: str, words: str) -> None:
    assert is_taught()
    (read,) = read_parts(asking(question), [MINSK, PARDON])
    assert words in read.ranked[0].answer
    assert read.ranked[0].evidence is MINSK


def test_what_is_not_said_is_less_probable_than_what_is() -> None:
    def confidence(question: str) -> float:
        return read_parts(asking(question), [MINSK, PARDON])[0].confidence

    said = confidence("How many Ukrainians were pardoned?")
    assert said > confidence("How much did the pardoned Ukrainians pay?")
    assert said > confidence("Who won the football cup in Peru?")


def test_a_passage_is_read_below_its_title_publisher_and_date() -> None:
    assert header(MINSK) == "TASS · 2020-08-06"
    titled = replace(MINSK, article=replace(MINSK.article, title="Talks"))
    assert header(titled) == "Talks · TASS · 2020-08-06"
    assert header(replace(PARDON, article=replace(PARDON.article, publisher=None))) == ""


@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_the_best_words_are_the_likeliest_that_are_in_order(tokens: int, seed: int) -> None:
    logits = np.random.default_rng(seed).normal(size=(tokens, 2)).astype(np.float32)
    first, last, best = best_words(logits)
    assert 0 <= first <= last < tokens
    assert last - first < MAX_ANSWER_TOKENS
    assert best == pytest.approx(float(logits[first, 0] + logits[last, 1]), abs=1e-5)
    pairs = (
        float(logits[i, 0] + logits[j, 1])
        for i in range(tokens)
        for j in range(i, min(tokens, i + MAX_ANSWER_TOKENS))
    )
    assert best == pytest.approx(max(pairs), abs=1e-5)


sentence = st.text(
    alphabet=st.sampled_from("abcé ñжщ中½…“” .,\u00a0\u0301"), min_size=3, max_size=40
).filter(lambda text: text.strip() == text and any(char.isalnum() for char in text))


@given(st.lists(sentence, min_size=1, max_size=4), st.text(min_size=1, max_size=20))
def test_marked_words_stand_in_their_sentence(sentences: list[str], question: str) -> None:
    item = make_evidence(*sentences)
    taught = open_reader()
    assert taught
    ((*found,),) = taught.read(question, [item])
    assert len(found) == len(sentences)
    for span, read in zip(item.passage.sentences, found, strict=True):
        assert np.isfinite(read.score)
        assert read.words is None or (len(read.words) and span.contains(read.words))


def test_what_was_read_is_the_same_alone_and_in_company() -> None:
    taught = open_reader()
    assert taught
    (alone,) = taught.read("Who met reporters?", [MINSK])
    fresh = reader_module.Reader()
    together = fresh.read("Who met reporters?", [PARDON, MINSK])[1]
    assert [s.words for s in together] == [s.words for s in alone]
    assert [s.score for s in together] == pytest.approx([s.score for s in alone], abs=0.05)


def test_without_its_weights_words_decide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reader_module, "WEIGHTS", tmp_path / "none")
    assert not is_taught()
    assert open_reader() is None
    asked = asking("How many Ukrainian citizens did Belarus pardon?")
    reading = read_evidence(asked, [MINSK, PARDON], None, load_calibration())
    assert not reading.parts[0].taught
    draft = propose(reading.parts)
    assert draft.claims[0].text == PARDON.passage.text
    assert 0.0 < draft.confidence < 0.9


def test_rare_words_count_more() -> None:
    one = make_evidence("Belarus met.", "Belarus pardoned.")
    other = make_evidence("Belarus voted.", marker=2)
    scores = [s.score for s in match_sentences("Belarus pardoned", [one, other])[0]]
    assert scores[1] > scores[0]


def test_nothing_to_read_is_no_failure() -> None:
    assert read_part("Who?", [], open_reader(), load_calibration()).ranked == ()


def test_confidence_rises_with_what_was_read() -> None:
    sure, unsure = candidate(MINSK, 0, "Minsk", 6.0), candidate(MINSK, 0, "Minsk", -6.0)
    calibration = load_calibration()
    assert calibration.probability(signals("Where?", [sure])) > calibration.probability(
        signals("Where?", [unsure])
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("33", "33 Russian citizens", True),
        ("33", "31", False),
        ("", "31", False),
        ("A b", "a  B", True),
    ],
)
def test_same_words(one: str, other: str, same: bool) -> None:
    assert same_words(one, other) is same


@pytest.mark.parametrize(
    ("question", "share"),
    [
        ("Where did Alexander Lukashenko meet reporters?", 0.0),
        ("Where did Lukashenko meet reporters?", 0.0),
        ("Где Лукашенко встретил журналистов?", 0.0),
        ("Where were they met?", 0.0),
        ("Where did Viktor Lukashenko meet reporters?", 1.0),
        ("Where did Merkel meet reporters?", 1.0),
        ("Where did Lukashenko meet 47 reporters?", 0.5),
    ],
)
def test_names_that_the_article_lacks_are_told(question: str, share: float) -> None:
    assert absent_names(question, MINSK) == share


# --- What is quoted -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "He said that 33 men were held.",
        "However, they did not come.",
        "“I never even thought of it.",
        "Он отказался.",
    ],
)
def test_sentences_that_cannot_stand_alone(text: str) -> None:
    assert leans_on_previous(text)


@pytest.mark.parametrize(
    "text",
    [
        "Minsk announced that 33 men were held.",
        "“We hope so,” Peskov told reporters.",
        "«Shinzo Abe made a contribution,» Dmitry Peskov said.",
    ],
)
def test_sentences_that_can(text: str) -> None:
    assert not leans_on_previous(text)


def test_a_quote_brings_the_sentence_it_leans_on() -> None:
    draft = propose([part(candidate(MINSK, 1, "33"))])
    assert draft.claims[0].text == MINSK.passage.text[: MINSK.passage.sentences[1].end]
    verified = verify(draft, [MINSK], open_judge())
    assert verified.citations[0].quote == draft.claims[0].text
    assert verified.citations[0].answer_span is not None
    assert not verified.rejected


def test_a_quote_brings_the_sentence_before_its_passage_too() -> None:
    later = from_sentence(MINSK, 1)
    span = quote_span(candidate(later, 0, "33"))
    assert MINSK.passage.text[: MINSK.passage.sentences[1].end] == later.source.text[: span.end]
    assert span.start == 0
    alone = replace(later, before=None)
    assert quote_span(candidate(alone, 0, "33")).start == MINSK.passage.sentences[1].start


def test_a_quotation_is_quoted_to_its_end() -> None:
    item = make_evidence("“We will go.", "We will not stop,” she said.", "Others left.")
    span = quote_span(candidate(item, 0))
    assert item.source.text[span.start : span.end] == "“We will go. We will not stop,” she said."


lines = st.lists(
    st.sampled_from(
        ["Minsk agreed.", "He left.", "“We go.", "It is so,” she said.", "“Yes,” he said."]
    ),
    min_size=1,
    max_size=5,
)


@given(lines, st.data())
def test_quotes_are_whole_sentences_in_one_paragraph(texts: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(texts) - 1))
    item = make_evidence(*texts)
    broken = data.draw(st.integers(0, len(texts) - 1))
    cut = item.passage.sentences[broken].start - 1
    if cut > 0:  # a paragraph begins there
        text = item.source.text[:cut] + "\n" + item.source.text[cut + 1 :]
        passage = replace(item.passage, text=text)
        item = replace(item, source=replace(item.source, text=text), passage=passage)
    span = quote_span(candidate(item, at))
    quote = item.source.text[span.start : span.end]
    assert texts[at].strip("“”") in quote
    assert "\n" not in quote
    assert span.start in {s.start for s in item.passage.sentences} or quote == texts[at][1:]
    assert span.end in {s.end for s in item.passage.sentences}
    # Only a mark within a sentence whose partner is in another paragraph stays alone.
    assert in_pairs(quote) or quote == "It is so,” she said."


def test_a_sentence_that_ends_in_a_colon_brings_its_list() -> None:
    text = (
        "Three districts get schools:\n\n- Northgate, 420 pupils\n- Millbank, 515 pupils\n\n"
        "A fourth was dropped."
    )
    starts = [0, text.index("- N"), text.index("- M"), text.index("A f")]
    ends = [28, text.index("\n- M"), text.index("\n\nA"), len(text)]
    spans = tuple(Span(a, b) for a, b in zip(starts, ends, strict=True))
    item = make_evidence(text)
    passage: Passage = replace(item.passage, sentences=spans)
    item = replace(item, passage=passage)
    assert list(list_items(candidate(item, 0))) == [1, 2]
    assert list(list_items(candidate(item, 1))) == []
    assert [list_head(candidate(item, at)) for at in range(4)] == [None, 0, 0, None]
    listed = choose_items([candidate(item, 2, "Millbank")])
    assert [one.position for one in listed] == [0, 1, 2]
    assert [one.answer for one in listed] == ["", "", "Millbank"]
    draft = propose([part(candidate(item, 0))])
    assert [claim.text for claim in draft.claims] == [
        "Three districts get schools:",
        "- Northgate, 420 pupils",
        "- Millbank, 515 pupils",
    ]


def test_one_quote_is_enough_where_others_say_the_same_or_less() -> None:
    same = candidate(PARDON, 0, "31", 4.5)
    best = candidate(MINSK, 1, "33", 5.0)
    assert len(propose([part(best, replace(best, position=1, read=4.9))]).claims) == 1
    assert len(propose([part(best, same)]).claims) == 2
    assert len(propose([part(best, replace(same, score=1.0))]).claims) == 1
    assert len(propose([part(best, replace(same, read=-1.0))]).claims) == 1


def test_words_that_are_hardly_an_answer_are_not_marked() -> None:
    draft = propose([part(candidate(MINSK, 0, "Minsk", read=-4.0))])
    assert draft.claims[0].citations[0].answer_span is None


def test_no_quote_stands_inside_another() -> None:
    inner, outer = candidate(MINSK, 0, "Minsk"), candidate(MINSK, 1, "33", 4.9)
    (claim,) = propose([part(inner, outer)]).claims
    assert claim.text.startswith("Belarusian leader")


def test_each_part_of_a_question_gets_its_quote() -> None:
    draft = ask(
        "How many Russian citizens were detained, and how many Ukrainian citizens were pardoned?",
        MINSK,
        PARDON,
    )
    texts = [claim.text for claim in draft.claims]
    assert any("33" in text for text in texts)
    assert any("31" in text for text in texts)


def test_a_topic_gets_a_dated_list() -> None:
    older = make_evidence("Belarus held elections.", marker=3, published=date(2019, 1, 1))
    newer = make_evidence("Belarus closed borders.", marker=4, published=date(2021, 1, 1))
    asked = asking("Belarus")
    reading = read_evidence(asked, [PARDON, older, newer], open_reader(), load_calibration())
    draft = draft_quotes(asked, reading.parts, [()], 0.9)
    assert draft.topic
    dates = [
        reading.held.evidence[c.citations[0].marker - 1].article.published for c in draft.claims
    ]
    assert dates == [date(2021, 1, 1), date(2019, 1, 1), None]


def test_low_confidence_abstains_and_shows_the_closest() -> None:
    draft = ask("Who won the football cup in Peru?", MINSK, refuse_below=0.99)
    assert not draft.claims
    assert draft.abstention
    assert draft.closest


def test_no_evidence_abstains() -> None:
    assert ask("Who won?").abstention


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
