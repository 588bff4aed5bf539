"""Finding quoted words: exact after folding, never inside a word, never by resemblance."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Span
from index.language import locate as locating
from index.language.locate import fold, folded_text, locate

TEXT = (
    "He said «no»  twice.\nInflation was 3.2 percent, not 13.2 percent. "
    "The court did not convict her. He said «no» twice."
)


def whole(text: str) -> list[Span]:
    return [Span(0, len(text))]


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("Inflation was 3.2 percent", "Inflation was 3.2 percent"),
        ('said "no" twice', "said «no»  twice"),
        ("“no”  twice.\n\nInflation", "«no»  twice.\nInflation"),
        ("did not convict", "did not convict"),
    ],
)
def test_retyped_quotes_are_found(quote: str, found: str) -> None:
    span = locate(quote, TEXT, whole(TEXT))
    assert span is not None
    assert TEXT[span.start : span.end] == found


@pytest.mark.parametrize(
    "quote",
    [
        "3.9 percent",
        "did convict",
        "2 percent",  # would cut 3.2 in two
        "Inflation was 3",
        "nflation was",
        "his court",
        "",
        "  \n",
        "«»",
        "...",
    ],
)
def test_what_is_not_there_is_not_found(quote: str) -> None:
    assert locate(quote, TEXT, whole(TEXT)) is None


def test_near_decides_between_repetitions() -> None:
    last = TEXT.rindex("He said")
    span = locate("He said «no» twice.", TEXT, whole(TEXT), near=last)
    assert span == Span(last, len(TEXT))
    assert locate("He said «no» twice.", TEXT, whole(TEXT), near=0) == Span(0, 20)


@given(st.text(alphabet="ab9. ,\n\u00ad\u0301«»'", max_size=30), st.data())
def test_looking_first_where_it_is_said_to_stand_changes_nothing(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    quote = text[start : data.draw(st.integers(start, len(text)))]
    cut = data.draw(st.integers(0, len(text)))
    within = [Span(0, cut), Span(cut, len(text))]
    found = locating.locate(quote, text, within, near=start)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locating, "_stands_at", lambda *_: False)
        assert locating.locate(quote, text, within, near=start) == found


def test_only_the_given_spans_are_searched() -> None:
    assert locate("Inflation was", TEXT, [Span(0, 21)]) is None
    # A quote may not run from one span into the next.
    assert locate("twice. Inflation", TEXT, [Span(0, 21), Span(21, len(TEXT))]) is None


def test_unicode_forms_meet_and_meaningful_forms_do_not() -> None:
    decomposed = unicodedata.normalize("NFD", "Київ і Львів")
    span = locate("Київ", decomposed, whole(decomposed))
    assert span is not None
    assert unicodedata.normalize("NFC", decomposed[span.start : span.end]) == "Київ"
    assert locate("102 men", "10² men", whole("10² men")) is None


@given(st.text())
def test_folding_maps_every_code_point_back(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= s < e <= len(text) for s, e in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)


WORDS = st.lists(st.sampled_from(["alpha", "beta", "3.2", "“no”", "не", "Ї"]), min_size=1)


@given(WORDS, WORDS, WORDS)
def test_a_quote_of_whole_words_is_always_found(
    before: list[str], quoted: list[str], after: list[str]
) -> None:
    text = " ".join([*before, *quoted, *after])
    quote = " ".join(quoted)
    span = locate(quote, text, whole(text))
    if any(char.isalnum() for char in quote):
        assert span is not None
        assert fold(text[span.start : span.end]).text == fold(quote).text


@given(st.text(max_size=40), st.text(max_size=200))
def test_what_is_found_equals_the_quote_after_folding(quote: str, text: str) -> None:
    span = locate(quote, text, whole(text))
    if span is not None:
        assert fold(text[span.start : span.end]).text.strip() == fold(quote).text.strip()


@given(st.text() | st.text(alphabet="ab1 \n\t\u00a0“”’`«é\u0301\u037e\u2028\u200b\u1100\u1161Жй.,"))
def test_the_quick_way_to_fold_folds_alike(text: str) -> None:
    assert folded_text(text) == fold(text).text
