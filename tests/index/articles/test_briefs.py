"""Briefs in one file are articles of their own; the parts of one article are not."""

import pytest

from index.article import Article, Source, SpanKind
from index.articles.cleaning import clean
from index.readers.metadata import SourceMetadata

ENGLISH = (
    ("Ferry to Vik stops", "The ferry from Torv to Vik stopped on Tuesday with a broken rudder."),
    ("School gets a roof", "The school in Orr will get a roof of slate, the council said Monday."),
    ("Dog found", "A sheepdog missing for nine days was found in Dalm on Wednesday, police said."),
)
GERMAN = (
    ("Brücke gesperrt", "Die Brücke über die Olm ist seit Montag gesperrt, teilte Kessin mit."),
    ("Neuer Chef", "Der Handschuhmacher Holt hat seit Dienstag einen Chef, er heißt Karl Brink."),
    ("Hund da", "Ein Schäferhund ist am Mittwoch in einem Steinbruch bei Dalm gefunden worden."),
)
FILED = (
    "TORV, March 3 (Reuters) - The ferry to Vik stopped on Tuesday after its rudder jammed.",
    "ORR, March 4 (AP) - The school will get a roof of slate for 220,000 crowns.",
    "DALM, March 5 (AFP) - A sheepdog that had been missing was found in a quarry.",
)


def articles(text: str) -> tuple[Article, ...]:
    return clean(Source("src_0", "a.txt", text, "", "text/plain"), SourceMetadata())


def said_in(text: str) -> list[str]:
    return [" ".join(text[s.start : s.end] for s in a.body) for a in articles(text)]


@pytest.mark.parametrize("label", ["", "IN BRIEF\n\n", "Kurz gemeldet\n\n"])
@pytest.mark.parametrize("briefs", [ENGLISH, GERMAN])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_one_paragraph_each(briefs: tuple[tuple[str, str], ...], label: str, gap: str) -> None:
    text = label + "\n\n".join(gap.join(brief) for brief in briefs)
    assert [article.title for article in articles(text)] == [head for head, _ in briefs]
    assert said_in(text) == [lede for _, lede in briefs]


@pytest.mark.parametrize("label", ["NEWS IN BRIEF", "КОРОТКО", "Local\n\nIn brief"])
def test_a_label_above_dated_briefs(label: str) -> None:
    briefs = "\n\n".join(
        f"{head}\n{n} May 2021\n{lede}" for n, (head, lede) in enumerate(ENGLISH, start=3)
    )
    found = articles(f"{label}\n\n{briefs}")
    assert [a.title for a in found] == [head for head, _ in ENGLISH]
    assert [a.published.day if a.published else 0 for a in found] == [3, 4, 5]
    assert not any("BRIEF" in said for said in said_in(f"{label}\n\n{briefs}"))


def test_days_that_count_on_are_no_page_numbers() -> None:
    text = "\n\n".join(
        f"{n}. {head}\n{n} мая 2023 г.\n{lede}" for n, (head, lede) in enumerate(ENGLISH, start=4)
    )
    assert [a.published.day if a.published else 0 for a in articles(text)] == [4, 5, 6]


def test_a_dateline_opens_each() -> None:
    found = articles("World briefs\n\n" + "\n\n".join(FILED))
    assert [article.publisher for article in found] == ["Reuters", "AP", "AFP"]
    assert [article.title for article in found] == [None, None, None]
    assert next(span.kind for span in found[0].spans) is SpanKind.HEADING


def test_a_dateline_below_a_headline_opens_each() -> None:
    text = "\n\n".join(f"{head}\n{filed}" for (head, _), filed in zip(ENGLISH, FILED, strict=True))
    assert [article.title for article in articles(text)] == [head for head, _ in ENGLISH]


@pytest.mark.parametrize(
    "parts",
    [
        # A list: nothing says when.
        [("Paris", "Paris has a tower, and Anna Berg likes it very much, she says."),
         ("Rome", "Rome has a forum, and Karl Lind likes that one more, he says."),
         ("Oslo", "Oslo has a fjord, and Ria Moss swims there every year, she says.")],
        # Cross-heads: the same people.
        [("Ferry stops", "The ferry of Karl Lind stopped in Torv on Tuesday with a broken rudder."),
         ("No spare part", "On Monday Karl Lind had been told in Torv that there was no part."),
         ("Two weeks", "By Wednesday, Karl Lind said, nobody in Torv believed in two weeks.")],
        # Questions and answers.
        [("What happened?", "The ferry from Torv to Vik stopped on Tuesday with a broken rudder."),
         ("Who pays?", "The school in Orr pays, as the council of Holm decided on Monday."),
         ("What next?", "A new rudder comes from Dalm on Wednesday, Anna Berg said.")],
    ],
)  # fmt: skip
def test_the_parts_of_one_article_stay_together(parts: list[tuple[str, str]]) -> None:
    assert len(articles("\n\n".join(f"{head}\n{lede}" for head, lede in parts))) == 1


def test_one_dateline_given_twice_opens_one_article() -> None:
    assert len(articles("\n\n".join((FILED[0], "It went on.", FILED[0])))) == 1
