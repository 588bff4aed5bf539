"""One story, kept in every format that we read, is the same article."""

import contextlib
import json
from datetime import date

import pytest

from index.article import Article, Source
from index.articles.cleaning import clean
from index.errors import UnreadableFileError
from index.readers.files import read_data
from index.readers.formats import MARKDOWN, PLAIN, READERS
from index.readers.metadata import SourceMetadata
from tests.helpers import one_story as story
from tests.helpers.every_format import WITH_PUBLISHER, WITHOUT_PUBLISHER

ALL = {**WITH_PUBLISHER, **WITHOUT_PUBLISHER}


def only_article(data: bytes, name: str) -> tuple[Source, SourceMetadata, Article]:
    source, metadata = read_data(data, name)
    (article,) = clean(source, metadata)
    return source, metadata, article


@pytest.mark.parametrize("suffix", ALL)
def test_every_format_gives_the_same_article(suffix: str) -> None:
    source, _, article = only_article(ALL[suffix](), f"story.{suffix}")
    assert (article.title, article.published) == (story.TITLE, story.DATE)
    assert article.publisher == (story.PUBLISHER if suffix in WITH_PUBLISHER else None)
    body = [source.text[span.start : span.end] for span in article.body]
    assert "\n\n".join(body) == story.BODY
    assert source.media_type not in (PLAIN, MARKDOWN)


@pytest.mark.parametrize("suffix", sorted(ALL.keys() - {"csv", "jsonl"}))
def test_what_a_file_is_is_told_by_its_bytes(suffix: str) -> None:
    data = ALL[suffix]()
    media_type = read_data(data, f"story.{suffix}")[0].media_type
    assert read_data(data, "story.txt")[0].media_type == media_type


def test_every_reader_is_tried_here() -> None:
    tried = {read_data(make(), f"a.{suffix}")[0].media_type for suffix, make in ALL.items()}
    assert READERS.keys() - tried == {PLAIN, MARKDOWN}


@pytest.mark.parametrize("suffix", ALL)
def test_a_file_cut_short_is_read_or_refused(suffix: str) -> None:
    data = ALL[suffix]()
    for share in (0.3, 0.9):
        with contextlib.suppress(UnreadableFileError):
            assert read_data(data[: int(len(data) * share)], f"a.{suffix}")[0].text.strip()


def test_the_pages_of_a_pdf_are_noted() -> None:
    source, metadata, article = only_article(story.as_pdf(), "a.pdf")
    assert article.page_at(0) == 1
    assert article.page_at(source.text.index("pays half") - 1) == 1
    assert article.page_at(source.text.index("pays half")) == 2
    begins = [source.text[start : start + 9] for start in metadata.pages]
    assert begins == ["Lighthous", "pays half"]
    assert "Page 1" not in source.text
    assert story.PUBLISHER not in source.text


def test_tracked_changes_are_read_as_accepted() -> None:
    source, _, _ = only_article(story.as_docx(), "a.docx")
    assert "Taken out" not in source.text
    assert story.PARAGRAPHS[2] in source.text


def test_a_file_of_several_articles_gives_each_its_own_date() -> None:
    records = (
        {
            "title": f"Bridge no. {n} opens at Orm",
            "date": f"2020-01-0{n}",
            "publisher": f"Paper {n}",
            "text": f"The bridge at Orm with the number {n} was opened by its mayor on a cold day.",
        }
        for n in (1, 2, 3)
    )
    lines = "\n".join(map(json.dumps, records))
    source, metadata = read_data(lines.encode(), "a.jsonl")
    articles = clean(source, metadata)
    assert [a.published for a in articles] == [date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 3)]
    assert [a.publisher for a in articles] == ["Paper 1", "Paper 2", "Paper 3"]
    assert [a.article_id[-2:] for a in articles] == ["-1", "-2", "-3"]
    for n, article in enumerate(articles, start=1):
        assert article.title == f"Bridge no. {n} opens at Orm"
        (body,) = article.body
        assert f"number {n} was" in source.text[body.start : body.end]


def test_a_record_without_a_known_field_is_refused_with_its_fields() -> None:
    with pytest.raises(UnreadableFileError, match="fields: id, memo"):
        read_data(b'[{"id": 1, "memo": "Some words."}]', "a.json")


def test_the_bad_line_of_json_lines_is_named() -> None:
    with pytest.raises(UnreadableFileError, match="line 2 is not valid JSON"):
        read_data(b'{"text": "Some words."}\n{"text": \n', "a.jsonl")


def test_values_in_html_become_paragraphs() -> None:
    source, _ = read_data(b'[{"text": "<p>One.</p><p>Two &amp; three.</p>"}]', "a.json")
    assert source.text == "One.\n\nTwo & three."
