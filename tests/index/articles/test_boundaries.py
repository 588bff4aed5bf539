"""Several articles in one file: each under its own headline, with its own date or none."""

import time
from datetime import date

import pytest

from index.article import Article, Source, SpanKind
from index.articles.cleaning import clean
from index.readers.metadata import SourceMetadata

ONE = ("Kiosk sold in Dalm", "4 May 2021", "The kiosk in Dalm was sold on Monday, its owner said.")
TWO = ("Fire", "7 June 2022", "A barn near Holm burned down on Tuesday, the fire service said.")
THREE = ("Goat wins", "8 July 2023", "A goat won the race at Vik on Friday, to nobody's surprise.")


def articles(text: str, media_type: str = "text/plain") -> tuple[Article, ...]:
    return clean(Source("src_0", "a.txt", text, "", media_type), SourceMetadata())


def found(text: str) -> list[tuple[str | None, date | None]]:
    return [(article.title, article.published) for article in articles(text)]


def bodies(article: Article, text: str) -> list[str]:
    return [text[span.start : span.end] for span in article.body]


BRIEFS = [
    ("Kiosk sold in Dalm", date(2021, 5, 4)),
    ("Fire", date(2022, 6, 7)),
    ("Goat wins", date(2023, 7, 8)),
]


@pytest.mark.parametrize("gap", ["\n\n---\n\n", "\n\n* * *\n\n", "\n\x0c\n", "\n\n"])
def test_briefs_of_one_layout_are_articles_of_their_own(gap: str) -> None:
    assert found(gap.join("\n\n".join(brief) for brief in (ONE, TWO, THREE))) == BRIEFS


@pytest.mark.parametrize("sign", ["◆", "§", "❦", "ENDS", "(Fin)", "(Конец)"])
def test_a_sign_or_a_word_closes_each_story(sign: str) -> None:
    text = "".join(f"{head}\n\n{body}\n\n{sign}\n\n" for head, _, body in (ONE, TWO, THREE))
    assert [title for title, _ in found(text)] == [title for title, _ in BRIEFS]
    assert all(sign not in body for one in articles(text) for body in bodies(one, text))


@pytest.mark.parametrize("form", ["{}.", "({})", "[{}]", "№ {}", "{}/3", "第{}"])
def test_numbers_on_lines_of_their_own(form: str) -> None:
    stories = enumerate((ONE, TWO, THREE), start=1)
    text = "\n\n".join(f"{form.format(n)}\n\n{head}\n\n{body}" for n, (head, _, body) in stories)
    assert [title for title, _ in found(text)] == [title for title, _ in BRIEFS]


@pytest.mark.parametrize("form", ["{}.", "{})", "({})"])
def test_a_headline_behind_a_number(form: str) -> None:
    heads = ("Kiosk sold in Dalm on Monday", "Barn burns down near Holm", "Goat wins race at Vik")
    stories = enumerate(zip(heads, (ONE, TWO, THREE), strict=True), start=1)
    lines = [(f"{form.format(n)} {head}", story[2]) for n, (head, story) in stories]
    text = "\n\n".join(f"{head}\n\n{body}" for head, body in lines)
    assert [title for title, _ in found(text)] == [head for head, _ in lines]


def test_a_story_without_a_date_takes_nobody_elses() -> None:
    text = "\n\n***\n\n".join(("\n\n".join(ONE), "\n\n".join(TWO[::2]), "\n\n".join(THREE)))
    assert found(text) == [BRIEFS[0], ("Fire", None), BRIEFS[2]]
    assert [article.date_warning for article in articles(text)] == [None, None, None]


@pytest.mark.parametrize("word", ["of", "из", "/", "von"])
def test_counted_documents(word: str) -> None:
    document = (
        "{} {} 2 DOCUMENTS\n\n\n        The Dalm Herald\n\n"
        "        {}\n\n{}\n\nLENGTH: 96 words\n\n{}"
    )
    first = document.format(1, word, ONE[1], ONE[0], ONE[2])
    second = document.format(2, word, TWO[1], TWO[0], TWO[2])
    text = f"{first}\n\nLOAD-DATE: May 5, 2021\n\n\n{second}"
    assert found(text) == BRIEFS[:2]
    for article, (_, _, story) in zip(articles(text), (ONE, TWO), strict=True):
        assert article.publisher == "The Dalm Herald"
        assert bodies(article, text) == [story]


