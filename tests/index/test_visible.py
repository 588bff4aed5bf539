"""Words meet whatever their code points, and every place leads back to the text on disk."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Span
from index.embedding import e5
from index.embedding.local import passage_text
from index.language.folding import fold
from index.language.layout import units
from index.language.locate import locate
from index.language.sentences import split_sentences
from index.language.tokens import tokens
from index.visible import visible, visible_text, well_formed

WRITTEN = [
    ("Se\u0301livert", "Sélivert"),
    ("re\u00adpair\u00aded", "repaired"),
    ("Wes\u200bter\u200cmark \u200ecanal", "Westermark canal"),
    ("9\u00a0May\u202f2023", "9 May 2023"),
    ("well\u2011known", "well-known"),
    ("ac-\ncording", "according"),
    ("ac\u00ad-\r\n  cording", "according"),
    ("\u1112\u1161\u11ab", "한"),
    ("an\U000e0061\U000e0062d", "and"),
]
LETTERS = st.text(
    st.sampled_from("aeé ́-\n.,\u00ad\u200b\u200d\u00a0\u2011\ufe0fАй\u0306한\u1112\u1161😀B3\r"),
    max_size=40,
)


@pytest.mark.parametrize(("written", "seen"), WRITTEN)
def test_other_code_points_are_the_same_word(written: str, seen: str) -> None:
    assert visible_text(written) == seen
    assert fold(written) == fold(seen)
    assert [token.keys for token in tokens(written)] == [token.keys for token in tokens(seen)]
    assert passage_text(None, written) == seen
    tokenizer = e5.open_model().tokenizer
    assert tokenizer.encode(written).ids == tokenizer.encode(seen).ids


@pytest.mark.parametrize(
    "text", ["a - b", "Bosnia-\nHerzegovina", "1-\n2", "well-known", "👩\u200d🚒", "a-\n\nb"]
)
def test_what_is_meant_stays(text: str) -> None:
    assert visible_text(text) == text


@given(LETTERS)
def test_every_place_leads_back(text: str) -> None:
    seen = visible(text)
    assert len(seen.text) == len(seen.starts) == len(seen.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(seen.starts, seen.ends, strict=True))
    assert list(seen.starts) == sorted(seen.starts)
    assert list(seen.ends) == sorted(seen.ends)
    for token in tokens(text):
        assert text[token.start : token.end].strip()


@given(st.text(max_size=60))
def test_composed_and_decomposed_text_is_seen_alike(text: str) -> None:
    composed, apart = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert visible_text(composed) == visible_text(apart)


def test_a_quote_is_found_across_a_broken_word_and_cut_at_no_half_of_it() -> None:
    text = "It will be restored by volun-\nteers from Hest\u00adnes."
    assert locate("by volunteers from Hestnes", text, [Span(0, len(text))]) == Span(
        20, len(text) - 1
    )
    assert locate("teers from Hestnes", text, [Span(0, len(text))]) is None


def test_pieces_of_the_encoder_stand_where_they_are_written() -> None:
    text = "Die Ge\u00admein\u00adde zahl\u200bte 5 Euro."
    found = e5.open_model().tokenizer.encode(text)
    pieces = [text[a:b] for a, b in zip(found.starts, found.ends, strict=True)]
    assert visible_text("".join(pieces)).replace(" ", "") == visible_text(text).replace(" ", "")
    assert any("Ge\u00admein" in piece for piece in pieces)


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split_sentences(text, 0, len(text))]


def test_a_sentence_goes_on_in_the_next_line() -> None:
    wrapped = (
        "The tower will be painted in 190 shades of grey be-\n"
        "fore the winter. It is old.\nNobody minds."
    )
    assert sentences(wrapped) == [
        "The tower will be painted in 190 shades of grey be-\nfore the winter.",
        "It is old.",
        "Nobody minds.",
    ]
    named = (
        "Moving the tower will cost 14.2 million, according to the harbour master, Kari\n"
        "Voll, who has asked for a second opinion about\nthe cost of moving all of it over to the\n"
        "other side."
    )
    assert [unit.text for unit in units(named, markdown=False)] == [named]


@pytest.mark.parametrize(
    "text",
    [
        "Bread\nbutter and a great deal of milk\ncheese",
        "The talks ended on Monday without an agreement.\nthe minister said so.",
        "Ferry to Norby doubled from the first of May\n4 May 2023\nThe ferry sails.",
    ],
)
def test_lines_that_end_what_they_say_stay_apart(text: str) -> None:
    assert [unit.text for unit in units(text, markdown=False)] == text.split("\n")


def test_sentences_without_a_blank_between_them() -> None:
    text = (
        "It began at nine.The surveyor spoke for one minute.She asked for more. "
        "«Да», – сказал он.Он ушёл."
    )
    assert sentences(text) == [
        "It began at nine.",
        "The surveyor spoke for one minute.",
        "She asked for more.",
        "«Да», – сказал он.",
        "Он ушёл.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Booking.Com and www.Example.Com were down on Monday.",
        "The mail went to ann.Lee@example.org yesterday.",
        "The U.S.Navy sails, and node.Js is slow.",
    ],
)
def test_a_stop_inside_a_name_ends_nothing(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    "parts",
    [
        ["The talks lasted approx. 7 hrs. 40 min. in all.", "Nobody minded."],
        ["It is worth, cf. Art. 12 para. 3 of the treaty, some 2 bn.", "It ends soon."],
        ["Brig. Ruth Aldous came.", "She met Sen. J. R. Pell."],
        ["Мост стоил 3,2 млрд руб.", "Об этом сообщил А. П. Громов."],
        ["The firm is Holt Inc.", "It was founded in 1902."],
        ["It took 3 days.", "40 people came."],
    ],
)
def test_a_stop_behind_an_abbreviation(parts: list[str]) -> None:
    assert sentences(" ".join(parts)) == parts


def test_a_surrogate_pair_is_the_character_it_stands_for() -> None:
    assert well_formed("a\ud83d\udea8b") == "a🚨b"
    assert well_formed("é\ud83db") == "é\ufffdb"
