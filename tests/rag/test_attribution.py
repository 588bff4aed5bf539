from dataclasses import replace
from datetime import date

import pytest

from index.article import DateCandidate
from index.days import Day, MonthDay
from rag.attribution import attribution, date_phrase, day_words
from tests.helpers.evidence import make_evidence

EVIDENCE = make_evidence("Minsk held 33 men.")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2020, 8, 6), "6 August 2020"),
        (MonthDay(2, 29), "29 February, year not stated"),
    ],
)
def test_days_in_words(value: Day, words: str) -> None:
    assert day_words(value) == words


@pytest.mark.parametrize(
    ("published", "dates", "words"),
    [
        (date(2020, 8, 6), (), "6 August 2020"),
        (None, (DateCandidate(MonthDay(8, 22), "dateline"),), "22 August, year not stated"),
        (None, (DateCandidate(MonthDay(8, 22), "page stamp", "page"),), "undated"),
        (None, (DateCandidate(MonthDay(8, 22), "markup", "modified"),), "undated"),
        (None, (), "undated"),
    ],
)
def test_only_a_date_of_publication_is_offered(
    published: date | None, dates: tuple[DateCandidate, ...], words: str
) -> None:
    article = replace(EVIDENCE.article, published=published, dates=dates)

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
    article = replace(EVIDENCE.article, publisher=publisher, title=title, published=None, dates=())

    assert attribution(article, EVIDENCE.source) == words


def test_words_that_are_somebodys_are_not_the_publishers_own() -> None:
    article, source = EVIDENCE.article, EVIDENCE.source

    assert attribution(article, source, "Dmitry Peskov") == (
        "Dmitry Peskov, quoted by TASS, 6 August 2020"
    )
    assert attribution(article, source, "Dmitry\n Peskov").startswith("Dmitry Peskov, quoted by")
    unnamed = replace(article, publisher=None)
    assert attribution(unnamed, source, "Dmitry Peskov").startswith("Dmitry Peskov, quoted in ")
    assert attribution(article, source, None) == "TASS, 6 August 2020"