def test_a_headline_that_stands_twice_belongs_to_one_story() -> None:
    second = "\n\n".join((THREE[0], "Nobody expected that", *THREE[1:]))
    assert found("\n\n".join(ONE) + "\n\n---\n\n" + second) == [BRIEFS[0], BRIEFS[2]]


ESSAY = (
    "The talks went on for another week, and nobody was surprised when there was no end to them."
)

TOP = f"A long report from the north\n\n4 May 2021\n\n{ESSAY}"


@pytest.mark.parametrize(
    "text",
    [
        f"{TOP}\n\n* * *\n\n{ESSAY}\n\n* * *\n\n{ESSAY}",
        f"{TOP}\n\nPage 1 of 2\n\n{ESSAY}\n\nPage 2 of 2",
        f"A long report from the north\n\n4 May 2021\n\n{ESSAY}\n\x0c{ESSAY}",
        f"A long report from the north\n\n{ESSAY}\n\n---\n\nWhat comes next\n\n{ESSAY}",
        f"A long report from the north\n\n4 May 2021\n\n{ESSAY}\n\nHow it began\n\n{ESSAY}",
    ],
)
def test_parts_of_one_article_stay_together(text: str) -> None:
    assert len(articles(text)) == 1


@pytest.mark.parametrize("headline", ["Fire", "Mill fire", "The drivers end their strike today."])
def test_a_short_headline_and_one_that_is_a_sentence(headline: str) -> None:
    text = f"{headline}\n\n4 May 2021\n\n{ESSAY}"
    assert found(text) == [(headline, date(2021, 5, 4))]
    assert bodies(articles(text)[0], text) == [ESSAY]


def test_running_heads_and_page_numbers_are_no_text() -> None:
    text = (
        f"The Dalm Herald                 Page 3\n\n{ONE[0]}\n\n{ONE[1]}\n\n{ESSAY}\n\n"
        f"The Dalm Herald                 Page 4\n\nKiosk / from page 3\n\n{ESSAY}\n\n"
        "                        4\n"
    )
    (article,) = articles(text)
    assert (article.title, article.published) == BRIEFS[0]
    assert bodies(article, text) == [ESSAY, ESSAY]


def test_columns_are_never_read_across() -> None:
    left = [
        "Bridge in Dalm reopens",
        "",
        "The bridge in Dalm reopened",
        "on Monday after a long wait,",
        "said Amy.",
    ]
    right = [
        "Zoo buys two lynxes",
        "",
        "The zoo in Dalm has bought two",
        "lynxes for a great deal of money",
        "said Bo.",
    ]
    text = "\n".join(f"{a:40}{b}".rstrip() for a, b in zip(left, right, strict=True))
    assert not any(article.body for article in articles(text))


def test_a_table_set_with_blanks_is_no_column_of_prose() -> None:
    text = f"{ESSAY}\n\n" + "\n".join(
        f"{name:30}{n} people in the year" for n, name in enumerate("Dalm Vik Holm Orr".split())
    )
    assert "Dalm" in bodies(articles(text)[0], text)[0]


def test_a_hidden_comment_alone_is_left_out() -> None:
    text = (
        f"# Head of it all\n\n4 May 2021\n\nIt stays. <!-- maybe\n\n120? --> {ESSAY} "
        "<!-- never closed"
    )
    (article,) = articles(text, "text/markdown")
    assert bodies(article, text) == ["It stays.", ESSAY]


def test_menus_lists_of_links_and_code_are_no_text() -> None:
    code = "x9Kq" * 40
    text = (
        f"News | Sport | Weather\nHome > News > Europe\n\n{ONE[0]}\n\n{ONE[1]}\n\n"
        f"{ESSAY}\n\n{code}\n\n"
        "More on this story\nFlood closes the hospital for 40 days\nMayor quits after 12 years\n\n"
        "Most read\n1 Boy finds a ring"
    )
    (article,) = articles(text)
    assert (article.title, bodies(article, text)) == (ONE[0], [ESSAY])


@pytest.mark.parametrize(
    "line", ["---\n", "1 of 2\n", "\x0c", "a  b   c\n", "<!--", "Page 1\n\n", "ac-\n"]
)
def test_many_lines_of_a_kind_take_no_time(line: str) -> None:
    began = time.process_time()
    for article in articles(line * 2_000):
        assert article.of_kind(*SpanKind) or not article.spans
    assert time.process_time() - began < 20
