"""Stories of one export stand under their own paper, date and headline."""

from datetime import date

from index.article import SpanKind
from index.articles.cleaning import clean
from index.readers.files import read_data
from index.readers.press_export import export_of

STORY = """
                               {n} of 2 DOCUMENTS


                              {paper}

                            {date} Tuesday

{title}

BYLINE: Ola Berg

LENGTH: 60 words

{body}

LOAD-DATE: May 9, 2024

LANGUAGE: ENGLISH


                    Copyright 2024 Somebody Ltd.
                         All Rights Reserved
"""
FIRST = "The quay at Vell will be closed for nine weeks from Monday, the port’s owner said."
SECOND = "A school in Osmund got a new roof of slate, paid for by the parents, its head said."
EXPORT = STORY.format(
    n=1, paper="The Vell Times", date="March 5, 2019", title="Quay to close", body=FIRST
) + STORY.format(
    n=2, paper="Osmund Post", date="7 May 2024", title="New roof for school", body=SECOND
)


def test_each_story_has_its_own_paper_and_date() -> None:
    source, metadata = read_data(EXPORT.encode(), "export.txt")
    first, second = clean(source, metadata)
    assert (first.title, first.publisher) == ("Quay to close", "The Vell Times")
    assert (second.title, second.publisher) == ("New roof for school", "Osmund Post")
    assert (first.published, second.published) == (date(2019, 3, 5), date(2024, 5, 7))
    bodies = [[source.text[s.start : s.end] for s in a.body] for a in (first, second)]
    assert bodies == [[FIRST], [SECOND]]
    frame = {source.text[s.start : s.end].strip() for s in first.of_kind(SpanKind.NAVIGATION)}
    assert any("LENGTH: 60 words" in text for text in frame)


def test_other_texts_are_no_exports() -> None:
    assert export_of("One of 3 documents was lost.\n\nIt was 2 of 3 DOCUMENTS, he said.") is None
    assert export_of("2 of 3 DOCUMENTS\n\na\n\n1 of 3 DOCUMENTS\n\nb") is None
    assert export_of("1 of 3 DOCUMENTS\n\na\n\n2 of 4 DOCUMENTS\n\nb") is None
