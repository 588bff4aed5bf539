from dataclasses import replace

import pytest

from index.article import DateCandidate
from rag.attribution import attribution, date_phrase, day_words
from tests.helpers.evidence import make_evidence

EVIDENCE = make_evidence("Minsk held 33 men.")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2020-08-06", "6 August 2020"),
        ("2020-08-06T10:00:00+03:00", "6 August 2020"),
        ("--02-29", "29 February, year not stated"),
        ("soon", "soon"),
        ("--13-40", "--13-40"),
    ],
)
def test_days_in_words(value: str, words: str) -> None:
    assert day_words(value) == words


@pytest.mark.parametrize(
    ("published_at", "dates", "words"),
    [
        ("2020-08-06", (), "6 August 2020"),
        (None, (DateCandidate("--08-22", "dateline"),), "22 August, year not stated"),
        (None, (DateCandidate("--08-22", "page stamp", "page"),), "undated"),
        (None, (DateCandidate("--08-22", "markup", "modified"),), "undated"),
        (None, (), "undated"),
    ],
)
def test_only_a_date_of_publication_is_offered(
    published_at: str | None, dates: tuple[DateCandidate, ...], words: str
) -> None:
    article = replace(EVIDENCE.article, published_at=published_at, dates=dates)

    assert date_phrase(article) == words


@pytest.mark.parametrize(
    ("publisher", "title", "words"),
    [
        ("TASS", "A headline", "TASS, undated"),
        (None, "A headline", "“A headline”, undated"),
        (None, None, f"{EVIDENCE.source.name}, undated"),
    ],
)
def test_the_publisher_else_the_headline_else_the_file(
    publisher: str | None, title: str | None, words: str
) -> None:
    article = replace(
        EVIDENCE.article, publisher=publisher, title=title, published_at=None, dates=()
    )

    assert attribution(article, EVIDENCE.source) == words
