"""Stories of one export stand under their own paper, date and headline."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import SpanKind
from index.articles.cleaning import clean
from index.readers.closed_export import closed_export_of
from index.readers.coded_export import coded_export_of
from index.readers.files import read_data
from index.readers.labelled_export import labelled_export_of
from index.readers.press_export import export_of
from tests.helpers.documents import DOCUMENTS, table_as_docx, table_as_page, table_as_rtf

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


NEXIS = """User Name: Somebody
Date and Time: Monday, 3 June 2024 10:20:00 CEST
Job Number: 1234
Documents (2)
1. Quay to close for nine weeks
Client/Matter: -None-
2. New roof of slate for school
Client/Matter: -None-
Quay to close for nine weeks
The Vell Times (Vell)
March 5, 2019 Tuesday
Final Edition

Copyright 2019 The Vell Times Ltd. All Rights Reserved
Section: NEWS; Pg. 4
Length: 60 words
Byline: Ola Berg
Body

{first}

Classification

Language: ENGLISH
Publication-Type: Newspaper
Subject: PORTS (90%); HARBOURS (78%)
Load-Date: March 5, 2019

End of Document

New roof of slate for school
Osmund Post
7. Mai 2024 Dienstag

Copyright 2024 Osmund Post Alle Rechte vorbehalten
Section: LOKALES; S. 7
Length: 58 words
Body

{second}

Load-Date: May 7, 2024

End of Document
"""
CODED = """HD   Quay to close for nine weeks
BY   By Ola Berg
WC   60 words
PD   5 March 2019
SN   The Vell Times
SC   VELLT
PG   4
LA   English
CY   (c) 2019 The Vell Times

LP
{first}

NS
gtrans : Transport
RE
vell : Vell
AN   Document VELLT00020190305ei3e0000a

SE   Lokales
HD   New roof of slate for school
WC   58 Wörter
PD   7. Mai 2024
SN   Osmund Post
SC   OSMP
LA   Deutsch
CY   (c) 2024 Osmund Post
TD   {second}
AN   Document OSMP000020240507ei3g0000b
"""
EXPORTS = {
    "factiva": FACTIVA.replace("{section}", "News\n").replace("{time}", "23:15\n"),
    "factiva, bare": FACTIVA.replace("{section}", "").replace("{time}", ""),
    "factiva, with codes": CODED,
    "lexisnexis": NEXIS,
    "proquest": PROQUEST,
    "integrum": INTEGRUM,
}
NO_SUCH_FILES = {
    # A blank between a code and its value may stand in any sentence: these codes stand in tables.
    ("factiva, with codes", "html"), ("factiva, with codes", "pdf"),
    ("integrum", "pdf"),  # the tests' PDF has Latin letters only
}  # fmt: skip
DELIVERED = sorted({(name, suffix) for name in EXPORTS for suffix in DOCUMENTS} - NO_SUCH_FILES)


@pytest.mark.parametrize(("name", "suffix"), DELIVERED)
def test_the_frames_of_databases_in_the_text_of_any_format(name: str, suffix: str) -> None:
    export = EXPORTS[name].format(first=FIRST, second=SECOND)
    are_two_stories(DOCUMENTS[suffix](export), f"export.{suffix}")


def test_line_ends_of_windows() -> None:
    export = EXPORTS["factiva, bare"].replace("\n", "\r\n").format(first=FIRST, second=SECOND)
    are_two_stories(export.encode(), "export.txt")


@pytest.mark.parametrize("suffix", ["docx", "rtf", "html"])
def test_codes_in_the_cells_of_a_table(suffix: str) -> None:
    make = {"docx": table_as_docx, "rtf": table_as_rtf, "html": table_as_page}[suffix]
    rows = [
        ("HD", "Quay to close for nine weeks"), ("WC", "60 words"), ("PD", "5 March 2019"),
        ("SN", "The Vell Times"), ("LP", FIRST), ("NS", "gtrans : Transport"),
        ("AN", "Document VELLT00020190305ei3e0000a"),
        ("HD", "New roof of slate for school"), ("PD", "7. Mai 2024"), ("SN", "Osmund Post"),
        ("TD", SECOND), ("AN", "Document OSMP000020240507ei3g0000b"),
    ]  # fmt: skip
    are_two_stories(make(rows), f"export.{suffix}")
    rows[4] = ("LP", f"{FIRST}\n{SECOND}")
    source, metadata = read_data(make(rows), f"export.{suffix}")
    (body,) = clean(source, metadata)[0].body
    assert source.text[body.start : body.end].split("\n\n") == [FIRST, SECOND]


def are_two_stories(data: bytes, name: str) -> None:
    source, metadata = read_data(data, name)
    first, second = clean(source, metadata)
    assert first.title == "Quay to close for nine weeks"
    assert first.publisher in ("The Vell Times", "The Vell Times (Vell)")
    assert (second.title, second.publisher) == ("New roof of slate for school", "Osmund Post")
    assert (first.published, second.published) == (date(2019, 3, 5), date(2024, 5, 7))
    bodies = [[source.text[s.start : s.end] for s in a.body] for a in (first, second)]
    assert bodies == [[FIRST], [SECOND]]


def test_a_frame_without_its_date_is_none() -> None:
    assert closed_export_of("Quay\n\nThe Vell Times\n\nCopyright 2019\n\nEnd of Document") is None
    assert coded_export_of("HD   Quay\nPD   soon\nLP   Text\nAN   Document 7") is None
    assert coded_export_of("HD is a code.\nIN   some cases\nAN   others") is None


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
    "HD   Quay", "PD   5 March 2019", "LP", "TD   he said", "AN   Document 7", "End of Document",
    "5 March 2019", "Full text: he said", "Full text:", "Source: The Post", "Date: 5 May 2021",
    "(c) 2019", "Words and more words.", "____", "",
]), max_size=18))  # fmt: skip
def test_any_order_of_such_lines_keeps_every_character(lines: list[str]) -> None:
    text = "\n".join(lines)
    if not text.strip():
        return
    source, metadata = read_data(text.encode(), "export.txt")
    spans = [marked.span for article in clean(source, metadata) for marked in article.spans]
    assert all(a.end <= b.start for a, b in pairwise(spans))
    marked = set().union(*(range(span.start, span.end) for span in spans)) if spans else set()
    assert all(char.isspace() for n, char in enumerate(source.text) if n not in marked)
