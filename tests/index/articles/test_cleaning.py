"""Cleaning marks every character, tells furniture from text, and never loses body text."""

import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Article, Source, SpanKind
from index.articles.cleaning import clean
from index.articles.datelines import match_dateline
from index.days import MonthDay
from index.readers.files import read_file
from index.readers.metadata import SourceMetadata
from index.readers.sidecar import read_sidecar

SEEDS = Path(__file__).parents[3] / "seeds"
NOTHING = SourceMetadata()
LEDE = "The minister said on Friday that the talks in Geneva would go on for another week."
MORE = "Nobody expected a quick end to them, and nobody was surprised when there was none."
PIECES = st.sampled_from(
    [
        LEDE, MORE, "Kremlin Demands Release of Russians Held", "Short head", "25.04.2024",
        "Updated 24 декабря 2022, 22:38", "Photo: AFP", "Read more", "Leave a Reply",
        "Name *", "A Message from us:", "Please support our journalism.", "***", "# Top",
        "## Lower", "MINSK, August 22. /TASS/. " + LEDE, "date 2020-08-06 ", "\ufeff", "—", "=====",
        "Related articles", "12 Comments",
        "«Да», — сказал он.", "---", "title: x", "مرحبا بالعالم.",
    ]
)  # fmt: skip
BREAKS = st.sampled_from(["\n", "\n\n", "\r\n", "\r\n\r\n", " ", "\u2028", "\n\n\n\n\n"])


def source_of(text: str, media_type: str = "text/plain") -> Source:
    return Source("src_0", "a.txt", text, "", media_type)


def marked(text: str, media_type: str = "text/plain") -> list[tuple[str, str]]:
    source = source_of(text, media_type)
    return [
        (span.kind.value, text[span.span.start : span.span.end])
        for article in clean(source, NOTHING)
        for span in article.spans
    ]


def texts(article: Article, source: Source, *kinds: SpanKind) -> list[str]:
    return [source.text[span.start : span.end] for span in article.of_kind(*kinds)]


def check_cover(source: Source, articles: tuple[Article, ...]) -> None:
    at = 0
    for article in articles:
        for item in article.spans:
            span = item.span
            assert span.start >= at
            assert not source.text[at : span.start].strip()
            piece = source.text[span.start : span.end]
            assert piece
            assert piece == piece.strip()
            at = span.end
    assert not source.text[at:].strip()


