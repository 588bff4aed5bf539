from dataclasses import dataclass
from datetime import date

import pytest

from index.days import MonthDay
from rag import attribution as copies
from ui.page.wording import days
from ui.page.wording.catalogues import speaking


@dataclass(frozen=True)
class Article:
    title: str | None = "Headline"
    publisher: str | None = "TASS"
    published: date | None = date(2020, 8, 6)
    dates: tuple[copies.FoundDate, ...] = ()


@dataclass(frozen=True)
class File:
    name: str = "a.txt"


@dataclass(frozen=True)
class Found:
    value: date | MonthDay
    role: str = "published"


@pytest.mark.parametrize(
    "article",
    [Article(), Article(publisher=None), Article(published=None), Article(None, None),
     Article(published=None, dates=(Found(MonthDay(2, 29)),))],
)  # fmt: skip
@pytest.mark.parametrize("speaker", [None, "Dmitry  Peskov"])
@pytest.mark.parametrize("page", [None, 3])
def test_english_is_worded_as_in_copies(
    article: Article, speaker: str | None, page: int | None
) -> None:
    assert days.attribution(article, File(), speaker, page) == copies.attribution(
        article, File(), speaker, page
    )


@pytest.mark.parametrize(
    ("language", "said", "month", "count"),
    [
        ("en", "6 August 2020", "August 2020", "12,345"),
        ("ru", "6 августа 2020\u202fг.", "август 2020\u202fг.", "12\xa0345"),
        ("uk", "6 серпня 2020\u202fр.", "серпень 2020\u202fр.", "12\xa0345"),
    ],
)
def test_days_and_numbers_are_worded_in_the_language(
    language: str, said: str, month: str, count: str
) -> None:
    with speaking(language):
        assert days.day_words(date(2020, 8, 6)) == said
        assert days.month_words(date(2020, 8, 1)) == month
        assert days.number(12345) == count
