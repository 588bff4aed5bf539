"""A folder with one file of every format: each gives the same article, and the same answer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.article import Article, SearchFilters
from index.readers.formats import READERS
from rag.pressmark import Pressmark
from rag.settings import Settings
from rag.types import Question
from tests.helpers import one_story as story
from tests.helpers.every_format import every_format, says_publisher

FILES = every_format()
QUESTION = "How much did repairs to the lantern cost?"
ANSWER = "Repairs to the lantern cost €318,000, of which the province pays half."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("every") / "news"
    made.mkdir()
    for name, data in FILES.items():
        (made / name).write_bytes(data)
    return made


@pytest.fixture(scope="module")
def pressmark(folder: Path) -> Iterator[Pressmark]:
    with Pressmark.open(
        Settings(home=folder.parent / "home", refuse_below=0.0), write=True
    ) as opened:
        (report,) = opened.index([folder]).roots
        assert (report.files, report.added, report.refused) == (len(FILES), len(FILES), ())
        yield opened


@pytest.fixture(scope="module")
def articles(pressmark: Pressmark) -> dict[str, Article]:
    """The article of each file."""
    library = pressmark.library
    found = library.articles().values()
    sources = library.sources({article.source_id for article in found})
    return {sources[article.source_id].name.split("/")[0]: article for article in found}


def test_every_reader_has_a_file_here(pressmark: Pressmark, articles: dict[str, Article]) -> None:
    assert articles.keys() == FILES.keys()
    sources = pressmark.library.sources({a.source_id for a in articles.values()})
    assert {source.media_type for source in sources.values()} == READERS.keys()


@pytest.mark.parametrize("name", FILES)
def test_the_same_article(pressmark: Pressmark, articles: dict[str, Article], name: str) -> None:
    article = articles[name]
    text = pressmark.library.sources([article.source_id])[article.source_id].text
    assert "\n\n".join(text[span.start : span.end] for span in article.body) == story.BODY
    assert (article.title, article.published) == (story.TITLE, story.DATE)
    assert article.publisher == (story.PUBLISHER if says_publisher(name) else None)


@pytest.mark.parametrize("name", FILES)
def test_the_same_answer_with_a_citation(
    pressmark: Pressmark, articles: dict[str, Article], name: str
) -> None:
    only = SearchFilters(article_ids=frozenset({articles[name].article_id}))
    answer = pressmark.answer(Question(QUESTION, filters=only))
    assert answer.status == "answered"
    citation = answer.citations[0]
    assert citation.quote == ANSWER
    assert citation.article.article_id == articles[name].article_id
    assert citation.source.text[citation.start : citation.end] == ANSWER
    assert citation.article.published == story.DATE


def test_together_they_count_as_one_story(
    pressmark: Pressmark, articles: dict[str, Article]
) -> None:
    citation = pressmark.answer(QUESTION).citations[0]
    others = {article.article_id for article in articles.values()} - {citation.article.article_id}
    assert set(citation.copies) == others