@given(st.lists(st.tuples(PIECES, BREAKS), max_size=14), st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_marks_cover_any_page(parts: list[tuple[str, str]], markdown: bool) -> None:
    text = "".join(piece + gap for piece, gap in parts)
    source = source_of(text, "text/markdown" if markdown else "text/plain")
    check_cover(source, clean(source, SourceMetadata(title="Short head")))


@given(st.text(max_size=300), st.booleans())
@settings(max_examples=150, deadline=None)
def test_the_marks_cover_any_text(text: str, markdown: bool) -> None:
    source = source_of(text, "text/markdown" if markdown else "text/plain")
    check_cover(source, clean(source, NOTHING))


def seed(number: int, with_sidecar: bool) -> tuple[Source, tuple[Article, ...]]:
    path = sorted(SEEDS.glob("*.txt"))[number]
    source, metadata = read_file(path)
    if with_sidecar:
        metadata = read_sidecar(SEEDS)[path.name]
    articles = clean(source, metadata)
    check_cover(source, articles)
    assert [a.article_id for a in articles] == [
        f"{source.source_id}-{n + 1}" for n in range(len(articles))
    ]
    assert {a.language for a in articles} == {"en"}
    return source, articles


@pytest.mark.parametrize("with_sidecar", [False, True])
def test_seed_000(with_sidecar: bool) -> None:
    source, (article,) = seed(0, with_sidecar)
    assert texts(article, source, SpanKind.STAMP) == ["date 2020-08-06"]
    assert texts(article, source, SpanKind.DATELINE) == ["KIEV, August 6. /TASS/."]
    assert texts(article, source, SpanKind.HEADING) == ["Detained Russians"]
    assert len(article.body) == 2
    assert (article.title, article.publisher) == (None, "TASS")
    assert article.published == date(2020, 8, 6)
    assert article.date_basis == ("sidecar" if with_sidecar else "page stamp")
    assert article.date_warning is None


@pytest.mark.parametrize("with_sidecar", [False, True])
def test_seed_001(with_sidecar: bool) -> None:
    source, (article,) = seed(1, with_sidecar)
    assert texts(article, source, SpanKind.DATELINE) == ["MINSK, August 22. /TASS/."]
    assert len(article.body) == 1
    assert article.body[0].end == len(source.text.rstrip())
    assert (article.published, article.date_basis) == (None, "none")
    assert article.publisher == "TASS"
    assert MonthDay(8, 22) in [found.value for found in article.dates]
    assert "names no year" in (article.date_warning or "")


@pytest.mark.parametrize("with_sidecar", [False, True])
def test_seed_002(with_sidecar: bool) -> None:
    source, (first, second) = seed(2, with_sidecar)
    assert first.title == "Kremlin Demands Release of Russians Held in Belarus"
    assert second.title == "Kremlin Hails Abe’s ‘Invaluable Contribution’ To Relations"
    assert texts(first, source, SpanKind.STAMP) == ["25.04.2024"]
    (form,) = texts(second, source, SpanKind.COMMENTS)
    assert form.startswith("Leave a Reply")
    assert form.endswith("marked *")
    for article in (first, second):
        assert len(article.body) == 1
        assert (article.published, article.date_basis) == (None, "none")
        assert [(d.value, d.role) for d in article.dates] == [(date(2024, 4, 25), "page")]
        assert "2 articles" in (article.date_warning or "")


@pytest.mark.parametrize("with_sidecar", [False, True])
def test_seed_003(with_sidecar: bool) -> None:
    source, (article,) = seed(3, with_sidecar)
    (appeal,) = texts(article, source, SpanKind.APPEAL)
    assert appeal.startswith("A Message from")
    assert appeal.endswith("Remind me later.")
    (body,) = texts(article, source, SpanKind.BODY)
    assert body.startswith("Belarus, a close")
    assert body.endswith("according to rights groups.")
    assert article.published is None
    assert article.publisher == ("The Moscow Times" if with_sidecar else None)


@pytest.mark.parametrize("with_sidecar", [False, True])
def test_seed_004(with_sidecar: bool) -> None:
    source, (article,) = seed(4, with_sidecar)
    assert article.title == "Ukraine paused all contacts with Belarus"
    assert texts(article, source, SpanKind.REPEAT) == [article.title]
    assert texts(article, source, SpanKind.CREDIT) == ["Фото: РБК"]
    assert len(texts(article, source, SpanKind.STAMP)) == 5
    (body,) = texts(article, source, SpanKind.BODY)
    assert body.startswith("Kiev has paused")
    assert body.endswith("asked him about it.")
    assert article.published == date(2020, 8, 28)
    assert (date(2022, 12, 24), "modified") in [(d.value, d.role) for d in article.dates]
    assert article.date_warning is None


@pytest.mark.parametrize(
    ("line", "dateline", "agency"),
    [
        ("KIEV, August 6. /TASS/. A man", "KIEV, August 6. /TASS/.", "TASS"),
        ("MINSK, Aug 22 (Reuters) — A man", "MINSK, Aug 22 (Reuters) —", "Reuters"),
        ("LONDON (AP) — A man", "LONDON (AP) —", "AP"),
        ("New York CNN — A man", "New York CNN —", "CNN"),
        ("МИНСК, 22 августа. /ТАСС/. Он", "МИНСК, 22 августа. /ТАСС/.", "TASS"),
        ("МИНСК, 22 авг — РИА Новости. Он", "МИНСК, 22 авг — РИА Новости.", "RIA Novosti"),
        ("Москва. 22 августа. INTERFAX.RU - Он", "Москва. 22 августа. INTERFAX.RU -", "Interfax"),
        ("22 августа, Минск /Корр. БЕЛТА/. Он", "22 августа, Минск /Корр. БЕЛТА/.", "BelTA"),
        ("MEXICO CITY − A man", "MEXICO CITY −", None),
        ("NATO — the alliance — said", None, None),
        ("Boris Johnson — the minister — said", None, None),
        ("WCBL - FM is a station", None, None),
        ("AMC/HBO/ Warner said", None, None),
        ("He lived — The end", None, None),
    ],
)
def test_datelines(line: str, dateline: str | None, agency: str | None) -> None:
    found = match_dateline(line)
    assert (found and line[: found.end]) == dateline
    assert (found and found.agency) == agency


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Read more", "navigation"),
        ("Advertisement", "navigation"),
        ("Читайте также: Ещё одна новость", "navigation"),
        ("© 2020 The Paper. All rights reserved.", "navigation"),
        ("Photo: John Smith / Getty Images", "credit"),
        ("Getty Images", "credit"),
        ("By John Smith and Jane Doe", "credit"),
        ("Sign up for our newsletter and get the news every morning.", "appeal"),
        ("Updated 10:42 a.m. Aug. 9, 2021", "stamp"),
    ],
)
def test_furniture_in_the_middle_is_marked(line: str, kind: str) -> None:
    assert marked(f"{LEDE}\n\n{line}\n\n{MORE}") == [("body", LEDE), (kind, line), ("body", MORE)]


