"""Cited words are found again wherever they went, and are never found where they are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.library.library import Library
from rag.refinding import Refound, Selector, refind
from tests.index.library.test_library import DIMENSION, shelve

TEXT = (
    "Minsk, 6 August. Belarus detained 33 Russian citizens near Minsk on Wednesday. "
    "The Kremlin denied everything. Moscow asked for their release at once."
)
QUOTE = "Belarus detained 33 Russian citizens near Minsk on Wednesday."


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "home") as opened:
        opened.bind_model("model/1", DIMENSION)
        yield opened


def selector(text: str = TEXT, quote: str = QUOTE, name: str = "a.txt") -> Selector:
    start = text.index(quote)
    end = start + len(quote)
    return Selector(quote, text[:start][-64:], text[end : end + 64], start, f"src_{name}", name)


def words(found: Refound) -> str:
    assert found.source
    assert found.span
    return found.source.text[found.span.start : found.span.end]


def test_words_of_the_very_text_are_the_same(library: Library) -> None:
    shelve(library, "a.txt", TEXT)
    found = refind(selector(), library)

    assert found.status == "same"
    assert words(found) == QUOTE
    assert found.article
    assert found.article.article_id == "art_a.txt"


def test_words_of_an_edited_article_have_moved(library: Library) -> None:
    shelve(library, "a.txt", f"Updated. A new first sentence. {TEXT}")
    kept = Selector(QUOTE, "Minsk, 6 August. ", " The Kremlin", 17, "src_of_before", "a.txt")
    found = refind(kept, library)

    assert found.status == "moved"
    assert words(found) == QUOTE


def test_an_article_is_known_by_its_address_too(library: Library) -> None:
    shelve(library, "renamed.txt", TEXT)
    found = refind(Selector(QUOTE, url="https://example.org/", name="a.txt"), library)

    assert found.status == "moved"


def test_words_of_a_removed_article_are_found_in_another(library: Library) -> None:
    shelve(library, "b.txt", f"Agencies. They wrote: {TEXT}")
    found = refind(selector(), library)

    assert found.status == "elsewhere"
    assert words(found) == QUOTE


@pytest.mark.parametrize(
    ("edited", "instead"),
    [
        (TEXT.replace("33 Russian", "32 Russian"), QUOTE.replace("33", "32")),
        (TEXT.replace("near Minsk ", ""), QUOTE.replace("near Minsk ", "")),
        (TEXT.replace(QUOTE + " ", ""), ""),
    ],
)
def test_altered_words_are_gone_and_what_stands_there_is_told(
    library: Library, edited: str, instead: str
) -> None:
    shelve(library, "a.txt", edited)
    found = refind(selector(), library)

    assert found.status == "gone"
    assert found.span is None
    assert found.instead == instead


def test_without_its_surroundings_nothing_is_said_to_stand_there(library: Library) -> None:
    shelve(library, "a.txt", "Quite another story. It has other words.")
    found = refind(selector(), library)

    assert found.status == "gone"
    assert found.instead is None
    assert found.source


def test_an_empty_library_has_nothing(library: Library) -> None:
    assert refind(selector(), library) == Refound("gone")


def test_retyped_marks_and_blanks_are_found(library: Library) -> None:
    shelve(library, "a.txt", "He said: “We\nare  here.” They went.")

    assert words(refind(Selector('"We are here."', name="a.txt"), library)) == "“We\nare  here.”"


@pytest.mark.parametrize("quote", ["…", "Belarus detained 3", "3 Russian citizens", "nothing"])
def test_parts_of_words_and_marks_alone_are_not_found(library: Library, quote: str) -> None:
    shelve(library, "a.txt", TEXT)

    assert refind(Selector(quote, name="a.txt"), library).status == "gone"


def test_of_several_places_the_one_with_the_same_surroundings_counts(library: Library) -> None:
    text = "He paid. Anna said: it is over. Boris said: it is over. Clara said: it is over. End."
    shelve(library, "a.txt", text)
    kept = Selector("it is over.", "over. Boris said: ", " Clara said", 0, "src_old", "a.txt")
    found = refind(kept, library)

    assert found.span
    assert found.span.start == text.index("it is over. Clara")


SENTENCES = st.lists(
    st.sampled_from(["It rained.", "He left at 5.", "Она ушла.", "“No,” she said.", "7 km on."]),
    min_size=2,
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@example(["It rained.", "It rained."], 1)
@given(SENTENCES, st.integers(0, 11))
def test_a_citation_of_an_unchanged_text_is_always_the_same(
    tmp_path: Path, sentences: list[str], place: int
) -> None:
    text, place = " ".join(sentences), place % len(sentences)
    start = len(" ".join(sentences[:place])) + (place > 0)
    quote = sentences[place]
    end = start + len(quote)
    name = f"{abs(hash(text))}.txt"
    with Library.open(tmp_path / "home") as library:
        library.bind_model("model/1", DIMENSION)
        source, _, _ = shelve(library, name, text)
        kept = Selector(
            quote, text[max(0, start - 64) : start], text[end : end + 64], start, source.source_id
        )
        found = refind(kept, library)

    assert (found.status, found.span) == ("same", found.span)
    assert found.span
    assert (found.span.start, found.span.end) == (start, end)
