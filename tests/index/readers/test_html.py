"""A saved page: the article, and what the page states about it, without its surroundings."""

from collections.abc import Callable
from datetime import date

import pytest

from index.articles.cleaning import clean
from index.errors import UnreadableFileError
from index.readers.files import read_data
from index.readers.markup import html_paragraphs, looks_like_html
from index.readers.values import language_code, stated_day, web_address
from tests.helpers import one_story as story

WORDS = "The ferry to Orm was held up by fog for six hours on Monday, its captain Rolf Aune said. "


def page(body: str, head: str = "", attributes: str = "") -> bytes:
    return f"<html {attributes}><head>{head}</head><body>{body}</body></html>".encode()


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read_data(data, "a.html")
    return caught.value.user_message


@pytest.mark.parametrize("name", ["a.html", "a.txt", "page"])
@pytest.mark.parametrize("make", [story.as_html, story.as_mhtml])
def test_the_article_of_a_page(make: Callable[[], bytes], name: str) -> None:
    source, metadata = read_data(make(), name)
    (article,) = clean(source, metadata)
    assert (article.title, article.published) == (story.TITLE, story.DATE)
    assert (article.publisher, article.language) == (story.PUBLISHER, "en")
    assert (article.date_basis, article.url) == ("markup", story.URL)
    assert [d.role for d in article.dates] == ["published", "modified"]
    assert "".join(source.text[s.start : s.end] for s in article.body) == story.BODY
    assert "paywall" not in source.text


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ('<meta property="article:published_time" content="2020-02-03T23:00:00-05:00">',
         date(2020, 2, 3)),
        ('<meta itemprop="datePublished" content="20200203">', date(2020, 2, 3)),
        ('<script type="application/ld+json">{"@type": "NewsArticle", </script>', None),
        ('<meta name="date" content="03/04/2020">', None),
    ],
)  # fmt: skip
def test_where_a_date_is_stated(head: str, published: date | None) -> None:
    _, metadata = read_data(page(f"<p>{WORDS * 5}</p>", head), "a.html")
    assert metadata.published == published


@pytest.mark.parametrize(
    ("times", "published"),
    [
        ('<time datetime="2021-05-06">yesterday</time>', date(2021, 5, 6)),
        ('<time datetime="2021-05-06">a</time><time datetime="2021-05-07">b</time>', None),
        ('<time datetime="2021-05-06">a</time><time pubdate datetime="2021-05-07">b</time>',
         date(2021, 5, 7)),
    ],
)  # fmt: skip
def test_a_time_element_dates_a_page_unless_several_disagree(
    times: str, published: date | None
) -> None:
    _, metadata = read_data(page(f"<article>{times}<p>{WORDS * 5}</p></article>"), "a.html")
    assert metadata.published == published


def test_a_domain_is_no_publisher() -> None:
    head = '<meta property="og:url" content="https://paper.example/a">'
    _, metadata = read_data(page(f"<p>{WORDS * 5}</p>", head), "a.html")
    assert metadata.publisher is None
    assert metadata.url == "https://paper.example/a"


def test_a_short_page_is_read_without_its_scripts_and_links() -> None:
    body = f"<nav><a href=/>Home</a></nav><p>{WORDS}</p><script>var price = 777;</script>"
    source, _ = read_data(page(body, "<title>Fog holds ferry</title>"), "a.txt")
    assert source.text == f"Fog holds ferry\n\n{WORDS.strip()}"
    assert source.media_type == "text/html"


@pytest.mark.parametrize("label", ["windows-1251", "koi8-r", "utf-16"])
def test_a_page_is_decoded_as_it_says(label: str) -> None:
    words = "Паром на остров Орм задержали из-за тумана на шесть часов, сказал капитан Рольф Ауне."
    text = f'<html><head><meta charset="{label}"></head><body><p>{words}</p></body></html>'
    assert words in read_data(text.encode(label), "a.html")[0].text


def test_a_page_in_latin_1_is_windows_1252_as_in_browsers() -> None:
    text = f'<html><meta charset="iso-8859-1"><p>“{WORDS}”</p></html>'
    assert "“The ferry" in read_data(text.encode("cp1252"), "a.html")[0].text


def test_a_page_that_scripts_fill_is_refused() -> None:
    assert "scripts" in refusal(page("<script>render()</script>"))


def test_a_deeply_nested_page_costs_no_more_than_itself() -> None:
    assert "no text" in refusal(page("<div>" * 100_000 + WORDS))


def test_hostile_statements_are_left_out() -> None:
    head = (
        '<link rel="canonical" href="javascript:alert(1)">'
        '<script type="application/ld+json">' + "[" * 50_000 + "</script>"
        '<meta property="og:site_name" content="A&#0;B&#x202e;">'
    )
    _, metadata = read_data(page(f"<p>{WORDS * 5}</p>", head), "a.html")
    assert metadata.url is None


def test_a_piece_of_html_is_cut_at_its_blocks() -> None:
    text = "<p>One <b>bold</b>\nword.</p><p>Two<br>lines</p><style>p{}</style>after"
    assert html_paragraphs(text) == ("One bold word.", "Two", "lines", "after")
    assert looks_like_html(text)
    assert not looks_like_html("profits < costs, and 3 <= 4 > 2")


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2020-02-30", None), ("2020-02-03T10:00Z", date(2020, 2, 3)), (story.RFC_DATE, story.DATE),
        ("14 October 2023", story.DATE), ("14 October", None), ("soon", None), (20200203, None),
    ],
)  # fmt: skip
def test_stated_day(value: object, day: date | None) -> None:
    assert stated_day(value) == day


def test_small_values() -> None:
    assert language_code("en-GB") == "en"
    assert language_code("English") is None
    assert web_address("javascript:x") is None
    assert web_address(" https://a.example/b ") == "https://a.example/b"