@pytest.mark.parametrize(
    "line",
    [
        "They left.",
        "“We will not go,” he said.",
        "Date: Feb. 25",
        "1. The Godfather",
        "Keith Urban — “Somebody Like You”",
        "- 2003 : Arts Foundation Icon Award",
        "Read the letter that he wrote to us on Monday, and you will see what he meant.",
        "Share prices fell.",
        "Support our troops, he said.",
        "Copyright law is changing, the court ruled.",
        "A message from the king was read out in church on Sunday.",
    ],
)
def test_text_in_the_middle_stays_body(line: str) -> None:
    text = f"{LEDE}\n\n{line}\n\n{MORE}"
    assert marked(text) == [("body", text)]


def test_a_list_of_entries_is_body() -> None:
    text = "\n\n".join(f"{state}\n\n{MORE}" for state in ("Ohio", "Iowa", "Utah", "Maine", "Texas"))
    kinds = [kind for kind, _ in marked(f"{LEDE}\n\n{text}")]
    assert kinds == ["body"]


def test_a_cross_head_starts_no_article() -> None:
    text = (
        f"A Long Headline About Some Talks\n\n{LEDE}\n\n{MORE}\n\nWhat Comes Next\n\n{LEDE}\n{MORE}"
    )
    assert [kind for kind, _ in marked(text)] == ["title", "body", "heading", "body"]


def test_a_dateline_below_a_headline_starts_an_article() -> None:
    second = "Парламент принял новый закон о выборах"
    text = f"{LEDE}\n\n{MORE}\n\n{second}\n\nМИНСК, 22 августа. /ТАСС/. Депутаты приняли закон."
    articles = clean(source_of(text), NOTHING)
    assert [article.title for article in articles] == [None, second]
    assert articles[1].publisher == "TASS"


def test_each_article_keeps_its_own_stamp() -> None:
    one = f"25.04.2024\n\nThe First of Two Long Headlines\n\n{LEDE}\n\n{MORE}"
    two = f"26.04.2024\n\nAnother Long Headline of That Sort\n\n{LEDE}\n\n{MORE}"
    articles = clean(source_of(f"{one}\n\n{two}"), NOTHING)
    assert [article.published for article in articles] == [date(2024, 4, 25), date(2024, 4, 26)]


def test_markdown_headings_make_articles_and_stay_in_the_text() -> None:
    text = (
        f"---\ntitle: x\n---\n# One\n\n{LEDE}\n\n## Lower\n\n{MORE}\n\n"
        f"Two\n===\n\n{LEDE}\n\n```\n# code\n```\n"
    )
    articles = clean(source_of(text, "text/markdown"), NOTHING)
    assert [article.title for article in articles] == ["One", "Two"]
    found = marked(text, "text/markdown")
    assert found[:3] == [("navigation", "---\ntitle: x\n---"), ("title", "# One"), ("body", LEDE)]
    assert ("heading", "## Lower") in found
    assert ("body", f"{LEDE}\n\n```\n# code\n```") in found


def test_a_hand_wrapped_paragraph_is_one() -> None:
    text = (
        "The minister said on Friday that the talks in the old town\n"
        "would go on for another week, although nobody had expected\n"
        "the delegations to agree on anything at all in the meantime\n"
        "Share\n"
    )
    assert marked(text)[0][0] == "body"


def test_the_known_title_finds_its_line() -> None:
    source = source_of(f"Talks\n\n{LEDE}")
    (article,) = clean(source, SourceMetadata(title="TALKS"))
    assert (article.title, article.spans[0].kind) == ("Talks", SpanKind.TITLE)


def test_a_headline_alone_is_kept_as_text() -> None:
    assert marked("Kremlin Demands Release of Russians") == [
        ("body", "Kremlin Demands Release of Russians")
    ]


def test_white_space_alone_holds_no_article() -> None:
    assert clean(source_of(" \n\r\n\t"), NOTHING) == ()


@pytest.mark.parametrize(
    "text",
    [
        "word " * 100_000,
        "a" * 500_000,
        "x" + "\n" * 500_000 + "y",
        "1" + " " * 500_000 + "x",
        "By " + "A" * 200_000,
        ("AAAA " * 30 + "\n") * 3_000,
        "2020-01-01\n" * 10_000,
        "שלום עולם. " * 30_000,
        "((((" * 100_000,
        "<!-- " * 100_000,
        "a | " * 100_000,
    ],
    ids="line word blank spaces capitals shouting dates rtl brackets comments menu".split(),
)
def test_hostile_text_takes_little_time(text: str) -> None:
    begun = time.process_time()
    source = source_of(text)
    check_cover(source, clean(source, NOTHING))
    # A quadratic rule would take minutes; the bound leaves room for a slow machine.
    assert time.process_time() - begun < 20
