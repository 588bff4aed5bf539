"""Stories of one export stand under their own paper, date and headline."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import SpanKind
from index.articles.cleaning import clean
from index.readers.files import read_data
from index.readers.labelled_export import labelled_export_of
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


FACTIVA = """{section}Quay to close for nine weeks
By Ola Berg
60 words
5 March 2019
{time}The Vell Times
VELLT
4
English
(c) 2019 The Vell Times

{first}

Document VELLT00020190305ei3e0000a

New roof of slate for school
58 Wörter
7. Mai 2024
Osmund Post
OSMP
Deutsch
(c) 2024 Osmund Post

{second}

Document OSMP000020240507ei3g0000b
"""
PROQUEST = """____________________________________________________________

Document 1 of 2

Quay to close for nine weeks

Author: Berg, Ola

Publication info: The Vell Times; Vell [Vell]05 Mar 2019: A4.

ProQuest document link

Full text: {first}

Title: Quay to close for nine weeks
Publication title: The Vell Times
Publication date: Mar 5, 2019
Database: News
____________________________________________________________

Document 2 of 2

New roof of slate for school

Publication info: Osmund Post; Osmund [Osmund]07 May 2024: A1.

Full text: {second}
"""
INTEGRUM = """Документ 1 из 2
Источник: The Vell Times
Дата выпуска: 05.03.2019
Заглавие: Quay to close for nine weeks
Автор: Ола Берг

{first}

Документ 2 из 2
Источник: Osmund Post
Дата выпуска: 07.05.2024
Заглавие: New roof of slate for school

{second}
"""


@pytest.mark.parametrize(
    "export",
    [
        FACTIVA.replace("{section}", "News\n").replace("{time}", "23:15\n"),
        FACTIVA.replace("{section}", "").replace("{time}", ""),
        PROQUEST,
        INTEGRUM,
        FACTIVA.replace("{section}", "").replace("{time}", "").replace("\n", "\r\n"),
    ],
)
def test_the_frames_of_other_databases(export: str) -> None:
    source, metadata = read_data(export.format(first=FIRST, second=SECOND).encode(), "export.txt")
    first, second = clean(source, metadata)
    assert (first.title, first.publisher) == ("Quay to close for nine weeks", "The Vell Times")
    assert (second.title, second.publisher) == ("New roof of slate for school", "Osmund Post")
    assert (first.published, second.published) == (date(2019, 3, 5), date(2024, 5, 7))
    bodies = [[source.text[s.start : s.end] for s in a.body] for a in (first, second)]
    assert bodies == [[FIRST], [SECOND]]


@pytest.mark.parametrize(
    "text",
    [
        "Document 1 of 2\n\nA story: of a kind\n\nDocument 2 of 2\n\nAnother: one",
        "Document 2 of 2\n\nDate: 5 May 2021\n\nA\n\nDocument 1 of 2\n\nDate: 5 May 2021\n\nB",
        "Part 1 of 2\n\nText\n\nPart 2 of 3\n\nText",
    ],
)
def test_what_counts_and_states_no_dates_is_none(text: str) -> None:
    assert labelled_export_of(text) is None


@given(st.lists(st.sampled_from([
    "Document 1 of 2", "Document 2 of 2", "Document VELLT00020190305ei3e0000a", "60 words",
    "5 March 2019", "Full text: he said", "Full text:", "Source: The Post", "Date: 5 May 2021",
    "(c) 2019", "Words and more words.", "____", "",
]), max_size=14))  # fmt: skip
def test_any_order_of_such_lines_keeps_every_character(lines: list[str]) -> None:
    text = "\n".join(lines)
    if not text.strip():
        return
    source, metadata = read_data(text.encode(), "export.txt")
    spans = [marked.span for article in clean(source, metadata) for marked in article.spans]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    marked = set().union(*(range(span.start, span.end) for span in spans)) if spans else set()
    assert all(char.isspace() for n, char in enumerate(source.text) if n not in marked)
